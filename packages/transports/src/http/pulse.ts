import { comment } from './sse.ts'
import { every } from './ticker.ts'
import type { EventStream } from './wire.ts'

type Beat = { busy: boolean; waiting: boolean; stop: () => void }

/**
 * Keeps idle event streams alive with comments.
 *
 * A stream that was silent for a whole interval gets one; a stream whose last comment is still stuck gets no more. Each has
 * a timer of its own, set while its request is served: Workers end a timer with the request that set it, and break off a
 * request that waits for nothing of its own.
 */
export class Pulse {
  readonly #interval: number
  readonly #beats = new Map<EventStream, Beat>()

  /** `interval` is in milliseconds; `Infinity` sends none. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many streams are kept alive. */
  get size(): number {
    return this.#beats.size
  }

  add(stream: EventStream): void {
    this.delete(stream)
    const beat: Beat = { busy: true, waiting: false, stop: () => undefined }
    if (this.#interval !== Infinity) beat.stop = every(this.#interval, () => this.#beat(stream, beat))
    this.#beats.set(stream, beat)
  }

  /** Notes that something else was just written. */
  touch(stream: EventStream): void {
    const beat = this.#beats.get(stream)
    if (beat !== undefined) beat.busy = true
  }

  delete(stream: EventStream): void {
    this.#beats.get(stream)?.stop()
    this.#beats.delete(stream)
  }

  #beat(stream: EventStream, beat: Beat): void {
    if (!beat.busy && !beat.waiting) this.#write(stream, beat)
    beat.busy = false
  }

  #write(stream: EventStream, beat: Beat): void {
    const room = stream.write(comment())
    if (!(room instanceof Promise)) return
    beat.waiting = true
    const over = (): void => {
      beat.waiting = false
    }
    room.then(over, () => this.delete(stream))
  }
}
