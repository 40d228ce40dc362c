import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { decode, encode, Encoded } from '@parley/protocol/server'
import type { Arrival, Channel, Message, Receiver } from '@parley/protocol/server'
import type { Readable, Writable } from 'node:stream'
import { refused } from '../deferred.ts'
import { Queue } from '../queue.ts'
import { LineReader } from './lines.ts'
import { Outbox } from './outbox.ts'
import type { OutboxOptions } from './outbox.ts'
import { tooLong } from './too-long.ts'
import { within } from './wait.ts'

/** How a line channel reads and writes. */
export type LineChannelOptions = OutboxOptions & {
  /** Bytes that one incoming message may have; a longer one is skipped and arrives as broken. @default 4_194_304 */
  maxMessage?: number
  /** Levels that an incoming message may nest. @default 128 */
  depth?: number
  /** Milliseconds that what waits gets to be written when the channel is closed. @default 1_000 */
  flush?: number
  /**
   * Whether nothing is read while the far side leaves too much untaken, for reading is what makes more to write. For the
   * answering end alone: two ends that both waited would wait for ever. @default false
   */
  waits?: boolean
}

/** What a road built on lines does its own way. */
export interface LineRoad {
  /** Whether a message goes on to whoever iterates. `line` is what it was read from; absent where that was too long. */
  accepts?(message: Message, line: Uint8Array | string | undefined): boolean
  /** Settles with what the iteration is to throw, once reading is over or `cause` broke the road. Never rejects. */
  ending?(cause: unknown): Promise<ConnectionClosed | undefined>
  /** Lets go of the streams once the channel is closed and what waited was written. */
  release?(): Promise<void>
}

const closedBy = (cause?: unknown): ConnectionClosed => {
  if (cause instanceof ConnectionClosed) return cause
  const why = cause instanceof Error ? `broke: ${cause.message}` : 'was closed'
  return new ConnectionClosed(`The connection ${why}`, { cause })
}

const release = async (readable: Readable, writable: Writable, patience: number): Promise<void> => {
  if (!writable.destroyed) await within(new Promise<void>((resolve) => writable.end(resolve)), patience)
  readable.destroy()
  writable.destroy()
}

/** One JSON-RPC message a line, over two byte streams of Node's. `lineChannel` makes one and says the rest. */
export class LineChannel implements Channel {
  readonly #readable: Readable
  readonly #road: Required<LineRoad>
  readonly #flush: number
  readonly #waits: boolean
  readonly #queue: Queue<Arrival>
  readonly #lines: LineReader
  readonly #outbox: Outbox
  #ending: Promise<ConnectionClosed | undefined> | undefined
  #closing: Promise<void> | undefined

  constructor(readable: Readable, writable: Writable, options: LineChannelOptions = {}, road: LineRoad = {}) {
    const { maxMessage = 4_194_304, depth = 128, flush = 1000, waits = false } = options
    this.#readable = readable
    this.#road = {
      accepts: () => true,
      ending: (cause) => Promise.resolve(cause === undefined ? undefined : closedBy(cause)),
      release: () => release(readable, writable, flush),
      ...road,
    }
    this.#flush = flush
    this.#waits = waits
    this.#queue = new Queue(() => this.#flow())
    this.#lines = new LineReader(maxMessage, {
      line: (line) => this.#take(decode(line, { depth }), line),
      tooLong: (head, tail) => this.#take(tooLong(head, tail, maxMessage), undefined),
    })
    this.#outbox = new Outbox(writable, options, this.#onBroken)
    this.#listen()
  }

  #listen(): void {
    const readable = this.#readable
    readable.on('data', this.#onData)
    readable.on('end', () => this.end())
    readable.on('close', () => this.end())
    // Never removed: an error that comes late must not become an uncaught exception.
    readable.on('error', (error) => this.end(error))
    // A stream that was over before it came here says nothing any more.
    if (readable.destroyed || readable.readableEnded) this.end()
  }

  readonly #onData = (chunk: Uint8Array | string): void => {
    if (this.#ending !== undefined || this.#closing !== undefined) return
    const behind = this.#queue.size > 0
    this.#lines.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    // Whoever iterates has not even caught up with the chunk before: the far side has to wait.
    if (behind) this.#readable.pause()
    else if (this.#isBlocked) this.#wait()
  }

  get #isBlocked(): boolean {
    return this.#waits && this.#outbox.full
  }

  #flow(): void {
    if (!this.#readable.isPaused()) return
    if (this.#isBlocked) this.#wait()
    else this.#readable.resume()
  }

  #wait(): void {
    this.#readable.pause()
    const flow = (): void => this.#flow()
    this.#outbox.room().then(flow, flow)
  }

  #take(message: Message, line: Uint8Array | string | undefined): void {
    if (this.#road.accepts(message, line)) this.#queue.push({ message })
  }

  readonly #onBroken = (cause: unknown): void => {
    this.end(cause ?? new Error('its output was closed'))
    this.#failed().catch((reason: unknown) => this.#outbox.fail(reason))
  }

  /** Rejects with why nothing can be sent any more. */
  async #failed(): Promise<never> {
    throw closedBy(await this.#ending)
  }

  /** Ends the iteration after what has arrived; messages can still be sent, unless a cause says that the road broke. */
  end(cause?: unknown): void {
    if (this.#ending !== undefined) return
    if (cause === undefined && this.#closing === undefined) this.#lines.end()
    this.#ending = this.#road.ending(cause)
    this.#ending.then(
      (reason) => this.#queue.end(reason),
      (error: unknown) => this.#queue.end(error),
    )
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival> {
    return this.#queue
  }

  receive(receiver: Receiver): void {
    this.#queue.handTo(receiver)
  }

  send(message: Message): Awaitable<void> {
    if (this.#closing !== undefined) return refused(closedBy())
    if (this.#outbox.broken) return this.#refusal()
    try {
      return this.#outbox.write(line(message))
    } catch (error) {
      // What JSON cannot hold is the sender's fault and leaves the road as it is.
      return refused(error)
    }
  }

  #refusal(): Promise<never> {
    const failed = this.#failed()
    failed.catch(() => undefined)
    return failed
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#queue.drop()
    await this.#outbox.flushed(this.#flush)
    this.#outbox.fail(closedBy())
    // What still arrives is let through unread, so that a far side that is finishing does not block on it.
    this.#readable.resume()
    await this.#road.release()
  }
}

const line = (message: Message): string => {
  const text = encode(message)
  // JSON text that a server made itself may be spread over lines; between its tokens a space says the same. It is searched
  // as it was made: to search what it is part of by now, that would have to be copied together first.
  const isSpread = message.kind === 'result' && message.result instanceof Encoded && message.result.text.includes('\n')
  return isSpread ? `${text.replaceAll('\n', ' ')}\n` : `${text}\n`
}

/**
 * Makes a channel of two byte streams: one JSON-RPC message a line, as stdio has it (2026-07-28, basic/transports/stdio).
 *
 * Use it for a transport of your own over TCP, a Unix socket or a pipe, and give the channel to a `Peer`. Opening the
 * streams is yours. Cancelling is a `notifications/cancelled` message, since one stream carries every request. The
 * iteration ends with `readable`; closing the channel writes what waits, ends `writable` and destroys both streams.
 *
 * @example
 * const socket = connect('/run/mcp.sock')
 * const peer = new Peer(lineChannel(socket, socket, { waits: true }), server, { origin: { road: 'unix' } })
 */
export const lineChannel = (readable: Readable, writable: Writable, options: LineChannelOptions = {}): Channel =>
  new LineChannel(readable, writable, options)
