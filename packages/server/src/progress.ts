import { orElse } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { isRequestId } from '@parley/protocol/server'
import type { Call, Exchange } from '@parley/protocol/server'
import { Pump } from './pump.ts'

// MUST (basic/patterns/progress): it increases for as long as the token lives. A legacy handler may run again under the
// same token, so what was reached belongs to the exchange (C5).
const reached = new WeakMap<Exchange, { progress: number }>()

const reachedBy = (exchange: Exchange): { progress: number } => {
  let mark = reached.get(exchange)
  if (mark === undefined) reached.set(exchange, (mark = { progress: -Infinity }))
  return mark
}

const room = Promise.resolve()

/**
 * Reports one call's progress to whoever asked for it (basic/patterns/progress).
 *
 * While the road is busy only the newest value is kept, so a loop that does not wait costs no memory.
 */
export class ProgressReporter {
  readonly #call: Call
  readonly #reached: { progress: number }
  // A caller that is gone is told nothing, and nobody is told that it is.
  readonly #pump: Pump<JsonObject> = new Pump(
    () => this.#take(),
    (params) => this.#call.exchange.notify('notifications/progress', params),
  )
  #held: JsonObject | undefined

  constructor(call: Call) {
    this.#call = call
    this.#reached = reachedBy(call.exchange)
  }

  /** Settles when the road would like more. Values that do not increase are dropped (C5). */
  report(progress: number, total?: number, message?: string): Promise<void> {
    const { progressToken } = this.#call.meta
    if (!isRequestId(progressToken) || !(progress > this.#reached.progress) || progress === Infinity) return room
    this.#reached.progress = progress
    this.#held = { progressToken, progress }
    if (total !== undefined) this.#held['total'] = total
    if (message !== undefined) this.#held['message'] = message
    return this.#pump.run() ?? room
  }

  #take(): JsonObject | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** Queues the newest value at once, so that it goes ahead of the result. */
  flush(): void {
    const held = this.#take()
    if (held === undefined) return
    void orElse(
      () => this.#call.exchange.notify('notifications/progress', held),
      () => undefined,
    )
  }
}
