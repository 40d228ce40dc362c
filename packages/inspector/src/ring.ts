/** The last of what was added, bounded in number and in weight; the oldest go first. */
export class Ring<T> {
  readonly #most: number
  readonly #heaviest: number
  readonly #weigh: (item: T) => number
  #items: T[] = []
  #weight = 0

  constructor(most: number, heaviest: number, weigh: (item: T) => number) {
    this.#most = most
    this.#heaviest = heaviest
    this.#weigh = weigh
  }

  /** What is kept, oldest first. */
  get items(): readonly T[] {
    return this.#items
  }

  /** Adds one, and drops as many of the oldest as must go for it. */
  add(item: T): void {
    this.#items.push(item)
    this.#weight += this.#weigh(item)
    if (this.#items.length <= this.#most && this.#weight <= this.#heaviest) return
    // A quarter goes at once, so that a flood does not shift the whole list for every item.
    const fewest = Math.floor((this.#most * 3) / 4)
    let gone = 0
    while (this.#items.length - gone > 1 && (this.#items.length - gone > fewest || this.#weight > this.#heaviest)) {
      const oldest = this.#items[gone]
      if (oldest !== undefined) this.#weight -= this.#weigh(oldest)
      gone += 1
    }
    this.#items = this.#items.slice(gone)
  }

  /** Forgets everything. */
  clear(): void {
    this.#items = []
    this.#weight = 0
  }
}
