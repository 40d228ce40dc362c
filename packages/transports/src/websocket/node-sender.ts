import type { WebSocket } from 'ws'

/** What sends over a WebSocket. */
export type Sending = (piece: string | Uint8Array, fin: boolean, done: () => void) => void

// What is larger is sent in fragments, and no more than this is handed over at once: the system takes it as a whole, and
// nobody could tell a slow client from a dead one otherwise.
const pieceSize = 65_536

/** Sends text frames over one WebSocket in their order, and knows how much of it has gone. */
export class Sender {
  readonly #ws: WebSocket
  readonly #send: Sending
  readonly #onTaken: () => void
  #texts: string[] = []
  #head = 0
  #queued = 0
  #rest: Uint8Array | undefined
  #flying = 0
  #gone = 0
  #finish: (() => void) | undefined

  constructor(ws: WebSocket, send: Sending, onTaken: () => void) {
    this.#ws = ws
    this.#send = send
    this.#onTaken = onTaken
  }

  /** How much waits. */
  get buffered(): number {
    return this.#queued + (this.#rest?.byteLength ?? 0) + this.#ws.bufferedAmount
  }

  /** How much was taken so far. */
  get gone(): number {
    return this.#gone
  }

  /** Queues one text frame. */
  send(text: string): void {
    this.#texts.push(text)
    this.#queued += text.length
    this.#step()
  }

  /** Calls `finish` behind everything that was queued. */
  end(finish: () => void): void {
    this.#finish ??= finish
    this.#step()
  }

  /** Drops what is queued. */
  drop(): void {
    this.#texts = []
    this.#head = 0
    this.#queued = 0
    this.#rest = undefined
  }

  #step(): void {
    while (this.#flying < pieceSize && (this.#rest !== undefined || this.#head < this.#texts.length)) this.#next()
    if (this.#rest !== undefined || this.#head < this.#texts.length) return
    const finish = this.#finish
    this.#finish = undefined
    finish?.()
  }

  #next(): void {
    if (this.#rest === undefined) {
      const text = this.#shift()
      if (text.length <= pieceSize) return this.#put(text, text.length, true)
      this.#rest = Buffer.from(text)
    }
    const piece = this.#rest.subarray(0, pieceSize)
    this.#rest = this.#rest.byteLength > pieceSize ? this.#rest.subarray(pieceSize) : undefined
    this.#put(piece, piece.byteLength, this.#rest === undefined)
  }

  #shift(): string {
    // In bounds, since `step` looked.
    const text = this.#texts[this.#head] ?? ''
    this.#head += 1
    this.#queued -= text.length
    if (this.#head === this.#texts.length || this.#head > pieceSize) {
      this.#texts = this.#texts.slice(this.#head)
      this.#head = 0
    }
    return text
  }

  #put(piece: string | Uint8Array, size: number, fin: boolean): void {
    this.#flying += size
    this.#send(piece, fin, () => {
      this.#flying -= size
      this.#gone += size
      this.#step()
      this.#onTaken()
    })
  }
}
