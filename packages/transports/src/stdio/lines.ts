import { decodeUtf8 } from '@parley/core'
import { joined } from '../joined.ts'

/** What a line reader hands over: a whole line without its end, or what is known of one that was too long. */
export interface LineSink {
  /**
   * Takes a line: as text where that was known to be UTF-8, else as bytes, which may not be.
   *
   * The bytes may share memory with the chunk, so they are read before `push` returns.
   */
  line(line: Uint8Array | string): void
  /** Takes the first and the last bytes of a line past the limit; what was between them is gone. */
  tooLong(head: Uint8Array, tail: Uint8Array): void
}

const LF = 0x0a
const CR = 0x0d

// Chunks from here on are kept as they are; smaller ones are copied together, or their objects would outweigh their bytes.
const large = 16_384
const smallestBlock = 4096
const largestBlock = 65_536
// As much of an overlong line's two ends is kept as may hold its id.
const keptEnd = 512

const noBytes = new Uint8Array(0)

/**
 * Cuts a stream of bytes into lines, in time linear in its bytes.
 *
 * Only new bytes are searched, and a line that came in pieces is joined once. A line ends in LF or CRLF; empty lines
 * are left out. The limit is on the line, not on the chunk it came in, and counts the bytes before the line's end. A
 * line past it is skipped while it arrives: never more than the limit and one chunk are held.
 */
export class LineReader {
  readonly #limit: number
  readonly #sink: LineSink
  #parts: Uint8Array[] = []
  #size = 0
  #block = noBytes
  #used = 0
  #skipped: { head: Uint8Array; tail: Uint8Array } | undefined

  constructor(limit: number, sink: LineSink) {
    this.#limit = limit
    this.#sink = sink
  }

  /** Takes the next bytes and hands over every line that they complete. */
  push(chunk: Uint8Array): void {
    let start = 0
    if (this.#size > 0 || this.#skipped !== undefined) {
      const end = chunk.indexOf(LF)
      if (end === -1) return this.#hold(chunk)
      this.#complete(chunk.subarray(0, end))
      start = end + 1
    }
    const last = chunk.lastIndexOf(LF)
    if (last >= start) this.#whole(chunk.subarray(start, last))
    const rest = Math.max(start, last + 1)
    if (rest < chunk.length) this.#hold(chunk.subarray(rest))
  }

  /** Takes lines that arrived in one piece, without the last one's end. */
  #whole(bytes: Uint8Array): void {
    const text = bytes.length > this.#limit ? undefined : textOf(bytes)
    if (text !== undefined) return this.#lines(text)
    let start = 0
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      this.#complete(bytes.subarray(start, end))
      start = end + 1
    }
    this.#complete(bytes.subarray(start))
  }

  /** Decoding is dear by the call and cheap by the byte: a chunk of small messages is decoded once. */
  #lines(text: string): void {
    let start = 0
    while (start <= text.length) {
      const found = text.indexOf('\n', start)
      const end = found === -1 ? text.length : found
      const length = end > start && text.charCodeAt(end - 1) === CR ? end - 1 - start : end - start
      if (length > 0) this.#sink.line(text.slice(start, start + length))
      start = end + 1
    }
  }

  /** Takes the end of the stream: what stands there without a line's end counts as a line. */
  end(): void {
    this.#complete(noBytes)
  }

  #complete(last: Uint8Array): void {
    if (this.#size > 0 || this.#skipped !== undefined) this.#hold(last)
    if (this.#skipped !== undefined) {
      const { head, tail } = this.#skipped
      this.#skipped = undefined
      this.#sink.tooLong(head, tail)
      return
    }
    const line = this.#size > 0 ? this.#join() : last
    const length = line.at(-1) === CR ? line.length - 1 : line.length
    if (length > this.#limit) this.#sink.tooLong(line.slice(0, keptEnd), line.slice(-keptEnd))
    else if (length > 0) this.#sink.line(length === line.length ? line : line.subarray(0, length))
  }

  /** Keeps the beginning of a line that is not complete yet. */
  #hold(bytes: Uint8Array): void {
    if (this.#skipped !== undefined) {
      this.#skipped.tail = endOf(this.#skipped.tail, bytes)
      return
    }
    this.#size += bytes.length
    if (bytes.length >= large) this.#keep(bytes)
    else this.#copy(bytes)
    // One more than the limit may still turn out to be the CR of the line's end.
    if (this.#size > this.#limit + 1) {
      const line = this.#join()
      this.#skipped = { head: line.slice(0, keptEnd), tail: line.slice(-keptEnd) }
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#seal()
    this.#parts.push(bytes)
  }

  #copy(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#block.length) {
      this.#seal()
      this.#block = new Uint8Array(Math.max(bytes.length, smallestBlock, Math.min(this.#size, largestBlock)))
    }
    this.#block.set(bytes, this.#used)
    this.#used += bytes.length
  }

  /** Lists the bytes that were copied together; the rest of their block serves the bytes that come later. */
  #seal(): void {
    if (this.#used > 0) this.#parts.push(this.#block.subarray(0, this.#used))
    this.#block = this.#block.subarray(this.#used)
    this.#used = 0
  }

  #join(): Uint8Array {
    this.#seal()
    const line = joined(this.#parts)
    this.#parts = []
    this.#size = 0
    this.#block = noBytes
    return line
  }
}

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return decodeUtf8(bytes)
  } catch {
    // One line that is not UTF-8 must not cost its neighbours: they are read one by one.
    return undefined
  }
}

const endOf = (before: Uint8Array, bytes: Uint8Array): Uint8Array =>
  bytes.length >= keptEnd ? bytes.slice(-keptEnd) : joined([before, bytes]).slice(-keptEnd)
