/** The last messages that were echoed in this process, newest first, each once. */
export class Recent {
  readonly #messages = new Set<string>()
  readonly #limit: number

  constructor(limit = 50) {
    this.#limit = limit
  }

  /** Keeps a message, and lets the oldest go when there are too many. */
  keep(message: string): void {
    this.#messages.delete(message)
    this.#messages.add(message)
    for (const oldest of this.#messages) {
      if (this.#messages.size <= this.#limit) break
      this.#messages.delete(oldest)
    }
  }

  /** The messages that start with a text. */
  startingWith(start: string): string[] {
    return [...this.#messages].reverse().filter((message) => message.startsWith(start))
  }
}
