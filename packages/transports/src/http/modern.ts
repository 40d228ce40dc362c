import { ConnectionClosed, internalError, orElse, RpcError } from '@parley/core'
import type { Awaitable, JsonObject, Linked } from '@parley/core'
import { encode, errorObject, failure, isLongLived, metaOf, modernVersions, readCaller } from '@parley/protocol/server'
import type {
  Deadline,
  Deadlines,
  Exchange,
  Origin,
  RpcNotification,
  RpcRequest,
  RpcResponse,
} from '@parley/protocol/server'
import { refused } from '../deferred.ts'
import { versionFault } from './headers.ts'
import type { Beat, Pulse } from './pulse.ts'
import { frame, messageFrame, streamHeaders } from './sse.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** What the modern requests of one endpoint share. */
export type ModernRules = {
  readonly pulse: Pulse
  readonly deadlines: Deadlines
  /** Milliseconds without an answer after which it becomes an event stream. */
  readonly jsonDelay: number
  /** Characters that may wait for a reader before log lines are dropped; well before what is not dropped ends it all. */
  readonly crowded: number
}

// MUST (2026-07-28, basic/transports/streamable-http): an unknown method is a 404; these others are 400 (H11).
const statusOf = (response: RpcResponse): number => {
  if (response.kind === 'result') return 200
  const { code } = response.error
  if (code === -32601) return 404
  return code === -32700 || code === -32600 || (code <= -32020 && code >= -32022) ? 400 : 200
}

/** The text of a response; a result that JSON cannot hold must not leave its request without an outcome. */
const textOf = (response: RpcResponse): string => {
  try {
    return encode(response)
  } catch {
    return encode(failure(response.id, errorObject(internalError('The result could not be written as JSON'))))
  }
}

/**
 * One modern request over HTTP. Its answer is JSON, until something else must go out or it takes long: then it is an event
 * stream, whose last event is the response.
 *
 * The head is held until then, because some errors need a status of their own.
 */
export class HttpExchange implements Exchange, Linked<HttpExchange> {
  before: HttpExchange | undefined
  after: HttpExchange | undefined
  readonly request: RpcRequest
  readonly origin: Origin
  readonly session: undefined
  readonly #reply: Reply
  readonly #rules: ModernRules
  #delay: Deadline | undefined
  #stream: EventStream | undefined
  #beat: Beat | undefined
  #controller: AbortController | undefined
  /** Why nobody waits for the answer any more. */
  #reason: Error | undefined
  #onGone: ((reason: unknown) => void) | undefined
  #waits = false
  #over = false

  constructor(request: RpcRequest, origin: Origin, reply: Reply, rules: ModernRules) {
    this.request = request
    this.origin = origin
    this.#reply = reply
    this.#rules = rules
  }

  /** Notes that the answer takes its time: from `jsonDelay` on, it is an event stream. */
  wait(): void {
    if (this.#over) return
    this.#waits = true
    if (this.#stream !== undefined) this.#beat = this.#rules.pulse.add(this.#stream)
    else this.#delay = this.#rules.deadlines.set(this.#rules.jsonDelay, () => void this.#open())
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      // MUST (2026-07-28, basic/transports/streamable-http#cancellation): a client that hangs up cancels (H13).
      if (this.#reason !== undefined) controller.abort(this.#reason)
      else if (this.#stream === undefined) this.#watch(this.#reply.gone)
    }
    return this.#controller.signal
  }

  /** Hears of a client that leaves before there is a stream, which then tells it. */
  #watch(gone: AbortSignal): void {
    if (gone.aborted) this.#leave(gone.reason)
    else gone.addEventListener('abort', () => this.#leave(gone.reason), { once: true })
  }

  #leave(reason: unknown): void {
    if (this.#reason !== undefined) return
    this.#reason = reason instanceof Error ? reason : new ConnectionClosed('The client is gone')
    this.#controller?.abort(this.#reason)
    this.#onGone?.(this.#reason)
    this.#onGone = undefined
  }

  whenGone(listener: (reason: unknown) => void): void {
    // Making the signal is watching for it.
    if (this.#stream === undefined && this.signal.aborted) return listener(this.#reason)
    if (this.#reason !== undefined) listener(this.#reason)
    else this.#onGone = listener
  }

  #open(): EventStream {
    if (this.#stream === undefined) {
      this.#delay?.clear()
      const stream = this.#reply.stream(
        streamHeaders,
        (reason) => this.#leave(reason),
        isLongLived(this.request.method),
      )
      this.#stream = stream
      if (stream.lost) this.#leave(undefined)
      if (this.#waits) this.#beat = this.#rules.pulse.add(stream)
    }
    return this.#stream
  }

  notify(method: string, params?: JsonObject): Awaitable<void> {
    if (this.#over) return refused(new Error(`${method} was not sent: its request is over`))
    const isCrowded = this.#stream !== undefined && this.#stream.waiting > this.#rules.crowded
    if (isCrowded && method === 'notifications/message') return undefined
    try {
      // JSON that is written here has its line breaks escaped.
      const text = messageFrame(encode({ kind: 'notification', method, params }))
      const stream = this.#open()
      this.#beat?.touch()
      return stream.write(text)
    } catch (error) {
      // JSON cannot hold it; nothing was sent.
      return refused(error)
    }
  }

  /** Sends the response, and with it the end. Without one, the answer is only ended. */
  finish(response: RpcResponse | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#delay?.clear()
    if (this.#stream === undefined) {
      if (response === undefined) this.#reply.send(202, {})
      else this.#reply.send(statusOf(response), {}, textOf(response))
      return
    }
    if (response !== undefined) {
      const stream = this.#stream
      void orElse(
        () => stream.write(frame({ event: 'message', data: textOf(response) }), true),
        () => undefined,
      )
    }
    this.#beat?.end()
    this.#stream.end()
  }

  /** Ends the exchange from this side, without its response: the endpoint closes. */
  abandon(): void {
    if (this.#over) return
    this.#leave(new ConnectionClosed('The server is closing'))
    if (this.#stream === undefined) this.#reply.send(503, { 'retry-after': '1' })
    this.#over = true
    this.#delay?.clear()
    if (this.#stream === undefined) return
    this.#beat?.end()
    this.#stream.end()
  }
}

/**
 * What keeps a modern message from being served, or nothing: its version header, its envelope, its other headers.
 *
 * `version` is the revision that its `_meta` names. Each of these faults is a 400 (H7, H9, B9).
 */
export const modernFault = (
  head: Head,
  message: RpcRequest | RpcNotification,
  version: string,
): RpcError | undefined => {
  const fault = versionFault(head, version)
  if (fault !== undefined) return fault
  if (message.kind === 'notification' && modernVersions.includes(version)) return undefined
  try {
    readCaller(metaOf(message.params))
    return undefined
  } catch (error) {
    return error instanceof RpcError ? error : internalError()
  }
}
