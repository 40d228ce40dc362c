import { ConnectionClosed, LinkedList } from '@parley/core'
import type { Linked } from '@parley/core'

/** Something in which text waits for a client to take it. */
export interface Holder extends Linked<Holder> {
  /** How much waits, in characters or bytes. */
  readonly waiting: number
  /** Drops what waits, and the client with it. */
  cut(reason: ConnectionClosed): void
}

// What is left to wait once there was too much, so that it need not be counted again with the next word.
const left = 7 / 8

/**
 * What waits for all clients of one server together, and the end of those that let most of it wait when it gets too much.
 *
 * It is only counted once as much was added as would be too much if nobody had taken anything since.
 */
export class Backlog {
  readonly #limit: number
  readonly #holders = new LinkedList<Holder>()
  /** At least as much as waits. */
  #bound = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many are held in view. */
  get size(): number {
    return this.#holders.all().length
  }

  open(holder: Holder): void {
    this.#holders.add(holder)
  }

  close(holder: Holder): void {
    this.#holders.delete(holder)
  }

  /** Notes that so much more waits in one of those that are open. Some of them may be cut before it returns. */
  grow(amount: number): void {
    this.#bound += amount
    if (this.#bound > this.#limit) this.#count()
  }

  #count(): void {
    const held = this.#holders.all().map((holder) => ({ holder, waiting: holder.waiting }))
    this.#bound = held.reduce((sum, { waiting }) => sum + waiting, 0)
    if (this.#bound <= this.#limit * left) return
    held.sort((one, other) => other.waiting - one.waiting)
    for (const { holder, waiting } of held) {
      if (this.#bound <= this.#limit * left) return
      this.#bound -= waiting
      this.#holders.delete(holder)
      holder.cut(new ConnectionClosed('The client took too little while too much waited for all of them'))
    }
  }
}
