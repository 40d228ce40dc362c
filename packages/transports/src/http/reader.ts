import { joined } from '../joined.ts'
import { BodyFault } from './refusal.ts'

// Slower than this, a body that takes longer than its time is not waited for.
const bytesPerSecond = 16_384

/** Gathers the chunks of one body, within its limit and its time. */
export class BodyReader {
  readonly #limit: number
  readonly #patience: number
  readonly #onFault: (fault: BodyFault) => void
  readonly #started: number = performance.now()
  #timer: ReturnType<typeof setTimeout>
  #chunks: Uint8Array[] = []
  #size = 0

  /** `onFault` hears once why the body is refused; nothing more is to be pushed then. */
  constructor(limit: number, patience: number, onFault: (fault: BodyFault) => void) {
    this.#limit = limit
    this.#patience = patience
    this.#onFault = onFault
    this.#timer = setTimeout(this.#look, patience)
  }

  readonly #look = (): void => {
    const seconds = (performance.now() - this.#started) / 1000
    if (this.#size >= seconds * bytesPerSecond) this.#timer = setTimeout(this.#look, this.#patience)
    else this.#fault(new BodyFault(408, 'The body took too long'))
  }

  #fault(fault: BodyFault): void {
    this.stop()
    this.#onFault(fault)
  }

  /** Takes one chunk. */
  push(chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    if (this.#size > this.#limit) this.#fault(tooLarge(this.#limit))
    else this.#chunks.push(chunk)
  }

  /** Lets go of what was gathered. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#chunks = []
  }

  /** Everything, in one piece. */
  finish(): Uint8Array {
    clearTimeout(this.#timer)
    return joined(this.#chunks, this.#size)
  }
}

/** The fault of a body that is larger than it may be. */
export const tooLarge = (limit: number): BodyFault => new BodyFault(413, `The body is larger than ${limit} bytes`)
