import { ConnectionClosed, InvalidResult, isObject, timedOut } from '@parley/core'
import type { SubscriptionFilter } from '@parley/core'
import { defaultTimeout } from '@parley/protocol'
import type { ClientSelf, RpcNotification } from '@parley/protocol'
import { ChangeQueue, honoured, inVain, readChange, wants } from './changes.ts'
import type { Change } from './changes.ts'
import type { Agreement } from './negotiate.ts'
import { untilAborted } from './wait.ts'

/**
 * The server's changes as they come: iterate it, once.
 *
 * Iterating ends when the subscription is closed, by either side, and throws when the connection dropped instead: listen
 * again then, and look afresh at what may have changed meanwhile (U6). Leaving the loop closes it.
 */
export interface Subscription extends AsyncIterable<Change>, AsyncDisposable {
  /** The part of the filter that the server honours (U2). */
  readonly acknowledged: SubscriptionFilter
  /** Ends it; settles when the server has been told. */
  close(): Promise<void>
}

/** What listening needs of the client. */
export type Listening = {
  readonly agreement: Agreement
  readonly self: ClientSelf
  readonly timeout: number | undefined
  /** Hears every notification before the reader does. */
  readonly hear: (notification: RpcNotification) => void
  /** Makes a plain call of the legacy era. */
  readonly call: (method: string, params: { uri: string }) => Promise<unknown>
}

const subscription = (
  acknowledged: SubscriptionFilter,
  queue: ChangeQueue,
  close: () => Promise<void>,
): Subscription => ({
  acknowledged,
  close,
  [Symbol.asyncDispose]: close,
  async *[Symbol.asyncIterator]() {
    try {
      for (let change = await queue.next(); change !== undefined; change = await queue.next()) yield change
    } finally {
      await close()
    }
  },
})

/** Opens a modern subscription: one request that is answered when it is over (basic/patterns/subscriptions). */
const listenModern = async (
  filter: SubscriptionFilter,
  signal: AbortSignal,
  client: Listening,
  queue: ChangeQueue,
): Promise<SubscriptionFilter> => {
  const { link, revision } = client.agreement
  let acknowledge: (kept: SubscriptionFilter) => void = () => undefined
  let refuse: (error: unknown) => void = () => undefined
  const acknowledged = new Promise<SubscriptionFilter>((resolve, reject) => {
    acknowledge = resolve
    refuse = reject
  })
  const onNotification = (notification: RpcNotification): void => {
    const { method, params } = notification
    const fault = revision.paramsFault(method, params ?? {})
    if (fault !== undefined) return
    if (method === 'notifications/subscriptions/acknowledged') {
      const kept = params?.['notifications']
      return acknowledge(isObject(kept) ? kept : {})
    }
    // A pipe announces the end this way, before or after the result, or instead of it (U5, 3.2 #3).
    if (method === 'notifications/cancelled') return end()
    client.hear(notification)
    const change = readChange(notification)
    if (change !== undefined && wants(filter, change)) queue.push(change)
  }
  const end = (): void => {
    queue.end()
    refuse(new InvalidResult('subscriptions/listen', 'it ended before it was acknowledged'))
  }
  const fail = (error: unknown): void => {
    queue.end({ error })
    refuse(error)
  }
  const params = revision.writeCall({ method: 'subscriptions/listen', params: { notifications: filter } }, client.self)
  const forever = { timeout: Infinity, maxTimeout: Infinity }
  link.request('subscriptions/listen', params, { ...forever, signal, onNotification }).then(end, fail)
  return acknowledged
}

type Watch = { readers: number; readonly ready: Promise<unknown> }

/** Every subscription of one client, in either era. */
export class Subscriptions {
  readonly #client: Listening
  readonly #open = new Map<ChangeQueue, { filter: SubscriptionFilter; abort: AbortController }>()
  readonly #watched = new Map<string, Watch>()
  #over: ConnectionClosed | undefined

  constructor(client: Listening) {
    this.#client = client
  }

