import { ConnectionClosed, InvalidResult, orElse, receivedError, timedOut } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import { Deadlines } from './deadline.ts'
import type { Deadline } from './deadline.ts'
import type { Lane } from './channel.ts'
import type { RequestOptions } from './exchange.ts'
import { IdTable } from './id-table.ts'
import type { Keyed } from './id-table.ts'
import { Encoded } from './message.ts'
import type { Broken, RequestId, RpcFailure, RpcNotification, RpcRequest, RpcResult } from './message.ts'
import { isLongLived } from './revisions/methods.ts'

/** Milliseconds that a request waits without a sign of life, unless told otherwise (security defaults). */
export const defaultTimeout = 60_000
/** Milliseconds that a request waits at most, unless told otherwise. */
export const defaultMaxTimeout = 600_000

type Entry = Keyed<Entry> & {
  readonly method: string
  readonly options: RequestOptions
  readonly lane: Lane | undefined
  readonly resolve: (result: JsonObject) => void
  readonly reject: (reason: unknown) => void
  /** When the time that it may take in all is over, by `performance.now()`. */
  readonly end: number
  /** The end of its patience with silence, or of its whole time, whichever comes first. */
  deadline: Deadline
}

// What is left of a wait, in milliseconds, once rounding is all that is left.
const nothing = 0.001

/** One listener on a signal, for so many requests. */
type Watch = { count: number; readonly onAbort: () => void }

/** What pending requests need of the side that sent them. */
export type Side = {
  /** Sends a request by its lane; fails it by throwing or rejecting. */
  send(request: RpcRequest, lane: Lane | undefined): Awaitable<void>
  /** Tells the far side, by the lane that the request took, that nobody waits for this id any more. */
  tellCancelled(id: RequestId, reason: string, lane: Lane | undefined): void
  /** Whether this side is answering requests of the far side's. */
  answering(): boolean
}

/** The requests that one side has sent and not yet heard back on. Each settles exactly once, and leaves nothing behind. */
export class Pending {
  readonly #entries = new IdTable<Entry>()
  readonly #deadlines = new Deadlines()
  readonly #watches = new Map<AbortSignal, Watch>()
  readonly #side: Side
  #nextId = 1

  constructor(side: Side) {
    this.#side = side
  }

  /** How many requests wait for their answer. */
  get size(): number {
    return this.#entries.all().length
  }

