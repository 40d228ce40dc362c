import { ConnectionClosed, isObject, RpcError } from '@parley/core'
import type { JsonObject, ServerCapabilities, Tool } from '@parley/core'
import { decode, encode, errorObject, Peer } from '@parley/protocol'
import type { Arrival, Channel, Dial, Message } from '@parley/protocol'
import { connect } from '../src/index.ts'
import type { Change, Client, ClientOptions, Subscription } from '../src/index.ts'

/** What a scripted server does with a request: a result, an error to throw, or undefined for silence. */
export type Handler = (params: JsonObject, id: unknown) => JsonObject | undefined | Promise<JsonObject | undefined>

/** The client's end of a road whose other end is a script. */
class End implements Channel {
  readonly #inbox: Arrival[] = []
  readonly #hear: (text: string) => void
  #wake: (() => void) | undefined
  #ended = false
  closed = false

  constructor(hear: (text: string) => void) {
    this.#hear = hear
  }

  async send(message: Message): Promise<void> {
    if (this.closed) throw new ConnectionClosed('The channel is closed')
    this.#hear(encode(message))
  }

  arrive(message: JsonObject): void {
    this.#inbox.push({ message: decode(JSON.stringify({ jsonrpc: '2.0', ...message })) })
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, void> {
    for (;;) {
      const next = this.#inbox.shift()
      if (next !== undefined) yield next
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true
    this.end()
  }
}

/** A raw server that answers by a table of methods; what it was sent can be looked at. */
export class Script {
  /** Every message that the client sent, in order. */
  readonly heard: JsonObject[] = []
  readonly handlers: Record<string, Handler>
  readonly ends: End[] = []
  readonly #asked = new Map<unknown, (response: JsonObject) => void>()
  #nextId = 1

  constructor(handlers: Record<string, Handler>) {
    this.handlers = handlers
  }

  readonly dial: Dial = (responder) => {
    const end: End = new End((text) => this.#hear(JSON.parse(text) as JsonObject, end))
    this.ends.push(end)
    return Promise.resolve(new Peer(end, responder))
  }

  #hear(message: JsonObject, end: End): void {
    this.heard.push(message)
    const { id, method, params } = message
    if (typeof method !== 'string') this.#asked.get(id)?.(message)
    else if (id !== undefined) void this.#serve(method, isObject(params) ? params : {}, id, end)
  }

  async #serve(method: string, params: JsonObject, id: unknown, end: End): Promise<void> {
    try {
      const handler = this.handlers[method]
      if (handler === undefined) throw new RpcError(-32601, `Method not found: ${method}`)
      const result = await handler(params, id)
      if (result !== undefined) end.arrive({ id, result })
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
      end.arrive({ id, error: errorObject(error) })
    }
  }

  /** Lets a message arrive at the client. */
  send(message: JsonObject): void {
    this.ends.at(-1)?.arrive(message)
  }

  /** Sends the client a notification. */
  tell(method: string, params: JsonObject = {}): void {
    this.send({ method, params })
  }

  /** Puts a request to the client; settles with the whole response. */
  ask(method: string, params: JsonObject = {}): Promise<JsonObject> {
    const id = `s${this.#nextId++}`
    return new Promise((resolve) => {
      this.#asked.set(id, resolve)
      this.send({ id, method, params })
    })
  }

  /** The server goes away. */
  exit(): void {
    this.ends.at(-1)?.end()
  }

  /** What was sent of one method, in order. */
  sent(method: string): JsonObject[] {
    return this.heard.filter((message) => message['method'] === method)
  }

  /** The methods that were sent, in order. */
  get methods(): unknown[] {
    return this.heard.map((message) => message['method'])
  }
}

export const MODERN = '2026-07-28'
export const LEGACY = '2025-11-25'

export const everything: ServerCapabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
  logging: {},
}

export const discovery = (rest: JsonObject = {}): JsonObject => ({
  resultType: 'complete',
  supportedVersions: [MODERN],
  capabilities: everything,
  instructions: 'Be kind.',
  ttlMs: 0,
  cacheScope: 'private',
  _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'scripted', version: '1' } },
  ...rest,
})

export const handshake = (rest: JsonObject = {}): JsonObject => ({
  protocolVersion: LEGACY,
  capabilities: everything,
  serverInfo: { name: 'scripted', version: '1' },
  instructions: 'Be kind.',
  ...rest,
})

/** A server of the modern era. */
export const modern = (handlers: Record<string, Handler> = {}, capabilities = everything): Script =>
  new Script({ 'server/discover': () => discovery({ capabilities }), ...handlers })

/** A server of the legacy era. */
export const legacy = (handlers: Record<string, Handler> = {}, capabilities = everything): Script =>
  new Script({ initialize: () => handshake({ capabilities }), ...handlers })

/** Connects to a script. */
export const meet = (script: Script, options: Partial<ClientOptions> = {}): Promise<Client> =>
  connect(script.dial, { name: 'tester', version: '1', ...options })

/** Both eras' servers by name, for tests that hold in either. */
export const eras = [
  ['modern', modern],
  ['legacy', legacy],
] as const

/** What a promise rejects with. */
export const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return { resolved: await promise }
  } catch (error) {
    return error
  }
}

/** Lets everything that is queued on microtasks run, without waiting for any clock. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve()
}

/** Reads a subscription to its end. */
export const drain = async (subscription: Subscription): Promise<Change[]> => {
  const changes: Change[] = []
  for await (const change of subscription) changes.push(change)
  return changes
}

/** A tool by its name. */
export const tool = (name: string, rest: Partial<Tool> = {}): Tool => ({
  name,
  inputSchema: { type: 'object' },
  ...rest,
})

/** A list of tools, one to a page, by cursor. */
export const paged =
  (pages: Record<string, { name: string; next?: string }>, hints: JsonObject = {}): Handler =>
  ({ cursor = 'start' }) => {
    const page = pages[String(cursor)]
    if (page === undefined) throw new RpcError(-32602, 'Invalid cursor')
    const result = { tools: [tool(page.name)], ...hints }
    return page.next === undefined ? result : { ...result, nextCursor: page.next }
  }
