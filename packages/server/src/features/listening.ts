import { principalKey } from '@parley/core'
import type { Awaitable, JsonObject, SubscriptionFilter } from '@parley/core'
import { metaKeys } from '@parley/protocol/server'
import type { Exchange } from '@parley/protocol/server'
import type { Change } from '../changes.ts'
import { ChangePump } from './change-pump.ts'

const ignore = (): void => undefined

/** Calls once when the caller is gone, at once where it is; gives what ends that. */
const whenGone = (exchange: Exchange, listener: (reason: unknown) => void): (() => void) => {
  if (exchange.whenGone !== undefined) {
    exchange.whenGone(listener)
    return ignore
  }
  const { signal } = exchange
  const abort = (): void => listener(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

/** One listen request that is open. Tens of thousands may be idle: it keeps little, and no call. */
export class Listening {
  /** The key of the principal that it counts for. */
  readonly principal: string
  readonly #exchange: Exchange
  readonly #filter: SubscriptionFilter
  #uris: Set<string> | undefined
  #pump: ChangePump | undefined
  #over: ((failure?: Error) => void) | undefined

  constructor(exchange: Exchange, filter: SubscriptionFilter) {
    this.principal = principalKey(exchange.origin.principal)
    this.#exchange = exchange
    this.#filter = filter
    if (filter.resourceSubscriptions !== undefined) this.#uris = new Set(filter.resourceSubscriptions)
  }

  get #mark(): JsonObject {
    return { [metaKeys.subscriptionId]: this.#exchange.request.id }
  }

  /** Tells the caller what it will hear of. */
  acknowledge(): Awaitable<void> {
    const params = { _meta: this.#mark, notifications: this.#filter }
    return this.#exchange.notify('notifications/subscriptions/acknowledged', params)
  }

  /** Tells the caller of a change that it asked to hear of. */
  tell(change: Change): void {
    if (!this.#wants(change)) return
    this.#pump ??= new ChangePump((method, params) => this.#exchange.notify(method, { _meta: this.#mark, ...params }))
    this.#pump.push(change)
  }

  // MUST NOT (basic/patterns/subscriptions): nothing outside the filter goes out (U1).
  #wants(change: Change): boolean {
    if ('updated' in change) return this.#uris?.has(change.updated) === true
    return this.#filter[`${change.list}ListChanged`] === true
  }

  /** Settles with the closing result once it is ended; rejects once the caller is gone. `onOver` hears of either, once. */
  wait(onOver: () => void): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      let forget = ignore
      this.#over = (failure) => {
        this.#over = undefined
        forget()
        onOver()
        // MUST (basic/patterns/subscriptions#graceful-closure): the closing result names the subscription too (U3, U4).
        if (failure === undefined) resolve({ _meta: this.#mark })
        else reject(failure)
      }
      forget = whenGone(this.#exchange, (reason) => {
        this.#over?.(reason instanceof Error ? reason : new Error('The caller is gone'))
      })
    })
  }

  /** Ends it with its closing result; before `wait` it does nothing. */
  end(): void {
    this.#over?.()
  }
}
