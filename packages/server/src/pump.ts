import type { Awaitable } from '@parley/core'

/** Writes what there is for as long as its road has room, and goes on by itself once it has room again. */
export class Pump<T> {
  readonly #take: () => T | undefined
  readonly #write: (next: T) => Awaitable<void>
  readonly #gone: () => void
  #waiting: Promise<void> | undefined

  /** `gone` is called when writing failed: whoever was written to is gone. */
  constructor(take: () => T | undefined, write: (next: T) => Awaitable<void>, gone: () => void = () => undefined) {
    this.#take = take
    this.#write = write
    this.#gone = gone
  }

  /** Writes now what the road has room for. A promise means that it would not like more before that settles. */
  run(): Promise<void> | undefined {
    if (this.#waiting === undefined) this.#go()
    return this.#waiting
  }

  #go(): void {
    try {
      for (let next = this.#take(); next !== undefined; next = this.#take()) {
        const room = this.#write(next)
        if (room instanceof Promise) {
          this.#waiting = room.then(() => this.#resume(), this.#gone)
          return
        }
      }
    } catch {
      this.#gone()
    }
  }

  #resume(): Promise<void> | undefined {
    this.#waiting = undefined
    return this.run()
  }
}
