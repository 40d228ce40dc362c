import { orElse } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { isRequestId } from '@parley/protocol/server'
import type { Call } from '@parley/protocol/server'
import { Pump } from './pump.ts'

const room = Promise.resolve()

/**
 * Reports one call's progress to whoever asked for it (basic/patterns/progress).
 *
 * While the road is busy only the newest value is kept, so a loop that does not wait costs no memory.
 */
export class ProgressReporter {
  readonly #call: Call
  // A caller that is gone is told nothing, and nobody is told that it is.
  readonly #pump: Pump<JsonObject> = new Pump(
    () => this.#take(),
    (params) => this.#call.exchange.notify('notifications/progress', params),
  )
  #held: JsonObject | undefined

  constructor(call: Call) {
    this.#call = call
  }

  /** Settles when the road would like more. Values that do not increase are dropped (C5). */
  report(progress: number, total?: number, message?: string): Promise<void> {
    const { meta, reached } = this.#call
    const { progressToken } = meta
    // MUST (basic/patterns/progress): it increases for as long as the token lives.
    if (!isRequestId(progressToken) || !(progress > reached.progress) || progress === Infinity) return room
    reached.progress = progress
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
