import { ConnectionClosed, internalError, invalidRequest } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Arrival, Channel, Lane } from './channel.ts'
import type { Link, Origin, RequestOptions, Responder } from './exchange.ts'
import { InFlight } from './in-flight.ts'
import { errorObject, failure, substitute } from './message.ts'
import type { RequestId, RpcBatch, RpcNotification, RpcRequest, RpcResponse, SingleMessage } from './message.ts'
import { metaKeys, metaOf, namedVersion } from './meta.ts'
import { Pending } from './pending.ts'
import { takesBatches } from './revisions/index.ts'
import { isLongLived } from './revisions/methods.ts'
import { Serving } from './serving.ts'
import type { Session, SessionState } from './session.ts'

/** How a peer behaves on its road. */
export type PeerOptions = {
  /** What is known of every arrival that brings no origin of its own. @default { road: 'custom' } */
  origin?: Origin
  /** Requests that may be served at once; more are refused with -32603. @default 1024 */
  maxInFlight?: number
  /** Milliseconds that requests in flight get to finish after the far side has stopped sending. @default 0 */
  linger?: number
  /** Whether one id may be in flight more than once, as on an HTTP session. @default false */
  sharedIds?: boolean
  /** What the session is called, where the road has given it a name. @default 128 bits of its own */
  sessionId?: string
  /** Messages that a 2025-03-26 batch may hold, up to 1,000. @default 50 */
  maxBatch?: number
  /**
   * Awaited when the far side has stopped sending and what was in flight is answered, before the road is closed: the
   * moment to end subscriptions with their results (U4).
   */
  beforeClose?: (() => Promise<void>) | undefined
}

const closedFor = (reason: unknown): ConnectionClosed =>
  reason instanceof ConnectionClosed ? reason : new ConnectionClosed('The connection was closed', { cause: reason })

/**
 * Turns a channel into exchanges: pairs answers with requests, both ways at once.
 *
 * It starts reading when it is made, and is a `Link` for requests of one's own. It ends when the channel does or when
 * it is disposed, whichever comes first; then every request still out rejects with `ConnectionClosed`, every exchange
 * being served is aborted, and `closed` settles.
 */
export class Peer implements Link {
  readonly #channel: Channel
  readonly #responder: Responder
  readonly #options: Required<PeerOptions>
  readonly #pending: Pending
  readonly #serving = new InFlight()
  readonly #ended = new AbortController()
  #closing: Promise<void> | undefined
  /** The legacy session that `initialize` on this road opens; blank until then. */
  readonly session: Session
  /** Settles when the road is gone, with the reason if it broke. */
  readonly closed: Promise<unknown>

