/** One deadline that may be put off, and must be cleared. */
export interface Deadline {
  /** Starts the wait anew. */
  renew(): void
  /** Ends the wait; nothing fires after it. */
  clear(): void
}

/** What an entry asks of the deadlines that it is one of. */
type Owner = { renew(entry: Entry): void; clear(entry: Entry): void }

class Entry implements Deadline {
  at: number
  readonly wait: number
  readonly fire: () => void
  cleared = false
  readonly #owner: Owner

  constructor(at: number, wait: number, fire: () => void, owner: Owner) {
    this.at = at
    this.wait = wait
    this.fire = fire
    this.#owner = owner
  }

  renew(): void {
    this.#owner.renew(this)
  }

  clear(): void {
    this.#owner.clear(this)
  }
}

const never: Deadline = { renew: () => undefined, clear: () => undefined }

// Milliseconds that a timer may be late, because the process was busy, before it is taken for lost.
const overdue = 1000

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
  // One object, where two closures for each entry would be more than the entry.
  readonly #owner: Owner = { renew: (entry) => this.#renew(entry), clear: (entry) => this.#clear(entry) }

  /** How many deadlines wait. */
  get size(): number {
    let size = 0
    for (const queue of this.#queues.values()) size += queue.size
    return size
  }

  /** Calls `fire` once after `wait` milliseconds from `now`; `Infinity` never does. */
  set(wait: number, fire: () => void, now: number = performance.now()): Deadline {
    if (wait === Infinity) return never
    const entry = new Entry(now + wait, wait, fire, this.#owner)
    this.#queue(wait).add(entry)
    this.#wake(entry.at, now)
    return entry
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

  #wake(at: number, now: number): void {
    // Workers drop a timer together with the request that set it: all others would wait for it in vain.
    const lost = now > this.#wakeAt + overdue
    if (at >= this.#wakeAt && !lost) return
    clearTimeout(this.#timer)
    this.#wakeAt = lost ? now : at
    // 2^31-1 ms is the longest that a timer takes; a longer wait is looked at again then.
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(0, this.#wakeAt - now), 0x7fffffff))
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
      if (next !== undefined) this.#wake(next.at, now)
    }
  }
}
