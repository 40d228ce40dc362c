import type { JsonObject } from '@parley/core'
import { isRequestId } from '@parley/protocol'
import type { Call, Exchange } from '@parley/protocol'

// MUST (basic/patterns/progress): it increases for as long as the token lives. A legacy handler may run again under the
// same token, so what was reached belongs to the exchange (C5).
const reached = new WeakMap<Exchange, number>()

/**
 * Reports one call's progress to whoever asked for it (basic/patterns/progress).
 *
 * While the road is busy only the newest value is kept, so a loop that does not wait costs no memory.
 */
export class ProgressReporter {
  readonly #call: Call
  #held: JsonObject | undefined
  #sending: Promise<void> | undefined

  constructor(call: Call) {
    this.#call = call
  }

  /** Settles when the road would like more. Values that do not increase are dropped (C5). */
  report(progress: number, total?: number, message?: string): Promise<void> {
    const { progressToken } = this.#call.meta
    const { exchange } = this.#call
    const last = reached.get(exchange) ?? -Infinity
    if (!isRequestId(progressToken) || !(progress > last) || progress === Infinity) return Promise.resolve()
    reached.set(exchange, progress)
    this.#held = { progressToken, progress }
    if (total !== undefined) this.#held['total'] = total
    if (message !== undefined) this.#held['message'] = message
    this.#sending ??= this.#send()
    return this.#sending
  }

  async #send(): Promise<void> {
    try {
      for (let params = this.#take(); params !== undefined; params = this.#take()) {
        await this.#call.exchange.notify('notifications/progress', params)
      }
    } catch {
      // The call is over or its caller gone: there is nobody left to tell.
    } finally {
      this.#sending = undefined
    }
  }

  #take(): JsonObject | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** Queues the newest value at once, so that it goes ahead of the result. */
  flush(): void {
    const held = this.#take()
    if (held !== undefined) this.#call.exchange.notify('notifications/progress', held).catch(() => undefined)
  }
}
