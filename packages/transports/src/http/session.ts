import { isObject, orElse, principalKey } from '@parley/core'
import type { Awaitable, JsonObject, Principal } from '@parley/core'
import { Peer } from '@parley/protocol/server'
import type { Message, Responder } from '@parley/protocol/server'
import { SessionChannel } from './channel.ts'
import type { ChannelRules } from './channel.ts'
import type { EventScope, Replay } from './events.ts'
import { allMissed, eventOf } from './feed.ts'
import { originOf } from './origin.ts'
import { streamHeaders } from './sse.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** How sessions behave, beyond the rules of their lanes. */
export type SessionRules = ChannelRules & { readonly maxBatch: number }

const lists = ['tools', 'prompts', 'resources'] as const

/** One legacy session over HTTP: who it belongs to, when it was last used, and the peer behind its channel. */
export class LegacySession {
  readonly id: string
  /** The key of the principal that opened it; nobody else has this session (G13). */
  readonly owner: string
  readonly #rules: SessionRules
  readonly #scope: EventScope
  readonly #channel: SessionChannel
  readonly #peer: Peer
  /** Who is told again of a stream that has ended: one reader of each. */
  #replayed: Map<string, EventStream> | undefined
  #usedAt = performance.now()
  #over = false

  constructor(id: string, principal: Principal | undefined, server: Responder, rules: SessionRules) {
    this.id = id
    this.owner = principalKey(principal)
    this.#rules = rules
    this.#scope = { session: id, principal: this.owner }
    this.#channel = new SessionChannel(rules, this.#scope, this)
    // Clients of one session may share ids (SEC-ISO-2), and what may be in flight was decided before it got here.
    const { maxBatch } = rules
    this.#peer = new Peer(this.#channel, server, { sessionId: id, sharedIds: true, maxInFlight: Infinity, maxBatch })
  }

  /** The revision that `initialize` settled on; undefined before, and for good when it failed. */
  get version(): string | undefined {
    return this.#peer.session.state.version
  }

  get inFlight(): number {
    return this.#channel.inFlight
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.#over
  }

  /** Whether another stream would be one too many. */
  get crowded(): boolean {
    return this.#channel.reading + (this.#replayed?.size ?? 0) >= this.#rules.maxStreams
  }

  /** Whether another stream would be opened for what was missed, and would be one too many. */
  crowds({ stream }: Replay): boolean {
    return this.crowded && this.#replayed?.has(stream) !== true && this.#channel.feed(stream).feed === undefined
  }

  /** Takes what came by one POST. Settles when it is answered. */
  post(head: Head, message: Message, principal: Principal | undefined, reply: Reply, headers = {}): Awaitable<void> {
    this.#usedAt = performance.now()
    return this.#channel.post({ message, origin: originOf(head, principal), reply, headers })
  }

  /** Opens a stream for what belongs to no request. */
  listen(reply: Reply): void {
    this.#usedAt = performance.now()
    this.#channel.listen(reply)
  }

  /**
   * Goes on with a stream that broke. Tells whether it could: a gap in what belongs to a request cannot be healed, while
   * one in the news can, by having the client look at everything again.
   */
  resume(lastEventId: string, missed: Replay, reply: Reply): boolean {
    this.#usedAt = performance.now()
    const { feed, standing } = this.#channel.feed(missed.stream)
    if ((!missed.complete && !standing) || (feed === undefined && standing)) return false
    if (feed === undefined) {
      this.#replay(lastEventId, missed, reply).catch(() => undefined)
      return true
    }
    this.#channel.renew(feed)
    feed.resume(reply, lastEventId, missed).catch(() => undefined)
    if (!missed.complete) this.#sayAllChanged()
    return true
  }

  /** What is left of a stream that has ended. */
  async #replay(lastEventId: string, missed: Replay, reply: Reply): Promise<void> {
    const { stream } = missed
    const out = reply.stream(streamHeaders)
    // A reader that is still there gives way, for a connection may be dead long before anyone notices.
    const replays = (this.#replayed ??= new Map())
    replays.get(stream)?.end()
    replays.set(stream, out)
    try {
      for await (const { id, text } of allMissed(this.#rules.log, this.#scope, lastEventId, missed)) {
        if (replays.get(stream) !== out) return
        await out.write(eventOf(id, text))
      }
    } finally {
      out.end()
      if (replays.get(stream) === out) replays.delete(stream)
    }
  }

  #sayAllChanged(): void {
    const { offers } = this.#channel
    const { session } = this.#peer
    const tell = (method: string, params?: JsonObject): Awaitable<void> =>
      orElse(
        () => session.notify(method, params),
        () => undefined,
      )
    for (const list of lists) {
      const offer = offers[list]
      if (isObject(offer) && offer['listChanged'] === true) void tell(`notifications/${list}/list_changed`)
    }
    for (const uri of session.state.subscriptions) {
      void tell('notifications/resources/updated', { uri })
    }
  }

  /** Whether nobody has used it for so long; to be asked now and then. */
  isIdle(now: number, idle: number): boolean {
    this.#channel.expire(now)
    if (this.#channel.busy || (this.#replayed?.size ?? 0) > 0) this.#usedAt = now
    return now - this.#usedAt >= idle
  }

  /** Ends it: handlers are aborted, requests in flight are answered with the reason, streams end. */
  async end(reason: string): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#channel.stop(reason)
    for (const out of this.#replayed?.values() ?? []) out.end()
    await this.#peer[Symbol.asyncDispose]()
    await this.#rules.log?.drop(this.#scope)
  }
}
