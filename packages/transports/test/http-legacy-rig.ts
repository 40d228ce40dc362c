import { ConnectionClosed } from '@parley/core'
import type { JsonObject, Principal } from '@parley/core'
import { decode, failure, success } from '@parley/protocol'
import type { Exchange, Responder, RpcNotification, RpcResponse } from '@parley/protocol'
import { LegacySessions } from '../src/http/sessions.ts'
import type { EventStream, Head, Reply } from '../src/http/wire.ts'
import type { SessionOptions } from '../src/http/sessions.ts'

const immediate = setImmediate

/** Lets everything that is queued run, fake timers or not, without waiting for any clock. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await new Promise<void>((resolve) => immediate(resolve))
}

/** One event as a client reads it. */
export type Seen = { id?: string; data?: string; retry?: string; event?: string }

/** The reply to one request, and the client that reads it. */
export class FakeReply implements Reply, EventStream {
  readonly waiting = 0
  status: number | undefined
  headers: Readonly<Record<string, string>> = {}
  body: string | undefined
  text = ''
  streaming = false
  ended = false
  readonly #gone = new AbortController()
  #stuck: Promise<void> | undefined
  #free = (): void => undefined

  get gone(): AbortSignal {
    return this.#gone.signal
  }

  get lost(): boolean {
    return this.#gone.signal.aborted
  }

  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void {
    if (this.status !== undefined) throw new Error('answered twice')
    this.status = status
    this.headers = headers
    this.body = body
  }

  stream(headers: Readonly<Record<string, string>>, lost?: (reason: Error) => void): EventStream {
    this.send(200, headers)
    this.streaming = true
    const left = (): void => lost?.(new ConnectionClosed('gone'))
    this.#gone.signal.addEventListener('abort', left, { once: true })
    return this
  }

  async write(text: string): Promise<void> {
    if (this.ended || this.#gone.signal.aborted) throw new ConnectionClosed('gone')
    this.text += text
    await this.#stuck
  }

  end(): void {
    this.ended = true
  }

  /** The client goes away. */
  leave(): void {
    this.#gone.abort()
  }

  /** The client reads no more, until the function that this returns is called. */
  jam(): () => void {
    this.#stuck ??= new Promise((resolve) => (this.#free = resolve))
    return () => {
      this.#stuck = undefined
      this.#free()
    }
  }

  /** The JSON of a whole answer. */
  get json(): unknown {
    return this.body === undefined ? undefined : JSON.parse(this.body)
  }

  /** The blocks of the stream that are events. */
  get events(): Seen[] {
    const blocks = this.text.split('\n\n').filter((block) => block !== '' && !block.startsWith(':'))
    return blocks.map((block) =>
      Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      ),
    )
  }

  /** The messages that the stream carried. */
  get messages(): unknown[] {
    return this.events.flatMap(({ data }) => (data === undefined || data === '' ? [] : [JSON.parse(data)]))
  }
}

/** A principal by its name. */
export const person = (subject: string): Principal => ({ issuer: 'https://issuer.example', subject, scopes: [] })

/** The head of a request. */
export const head = (method: string, headers: Record<string, string> = {}): Head => ({
  method,
  path: '/mcp',
  header: (name) => headers[name],
  repeated: (name) => headers[name]?.includes(', ') ?? false,
})

/** What answers in tests: `initialize` opens the session, everything else goes to `handle`. */
export const responderOf = (
  handle: (exchange: Exchange) => JsonObject | Promise<JsonObject>,
  capabilities: JsonObject = {},
): Responder & { heard: RpcNotification[] } => {
  const heard: RpcNotification[] = []
  const answer = async (exchange: Exchange): Promise<RpcResponse> => {
    const { request, session } = exchange
    if (request.method !== 'initialize') return success(request.id, await handle(exchange))
    const { protocolVersion } = request.params ?? {}
    if (typeof protocolVersion !== 'string' || session === undefined) {
      return failure(request.id, { code: -32602, message: 'protocolVersion is missing' })
    }
    session.state.version = protocolVersion
    return success(request.id, { protocolVersion, capabilities, serverInfo: { name: 's', version: '1' } })
  }
  return {
    heard,
    respond: (exchange) =>
      answer(exchange).catch((error: unknown) =>
        failure(exchange.request.id, { code: -32603, message: String(error) }),
      ),
    hear: (notification) => void heard.push(notification),
  }
}

/** One client of a set of sessions. */
export class Visitor {
  readonly #sessions: LegacySessions
  readonly #principal: Principal | undefined
  headers: Record<string, string> = {}

  constructor(sessions: LegacySessions, principal?: Principal) {
    this.#sessions = sessions
    this.#principal = principal
  }

  post(message: unknown, headers: Record<string, string> = this.headers): FakeReply {
    const reply = new FakeReply()
    const text = JSON.stringify(message)
    Promise.resolve(this.#sessions.post(head('POST', headers), decode(text), this.#principal, reply)).catch(
      (error: unknown) => {
        throw error
      },
    )
    return reply
  }

  get(headers: Record<string, string> = {}): FakeReply {
    const reply = new FakeReply()
    this.getInto(reply, headers)
    return reply
  }

  /** A GET whose reply the test has made. */
  getInto(reply: FakeReply, headers: Record<string, string> = {}): void {
    this.#sessions.get(head('GET', { ...this.headers, ...headers }), this.#principal, reply)
  }

  delete(): FakeReply {
    const reply = new FakeReply()
    this.#sessions.delete(head('DELETE', this.headers), this.#principal, reply)
    return reply
  }

  request(id: string | number, method: string, params: JsonObject = {}): FakeReply {
    return this.post({ jsonrpc: '2.0', id, method, params })
  }

  notify(method: string, params: JsonObject = {}): FakeReply {
    return this.post({ jsonrpc: '2.0', method, params })
  }

  async initialize(protocolVersion = '2025-11-25'): Promise<FakeReply> {
    const reply = this.request(0, 'initialize', {
      protocolVersion,
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    })
    await settled()
    const id = reply.headers['mcp-session-id']
    if (id !== undefined) this.headers = { 'mcp-session-id': id, 'mcp-protocol-version': protocolVersion }
    return reply
  }

  get session(): string | undefined {
    return this.headers['mcp-session-id']
  }
}

/** Sessions over a responder, and a first client. */
export const rig = (
  handle: (exchange: Exchange) => JsonObject | Promise<JsonObject> = () => ({ ok: true }),
  options: ConstructorParameters<typeof LegacySessions>[1] & SessionOptions = {},
  capabilities: JsonObject = {},
): { sessions: LegacySessions; visitor: Visitor; responder: ReturnType<typeof responderOf> } => {
  const responder = responderOf(handle, capabilities)
  const sessions = new LegacySessions(responder, options)
  return { sessions, visitor: new Visitor(sessions), responder }
}

/** A session that is open. */
export const opened = async (version: string, ...rest: Parameters<typeof rig>): Promise<ReturnType<typeof rig>> => {
  const made = rig(...rest)
  await made.visitor.initialize(version)
  return made
}

/** A promise with what settles it. */
export const gate = <T = void>(): { promise: Promise<T>; open: (value: T) => void } => {
  let open: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => (open = resolve))
  return { promise, open }
}
