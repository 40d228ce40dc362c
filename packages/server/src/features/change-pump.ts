import type { Awaitable, JsonObject } from '@parley/core'
import type { Change } from '../changes.ts'
import { Pump } from '../pump.ts'

type Notify = (method: string, params?: JsonObject) => Awaitable<void>

/**
 * Writes changes as notifications to one listener.
 *
 * A change is a hint to look again, so equal ones that wait for a slow listener are one.
 */
export class ChangePump {
  readonly #notify: Notify
  readonly #waiting = new Map<string, Change>()
  readonly #pump: Pump<Change>

  constructor(notify: Notify) {
    this.#notify = notify
    // A listener that is gone wants nothing of what still waits.
    const gone = (): void => this.#waiting.clear()
    this.#pump = new Pump(
      () => this.#take(),
      (change) => this.#write(change),
      gone,
    )
  }

  /** Queues one change. */
  push(change: Change): void {
    this.#waiting.set(JSON.stringify(change), change)
    void this.#pump.run()
  }

  #take(): Change | undefined {
    for (const [key, change] of this.#waiting) {
      this.#waiting.delete(key)
      return change
    }
    return undefined
  }

  #write(change: Change): Awaitable<void> {
    if ('updated' in change) return this.#notify('notifications/resources/updated', { uri: change.updated })
    return this.#notify(`notifications/${change.list}/list_changed`)
  }
}
