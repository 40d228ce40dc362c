import { ConnectionClosed, internalError, invalidRequest, orElse } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import { batchFault } from './batch.ts'
import type { Batch } from './batch.ts'
import type { Arrival, Channel, Lane } from './channel.ts'
import type { Link, RequestOptions, Responder } from './exchange.ts'
import { InFlight } from './in-flight.ts'
import { errorObject, failure, substitute } from './message.ts'
import type { RequestId, RpcBatch, RpcNotification, RpcRequest, RpcResponse, SingleMessage } from './message.ts'
import { metaKeys, metaOf, namedVersion } from './meta.ts'
import type { PeerOptions } from './peer-options.ts'
import { Pending } from './pending.ts'
import { isLongLived } from './revisions/methods.ts'
import { Serving } from './serving.ts'
import { PeerSession } from './session.ts'
import type { Session } from './session.ts'

const closedFor = (reason: unknown): ConnectionClosed =>
  reason instanceof ConnectionClosed ? reason : new ConnectionClosed('The connection was closed', { cause: reason })

/** What a caller hears whose responder threw, though it promised not to. */
const brokenPromise = ({ id }: RpcRequest): RpcResponse => failure(id, errorObject(internalError()))

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
  readonly #options: Required<Omit<PeerOptions, 'sessionId'>>
  #asked: Pending | undefined
  readonly #serving = new InFlight()
  readonly #session: PeerSession
  #closing: Promise<void> | undefined
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
      maxBatch: 50,
      beforeClose: undefined,
      ...options,
    }
    this.#session = new PeerSession(options.sessionId, channel)
    this.closed = this.#read()
  }

  /** The legacy session that `initialize` on this road opens; blank until then. */
  get session(): Session {
    return this.#session
  }

  /** How many requests of this side wait for an answer. */
  get pending(): number {
    return this.#asked?.size ?? 0
  }

  request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const answer = this.#request(method, params, options, undefined)
    if (method !== 'initialize') return answer
    return answer.then((result) => {
      // What the far side settled on holds for what it sends, too: 2025-03-26 lets it send batches (B4).
      if (typeof result['protocolVersion'] === 'string') this.session.state.version = result['protocolVersion']
      return result
    })
  }

  /** What waits for answers; most peers of a server never ask. */
  #pending(): Pending {
    this.#asked ??= new Pending({
      cancel: (id, reason, lane) => this.#tellCancelled(id, reason, lane),
      answering: () => this.#serving.size > 0,
    })
    return this.#asked
  }

  #request(method: string, params: JsonObject, options: RequestOptions, lane: Lane | undefined): Promise<JsonObject> {
    if (this.#session.reason !== undefined) return Promise.reject(this.#session.reason)
    return this.#pending().request(method, params, options, (request) => this.#channel.send(request, lane), lane)
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    return this.#channel.send({ kind: 'notification', method, params })
  }

  async #read(): Promise<unknown> {
    let reason: unknown
    try {
      if (this.#channel.receive === undefined) for await (const arrival of this.#channel) this.#arrive(arrival)
      else await this.#channel.receive((arrival) => this.#arrive(arrival))
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
    if (arrival.message.kind === 'batch') this.#batch(arrival.message, arrival)
    else this.#single(arrival.message, arrival)
  }

  /** Takes one message; one of a batch leaves its answer there. */
  #single(message: SingleMessage, arrival: Arrival, batch?: Batch): void {
    switch (message.kind) {
      case 'request':
        this.#serve(message, arrival, batch)
        return
      case 'notification':
        this.#hear(message)
        break
      case 'broken':
        if (message.response) this.#asked?.settle(message)
        else this.#reply(failure(message.id, errorObject(message.error)), arrival, batch)
        break
      default:
        this.#asked?.settle(message)
    }
    this.#done(arrival, batch)
  }

  #batch(batch: RpcBatch, arrival: Arrival): void {
    const { messages } = batch
    const fault = batchFault(batch, this.#session.state.version, this.#options.maxBatch)
    if (fault !== undefined) {
      this.#post(failure(undefined, errorObject(fault)), arrival.lane)
      arrival.done?.()
      return
    }
    const answers: Batch = { responses: [], open: messages.length }
    for (const message of messages) {
      // MUST NOT (2025-03-26, basic/lifecycle): `initialize` is never part of a batch.
      if (message.kind === 'request' && message.method === 'initialize') {
        answers.responses.push(failure(message.id, errorObject(invalidRequest('initialize cannot be part of a batch'))))
        this.#done(arrival, answers)
      } else this.#single(message, arrival, answers)
    }
  }

  #reply(response: RpcResponse, arrival: Arrival, batch: Batch | undefined): void {
    if (batch === undefined) this.#post(response, arrival.lane)
    else batch.responses.push(response)
  }

  /** Nothing more comes of a message; after the last of a batch, its answers go out. */
  #done(arrival: Arrival, batch: Batch | undefined): void {
    if (batch !== undefined) {
      batch.open -= 1
      if (batch.open > 0) return
      if (batch.responses.length > 0) this.#post({ kind: 'batch', messages: batch.responses }, arrival.lane)
    }
    arrival.done?.()
  }

  #hear(notification: RpcNotification): void {
    const { method, params } = notification
    if (method === 'notifications/cancelled') return this.#cancelled(notification)
    if (method === 'notifications/progress' && this.#asked?.progress(params) === true) return
    const subscription = metaOf(params)[metaKeys.subscriptionId] as string | number | undefined
    if (subscription !== undefined && this.#asked?.notification(subscription, notification) === true) return
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
    if (!this.#serving.cancel(id, cause)) this.#asked?.notification(id, notification)
  }

  #serve(request: RpcRequest, arrival: Arrival, batch: Batch | undefined): void {
    const refusal = this.#refusal(request)
    if (refusal !== undefined) {
      this.#reply(failure(request.id, errorObject(refusal)), arrival, batch)
      this.#done(arrival, batch)
      return
    }
    const session = namedVersion(request.params) === undefined ? this.session : undefined
    const serving = new Serving(request, arrival.origin ?? this.#options.origin, session, this.#road, arrival.lane)
    const response = this.#respond(serving)
    if (!(response instanceof Promise)) return this.#finish(serving, response, arrival, batch)
    // What is answered at once is never in flight for anybody else to see.
    this.#serving.enter(serving)
    const leave = (answer: RpcResponse | undefined): void => {
      this.#finish(serving, answer, arrival, batch)
      this.#serving.leave(serving)
    }
    response.then(leave, () => leave(brokenPromise(request)))
  }

  #respond(serving: Serving): Awaitable<RpcResponse | undefined> {
    try {
      return this.#responder.respond(serving)
    } catch {
      return brokenPromise(serving.request)
    }
  }

  #finish(serving: Serving, response: RpcResponse | undefined, arrival: Arrival, batch: Batch | undefined): void {
    const answered = !serving.over && response !== undefined
    const { request } = serving
    serving.finish()
    if (answered) this.#reply(response, arrival, batch)
    // MUST (2026-07-28, basic/patterns/cancellation): a pipe has no stream to close, so this ends a listen (U5). One
    // that was refused never began, and nothing else may be cancelled from this side (C4).
    const ended = answered && response.kind === 'result' && isLongLived(request.method)
    if (ended) this.#tellCancelled(request.id, 'The subscription has ended', arrival.lane)
    this.#done(arrival, batch)
  }

  readonly #road = {
    send: (notification: RpcNotification, lane: Lane | undefined): Awaitable<void> =>
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
    const instead = (error: unknown): void => {
      const other = error instanceof ConnectionClosed ? undefined : substitute(message)
      if (other !== undefined) this.#post(other, lane)
    }
    void orElse(() => this.#channel.send(message, lane), instead)
  }

  #close(reason: unknown): Promise<void> {
    this.#closing ??= this.#shut(reason)
    return this.#closing
  }

  async #shut(reason: unknown): Promise<void> {
    const closed = closedFor(reason)
    this.#serving.release()
    this.#session.end(closed)
    this.#serving.abort(closed, 'all')
    this.#asked?.close(closed)
    await this.#channel[Symbol.asyncDispose]()
  }

  /** Closes the road and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close(undefined)
    await this.closed
  }
}
