import { Busy, Closed } from './errors.ts'
import type { Answers, Job } from './jobs.ts'
import { MAX_WAITING } from './limits.ts'
import { Seat } from './seat.ts'
import type { Launch, Terms } from './seat.ts'

type Waiting = { readonly take: (seat: Seat) => void; readonly fail: (error: unknown) => void }

/** Some seats, and a bounded queue before them. */
export class Pool {
  readonly #seats: readonly Seat[]
  readonly #idle: Set<Seat>
  readonly #queue = new Set<Waiting>()
  #closed = false

  constructor(launch: Launch, size: number) {
    this.#seats = Array.from({ length: size }, () => new Seat(launch))
    this.#idle = new Set(this.#seats)
  }

  /** Runs a job as soon as a seat is free. Rejects as `Seat.run` does, and with `Busy` where too many wait. */
  async run<J extends Job>(job: J, terms: Terms): Promise<Answers[J['kind']]> {
    terms.signal?.throwIfAborted()
    const seat = await this.#take(terms.signal)
    try {
      return await seat.run(job, terms)
    } finally {
      this.#release(seat)
    }
  }

  /** Rejects what waits, ends what runs; settles when no worker is left. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#queue) waiting.fail(new Closed())
    await Promise.all(this.#seats.map((seat) => seat.close()))
  }

  #take(signal: AbortSignal | undefined): Promise<Seat> {
    if (this.#closed) return Promise.reject(new Closed())
    // The second worker is started by the first moment that needs it.
    const seat = [...this.#idle].toSorted((a, b) => a.wait - b.wait)[0]
    if (seat) {
      this.#idle.delete(seat)
      return Promise.resolve(seat)
    }
    if (this.#queue.size < MAX_WAITING) return this.#wait(signal)
    return Promise.reject(new Busy(`${MAX_WAITING} statements are waiting already. Try again when they are done.`))
  }

  #wait(signal: AbortSignal | undefined): Promise<Seat> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.delete(waiting)
        signal?.removeEventListener('abort', cancel)
      }
      const waiting: Waiting = {
        take: (seat) => {
          leave()
          resolve(seat)
        },
        fail: (error) => {
          leave()
          reject(error)
        },
      }
      const cancel = (): void => waiting.fail(signal?.reason)
      signal?.addEventListener('abort', cancel)
      this.#queue.add(waiting)
    })
  }

  #release(seat: Seat): void {
    const [first] = this.#queue
    if (first) first.take(seat)
    else this.#idle.add(seat)
  }
}
