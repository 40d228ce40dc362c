import { longestRecent } from './limits.ts'

/** The last messages that were echoed in this process, newest first, each once. */
export class Recent {
  readonly #limit: number
  readonly #changed: () => void
  #messages: readonly string[] = []

  constructor(changed: () => void, limit = 50) {
    this.#changed = changed
    this.#limit = limit
  }

  /** Keeps a message and gives it back. The oldest goes when there are too many; long ones are not kept. */
  keep(message: string): string {
    if (message === this.#messages[0] || message.length > longestRecent) return message
    const others = this.#messages.filter((other) => other !== message)
    this.#messages = [message, ...others].slice(0, this.#limit)
    this.#changed()
    return message
  }

  /** The messages that start with a text. */
  startingWith(start: string): readonly string[] {
    return this.#messages.filter((message) => message.startsWith(start))
  }
}
