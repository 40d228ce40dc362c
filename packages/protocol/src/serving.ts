import type { Awaitable, JsonObject } from '@parley/core'
import type { Lane } from './channel.ts'
import type { Exchange, Origin, RequestOptions } from './exchange.ts'
import type { Keyed } from './id-table.ts'
import type { RequestId, RpcNotification, RpcRequest } from './message.ts'
import type { Session } from './session.ts'

/** What an exchange on a peer needs of that peer. */
export interface ExchangeRoad {
  send(notification: RpcNotification, lane: Lane | undefined): Awaitable<void>
  ask(
    method: string,
    params: JsonObject,
    options: RequestOptions | undefined,
    lane: Lane | undefined,
  ): Promise<JsonObject>
}

/** One request that a peer is serving. The signal comes into being when somebody looks at it. */
export class Serving implements Exchange, Keyed<Serving> {
  before: Serving | undefined
  after: Serving | undefined
  readonly request: RpcRequest
  readonly origin: Origin
  readonly session: Session | undefined
  readonly #road: ExchangeRoad
  readonly #lane: Lane | undefined
  #controller: AbortController | undefined
  #questions: AbortController | undefined
  #reason: unknown
  #onGone: ((reason: unknown) => void) | undefined
  #over = false
  #aborted = false

  constructor(request: RpcRequest, origin: Origin, session: Session | undefined, road: ExchangeRoad, lane?: Lane) {
    this.request = request
    this.origin = origin
    this.session = session
    this.#road = road
    this.#lane = lane
  }

  get id(): RequestId {
    return this.request.id
  }

  get ask(): Exchange['ask'] {
    // MUST (2026-07-28, basic/transports/stdio): a server sends no requests in the modern era.
    if (this.session === undefined) return undefined
    return (method, params, options) => this.#ask(method, params, options)
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  whenGone(listener: (reason: unknown) => void): void {
    if (this.#aborted) listener(this.#reason)
    else this.#onGone = listener
  }

  /** Whether nothing more may be sent for this request. */
  get over(): boolean {
    return this.#over
  }

  notify(method: string, params?: JsonObject): Awaitable<void> {
    // MUST (2026-07-28, basic/patterns/cancellation): nothing more is sent for a request that is cancelled or answered.
    if (this.#over) return Promise.reject(new Error(`${method} was not sent: its request is over`))
    return this.#road.send({ kind: 'notification', method, params }, this.#lane)
  }

  // A question lives no longer than the request that it belongs to (Q6).
  #ask(method: string, params: JsonObject, options: RequestOptions | undefined): Promise<JsonObject> {
    if (this.#over) return Promise.reject(new Error(`${method} was not sent: its request is over`))
    this.#questions ??= new AbortController()
    const own = this.#questions.signal
    const signal = options?.signal === undefined ? own : AbortSignal.any([own, options.signal])
    return this.#road.ask(method, params, { ...options, signal }, this.#lane)
  }

  /** Ends the exchange: its answer is on the road, or about to be. */
  finish(): void {
    this.#over = true
    this.#questions?.abort(new Error('The request that asked was answered'))
  }

  /** Ends the exchange without an answer. */
  abort(reason: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#aborted = true
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#onGone?.(reason)
    this.#questions?.abort(reason)
  }
}
