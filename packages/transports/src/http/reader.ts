import { joined } from '../joined.ts'
import type { Budget } from './budget.ts'
import { BodyFault } from './refusal.ts'

/** How much of a body is read, and for how long. */
export type BodyLimits = {
  /** Bytes that it may have. */
  readonly size: number
  /** Milliseconds that it may take, longer only while it keeps arriving. */
  readonly patience: number
  /** What all bodies that are being read take their bytes from. */
  readonly budget: Budget
}

// Slower than this, a body that takes longer than its time is not waited for.
const bytesPerSecond = 16_384

// What a chunk costs to keep, however little is in it: a body in single bytes must not be had for its size alone.
const leastCost = 256

/** Gathers the chunks of one body, within its limits. */
export class BodyReader {
  readonly #limits: BodyLimits
  readonly #onFault: (fault: BodyFault) => void
  #started = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #cost = 0

  /** `onFault` hears once why the body is refused; nothing more is to be pushed then. */
  constructor(limits: BodyLimits, onFault: (fault: BodyFault) => void) {
    this.#limits = limits
    this.#onFault = onFault
  }

  /** How many bytes came so far. */
  get size(): number {
    return this.#size
  }

  /** Starts the clock. Left out for a body that is there already, as most are: a timer costs more than reading them. */
  watch(): void {
    this.#started = performance.now()
    this.#timer = setTimeout(this.#look, this.#limits.patience)
  }

  readonly #look = (): void => {
    const seconds = (performance.now() - this.#started) / 1000
    if (this.#size >= seconds * bytesPerSecond) this.#timer = setTimeout(this.#look, this.#limits.patience)
    else this.#fault(new BodyFault(408, 'The body took too long'))
  }

  #fault(fault: BodyFault): void {
    this.stop()
    this.#onFault(fault)
  }

  /** Takes one chunk. */
  push(chunk: Uint8Array): void {
    const { size, budget } = this.#limits
    const cost = Math.max(chunk.byteLength, leastCost)
    this.#size += chunk.byteLength
    if (this.#size > size) return this.#fault(tooLarge(size))
    if (!budget.take(cost)) return this.#fault(new BodyFault(503, 'Too many bodies are being read; try again later'))
    this.#cost += cost
    this.#chunks.push(chunk)
  }

  /** Lets go of what was gathered. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#chunks = []
    this.#limits.budget.give(this.#cost)
    this.#cost = 0
  }

  /** Everything, in one piece. */
  finish(): Uint8Array {
    const whole = joined(this.#chunks)
    this.stop()
    return whole
  }
}

/** The fault of a body that is larger than it may be. */
export const tooLarge = (limit: number): BodyFault => new BodyFault(413, `The body is larger than ${limit} bytes`)
