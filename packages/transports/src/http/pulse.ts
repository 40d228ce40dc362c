import { LinkedList } from '@parley/core'
import type { Linked } from '@parley/core'
import { comment } from './sse.ts'
import { every, timersLast } from './ticker.ts'
import type { EventStream } from './wire.ts'

/** One event stream that is kept alive. */
export class Beat implements Linked<Beat> {
  before: Beat | undefined
  after: Beat | undefined
  readonly #stream: EventStream
  readonly #among: LinkedList<Beat>
  #busy = true
  #waiting = false
  #stop: (() => void) | undefined

  constructor(stream: EventStream, among: LinkedList<Beat>) {
    this.#stream = stream
    this.#among = among
    among.add(this)
  }

  /** Looks after the stream by a timer of its own. */
  start(interval: number): void {
    this.#stop = every(interval, () => this.look())
  }

  /** Notes that something else was just written. */
  touch(): void {
    this.#busy = true
  }

  /** Writes a comment if the stream was silent since the last look. */
  look(): void {
    if (!this.#busy && !this.#waiting) this.#write()
    this.#busy = false
  }

  #write(): void {
    const room = this.#stream.write(comment())
    if (!(room instanceof Promise)) return
    this.#waiting = true
    const over = (): void => {
      this.#waiting = false
    }
    room.then(over, () => this.end())
  }

  /** Leaves the stream alone from now on. */
  end(): void {
    this.#among.delete(this)
    this.#stop?.()
  }
}

// Streams are looked at in so many groups, one after the other: all at once, they would hold up everybody else.
const groups = 16

/**
 * Keeps idle event streams alive with comments.
 *
 * A stream that was silent for a whole interval gets one; a stream whose last comment is still stuck gets no more. One
 * timer does for all of them, for most streams end long before it rings. Where timers do not last each has its own, set
 * while its request is served: Workers end a timer with the request that set it, and break off a request that waits for
 * nothing of its own.
 */
export class Pulse {
  readonly #interval: number
  /** The one that was looked at last: whoever joins it now is looked at an interval from now. */
  #last = new LinkedList<Beat>()
  /** The next to be looked at comes first. */
  readonly #groups: LinkedList<Beat>[] = [
    ...Array.from({ length: groups - 1 }, () => new LinkedList<Beat>()),
    this.#last,
  ]
  #shared: boolean | undefined
  #stop: (() => void) | undefined

  /** `interval` is in milliseconds; `Infinity` sends none. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many streams are kept alive. */
  get size(): number {
    return this.#groups.flatMap((group) => group.all()).length
  }

  /** Takes in a stream, until its beat is ended. */
  add(stream: EventStream): Beat {
    const beat = new Beat(stream, this.#last)
    if (this.#interval === Infinity) return beat
    this.#shared ??= timersLast()
    if (!this.#shared) beat.start(this.#interval)
    else this.#stop ??= every(this.#interval / groups, () => this.#look())
    return beat
  }

  #look(): void {
    this.#last = this.#groups.shift() ?? this.#last
    this.#groups.push(this.#last)
    for (const beat of this.#last.all()) beat.look()
    if (this.#groups.some(({ first }) => first !== undefined)) return
    this.#stop?.()
    this.#stop = undefined
  }
}
