/** One deadline that may be put off, and must be cleared. */
export interface Deadline {
  /** Starts the wait anew. */
  renew(): void
  /** Ends the wait; nothing fires after it. */
  clear(): void
}

type Entry = { at: number; readonly wait: number; readonly fire: () => void; cleared: boolean }

/**
 * Many deadlines behind one timer, so that a request costs no timer of its own.
 *
 * Deadlines of equal length lie in one set in the order in which they were last renewed, so the first of each set is
 * the next to fire, and setting, renewing and clearing are each one map operation.
 */
export class Deadlines {
  readonly #queues = new Map<number, Set<Entry>>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #wakeAt = Infinity

  /** How many deadlines wait. */
  get size(): number {
    let size = 0
    for (const queue of this.#queues.values()) size += queue.size
    return size
  }

  /** Calls `fire` once after `wait` milliseconds; `Infinity` never does. */
  set(wait: number, fire: () => void): Deadline {
    const entry: Entry = { at: performance.now() + wait, wait, fire, cleared: false }
    if (wait === Infinity) return { renew: () => undefined, clear: () => undefined }
    this.#queue(wait).add(entry)
    this.#wake(entry.at)
    return { renew: () => this.#renew(entry), clear: () => this.#clear(entry) }
  }

  #queue(wait: number): Set<Entry> {
    let queue = this.#queues.get(wait)
    if (queue === undefined) this.#queues.set(wait, (queue = new Set()))
    return queue
  }

  #renew(entry: Entry): void {
    if (entry.cleared) return
    const queue = this.#queue(entry.wait)
    queue.delete(entry)
    entry.at = performance.now() + entry.wait
    queue.add(entry)
  }

  #clear(entry: Entry): void {
    if (entry.cleared) return
    entry.cleared = true
    const queue = this.#queues.get(entry.wait)
    queue?.delete(entry)
    if (queue?.size === 0) this.#queues.delete(entry.wait)
    if (this.#queues.size === 0) this.#sleep()
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#wakeAt = Infinity
  }

  #wake(at: number): void {
    if (at >= this.#wakeAt) return
    clearTimeout(this.#timer)
    this.#wakeAt = at
    // 2^31-1 ms is the longest that a timer takes; a longer wait is looked at again then.
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(0, at - performance.now()), 0x7fffffff))
  }

  #ring(): void {
    this.#sleep()
    const now = performance.now()
    const due: Entry[] = []
    for (const queue of this.#queues.values()) {
      for (const entry of queue) {
        if (entry.at > now) break
        due.push(entry)
      }
    }
    for (const entry of due) {
      // One that fired before may have cleared it or put it off.
      if (entry.cleared || entry.at > now) continue
      this.#clear(entry)
      entry.fire()
    }
    for (const queue of this.#queues.values()) {
      const next = queue.values().next().value
      if (next !== undefined) this.#wake(next.at)
    }
  }
}
