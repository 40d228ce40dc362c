import { ConnectionClosed } from '@parley/core'
import { decode, encode } from '@parley/protocol/server'
import type { Arrival, Channel, Message, Origin } from '@parley/protocol/server'
import { deferred, refused, taken } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { Backlog, Holder } from '../http/backlog.ts'
import { Queue } from '../queue.ts'
import { within } from '../stdio/wait.ts'
import type { Ears, MakeWire, Wire } from './wire.ts'

/** The one subprotocol that is spoken, and asked for. */
export const subprotocol = 'mcp'

/** Close codes, of RFC 6455 and of our own. */
export const closeCodes = {
  done: 1000,
  goingAway: 1001,
  binary: 1003,
  policy: 1008,
  tooBig: 1009,
  /** The credentials of the upgrade are no longer good. */
  expired: 4401,
} as const

/** How much may come, wait and stay, on one WebSocket. */
export type WebSocketLimits = {
  /** Levels that a message may be nested. @default 128 */
  depth?: number | undefined
  /** Bytes that may wait to be sent before `send` waits too. @default 1_048_576 */
  softLimit?: number | undefined
  /**
   * Bytes that may wait to be sent before the answering end reads nothing more, and cuts off a far side to which anything
   * but answers is sent nevertheless. @default 4_194_304
   */
  hardLimit?: number | undefined
  /** Milliseconds that a far side may take nothing while more than `softLimit` waits, before it is cut off. @default 30_000 */
  stall?: number | undefined
  /** Milliseconds that what waits gets to be taken, and the far side to say goodbye, when this end closes. @default 2_000 */
  flush?: number | undefined
}

/** How a channel over a WebSocket behaves. */
export type WebSocketChannelOptions = WebSocketLimits & {
  /** Bytes that one incoming message may have. */
  maxMessage: number
  /** Whether `hardLimit` holds: for the answering end alone. */
  waits: boolean
  /** What waits for all far sides of one server. */
  backlog?: Backlog | undefined
  /** What is known of the far side as each message comes. */
  origin?: (() => Origin) | undefined
}

// From so many on, or with one this large waiting, the far side has to wait for whoever iterates.
const mostWaiting = 64
const large = 65_536

// As many in a row that are no messages at all, and the far side speaks something else.
const mostBroken = 1000

const orderly: readonly number[] = [1000, 1001, 1005]

// What the far side wrote ends up in logs: it is cut by the protocol to 123 bytes, and shown quoted.
const closedBy = (code: number, reason: string): ConnectionClosed =>
  new ConnectionClosed(
    `The far side closed the connection with ${code}${reason === '' ? '' : `: ${JSON.stringify(reason)}`}`,
  )

/**
 * One JSON-RPC message a text frame, over a WebSocket.
 *
 * A binary frame ends it with 1003. It ends plainly when the far side closed with 1000, 1001 or without a code, and by
 * throwing `ConnectionClosed` otherwise.
 */
export class WebSocketChannel implements Channel, Holder {
  before: Holder | undefined
  after: Holder | undefined
  readonly #wire: Wire
  readonly #options: WebSocketChannelOptions & { [Limit in keyof WebSocketLimits]-?: number }
  readonly #queue = new Queue<Arrival>(() => this.#flow())
  readonly #gone: Deferred = deferred()
  #room: Deferred | undefined
  #unwatch: (() => void) | undefined
  #over: ConnectionClosed | undefined
  #closing: Promise<void> | undefined
  #paused = false
  #blocked = false
  #broken = 0

  constructor(make: MakeWire, options: WebSocketChannelOptions) {
    const { depth = 128, softLimit = 1_048_576, hardLimit = 4_194_304, stall = 30_000, flush = 2000 } = options
    this.#options = { ...options, depth, softLimit, hardLimit, stall, flush }
    this.#wire = make(this.#ears)
    options.backlog?.open(this)
  }

