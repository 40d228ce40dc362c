/** Tells whether something was done before: each ticket can be spent once. */
export class Tickets {
  readonly #spent = new Set<string>()
  readonly #most: number

  /** What a client carries between two rounds lives for minutes, so that thousands of tickets outlast it. */
  constructor(most = 10_000) {
    this.#most = most
  }

  /** Whether this is the first time. */
  spend(ticket: string): boolean {
    if (this.#spent.has(ticket)) return false
    this.#spent.add(ticket)
    const [oldest] = this.#spent
    if (this.#spent.size > this.#most && oldest !== undefined) this.#spent.delete(oldest)
    return true
  }
}
