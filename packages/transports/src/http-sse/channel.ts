import { ConnectionClosed } from '@parley/core'
import type { Awaitable } from '@parley/core'
import { encode } from '@parley/protocol/server'
import type { Arrival, Channel, Message } from '@parley/protocol/server'
import { refused } from '../deferred.ts'
import type { Beat, Pulse } from '../http/pulse.ts'
import { frame } from '../http/sse.ts'
import type { EventStream } from '../http/wire.ts'
import { Queue } from '../queue.ts'

/** One event stream down and POSTs up, seen as one channel; it ends when the stream does. */
export class StreamChannel implements Channel {
  readonly #out: EventStream
  readonly #beat: Beat
  readonly #inbox = new Queue<Arrival>()
  readonly #unanswered = new Set<() => void>()
  #closed = false

  constructor(out: EventStream, pulse: Pulse) {
    this.#out = out
    this.#beat = pulse.add(out)
  }

  /** How many requests wait for their answer. */
  get inFlight(): number {
    return this.#unanswered.size
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival, undefined> {
    return this.#inbox
  }

  /** Takes what came by one POST. Settles when it is answered, or never will be; at once if nothing is to be answered. */
  take(arrival: Arrival): Promise<void> {
    if (this.#closed || arrival.message.kind !== 'request') {
      this.#inbox.push(arrival)
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const done = (): void => {
        this.#unanswered.delete(done)
        resolve()
      }
      this.#unanswered.add(done)
      this.#inbox.push({ ...arrival, done })
    })
  }

  send(message: Message): Awaitable<void> {
    if (this.#closed) return refused(new ConnectionClosed('The stream has ended'))
    this.#beat.touch()
    const owed = message.kind === 'result' || message.kind === 'error'
    return this.#out.write(frame({ event: 'message', data: encode(message) }), owed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#beat.end()
    this.#out.end()
    this.#inbox.drop()
    // A handler may go on although nobody hears it any more; whoever counts what is served must not wait for it.
    for (const done of this.#unanswered) done()
  }
}
