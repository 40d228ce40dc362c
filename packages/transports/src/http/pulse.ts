import { comment } from './sse.ts'
import { every } from './ticker.ts'
import type { EventStream } from './wire.ts'

type Beat = { busy: boolean; waiting: boolean }

/**
 * Keeps idle event streams alive with comments, all of them behind one timer.
 *
 * A stream that was silent for a whole interval gets one; a stream whose last comment is still stuck gets no more.
 */
export class Pulse {
  readonly #interval: number
  readonly #beats = new Map<EventStream, Beat>()
  #stop: (() => void) | undefined

  /** `interval` is in milliseconds; `Infinity` sends none. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many streams are kept alive. */
  get size(): number {
    return this.#beats.size
  }

  add(stream: EventStream): void {
    this.#beats.set(stream, { busy: true, waiting: false })
    if (this.#interval !== Infinity) this.#stop ??= every(this.#interval, () => this.#beat())
  }

  /** Notes that something else was just written. */
  touch(stream: EventStream): void {
    const beat = this.#beats.get(stream)
    if (beat !== undefined) beat.busy = true
  }

  delete(stream: EventStream): void {
    this.#beats.delete(stream)
    if (this.#beats.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }

  #beat(): void {
    for (const [stream, beat] of this.#beats) {
      if (!beat.busy && !beat.waiting) this.#write(stream, beat)
      beat.busy = false
    }
  }

  #write(stream: EventStream, beat: Beat): void {
    beat.waiting = true
    const over = (): void => {
      beat.waiting = false
    }
    // A stream that is gone is noticed by whoever owns it.
    stream.write(comment()).then(over, over)
  }
}
