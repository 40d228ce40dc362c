import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { deferred, refused } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { Holder } from './backlog.ts'
import { tooMuch, tooSlow } from './stream-limits.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream } from './wire.ts'

/**
 * An event stream of the web's kind: text waits here until the platform takes it.
 *
 * A platform's own queue never refuses, so it is left empty and asked for nothing ahead.
 */
export class Mailbox implements EventStream, Holder {
  before: Holder | undefined
  after: Holder | undefined
  /** What the platform reads. */
  readonly readable: ReadableStream<Uint8Array>
  readonly #limits: StreamLimits
  readonly #onGone: (reason: Error) => void
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #parts: string[] = []
  #waiting = 0
  #wanted: Deferred | undefined
  #room: Deferred | undefined
  #stalled: ReturnType<typeof setTimeout> | undefined
  #ending = false
  #gone: Error | undefined
  #closed = false

  /** `onGone` hears once that nobody reads any more although the stream has not ended. */
  constructor(limits: StreamLimits, onGone: (reason: Error) => void) {
    this.#limits = limits
    this.#onGone = onGone
    limits.backlog.open(this)
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        cancel: () => this.fail(new ConnectionClosed('The client is gone')),
      },
      { highWaterMark: 0 },
    )
  }

  /** Whether everything, the end included, was taken. */
  get closed(): boolean {
    return this.#closed
  }

  get lost(): boolean {
    return this.#gone !== undefined
  }

  /** How many characters the platform has yet to take. */
  get waiting(): number {
    return this.#waiting
  }

  write(text: string, owed = false): Awaitable<void> {
    if (this.#gone === undefined && !this.#ending) this.#add(text, owed)
    else if (this.#gone === undefined) return refused(new ConnectionClosed('The stream has ended'))
    // Whoever is cut hears it at once.
    if (this.#gone !== undefined) return refused(this.#gone)
    if (this.#waiting <= this.#limits.softLimit) return undefined
    this.#watch()
    this.#room ??= deferred()
    return this.#room.promise
  }

  #add(text: string, owed: boolean): void {
    const { hardLimit, backlog } = this.#limits
    if (this.#waiting > hardLimit && !owed) return this.fail(new ConnectionClosed(tooMuch(hardLimit)))
    this.#parts.push(text)
    this.#waiting += text.length
    this.#wanted?.resolve()
    backlog.grow(text.length)
  }

  end(): void {
    this.#ending = true
    this.#wanted?.resolve()
    if (this.#waiting > 0) this.#watch()
  }

  async #pull(): Promise<void> {
    if (this.#parts.length === 0 && !this.#ending) {
      this.#wanted = deferred()
      await this.#wanted.promise
      this.#wanted = undefined
    }
    if (this.#gone !== undefined) return
    if (this.#parts.length > 0) this.#controller?.enqueue(this.#encoder.encode(this.#parts.join('')))
    this.#parts = []
    this.#waiting = 0
    clearTimeout(this.#stalled)
    this.#stalled = undefined
    this.#room?.resolve()
    this.#room = undefined
    if (!this.#ending) return
    this.#closed = true
    this.#limits.backlog.close(this)
    this.#controller?.close()
  }

  #watch(): void {
    const { stall } = this.#limits
    const cut = (): void => this.fail(new ConnectionClosed(tooSlow(stall)))
    this.#stalled ??= setTimeout(cut, stall)
  }

  cut(reason: ConnectionClosed): void {
    this.fail(reason)
  }

  /** Breaks the stream: drops what waits, and tells whoever waits for room. */
  fail(reason: Error): void {
    this.#stop(reason, () => this.#controller?.error(reason))
  }

  /** The same for a client that has left. The platform knows, and would report an error to its log as one of its own. */
  leave(reason: Error): void {
    this.#stop(reason, () => this.#controller?.close())
  }

  #stop(reason: Error, finish: () => void): void {
    if (this.#gone !== undefined || this.#closed) return
    this.#gone = reason
    this.#limits.backlog.close(this)
    clearTimeout(this.#stalled)
    this.#parts = []
    this.#waiting = 0
    this.#wanted?.resolve()
    this.#room?.reject(reason)
    try {
      finish()
    } catch {
      // It was cancelled, or had ended: there is nothing to break any more.
    }
    this.#onGone(reason)
  }
}
