import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { deferred, refused } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { Holder } from './backlog.ts'
import { Pump } from './node-pump.ts'
import type { Outlet, PumpEars } from './node-pump.ts'
import { tooMuch } from './stream-limits.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream } from './wire.ts'

/** A response of Node's, over either version of HTTP, as far as a stream owns it. */
export interface Ended extends Outlet {
  on(event: 'close', hear: () => void): unknown
  destroy(): unknown
}

/** Whose reply a stream goes out by. */
export interface StreamOwner {
  /** Hears that the client is gone, or was cut off. */
  lost(reason: ConnectionClosed): void
}

/** An event stream written to a response of Node's. */
export class NodeEventStream implements EventStream, Holder, PumpEars {
  before: Holder | undefined
  after: Holder | undefined
  readonly #response: Ended
  readonly #limits: StreamLimits
  readonly #pump: Pump
  readonly #owner: StreamOwner
  #room: Deferred | undefined
  #ended = false
  #over: ConnectionClosed | undefined

  constructor(response: Ended, limits: StreamLimits, owner: StreamOwner) {
    this.#response = response
    this.#limits = limits
    this.#owner = owner
    this.#pump = new Pump(response, limits.stall, this)
    limits.backlog.open(this)
    response.on('close', () => this.#closed())
  }

  get waiting(): number {
    return this.#pump.waiting
  }

  get lost(): boolean {
    return this.#over !== undefined
  }

  write(text: string, owed = false): Awaitable<void> {
    if (this.#over !== undefined) return refused(this.#over)
    if (this.#ended) return refused(new ConnectionClosed('The stream has ended'))
    const { softLimit, hardLimit, backlog } = this.#limits
    if (this.waiting > hardLimit && !owed) this.cut(new ConnectionClosed(tooMuch(hardLimit)))
    else {
      this.#pump.write(text, owed)
      backlog.grow(text.length)
    }
    // Whoever is cut hears it at once.
    if (this.#over !== undefined) return refused(this.#over)
    // What goes ahead of the rest is on its way only once its sender lets others have a turn, if it ever is to wait.
    if (this.waiting <= (softLimit === Infinity ? softLimit : Math.min(softLimit, this.#pump.full))) return undefined
    this.#room ??= deferred()
    return this.#room.promise
  }

  taken(): void {
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
    this.#owner.lost(reason)
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
