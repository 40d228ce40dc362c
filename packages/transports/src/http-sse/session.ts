import { principalKey } from '@parley/core'
import type { Principal } from '@parley/core'
import { Peer } from '@parley/protocol/server'
import type { Message, Responder } from '@parley/protocol/server'
import { originOf } from '../http/origin.ts'
import type { Pulse } from '../http/pulse.ts'
import type { EventStream, Head } from '../http/wire.ts'
import { StreamChannel } from './channel.ts'

/** One client of HTTP+SSE, for as long as its stream: whose it is, and the peer behind its channel. */
export class SseSession {
  readonly id: string
  /** The key of the principal that opened the stream; nobody else may post to it (G13). */
  readonly owner: string
  readonly #channel: StreamChannel
  readonly #peer: Peer
  readonly #openedAt = performance.now()

  constructor(id: string, principal: Principal | undefined, server: Responder, out: EventStream, pulse: Pulse) {
    this.id = id
    this.owner = principalKey(principal)
    this.#channel = new StreamChannel(out, pulse)
    // What may be in flight was decided before it got here.
    this.#peer = new Peer(this.#channel, server, { sessionId: id, maxInFlight: Infinity })
  }

  get inFlight(): number {
    return this.#channel.inFlight
  }

  /** Takes what came by one POST. Settles when it is answered, or never will be. */
  post(head: Head, message: Message, principal: Principal | undefined): Promise<void> {
    return this.#channel.take({ message, origin: originOf(head, principal) })
  }

  /** Whether it has been open for so long without `initialize`: a stream that is in use may well be silent for longer. */
  isForsaken(now: number, idle: number): boolean {
    return this.#peer.session.state.version === undefined && now - this.#openedAt >= idle
  }

  /** Aborts its handlers and ends its stream. */
  end(): Promise<void> {
    return this.#peer[Symbol.asyncDispose]()
  }
}