  readonly #ears: Ears = {
    text: (frame) => this.#take(frame),
    binary: () => this.#refuse(closeCodes.binary, 'Messages are text'),
    broken: (cause) => this.#break(cause),
    closed: (code, reason) => this.#closed(code, reason),
  }

  #take(frame: string | Uint8Array): void {
    if (this.#over !== undefined || this.#closing !== undefined) return
    // Platforms that cannot refuse a long frame have it whole by now; in UTF-16 units, which are at most the bytes.
    if (frame.length > this.#options.maxMessage) {
      return this.#refuse(closeCodes.tooBig, `Messages have at most ${this.#options.maxMessage} bytes`)
    }
    const message = decode(frame, { depth: this.#options.depth })
    this.#broken = message.kind === 'broken' ? this.#broken + 1 : 0
    if (this.#broken > mostBroken) return this.#refuse(closeCodes.policy, 'This speaks JSON-RPC')
    const origin = this.#options.origin?.()
    this.#queue.push(origin === undefined ? { message } : { message, origin })
    const behind = this.#queue.size > mostWaiting || (this.#queue.size > 0 && frame.length > large)
    if (behind && !this.#paused) this.#pause()
  }

  #pause(): void {
    this.#paused = true
    this.#wire.pause()
  }

  #flow(): void {
    if (!this.#paused || this.#blocked) return
    this.#paused = false
    this.#wire.resume()
  }

  /** Closes because of what the far side did. */
  #refuse(code: number, reason: string): void {
    this.#end(new ConnectionClosed(`The far side broke the rules: ${reason}`))
    void this.close(code, reason)
  }

  #break(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause)
    this.#end(
      cause instanceof ConnectionClosed ? cause : new ConnectionClosed(`The connection broke: ${why}`, { cause }),
    )
  }

  #closed(code: number, reason: string): void {
    this.#end(closedBy(code, reason), orderly.includes(code))
    this.#gone.resolve()
  }

  /** Takes and sends nothing more. */
  #end(reason: ConnectionClosed, plainly = false): void {
    this.#over ??= reason
    this.#options.backlog?.close(this)
    this.#queue.end(plainly || this.#closing !== undefined ? undefined : reason)
    this.#unwatch?.()
    this.#unwatch = undefined
    this.#room?.reject(this.#over)
    this.#room = undefined
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival> {
    return this.#queue
  }

  send(message: Message): Promise<void> {
    if (this.#over !== undefined) return refused(this.#over)
    if (this.#closing !== undefined) return refused(new ConnectionClosed('The connection was closed'))
    if (this.#isTooMuch(message)) return this.#over === undefined ? taken : refused(this.#over)
    try {
      const text = encode(message)
      this.#wire.send(text)
      this.#options.backlog?.grow(text.length)
    } catch (error) {
      // What JSON cannot hold is the sender's fault and leaves the road as it is.
      return refused(error)
    }
    // Whoever is cut hears it at once.
    if (this.#over !== undefined) return refused(this.#over)
    return this.waiting <= this.#options.softLimit ? taken : this.#wait()
  }

  /** How many bytes the far side has yet to take. */
  get waiting(): number {
    return this.#wire.buffered
  }

  /** Whether a message is one too many for a far side that takes too little: log lines are dropped, others are its end. */
  #isTooMuch(message: Message): boolean {
    const { waits, hardLimit } = this.#options
    // An answer is what somebody waits for, and there are no more of them than requests in flight.
    if (!waits || (message.kind !== 'notification' && message.kind !== 'request')) return false
    if (message.method === 'notifications/message') return this.waiting > hardLimit / 2
    if (this.waiting <= hardLimit) return false
    this.cut(new ConnectionClosed(`The far side has yet to take more than ${hardLimit} bytes`))
    return true
  }

  #wait(): Promise<void> {
    const { stall, hardLimit, waits } = this.#options
    this.#room ??= deferred()
    this.#unwatch ??= this.#wire.watch(stall, this.#look, this.#stuck)
    if (waits && !this.#blocked && this.#wire.buffered > hardLimit) {
      this.#blocked = true
      this.#pause()
    }
    return this.#room.promise
  }

  readonly #look = (): void => {
    const { buffered } = this.#wire
    if (this.#blocked && buffered <= this.#options.hardLimit) {
      this.#blocked = false
      this.#flow()
    }
    if (buffered > this.#options.softLimit) return
    this.#unwatch?.()
    this.#unwatch = undefined
    this.#room?.resolve()
    this.#room = undefined
  }

  readonly #stuck = (): void => {
    const { stall } = this.#options
    this.cut(new ConnectionClosed(`The far side took nothing for ${stall} ms while more and more waited`))
  }

  /** Drops the connection, and what waits. */
  cut(reason: ConnectionClosed): void {
    this.#break(reason)
    this.#wire.cut()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(closeCodes.done)
  }

  /** Closes with a code, behind what was sent; settles when the connection is gone. The first code counts. */
  close(code: number, reason = ''): Promise<void> {
    this.#closing ??= this.#close(code, reason)
    return this.#closing
  }

  async #close(code: number, reason: string): Promise<void> {
    // A reason that is known already is still for whoever iterates.
    if (this.#over === undefined) this.#queue.drop()
    // What still arrives is let through unread, for the far side's goodbye comes behind it.
    this.#wire.resume()
    this.#wire.close(code, reason)
    if (!(await within(this.#gone.promise, this.#options.flush))) this.#wire.cut()
    this.#end(new ConnectionClosed('The connection was closed'))
  }
}
