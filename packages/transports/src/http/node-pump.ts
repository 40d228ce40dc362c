import { ConnectionClosed } from '@parley/core'
import { atTurnEnd } from './node-turn.ts'
import { tooSlow } from './stream-limits.ts'

/** A response of Node's, over either version of HTTP, as far as it is written to. */
export interface Outlet {
  /** Null until it is this response's turn on its connection, and again when it is over. */
  readonly socket: unknown
  flushHeaders?(): void
  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): boolean
  end(done: (error?: Error | null) => void): unknown
  end(chunk: string | Uint8Array, done: (error?: Error | null) => void): unknown
}

/** What hears how a pump is getting on. */
export interface PumpEars {
  /** Some of what waited was taken. */
  taken(): void
  /** Nothing was taken for too long, or nothing can be written any more. */
  cut(reason: ConnectionClosed): void
}

// One of these has to be taken within the stall. What the system accepts of a larger one is nobody else's to see.
const pieceSize = 65_536
// So much of a stream goes ahead of the rest: whoever waits for its first word need not wait for hundreds more.
const firstSize = 4_096

/**
 * Writes text to one response, a piece after the other, and knows how much of it waits and since when none was taken.
 *
 * The text of one turn goes out as one write, at its end. Its clock runs while something waits, and is set back by nothing
 * but what the client takes: a client could send for ever and read nothing.
 */
export class Pump {
  readonly #outlet: Outlet
  readonly #stall: number
  readonly #ears: PumpEars
  #text = ''
  #rest: Uint8Array | undefined
  #flying = 0
  #full = firstSize
  #busy = false
  #gathering = false
  #begun = false
  #finished = false
  #ending = false
  #stopped = false
  #since = 0
  #clock: ReturnType<typeof setTimeout> | undefined

  constructor(outlet: Outlet, stall: number, ears: PumpEars) {
    this.#outlet = outlet
    this.#stall = stall
    this.#ears = ears
    // A head with nothing behind it leaves at the end of this turn; else they leave together.
    this.#gather()
  }

  /** How much waits: characters, and bytes of what is too large for one write. */
  get waiting(): number {
    return this.#text.length + this.#flying + (this.#rest?.byteLength ?? 0)
  }

  /** How much makes a write of its own, without waiting for the end of the turn. */
  get full(): number {
    return this.#full
  }

  /** Whether everything was taken, the end included. */
  get finished(): boolean {
    return this.#finished
  }

  /** Queues text; what is the `last` waits for the end, which is near. */
  write(text: string, last = false): void {
    if (this.#stopped) return
    // Cut before it is too much for one write, or what is over would be a small one of its own.
    if (this.#text.length > 0 && this.#text.length + text.length > pieceSize && !this.#busy) this.#step()
    this.#text += text
    // A loop that never lets anybody else have a turn is heard all the same.
    if (this.#text.length >= (last ? pieceSize : this.#full) && !this.#busy) this.#step()
    else this.#gather()
  }

  /** Ends the response after what is queued. */
  end(): void {
    this.#ending = true
    this.#gather()
  }

  #gather(): void {
    if (this.#busy || this.#gathering) return
    this.#gathering = true
    atTurnEnd(() => {
      this.#gathering = false
      this.#step()
    })
  }

  #step(): void {
    if (this.#stopped) return
    const piece = this.#take()
    if (piece === undefined && !this.#ending) return this.#begin()
    const last = this.#ending && this.#rest === undefined && this.#text.length === 0
    // A socket takes this much at once even of a client that reads nothing; and this is all that there will be.
    const whole = last && !this.#begun && typeof piece === 'string'
    this.#begun = true
    this.#busy = true
    this.#flying = piece?.length ?? 0
    if (!whole) {
      this.#since = performance.now()
      this.#clock ??= this.#wait(this.#stall)
    }
    // Made for each write, for those that every stream kept would be most of what an idle one takes.
    if (!last) this.#outlet.write(piece ?? '', (error) => this.#written(error))
    else if (piece === undefined) this.#outlet.end((error) => this.#ended(error))
    else this.#outlet.end(piece, (error) => this.#ended(error))
  }

  #begin(): void {
    // Over HTTP/2 the head has left already.
    if (!this.#begun) this.#outlet.flushHeaders?.()
    this.#begun = true
  }

  #take(): string | Uint8Array | undefined {
    if (this.#rest === undefined) {
      if (this.#text.length === 0) return undefined
      const text = this.#text
      this.#text = ''
      if (text.length <= pieceSize) return text
      this.#rest = Buffer.from(text)
    }
    const piece = this.#rest.subarray(0, pieceSize)
    this.#rest = this.#rest.byteLength > pieceSize ? this.#rest.subarray(pieceSize) : undefined
    return piece
  }

  #written(error?: Error | null): void {
    if (this.#stopped) return
    if (error !== null && error !== undefined) return this.#break(new ConnectionClosed(error.message, { cause: error }))
    this.#busy = false
    this.#flying = 0
    this.#full = pieceSize
    // Whoever waited for room may fill what is left over to a whole write, and has until the end of this turn.
    if (this.#rest === undefined && this.#text.length > 0 && this.#text.length < pieceSize) this.#gather()
    else this.#step()
    this.#ears.taken()
  }

  #ended(error?: Error | null): void {
    this.#finished = !this.#stopped && (error === undefined || error === null)
    this.stop()
  }

  #wait(time: number): ReturnType<typeof setTimeout> | undefined {
    if (time === Infinity) return undefined
    const clock = setTimeout(() => this.#look(), time)
    clock.unref()
    return clock
  }

  #look(): void {
    this.#clock = undefined
    if (!this.#busy) return
    // A client that asked twice on one connection may take long over the first answer, which has a clock of its own.
    if (this.#outlet.socket === null) this.#since = performance.now()
    const left = this.#since + this.#stall - performance.now()
    if (left > 0) this.#clock = this.#wait(Math.ceil(left))
    else this.#break(new ConnectionClosed(tooSlow(this.#stall)))
  }

  #break(reason: ConnectionClosed): void {
    this.stop()
    this.#ears.cut(reason)
  }

  /** Drops what waits. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#clock)
    this.#text = ''
    this.#flying = 0
    this.#rest = undefined
  }
}