  /** Enters a request, sends it, and settles with its result. */
  request(method: string, params: JsonObject, options: RequestOptions, lane?: Lane): Promise<JsonObject> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason)
    const id = this.#nextId++
    options.onSend?.(id)
    return new Promise((resolve, reject) => {
      const { maxTimeout = defaultMaxTimeout, signal } = options
      const now = performance.now()
      const end = now + maxTimeout
      const deadline = this.#wait(id, options, end, now)
      const entry: Entry = {
        id,
        method,
        options,
        lane,
        resolve,
        reject,
        end,
        deadline,
        before: undefined,
        after: undefined,
      }
      if (signal !== undefined) this.#watch(signal)
      this.#entries.add(entry)
      const withToken = options.onProgress === undefined ? params : askForProgress(params, id)
      void orElse(
        () => this.#side.send({ kind: 'request', id, method, params: withToken }, lane),
        (error) => this.#fail(id, error),
      )
    })
  }

  #wait(id: RequestId, { timeout = defaultTimeout }: RequestOptions, end: number, now = performance.now()): Deadline {
    return this.#deadlines.set(Math.min(timeout, end - now), () => this.#expire(id), now)
  }

  #expire(id: RequestId): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    const { method, options, end } = entry
    const { timeout = defaultTimeout, maxTimeout = defaultMaxTimeout } = options
    const isOver = end - performance.now() <= nothing
    // A far side that waits for an answer from here, perhaps from a person, is alive for all its silence.
    if (!isOver && this.#side.answering()) entry.deadline = this.#wait(id, options, end)
    else {
      const waited = isOver ? maxTimeout : timeout
      this.#abandon(id, timedOut(`${method} had no answer within ${waited} ms`), 'The request timed out')
    }
  }

  /** Takes a sign of life: the silence starts anew. */
  #renew(entry: Entry): void {
    const { timeout = defaultTimeout } = entry.options
    if (entry.end - performance.now() >= timeout) return entry.deadline.renew()
    entry.deadline.clear()
    entry.deadline = this.#wait(entry.id, entry.options, entry.end)
  }

  /** One listener per signal, however many requests share it: platforms warn of more than a few. */
  #watch(signal: AbortSignal): void {
    const known = this.#watches.get(signal)
    if (known !== undefined) return void (known.count += 1)
    const onAbort = (): void => this.#aborted(signal)
    this.#watches.set(signal, { count: 1, onAbort })
    signal.addEventListener('abort', onAbort)
  }

  #aborted(signal: AbortSignal): void {
    for (const { id, options } of this.#entries.all()) {
      if (options.signal === signal) this.#abandon(id, signal.reason, reasonText(signal.reason))
    }
  }

  #unwatch(signal: AbortSignal): void {
    const watch = this.#watches.get(signal)
    if (watch === undefined || --watch.count > 0) return
    this.#watches.delete(signal)
    signal.removeEventListener('abort', watch.onAbort)
  }

  #take(id: RequestId | undefined): Entry | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    this.#entries.delete(entry)
    entry.deadline.clear()
    if (entry.options.signal !== undefined) this.#unwatch(entry.options.signal)
    return entry
  }

  #fail(id: RequestId, reason: unknown): void {
    this.#take(id)?.reject(reason)
  }

  #abandon(id: RequestId, reason: unknown, text: string): void {
    const entry = this.#take(id)
    if (entry === undefined) return
    // MUST (2025-11-25, basic/utilities/cancellation): a client never cancels its `initialize`.
    if (entry.method !== 'initialize') this.#side.tellCancelled(id, text, entry.lane)
    entry.reject(reason)
  }

  /** Settles the request that a response names; a response to nothing, or a late one, is ignored (C2). */
  settle(response: RpcResult | RpcFailure | Broken): void {
    const entry = this.#take(response.id)
    if (entry === undefined) return
    if (response.kind === 'broken') return entry.reject(new InvalidResult(entry.method, response.error.message))
    if (response.kind === 'error') {
      const { code, message, data } = response.error
      return entry.reject(receivedError(code, message, data))
    }
    if (response.result instanceof Encoded) return entry.resolve(JSON.parse(response.result.text) as JsonObject)
    entry.resolve(response.result)
  }

  /** Hands progress to the request whose token it names. Reports whether there was one. */
  progress(params: JsonObject | undefined): boolean {
    const entry = this.#entries.get(params?.['progressToken'])
    if (entry?.options.onProgress === undefined || params === undefined) return false
    this.#renew(entry)
    this.#hand(entry.options.onProgress, params, entry.id)
    return true
  }

  /** Hands a notification to the request that it belongs to. Reports whether there was one. */
  notification(id: RequestId, notification: RpcNotification): boolean {
    const entry = this.#entries.get(id)
    if (entry?.options.onNotification === undefined) return false
    const ends = notification.method === 'notifications/cancelled'
    // MUST (basic/patterns/cancellation): only a listen is ended so. In the legacy era it names a request of the far
    // side's own, which may have any id that one of ours has; a late one is ignored (C1, C2).
    if (ends && !isLongLived(entry.method)) return false
    this.#renew(entry)
    this.#hand(entry.options.onNotification, notification, id)
    // Either the result or this notification may end a listen, so after it there is nothing more to wait for (U5).
    if (ends) {
      this.#fail(id, new ConnectionClosed(`The server ended ${entry.method}`))
    }
    return true
  }

  /** A listener that throws fails its own request; the road goes on for the others. */
  #hand<T>(listener: (heard: T) => void, heard: T, id: RequestId): void {
    try {
      listener(heard)
    } catch (error) {
      this.#abandon(id, error, 'The caller could not take a notification')
    }
  }

  /** Rejects whatever still waits. */
  close(reason: unknown): void {
    for (const { id } of this.#entries.all()) {
      this.#fail(id, reason ?? new ConnectionClosed('The connection was closed before the answer came'))
    }
  }
}

// The id serves as the token: it is unique among the requests in flight, as the token must be (C5).
const askForProgress = (params: JsonObject, id: RequestId): JsonObject => ({
  ...params,
  _meta: { ...(params['_meta'] as JsonObject | undefined), progressToken: id },
})

const reasonText = (reason: unknown): string => (reason instanceof Error ? reason.message : 'The caller gave up')
