import { every } from '../http/ticker.ts'

/** One connection that is asked for signs of life. */
export type Heart = {
  /** Sends a ping. */
  ping(): void
  /** Whether something waits to be sent, behind which a ping would wait as well. */
  busy(): boolean
  /** Gives up a far side that has been silent for too long. */
  fail(): void
}

// Pings in a row that may stay without any sign of life.
const patience = 2

/** Pings many connections behind one timer, and gives up those that no longer answer. */
export class Pulse {
  readonly #interval: number
  /** How many pings each has left unanswered. */
  readonly #hearts = new Map<Heart, number>()
  #stop: (() => void) | undefined

  /** `interval` is in milliseconds; `Infinity` sends none. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** How many are pinged. */
  get size(): number {
    return this.#hearts.size
  }

  add(heart: Heart): void {
    this.#hearts.set(heart, 0)
    if (this.#interval !== Infinity) this.#stop ??= every(this.#interval, () => this.#beat())
  }

  /** Notes a sign of life. */
  touch(heart: Heart): void {
    if (this.#hearts.has(heart)) this.#hearts.set(heart, 0)
  }

  delete(heart: Heart): void {
    this.#hearts.delete(heart)
    if (this.#hearts.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }

  #beat(): void {
    for (const [heart, missed] of this.#hearts) {
      // Whoever is slow to take what waits is the business of the stall.
      if (heart.busy()) this.#hearts.set(heart, 0)
      else if (missed >= patience) heart.fail()
      else {
        this.#hearts.set(heart, missed + 1)
        heart.ping()
      }
    }
  }
}