  /** Opens a subscription; settles when the server has acknowledged it. */
  async open(filter: SubscriptionFilter, signal?: AbortSignal): Promise<Subscription> {
    signal?.throwIfAborted()
    if (this.#over !== undefined) throw this.#over
    const queue = new ChangeQueue()
    const abort = new AbortController()
    const close = async (): Promise<void> => {
      signal?.removeEventListener('abort', onAbort)
      queue.end()
      const { filter: kept = {} } = this.#open.get(queue) ?? {}
      if (!this.#open.delete(queue)) return
      abort.abort(new DOMException('The subscription was closed', 'AbortError'))
      await this.#unwatch(kept.resourceSubscriptions ?? [])
    }
    const onAbort = (): void => {
      queue.end({ error: signal?.reason })
      abort.abort(signal?.reason)
      void close()
    }
    signal?.addEventListener('abort', onAbort)
    this.#open.set(queue, { filter: {}, abort })
    try {
      const kept = await untilAborted(this.#start(filter, abort, queue), abort.signal)
      return subscription(kept, queue, close)
    } catch (error) {
      await close()
      throw error
    }
  }

  async #start(filter: SubscriptionFilter, abort: AbortController, queue: ChangeQueue): Promise<SubscriptionFilter> {
    const { agreement, timeout = defaultTimeout } = this.#client
    if (agreement.revision.era === 'legacy') return this.#listenLegacy(filter, abort, queue)
    const late = (): void => abort.abort(timedOut(`subscriptions/listen was not acknowledged within ${timeout} ms`))
    const timer = timeout === Infinity ? undefined : setTimeout(late, timeout)
    try {
      return await listenModern(filter, abort.signal, this.#client, queue)
    } finally {
      clearTimeout(timer)
    }
  }

  async #listenLegacy(
    filter: SubscriptionFilter,
    abort: AbortController,
    queue: ChangeQueue,
  ): Promise<SubscriptionFilter> {
    const kept = honoured(filter, this.#client.agreement.capabilities)
    // There is nothing here by which a server could say so itself; whoever waited would wait for ever.
    const vain = inVain(filter, kept)
    if (vain !== undefined) throw vain
    // Heard from now on: the first change may come before the last subscription is confirmed.
    this.#open.set(queue, { filter: kept, abort })
    await Promise.all((kept.resourceSubscriptions ?? []).map((uri) => this.#watch(uri)))
    return kept
  }

  /** Subscribes to a resource, unless another reader has. */
  #watch(uri: string): Promise<unknown> {
    const watch = this.#watched.get(uri)
    if (watch !== undefined) {
      watch.readers += 1
      return watch.ready
    }
    const ready = this.#client.call('resources/subscribe', { uri })
    ready.catch(() => undefined)
    this.#watched.set(uri, { readers: 1, ready })
    return ready
  }

  async #unwatch(uris: readonly string[]): Promise<void> {
    const last = uris.filter((uri) => {
      const watch = this.#watched.get(uri)
      if (watch === undefined) return false
      watch.readers -= 1
      return watch.readers === 0 && this.#watched.delete(uri)
    })
    // The server may have gone, or never have had the subscription: either way there is nothing left to end.
    await Promise.allSettled(last.map((uri) => this.#client.call('resources/unsubscribe', { uri })))
  }

  /** Hands a legacy server's change to whoever asked for it. */
  hear(notification: RpcNotification): void {
    const change = readChange(notification)
    if (change === undefined) return
    for (const [queue, { filter }] of this.#open) if (wants(filter, change)) queue.push(change)
  }

  /** Ends every subscription, by this side's wish or because the connection dropped. */
  end(dropped: boolean): void {
    this.#over = new ConnectionClosed('The connection was closed, and no change is heard of any more')
    for (const [queue, { abort }] of this.#open) {
      queue.end(dropped ? { error: this.#over } : {})
      this.#open.delete(queue)
      abort.abort(this.#over)
    }
    this.#watched.clear()
  }
}
