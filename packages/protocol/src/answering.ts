import { ConnectionClosed, internalError, invalidRequest } from '@parley/core'
import type { Awaitable } from '@parley/core'
import type { Asking } from './asking.ts'
import { batchFault } from './batch.ts'
import type { Batch } from './batch.ts'
import type { Arrival, Channel, Receiver } from './channel.ts'
import type { Responder } from './exchange.ts'
import type { InFlight } from './in-flight.ts'
import { errorObject, failure } from './message.ts'
import type { RpcBatch, RpcNotification, RpcRequest, RpcResponse, SingleMessage } from './message.ts'
import { metaKeys, metaOf, namedVersion } from './meta.ts'
import type { PeerSettings } from './peer-options.ts'
import { isLongLived } from './revisions/methods.ts'
import { Serving } from './serving.ts'
import type { PeerSession } from './session.ts'

const closedFor = (reason: unknown): ConnectionClosed =>
  reason instanceof ConnectionClosed ? reason : new ConnectionClosed('The connection was closed', { cause: reason })

/** What a caller hears whose responder threw, though it promised not to. */
export const brokenPromise = ({ id }: RpcRequest): RpcResponse => failure(id, errorObject(internalError()))

/** What a peer is made of. */
export type PeerParts = {
  readonly channel: Channel
  readonly responder: Responder
  readonly session: PeerSession
  readonly serving: InFlight
  readonly asking: Asking
}

/** What a peer reads: requests, which it has served, and what belongs to its own; and then the end of the road. */
export class Answering implements Receiver {
  readonly #channel: Channel
  readonly #responder: Responder
  readonly #session: PeerSession
  readonly #serving: InFlight
  readonly #asking: Asking
  readonly #settings: PeerSettings
  #closing: Promise<void> | undefined
  // Tens of thousands of sessions may be idle, and on most roads nobody asks for this promise.
  #closed: Promise<unknown> | undefined
  #settle: ((reason: unknown) => void) | undefined

  constructor(parts: PeerParts, settings: PeerSettings) {
    this.#channel = parts.channel
    this.#responder = parts.responder
    this.#session = parts.session
    this.#serving = parts.serving
    this.#asking = parts.asking
    this.#settings = settings
  }

  /** Settles when the road is gone, with the reason if it broke. */
  get closed(): Promise<unknown> {
    this.#closed ??= new Promise((resolve) => {
      this.#settle = resolve
    })
    return this.#closed
  }

  /** Starts reading. */
  start(): void {
    if (this.#channel.receive === undefined) void this.#iterate()
    else {
      try {
        this.#channel.receive(this)
      } catch (error) {
        this.end(error)
      }
    }
  }

  async #iterate(): Promise<void> {
    let reason: unknown
    try {
      for await (const arrival of this.#channel) this.take(arrival)
    } catch (error) {
      reason = error
    }
    this.end(reason)
  }

  end(reason?: unknown): void {
    const ended = this.#leave(reason)
    if (this.#settle === undefined) this.#closed = ended
    else this.#settle(ended)
  }

  /** Never rejects. */
  async #leave(cause: unknown): Promise<unknown> {
    let reason = cause
    try {
      // Whoever says that the road has ended may be about to say why.
      await Promise.resolve()
      if (cause === undefined) await this.#drain()
    } catch (error) {
      reason = error
    }
    await this.close(reason).catch((error: unknown) => {
      reason ??= error
    })
    return reason
  }

  /** The far side may have stopped sending and still read: what is in flight gets a moment to be answered. */
  async #drain(): Promise<void> {
    if (this.#closing !== undefined) return
    await this.#serving.emptied(this.#settings.linger)
    this.#serving.abort(closedFor(undefined), 'counted')
    await this.#settings.beforeClose?.()
  }

  take(arrival: Arrival): void {
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
        if (message.response) this.#asking.settle(message)
        else this.#reply(failure(message.id, errorObject(message.error)), arrival, batch)
        break
      default:
        this.#asking.settle(message)
    }
    this.#done(arrival, batch)
  }

  #batch(batch: RpcBatch, arrival: Arrival): void {
    const { messages } = batch
    const fault = batchFault(batch, this.#session.state.version, this.#settings.maxBatch)
    if (fault !== undefined) {
      this.#asking.post(failure(undefined, errorObject(fault)), arrival.lane)
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
    if (batch === undefined) this.#asking.post(response, arrival.lane)
    else batch.responses.push(response)
  }

  /** Nothing more comes of a message; after the last of a batch, its answers go out. */
  #done(arrival: Arrival, batch: Batch | undefined): void {
    if (batch !== undefined) {
      batch.open -= 1
      if (batch.open > 0) return
      if (batch.responses.length > 0) this.#asking.post({ kind: 'batch', messages: batch.responses }, arrival.lane)
    }
    arrival.done?.()
  }

  #hear(notification: RpcNotification): void {
    const { method, params } = notification
    if (method === 'notifications/cancelled') return this.#cancelled(notification)
    if (method === 'notifications/progress' && this.#asking.progress(params)) return
    const subscription = metaOf(params)[metaKeys.subscriptionId] as string | number | undefined
    if (subscription !== undefined && this.#asking.notification(subscription, notification)) return
    try {
      this.#responder.hear(notification, this.#session)
    } catch {
      // It promised not to throw; if it does, one message still must not end the road for all.
    }
  }

  #cancelled(notification: RpcNotification): void {
    const id = notification.params?.['requestId'] as string | number
    const reason = notification.params?.['reason']
    const cause = new DOMException(typeof reason === 'string' ? reason : 'The caller cancelled', 'AbortError')
    // A server ends a listen with this notification, which then names a request of ours.
    if (!this.#serving.cancel(id, cause)) this.#asking.notification(id, notification)
  }

  #serve(request: RpcRequest, arrival: Arrival, batch: Batch | undefined): void {
    const refusal = this.#refusal(request)
    if (refusal !== undefined) {
      this.#reply(failure(request.id, errorObject(refusal)), arrival, batch)
      this.#done(arrival, batch)
      return
    }
    const session = namedVersion(request.params) === undefined ? this.#session : undefined
    const serving = new Serving(request, arrival.origin ?? this.#settings.origin, session, this.#asking, arrival.lane)
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
    if (ended) this.#asking.tellCancelled(request.id, 'The subscription has ended', arrival.lane)
    this.#done(arrival, batch)
  }

  #refusal(request: RpcRequest): ReturnType<typeof internalError> | undefined {
    if (!this.#settings.sharedIds && this.#serving.has(request.id)) {
      return invalidRequest(`A request with the id ${JSON.stringify(request.id)} is in flight already`)
    }
    if (this.#serving.size < this.#settings.maxInFlight || isLongLived(request.method)) return undefined
    return internalError(
      `More than ${this.#settings.maxInFlight} requests are in flight; retry when some are answered`,
      {
        retry: true,
      },
    )
  }

  /** Closes the road, once. */
  close(reason?: unknown): Promise<void> {
    this.#closing ??= this.#shut(reason)
    return this.#closing
  }

  async #shut(reason: unknown): Promise<void> {
    const closed = closedFor(reason)
    this.#serving.release()
    this.#session.end(closed)
    this.#serving.abort(closed, 'all')
    this.#asking.close(closed)
    await this.#channel[Symbol.asyncDispose]()
  }
}
