import { ConnectionClosed } from '@parley/core'
import { decode, encode } from '@parley/protocol'
import type { Arrival, Channel, Message } from '@parley/protocol'

/** The server's end of a road that a transcript is the other end of: text in, text out, and nothing in between. */
export class Wire implements Channel {
  /** What the server sent and nobody has taken yet, in order. */
  readonly out: string[] = []
  readonly #in: Arrival[] = []
  #wake: (() => void) | undefined
  #closed = false

  /** Lets text arrive at the server. */
  deliver(text: string): void {
    this.#in.push({ message: decode(text) })
    this.#wake?.()
  }

  async send(message: Message): Promise<void> {
    if (this.#closed) throw new ConnectionClosed('The transcript has ended')
    this.out.push(encode(message))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, void> {
    while (!this.#closed) {
      const next = this.#in.shift()
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
      else yield next
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#wake?.()
  }
}

/** Lets whatever is ready run; no clock is waited for. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}
