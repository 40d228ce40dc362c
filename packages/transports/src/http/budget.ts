/** An amount that many share: each takes its part while there is one, and gives it back. */
export class Budget {
  readonly #limit: number
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** How much is taken. */
  get taken(): number {
    return this.#taken
  }

  /** Takes so much; false, and nothing is taken, where that is more than there is left. */
  take(amount: number): boolean {
    if (this.#taken + amount > this.#limit) return false
    this.#taken += amount
    return true
  }

  /** Gives back so much of what was taken. */
  give(amount: number): void {
    this.#taken -= amount
  }
}
