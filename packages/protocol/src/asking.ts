import { ConnectionClosed, orElse } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import type { Channel, Lane } from './channel.ts'
import type { RequestOptions } from './exchange.ts'
import type { InFlight } from './in-flight.ts'
import { substitute } from './message.ts'
import type { Broken, RequestId, RpcBatch, RpcNotification, RpcRequest, RpcResponse } from './message.ts'
import { Pending } from './pending.ts'
import type { Side } from './pending.ts'
import type { ExchangeRoad } from './serving.ts'
import type { PeerSession } from './session.ts'

/** What a peer sends: requests of its own, which wait here for their answers, and whatever else goes out. */
export class Asking implements ExchangeRoad, Side {
  readonly #channel: Channel
  readonly #session: PeerSession
  readonly #serving: InFlight
  #pending: Pending | undefined

  constructor(channel: Channel, session: PeerSession, serving: InFlight) {
    this.#channel = channel
    this.#session = session
    this.#serving = serving
  }

  /** How many requests wait for an answer. */
  get size(): number {
    return this.#pending?.size ?? 0
  }

  ask(method: string, params: JsonObject, options: RequestOptions = {}, lane?: Lane): Promise<JsonObject> {
    if (this.#session.reason !== undefined) return Promise.reject(this.#session.reason)
    // Most peers of a server never ask.
    this.#pending ??= new Pending(this)
    return this.#pending.request(method, params, options, lane)
  }

  send(message: RpcNotification | RpcRequest, lane?: Lane): Awaitable<void> {
    return this.#channel.send(message, lane)
  }

  answering(): boolean {
    return this.#serving.size > 0
  }

  /** Tells the far side that a request, of either side, is over. */
  tellCancelled(requestId: RequestId, reason: string, lane?: Lane): void {
    this.post({ kind: 'notification', method: 'notifications/cancelled', params: { requestId, reason } }, lane)
  }

  /** Sends what nobody waits for; a road that is gone has its own way of saying so. */
  post(message: RpcResponse | RpcBatch | RpcNotification, lane?: Lane): void {
    const instead = (error: unknown): void => {
      const other = error instanceof ConnectionClosed ? undefined : substitute(message)
      if (other !== undefined) this.post(other, lane)
    }
    void orElse(() => this.#channel.send(message, lane), instead)
  }

  /** Settles a request with what came back for it. */
  settle(response: RpcResponse | Broken): void {
    this.#pending?.settle(response)
  }

  /** Hands a notification's params to the request whose progress it tells; tells whether there is one. */
  progress(params: JsonObject | undefined): boolean {
    return this.#pending?.progress(params) === true
  }

  /** Hands a notification to the request that it belongs to; tells whether there is one. */
  notification(id: RequestId, notification: RpcNotification): boolean {
    return this.#pending?.notification(id, notification) === true
  }

  /** Rejects whatever waits. */
  close(reason: Error): void {
    this.#pending?.close(reason)
  }
}
