import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { metaKeys, metaOf } from '@parley/protocol'

/** Takes one message on its way to one side. */
export type Sink = (message: JsonObject) => void

const listMethods = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
} as const

type Kind = keyof typeof listMethods

const kinds: readonly Kind[] = ['tools', 'prompts', 'resources']

const changed = (kind: Kind, params?: JsonObject): JsonObject => ({
  jsonrpc: '2.0',
  method: `notifications/${kind}/list_changed`,
  ...(params === undefined ? {} : { params }),
})

const paramsOf = (message: JsonObject): JsonObject => (isObject(message['params']) ? message['params'] : {})

// What begins so is asked by us, and its answer is for nobody else.
const ownId = 'parley-reload-'

/** What a legacy server remembers of its connection, by what a later request replaces or takes back. */
const memoryKey = (message: JsonObject): string | undefined => {
  const { method } = message
  if (method === 'logging/setLevel') return 'level'
  if (method === 'resources/subscribe' || method === 'resources/unsubscribe')
    return `watch ${String(paramsOf(message)['uri'])}`
  return undefined
}

/**
 * Stands between a host and a server that is started anew under it, so that the host keeps its connection.
 *
 * It remembers what the server would: the handshake, the level of the log, what is watched, and which listens are open. A
 * new server is told all of that again, and the host hears that the lists may have changed. Calls that the old one left
 * unanswered are answered with an error.
 */
export class Relay {
  readonly #toHost: Sink
  readonly #pending = new Map<unknown, JsonObject>()
  readonly #remembered = new Map<string, JsonObject>()
  readonly #asked = new Set<unknown>()
  readonly #stale = new Set<unknown>()
  readonly #acknowledged = new Set<unknown>()
  #waiting: JsonObject[] = []
  #toServer: Sink | undefined
  #initialize: JsonObject | undefined
  #initialized: JsonObject | undefined
  #offered: ReadonlySet<Kind> = new Set()
  #handshake: string | undefined
  #down: string | undefined
  #asks = 0

  constructor(toHost: Sink) {
    this.#toHost = toHost
  }

  /** Takes a message from the host. */
  fromHost(message: JsonObject): void {
    const { id, method } = message
    if (method === undefined && this.#stale.delete(id)) return
    if (method === undefined) this.#asked.delete(id)
    if (method === 'initialize') this.#initialize = message
    if (method === 'notifications/initialized') this.#initialized = message
    if (typeof method === 'string' && id !== undefined) this.#pending.set(id, message)
    if (method === 'notifications/cancelled') this.#pending.delete(paramsOf(message)['requestId'])
    const isOpening = method === 'initialize'
    // A host that is connecting gives up at the first error; it would rather wait until the file is mended.
    if (this.#down !== undefined && id !== undefined && !isOpening) return this.#refuse(id, this.#down)
    if (this.#toServer === undefined || this.#handshake !== undefined) this.#waiting.push(message)
    else this.#toServer(message)
  }

  /** Takes a message from the server that runs now. */
  fromServer(message: JsonObject): void {
    const { id, method } = message
    if (method === undefined) return this.#answered(message)
    if (id !== undefined) this.#asked.add(id)
    if (method === 'notifications/subscriptions/acknowledged') {
      const subscription = metaOf(paramsOf(message))[metaKeys.subscriptionId]
      // The host has read this once already.
      if (this.#acknowledged.has(subscription)) return
      this.#acknowledged.add(subscription)
    }
    this.#toHost(message)
  }

  #answered(message: JsonObject): void {
    const { id } = message
    if (typeof id === 'string' && id.startsWith(ownId)) {
      if (id === this.#handshake) this.#resume(message)
      return
    }
    const request = this.#pending.get(id)
    this.#pending.delete(id)
    this.#acknowledged.delete(id)
    if (request?.['method'] === 'initialize') this.#noteOffer(message)
    if (request !== undefined && message['error'] === undefined) this.#remember(request)
    this.#toHost(message)
  }

  #noteOffer({ result }: JsonObject): void {
    const capabilities = isObject(result) && isObject(result['capabilities']) ? result['capabilities'] : {}
    this.#offered = new Set(
      kinds.filter((kind) => isObject(capabilities[kind]) && capabilities[kind]['listChanged'] === true),
    )
  }

  #remember(request: JsonObject): void {
    const key = memoryKey(request)
    if (key === undefined) return
    if (request['method'] === 'resources/unsubscribe') this.#remembered.delete(key)
    else this.#remembered.set(key, request)
  }

  /** The server that ran is gone; `why` says so to whoever asks before the next one runs, and is left out during a reload. */
  serverGone(why?: string): void {
    this.#toServer = undefined
    this.#handshake = undefined
    this.#down = why
    for (const id of this.#asked) {
      this.#stale.add(id)
      this.#toHost({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: id, reason: 'The server was reloaded' },
      })
    }
    this.#asked.clear()
    for (const [id, { method }] of this.#pending) {
      if (method === 'subscriptions/listen' || method === 'initialize') continue
      this.#refuse(id, why ?? 'The server was reloaded while it answered; call again')
    }
    if (why !== undefined) this.#waiting = this.#waiting.filter((message) => message['method'] === 'initialize')
  }

  #refuse(id: unknown, message: string): void {
    this.#pending.delete(id)
    // Ids are strings or numbers; what else a host sends is given back as it came.
    this.#toHost({ jsonrpc: '2.0', id: id, error: { code: -32603, message } })
  }

  /** A server runs; `toServer` reaches it. */
  serverStarted(toServer: Sink): void {
    this.#toServer = toServer
    this.#down = undefined
    const initialize = this.#initialize
    const isAnswered = initialize !== undefined && !this.#pending.has(initialize['id'])
    if (!isAnswered) {
      if (initialize !== undefined && !this.#waiting.includes(initialize)) this.#waiting.unshift(initialize)
      return this.#flush()
    }
    this.#handshake = this.#ownId()
    toServer({ ...initialize, id: this.#handshake })
  }

  #ownId(): string {
    this.#asks += 1
    return `${ownId}${this.#asks}`
  }

  /** The new server has answered the handshake that it was told. */
  #resume(answer: JsonObject): void {
    this.#handshake = undefined
    this.#noteOffer(answer)
    if (this.#initialized !== undefined) this.#toServer?.(this.#initialized)
    for (const request of this.#remembered.values()) this.#toServer?.({ ...request, id: this.#ownId() })
    this.#flush()
    if (this.#initialized !== undefined) for (const kind of this.#offered) this.#toHost(changed(kind))
  }

  #flush(): void {
    for (const [id, request] of this.#pending) {
      if (request['method'] !== 'subscriptions/listen' || this.#waiting.includes(request)) continue
      this.#toServer?.(request)
      const filter = paramsOf(request)['notifications']
      const meta = { _meta: { [metaKeys.subscriptionId]: id } }
      for (const kind of kinds)
        if (isObject(filter) && filter[listMethods[kind]] === true) this.#toHost(changed(kind, meta))
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const message of waiting) this.#toServer?.(message)
  }
}
