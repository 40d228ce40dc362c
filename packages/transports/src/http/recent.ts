/** The newest texts of one stream, each under its position: those go on when texts are dropped, so that none comes twice. */
export class Recent {
  readonly #most: number
  /** A ring once it is full: what a text replaces is the oldest. */
  #ring: string[] = []
  /** The position that stands at the start of the ring, and each whole ring after that. */
  #base = 1
  #first = 1
  #next = 1
  #size = 0

  /** Keeps so many, and one at least. */
  constructor(most: number) {
    this.#most = Math.max(1, most)
  }

  /** How many are kept. */
  get count(): number {
    return this.#next - this.#first
  }

  /** The position of the oldest; that of the next to come where none is kept. */
  get first(): number {
    return this.#first
  }

  /** The position of the next to come. */
  get next(): number {
    return this.#next
  }

  /** Characters that are kept. */
  get size(): number {
    return this.#size
  }

  #slot(position: number): number {
    return (position - this.#base) % this.#most
  }

  // No branch tells a full ring from one that is not: compiled for the one, a busy stream would be compiled again.
  /** Keeps a text, in place of the oldest where there are as many as may be. */
  add(text: string): void {
    const slot = this.#slot(this.#next)
    this.#size += text.length - (this.#ring[slot] ?? '').length
    this.#ring[slot] = text
    this.#next += 1
    this.#first = Math.max(this.#first, this.#next - this.#most)
  }

  /** Drops the oldest until so many characters are left at most; the newest stays whatever its size. */
  shrink(size: number): void {
    while (this.#size > size && this.count > 1) {
      const slot = this.#slot(this.#first)
      this.#size -= (this.#ring[slot] ?? '').length
      this.#ring[slot] = ''
      this.#first += 1
    }
  }

  /** Drops all. */
  clear(): void {
    this.#ring = []
    this.#base = this.#next
    this.#first = this.#next
    this.#size = 0
  }

  /** Those from a position on, in order. */
  *from(position: number): Generator<{ readonly position: number; readonly text: string }, void, void> {
    for (let at = Math.max(this.#first, position); at < this.#next; at += 1) {
      yield { position: at, text: this.#ring[this.#slot(at)] ?? '' }
    }
  }
}