  constructor(channel: Channel, responder: Responder, options: PeerOptions = {}) {
    this.#channel = channel
    this.#responder = responder
    this.#options = {
      origin: { road: 'custom' },
      maxInFlight: 1024,
      linger: 0,
      sharedIds: false,
      sessionId: options.sessionId ?? crypto.randomUUID(),
      maxBatch: 50,
      beforeClose: undefined,
      ...options,
    }
    this.#pending = new Pending({
      cancel: (id, reason, lane) => this.#tellCancelled(id, reason, lane),
      answering: () => this.#serving.size > 0,
    })
    const state: SessionState = { initialized: false, subscriptions: [] }
    this.session = {
      id: this.#options.sessionId,
      state,
      ended: this.#ended.signal,
      notify: (method, params) => this.notify(method, params),
    }
    this.closed = this.#read()
  }

  /** How many requests of this side wait for an answer. */
  get pending(): number {
    return this.#pending.size
  }

  async request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const result = await this.#request(method, params, options, undefined)
    // What the far side settled on holds for what it sends, too: 2025-03-26 lets it send batches (B4).
    if (method === 'initialize' && typeof result['protocolVersion'] === 'string') {
      this.session.state.version = result['protocolVersion']
    }
    return result
  }

  #request(method: string, params: JsonObject, options: RequestOptions, lane: Lane | undefined): Promise<JsonObject> {
    if (this.#ended.signal.aborted) return Promise.reject(this.#ended.signal.reason)
    return this.#pending.request(method, params, options, (request) => this.#channel.send(request, lane), lane)
  }

  notify(method: string, params?: JsonObject): Promise<void> {
    return this.#channel.send({ kind: 'notification', method, params })
  }

  async #read(): Promise<unknown> {
    let reason: unknown
    try {
      for await (const arrival of this.#channel) this.#arrive(arrival)
      await this.#drain()
    } catch (error) {
      reason = error
    }
    await this.#close(reason).catch((error: unknown) => {
      reason ??= error
    })
    return reason
  }

  /** The far side may have stopped sending and still read: what is in flight gets a moment to be answered. */
  async #drain(): Promise<void> {
    if (this.#closing !== undefined) return
    await this.#serving.emptied(this.#options.linger)
    this.#serving.abort(closedFor(undefined), 'counted')
    await this.#options.beforeClose?.()
  }

  #arrive(arrival: Arrival): void {
    const { message, lane } = arrival
    if (message.kind === 'batch') this.#batch(message, arrival)
    else this.#single(message, arrival, (response) => this.#post(response, lane), arrival.done)
  }

  /** Takes one message; `reply` is called exactly once for a request, with undefined where nothing may be said. */
  #single(message: SingleMessage, arrival: Arrival, reply: (response: RpcResponse) => void, done?: () => void): void {
    switch (message.kind) {
      case 'request':
        this.#serve(message, arrival, reply, done)
        return
      case 'notification':
        this.#hear(message)
        break
      case 'broken':
        if (message.response) this.#pending.settle(message)
        else reply(failure(message.id, errorObject(message.error)))
        break
      default:
        this.#pending.settle(message)
    }
    done?.()
  }

  #batch(batch: RpcBatch, arrival: Arrival): void {
    const { messages } = batch
    const refusal = this.#batchRefusal(messages)
    if (refusal !== undefined) {
      this.#post(failure(undefined, errorObject(invalidRequest(refusal))), arrival.lane)
      arrival.done?.()
      return
    }
    const responses: RpcResponse[] = []
    let open = messages.length
    const done = (): void => {
      open -= 1
      if (open > 0) return
      if (responses.length > 0) this.#post({ kind: 'batch', messages: responses }, arrival.lane)
      arrival.done?.()
    }
    for (const message of messages) {
      // MUST NOT (2025-03-26, basic/lifecycle): `initialize` is never part of a batch.
      if (message.kind === 'request' && message.method === 'initialize') {
        responses.push(failure(message.id, errorObject(invalidRequest('initialize cannot be part of a batch'))))
        done()
      } else this.#single(message, arrival, (response) => responses.push(response), done)
    }
  }

  #batchRefusal(messages: readonly SingleMessage[]): string | undefined {
    if (!takesBatches(this.session.state.version)) return 'Batches are not part of the revision in use'
    if (messages.length === 0) return 'A batch holds at least one message'
    if (messages.length > this.#options.maxBatch) return `A batch holds at most ${this.#options.maxBatch} messages`
    return undefined
  }

  #hear(notification: RpcNotification): void {
    const { method, params } = notification
    if (method === 'notifications/cancelled') return this.#cancelled(notification)
    if (method === 'notifications/progress' && this.#pending.progress(params)) return
    const subscription = metaOf(params)[metaKeys.subscriptionId] as string | number | undefined
    if (subscription !== undefined && this.#pending.notification(subscription, notification)) return
    try {
      this.#responder.hear(notification, this.session)
    } catch {
      // It promised not to throw; if it does, one message still must not end the road for all.
    }
  }

  #cancelled(notification: RpcNotification): void {
    const id = notification.params?.['requestId'] as string | number
    const reason = notification.params?.['reason']
    const cause = new DOMException(typeof reason === 'string' ? reason : 'The caller cancelled', 'AbortError')
    // A server ends a listen with this notification, which then names a request of ours.
    if (!this.#serving.cancel(id, cause)) this.#pending.notification(id, notification)
  }

  #serve(request: RpcRequest, arrival: Arrival, reply: (response: RpcResponse) => void, done?: () => void): void {
    const refusal = this.#refusal(request)
    if (refusal !== undefined) {
      reply(failure(request.id, errorObject(refusal)))
      done?.()
      return
    }
    const session = namedVersion(request.params) === undefined ? this.session : undefined
    const serving = new Serving(request, arrival.origin ?? this.#options.origin, session, this.#road, arrival.lane)
    this.#serving.enter(serving)
    const finish = (response: RpcResponse | undefined): void => {
      const answered = !serving.over && response !== undefined
      serving.finish()
      if (answered) reply(response)
      // MUST (2026-07-28, basic/patterns/cancellation): a pipe has no stream to close, so this ends a listen (U5). One
      // that was refused never began, and nothing else may be cancelled from this side (C4).
      const ended = answered && response.kind === 'result' && isLongLived(request.method)
      if (ended) this.#tellCancelled(request.id, 'The subscription has ended', arrival.lane)
      this.#serving.leave(serving)
      done?.()
    }
    const respond = async (): Promise<RpcResponse | undefined> => this.#responder.respond(serving)
    respond().then(finish, () => finish(failure(request.id, errorObject(internalError()))))
  }

  readonly #road = {
    send: (notification: RpcNotification, lane: Lane | undefined): Promise<void> =>
      this.#channel.send(notification, lane),
    ask: (
      method: string,
      params: JsonObject,
      options: RequestOptions | undefined,
      lane: Lane | undefined,
    ): Promise<JsonObject> => this.#request(method, params, options ?? {}, lane),
  }

  #refusal(request: RpcRequest): ReturnType<typeof internalError> | undefined {
    if (!this.#options.sharedIds && this.#serving.has(request.id)) {
      return invalidRequest(`A request with the id ${JSON.stringify(request.id)} is in flight already`)
    }
    if (this.#serving.size < this.#options.maxInFlight || isLongLived(request.method)) return undefined
    return internalError(
      `More than ${this.#options.maxInFlight} requests are in flight; retry when some are answered`,
      {
        retry: true,
      },
    )
  }

  #tellCancelled(requestId: RequestId, reason: string, lane?: Lane): void {
    this.#post({ kind: 'notification', method: 'notifications/cancelled', params: { requestId, reason } }, lane)
  }

  /** Sends what nobody waits for; a road that is gone has its own way of saying so. */
  #post(message: RpcResponse | RpcBatch | RpcNotification, lane?: Lane): void {
    const send = async (): Promise<void> => this.#channel.send(message, lane)
    send().catch((error: unknown) => {
      const instead = error instanceof ConnectionClosed ? undefined : substitute(message)
      if (instead !== undefined) this.#post(instead, lane)
    })
  }

  #close(reason: unknown): Promise<void> {
    this.#closing ??= this.#shut(reason)
    return this.#closing
  }

  async #shut(reason: unknown): Promise<void> {
    const closed = closedFor(reason)
    this.#serving.release()
    this.#ended.abort(closed)
    this.#serving.abort(closed, 'all')
    this.#pending.close(closed)
    await this.#channel[Symbol.asyncDispose]()
  }

  /** Closes the road and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close(undefined)
    await this.closed
  }
}
