import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { decode, encode } from '@parley/protocol/server'
import type { Arrival, Channel, Message, Receiver } from '@parley/protocol/server'
import { deferred, refused, taken } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import { Queue } from '../queue.ts'

/** How two ends in one process are linked. */
export type PairOptions = {
  /** Messages that may wait at one end before `send` at the other waits too. @default 1024 */
  maxWaiting?: number
  /** Levels that a message may nest. @default 128 */
  depth?: number
}

class End implements Channel {
  readonly #maxWaiting: number
  readonly #decoding: { depth: number }
  readonly #arrivals = new Queue<Arrival>(() => this.#makeRoom())
  // What was sent in this turn: it arrives in a moment, for nothing may arrive before `send` has returned.
  #sent: string[] = []
  #far: End | undefined
  // For the far side's senders: room here, at this end.
  #room: Deferred | undefined
  #closed = false

  constructor({ maxWaiting = 1024, depth = 128 }: PairOptions) {
    this.#maxWaiting = maxWaiting
    this.#decoding = { depth }
  }

  join(far: End): void {
    this.#far = far
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival> {
    return this.#arrivals
  }

  receive(receiver: Receiver): void {
    this.#arrivals.handTo(receiver)
  }

  send(message: Message): Awaitable<void> {
    const far = this.#far
    if (this.#closed || far === undefined) return refused(new ConnectionClosed('The connection was closed'))
    try {
      return far.#take(encode(message))
    } catch (error) {
      return refused(error)
    }
  }

  #take(text: string): Promise<void> | undefined {
    // Node's own `queueMicrotask` takes half as long again, for it names each to those who trace them.
    if (this.#sent.push(text) === 1) void taken.then(this.#arrive)
    if (this.#sent.length + this.#arrivals.size < this.#maxWaiting) return undefined
    this.#room ??= deferred()
    return this.#room.promise
  }

  readonly #arrive = (): void => {
    this.#hand()
    // Whoever takes messages as they come has taken them all; an iteration asks for more when it has.
    if (this.#arrivals.size === 0) this.#makeRoom()
  }

  #hand(): void {
    const sent = this.#sent
    this.#sent = []
    for (const text of sent) this.#arrivals.push({ message: decode(text, this.#decoding) })
  }

  #makeRoom(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  #end(): void {
    this.#closed = true
    this.#hand()
    this.#arrivals.end()
    this.#room?.reject(new ConnectionClosed('The connection was closed'))
    this.#room = undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#arrivals.drop()
    this.#end()
    if (this.#far !== undefined) this.#far.#end()
    return taken
  }
}

/**
 * Makes two channels that lead to one another.
 *
 * Every message is written out and read again, so that both ends share nothing, and what JSON cannot hold fails here as
 * it would on any other road. Messages arrive in order and never before `send` has returned. Disposing either end
 * closes both; what had arrived at the other end can still be read there.
 */
export const pair = (options: PairOptions = {}): [Channel, Channel] => {
  const near = new End(options)
  const far = new End(options)
  near.join(far)
  far.join(near)
  return [near, far]
}
