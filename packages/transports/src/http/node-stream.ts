import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { deferred, refused } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { Holder } from './backlog.ts'
import { Pump } from './node-pump.ts'
import type { Outlet } from './node-pump.ts'
import { tooMuch } from './stream-limits.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream } from './wire.ts'

/** A response of Node's, over either version of HTTP, as far as a stream owns it. */
export interface Ended extends Outlet {
  once(event: 'close', hear: () => void): unknown
  destroy(): unknown
}

/** An event stream written to a response of Node's. */
export class NodeEventStream implements EventStream, Holder {
  readonly #response: Ended
  readonly #limits: StreamLimits
  readonly #pump: Pump
  readonly #onGone: (reason: ConnectionClosed) => void
  #room: Deferred | undefined
  #ended = false
  #over: ConnectionClosed | undefined

  /** `onGone` hears that the client is gone, or was cut off. */
  constructor(response: Ended, limits: StreamLimits, onGone: (reason: ConnectionClosed) => void) {
    this.#response = response
    this.#limits = limits
    this.#onGone = onGone
    this.#pump = new Pump(response, limits.stall, { taken: () => this.#taken(), broken: (reason) => this.cut(reason) })
    limits.backlog.open(this)
    response.once('close', () => this.#closed())
  }

  get waiting(): number {
    return this.#pump.waiting
  }

  write(text: string, owed = false): Awaitable<void> {
    if (this.#over !== undefined) return refused(this.#over)
    if (this.#ended) return refused(new ConnectionClosed('The stream has ended'))
    const { softLimit, hardLimit, backlog } = this.#limits
    if (this.waiting > hardLimit && !owed) this.cut(new ConnectionClosed(tooMuch(hardLimit)))
    else {
      this.#pump.write(text)
      backlog.grow(text.length)
    }
    // Whoever is cut hears it at once.
    if (this.#over !== undefined) return refused(this.#over)
    if (this.waiting <= softLimit) return undefined
    this.#room ??= deferred()
    return this.#room.promise
  }

  #taken(): void {
    if (this.waiting > this.#limits.softLimit) return
    this.#room?.resolve()
    this.#room = undefined
  }

  end(): void {
    if (this.#over !== undefined || this.#ended) return
    this.#ended = true
    this.#pump.end()
  }

  #closed(): void {
    this.#limits.backlog.close(this)
    // Most have taken everything by then; an error with its stack would be the dearest part of their answer.
    if (!this.#pump.finished) this.#stop(new ConnectionClosed('The client is gone'))
  }

  #stop(reason: ConnectionClosed): void {
    this.#over ??= reason
    // First of all, so that whoever is refused finds the signal aborted already.
    this.#onGone(reason)
    this.#pump.stop()
    this.#room?.reject(this.#over)
    this.#room = undefined
  }

  cut(reason: ConnectionClosed): void {
    this.#stop(reason)
    this.#response.destroy()
  }

  /** The same for a response that was gone before it began. */
  leave(): void {
    this.#closed()
  }
}
