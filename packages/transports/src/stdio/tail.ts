/** The last bytes of a stream, however much of it there was. */
export class Tail {
  readonly #size: number
  #ring: Buffer | undefined
  #total = 0

  constructor(size: number) {
    this.#size = size
  }

  push(chunk: Uint8Array): void {
    this.#ring ??= Buffer.alloc(this.#size)
    // Bytes that this very chunk would overwrite need not be copied.
    const skipped = Math.max(0, chunk.length - this.#size)
    const bytes = chunk.subarray(skipped)
    const at = (this.#total + skipped) % this.#size
    const fitting = bytes.subarray(0, this.#size - at)
    this.#ring.set(fitting, at)
    this.#ring.set(bytes.subarray(fitting.length), 0)
    this.#total += chunk.length
  }

  /** What is kept, as text; a character cut at its beginning reads as a replacement character. */
  get text(): string {
    if (this.#ring === undefined) return ''
    if (this.#total <= this.#size) return this.#ring.toString('utf8', 0, this.#total)
    const at = this.#total % this.#size
    return Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]).toString('utf8')
  }
}
