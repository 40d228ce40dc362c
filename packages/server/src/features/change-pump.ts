import type { JsonObject } from '@parley/core'
import type { Change } from '../changes.ts'

type Notify = (method: string, params?: JsonObject) => Promise<void>

/**
 * Writes changes as notifications to one listener.
 *
 * A change is a hint to look again, so equal ones that wait for a slow listener are one.
 */
export class ChangePump {
  readonly #notify: Notify
  readonly #waiting = new Map<string, Change>()
  #running = false

  constructor(notify: Notify) {
    this.#notify = notify
  }

  /** Queues one change. */
  push(change: Change): void {
    this.#waiting.set(JSON.stringify(change), change)
    if (this.#running) return
    this.#running = true
    this.#run().catch(() => undefined)
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#take(); next !== undefined; next = this.#take()) await this.#write(next)
    } finally {
      // A listener that is gone wants nothing of what still waits.
      this.#waiting.clear()
      this.#running = false
    }
  }

  #take(): Change | undefined {
    for (const [key, change] of this.#waiting) {
      this.#waiting.delete(key)
      return change
    }
    return undefined
  }

  #write(change: Change): Promise<void> {
    if ('updated' in change) return this.#notify('notifications/resources/updated', { uri: change.updated })
    return this.#notify(`notifications/${change.list}/list_changed`)
  }
}
