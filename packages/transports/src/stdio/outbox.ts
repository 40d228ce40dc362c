import { ConnectionClosed } from '@parley/core'
import type { Writable } from 'node:stream'
import { deferred } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import { within } from './wait.ts'

/** How much may wait to be written, and for how long. */
export type OutboxOptions = {
  /** Size of what may wait to be written before `send` waits too. @default 65_536 */
  softLimit?: number
  /** Size of what waits past which a far side that takes nothing for `stall` is cut off. @default 4_194_304 */
  hardLimit?: number
  /** Milliseconds that a far side past `hardLimit` may take nothing. @default 30_000 */
  stall?: number
}

// From this size on, text is handed to the stream although that is still busy with what it got before.
const fullWrite = 65_536

/**
 * What waits to be written to one stream.
 *
 * The text of one turn goes out as one write, at its end; what comes while the stream is busy goes out after that.
 * Sizes are in UTF-16 units, which for most messages are bytes. `onBroken` hears once that nothing more can be written.
 */
export class Outbox {
  readonly #writable: Writable
  readonly #write: (text: string, encoding: 'utf8', done: (error?: Error | null) => void) => boolean
  readonly #limits: Required<OutboxOptions>
  readonly #onBroken: (cause: unknown) => void
  #parts: string[] = []
  #gathered = 0
  #waiting = 0
  #writes = 0
  #gathering = false
  #room: Deferred | undefined
  #idle: Deferred | undefined
  #stalled: ReturnType<typeof setTimeout> | undefined
  #broken = false

  constructor(writable: Writable, options: OutboxOptions, onBroken: (cause: unknown) => void) {
    const { softLimit = 65_536, hardLimit = 4_194_304, stall = 30_000 } = options
    this.#writable = writable
    // Kept from the start: on stdout the method is replaced afterwards, to keep everybody else away from the road.
    this.#write = writable.write.bind(writable)
    this.#limits = { softLimit, hardLimit, stall }
    this.#onBroken = onBroken
    // Never removed: an error that comes late must not become an uncaught exception.
    writable.on('error', this.#break)
    writable.on('close', this.#break)
  }

  /** Whether nothing more can be written. */
  get broken(): boolean {
    return this.#broken || this.#writable.destroyed
  }

  /** Whether so much waits that the far side is cut off if it goes on taking nothing. */
  get full(): boolean {
    return this.#waiting > this.#limits.hardLimit
  }

  /** Settles when there is room for more; rejects when there never will be. */
  room(): Promise<void> {
    this.#room ??= deferred()
    return this.#room.promise
  }

  /** Takes text; where there is no room for more, settles when there is. */
  write(text: string): Promise<void> | undefined {
    this.#parts.push(text)
    this.#gathered += text.length
    this.#waiting += text.length
    if (this.#gathered >= fullWrite) this.#flush()
    else if (this.#writes === 0 && !this.#gathering) {
      this.#gathering = true
      // Comes right after every promise that is ready now, such as the answers to all that one chunk brought.
      process.nextTick(this.#gatheredAll)
    }
    if (this.#waiting <= this.#limits.softLimit) return undefined
    if (this.#waiting > this.#limits.hardLimit) this.#watch()
    return this.room()
  }

  readonly #gatheredAll = (): void => {
    this.#gathering = false
    if (this.#writes === 0 && this.#gathered > 0) this.#flush()
  }

  #flush(): void {
    const text = this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('')
    this.#parts = []
    this.#gathered = 0
    this.#writes += 1
    this.#write(text, 'utf8', (error) => {
      if (error !== null && error !== undefined) this.#break(error)
      else this.#written(text.length)
    })
  }

  #written(size: number): void {
    this.#writes -= 1
    this.#waiting -= size
    if (this.#broken) return
    if (this.#writes === 0 && this.#gathered > 0) this.#flush()
    if (this.#stalled !== undefined) this.#unwatch()
    if (this.#waiting > this.#limits.hardLimit) this.#watch()
    if (this.#room !== undefined && this.#waiting <= this.#limits.softLimit) {
      this.#room.resolve()
      this.#room = undefined
    }
    if (this.#waiting === 0) this.#idle?.resolve()
  }

  /** Settles once everything was handed over, nothing can be any more, or `ms` have passed. */
  async flushed(ms: number): Promise<void> {
    if (this.#waiting === 0 || this.broken) return
    this.#idle ??= deferred()
    await within(this.#idle.promise, ms)
  }

  /** Drops what waits and rejects whoever waits for room. */
  fail(reason: unknown): void {
    this.#broken = true
    this.#unwatch()
    this.#parts = []
    this.#gathered = 0
    this.#idle?.resolve()
    this.#room?.reject(reason)
    this.#room = undefined
  }

  readonly #break = (cause?: unknown): void => {
    if (this.#broken) return
    this.#broken = true
    this.#unwatch()
    this.#idle?.resolve()
    this.#onBroken(cause)
  }

  #watch(): void {
    const { stall } = this.#limits
    this.#stalled ??= setTimeout(() => {
      this.#break(new ConnectionClosed(`The far side took nothing for ${stall} ms while more and more waited`))
    }, stall)
    this.#stalled.unref()
  }

  #unwatch(): void {
    clearTimeout(this.#stalled)
    this.#stalled = undefined
  }
}
