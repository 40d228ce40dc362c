import { orAbort } from './store.ts'

type Flight<T> = {
  /** The work itself, which may go on for a moment when it has been given up. */
  readonly done: Promise<T>
  readonly result: Promise<T>
  readonly stop: AbortController
  waiting: number
}

/** Work that several callers wait for at once and that is done once. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>()

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController()
    const done = work(stop.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    const result = orAbort(done, stop.signal)
    // Whoever waits hears of a failure; when nobody does any more, nobody needs to.
    done.catch(() => undefined)
    result.catch(() => undefined)
    const flight: Flight<T> = { done, result, stop, waiting: 0 }
    this.#flights.set(key, flight)
    return flight
  }

  /**
   * Joins the work that is being done under a key, or begins it. The work's signal aborts when nobody waits any more; a
   * caller who leaves takes nobody else along.
   */
  async join(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#begin(key, work)
    flight.waiting += 1
    try {
      return await orAbort(flight.result, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0) {
        // A flight that is being given up is not one to join.
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
        flight.stop.abort(signal?.reason)
      }
    }
  }

  /** Gives all work up: whoever waits for it is told why. Settles when none of it goes on any more. */
  async abandon(reason: unknown): Promise<void> {
    const all = [...this.#flights.values()]
    this.#flights.clear()
    for (const { stop } of all) stop.abort(reason)
    await Promise.allSettled(all.map(({ done }) => done))
  }
}
