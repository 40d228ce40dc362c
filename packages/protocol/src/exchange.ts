import type { Awaitable, JsonObject, Principal } from '@parley/core'
import type { RequestId, RpcNotification, RpcRequest, RpcResponse } from './message.ts'
import type { Mirrored } from './mirrored.ts'
import type { Session } from './session.ts'

/** What a road knows about where a message came from. */
export type Origin = {
  /** The road's name: `stdio`, `memory`, `http`, `websocket`, or your own. */
  readonly road: string
  /** Who the sender was verified to be. */
  readonly principal?: Principal
  /** Looks up one request header by its name, in any case. Absent on roads without headers. */
  readonly header?: (name: string) => string | undefined
}

/**
 * One request, seen from the side that must answer it.
 *
 * It owns its reply road: there is no current connection to look up.
 */
export interface Exchange {
  readonly request: RpcRequest
  /** Aborts when the caller cancelled, or is gone. */
  readonly signal: AbortSignal
  /**
   * Calls one listener, the last given, when `signal` aborts or would; at once where it has. It takes less to keep than a
   * signal. Absent, the signal tells.
   */
  whenGone?(listener: (reason: unknown) => void): void
  readonly origin: Origin
  /** What the legacy connection remembers. Absent on any modern request, on every road (B12). */
  readonly session?: Session | undefined
  /** Sends a notification on this exchange's own road; a promise is backpressure. Rejects once the exchange is over. */
  notify(method: string, params?: JsonObject): Awaitable<void>
  /** Asks the caller back while its request is being served. Legacy only (Q6). */
  readonly ask?: ((method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>) | undefined
}

/** Whoever answers exchanges: a server, and in the legacy era a client too. */
export interface Responder {
  /**
   * Gives the one answer, or undefined where silence is the rule: at once, or by a promise. Neither throws nor rejects.
   */
  respond(exchange: Exchange): Awaitable<RpcResponse | undefined>
  /** Hears a notification that belongs to no request in flight. Never throws. */
  hear(notification: RpcNotification, session?: Session): void
  /**
   * Which of a request's params must also stand in HTTP headers; `path` starts at the params (X4).
   *
   * A road with headers holds the two against each other before `respond`. Absent, nothing is mirrored. What
   * `principal` may not use is as if it were not there.
   */
  mirrored?(method: string, params: JsonObject, principal?: Principal): readonly Mirrored[]
  /**
   * The scopes that a caller needs for a request, all of them (Z17); none for what `principal` may not see.
   *
   * A road asks before `respond` if it has words of its own for such a refusal. Whoever answers refuses in any case.
   */
  scopesFor?(method: string, params: JsonObject, principal?: Principal): readonly string[]
  /** Every scope that some request needs. */
  readonly scopes?: readonly string[]
}

/** How one request is to be made. */
export type RequestOptions = {
  /** Cancels the request; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /**
   * Milliseconds without a sign of life after which the request is cancelled; progress starts it anew (L7).
   * `Infinity` waits for ever. @default 60_000
   */
  timeout?: number | undefined
  /** Milliseconds after which the request is cancelled whatever is heard. @default 600_000 */
  maxTimeout?: number | undefined
  /** Hears the request's progress notifications' params, in order. Giving it asks for them. Throwing fails the request. */
  onProgress?: ((params: JsonObject) => void) | undefined
  /** Hears the other notifications that belong to this request, such as a listen's. */
  onNotification?: ((notification: RpcNotification) => void) | undefined
  /** Learns the id that the request was given, before it is sent. */
  onSend?: ((id: RequestId) => void) | undefined
}

/** A client's end of the road. A `Peer` is one; so is an HTTP endpoint. */
export interface Link extends AsyncDisposable {
  /**
   * Makes one request and settles with its result, as it came.
   *
   * Rejects with `RpcError` when the far side answered with an error, the signal's reason when cancelled, a
   * `TimeoutError` past a deadline, `ConnectionClosed` when the road ended first.
   */
  request(method: string, params: JsonObject, options?: RequestOptions): Promise<JsonObject>
  /** Sends a notification; settles when the road took it. */
  notify(method: string, params?: JsonObject): Promise<void>
  /** Settles, never rejects, when the road is gone, with the reason if there was one. */
  readonly closed: Promise<unknown>
}

/**
 * How to reach a server: opens the road and settles with its link.
 *
 * `responder` hears what the server sends of its own accord. Aborting `signal` gives up opening. Whoever dialled
 * closes the link.
 */
export type Dial = (responder: Responder, signal?: AbortSignal) => Promise<Link>
