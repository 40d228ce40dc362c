import { ConnectionClosed } from '@parley/core'
import type { Arrival, Channel, Lane, Message } from '../src/index.ts'
import { decode, encode } from '../src/index.ts'

/** One end of a road in memory; what was written to it can be looked at. */
export class End implements Channel {
  /** The text of every message that this end sent, in order. */
  readonly sent: string[] = []
  /** The lane of every message that this end sent. */
  readonly lanes: (Lane | undefined)[] = []
  far: End | undefined
  readonly #inbox: Arrival[] = []
  #wake: (() => void) | undefined
  #ended = false
  #closed = false
  #failure: Error | undefined

  get closed(): boolean {
    return this.#closed
  }

  async send(message: Message, lane?: Lane): Promise<void> {
    if (this.#closed || this.far === undefined) throw new ConnectionClosed('The channel is closed')
    const text = encode(message)
    this.sent.push(text)
    this.lanes.push(lane)
    this.far.arrive(text)
  }

  /** Lets text or a message arrive here, as if the far side had written it. */
  arrive(text: string, rest: Partial<Arrival> = {}): void {
    this.#inbox.push({ ...rest, message: decode(text) })
    this.#wake?.()
  }

  /** The far side sends no more. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The road breaks. */
  fail(reason: Error): void {
    this.#failure = reason
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, void> {
    for (;;) {
      const next = this.#inbox.shift()
      if (next !== undefined) yield next
      else if (this.#failure !== undefined) throw this.#failure
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.end()
    this.far?.end()
  }

  /** What was sent, parsed. */
  get messages(): unknown[] {
    return this.sent.map((text) => JSON.parse(text) as unknown)
  }
}

/** Two ends of one road. */
export const pair = (): [End, End] => {
  const [left, right] = [new End(), new End()]
  left.far = right
  right.far = left
  return [left, right]
}

const immediate = setImmediate

/** Lets everything that is queued run, fake timers or not, without waiting for any clock. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => immediate(resolve))
}

/** A promise with the functions that settle it. */
export const deferred = <T = void>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
} => {
  let resolve: (value: T) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
