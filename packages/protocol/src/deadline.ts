import { LinkedList } from '@parley/core'
import type { Linked } from '@parley/core'

/** One deadline that may be put off, and must be cleared. */
export interface Deadline {
  /** Starts the wait anew. */
  renew(): void
  /** Ends the wait; nothing fires after it. */
  clear(): void
}

/** Deadlines of equal length, in the order in which they were last renewed: the first is the next to fire. */
type Queue = { readonly wait: number; readonly entries: LinkedList<Entry> }

class Entry implements Deadline, Linked<Entry> {
  before: Entry | undefined
  after: Entry | undefined
  at: number
  readonly queue: Queue
  readonly fire: () => void
  readonly #onClear: () => void

  /** `onClear` is called once, when it has left its queue. */
  constructor(at: number, queue: Queue, fire: () => void, onClear: () => void) {
    this.at = at
    this.queue = queue
    this.fire = fire
    this.#onClear = onClear
  }

  renew(): void {
    const { wait, entries } = this.queue
    if (!entries.has(this)) return
    this.at = performance.now() + wait
    entries.add(this)
  }

  clear(): void {
    if (this.queue.entries.delete(this)) this.#onClear()
  }
}

const never: Deadline = { renew: () => undefined, clear: () => undefined }

// Waits of so many lengths keep their lists for the next of that length; of more, the empty ones are let go.
const mostLengths = 16

// Milliseconds that a timer may be late, because the process was busy, before it is taken for lost.
const overdue = 1000

/** Many deadlines behind one timer, so that a request costs no timer of its own. */
export class Deadlines {
  readonly #queues = new Map<number, Queue>()
  #size = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #wakeAt = Infinity
  // One for all of them, where a closure for each entry would be more than the entry.
  readonly #onClear = (): void => {
    this.#size -= 1
    if (this.#size === 0) this.#sleep()
  }

  /** How many deadlines wait. */
  get size(): number {
    return this.#size
  }

  /** Calls `fire` once after `wait` milliseconds from `now`; `Infinity` never does. */
  set(wait: number, fire: () => void, now: number = performance.now()): Deadline {
    if (wait === Infinity) return never
    const queue = this.#queues.get(wait) ?? this.#open(wait)
    const entry = new Entry(now + wait, queue, fire, this.#onClear)
    queue.entries.add(entry)
    this.#size += 1
    this.#wake(entry.at, now)
    return entry
  }

  #open(wait: number): Queue {
    if (this.#queues.size >= mostLengths) {
      for (const { wait: length, entries } of this.#queues.values())
        if (entries.first === undefined) this.#queues.delete(length)
    }
    const queue = { wait, entries: new LinkedList<Entry>() }
    this.#queues.set(wait, queue)
    return queue
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
    for (const { entries } of this.#queues.values()) {
      for (let entry = entries.first; entry !== undefined && entry.at <= now; entry = entry.after) due.push(entry)
    }
    for (const entry of due) {
      // One that fired before may have cleared it or put it off.
      if (entry.at > now || !entry.queue.entries.has(entry)) continue
      entry.clear()
      entry.fire()
    }
    for (const { entries } of this.#queues.values()) if (entries.first !== undefined) this.#wake(entries.first.at, now)
  }
}
