import { ConnectionClosed, internalError } from '@parley/core'
import type { Awaitable, Linked } from '@parley/core'
import { encode, errorObject, failure } from '@parley/protocol/server'
import type { Deadline, Message, RequestId } from '@parley/protocol/server'
import { deferred, refused } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { Feed, FeedRules } from './feed.ts'
import { streamHeaders } from './sse.ts'
import type { Reply } from './wire.ts'

/** What every lane of one endpoint goes by. */
export type LaneRules = FeedRules & {
  /** Milliseconds for which an answer may still become plain JSON. */
  readonly hold: number
  /** Milliseconds for which a question waits for a client that has left. */
  readonly patience: number
  /** Hears that an answer found nobody. */
  readonly onDropped: () => void
}

/** What one lane is, from the start. */
export type LaneOptions = {
  readonly reply: Reply
  /** The requests that came by it; more than one, or none, only in a batch. */
  readonly requests: readonly RequestId[]
  readonly batch: boolean
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>
  /** Makes the feed, once something other than the answer must go out. */
  readonly openFeed: (onLost: () => void) => Feed
  /** Hears that nothing more goes out. */
  readonly onOver: (lane: Lane) => void
}

const goneMessage = 'The client that would have to answer is gone'

/**
 * One POST with requests in it, in the legacy era: where their answer goes back, and whatever belongs to them.
 *
 * The answer is plain JSON as long as nothing had to go out before it, and an event stream from then on. A client that
 * leaves ends nothing (G11).
 */
export class Lane implements Linked<Lane> {
  before: Lane | undefined
  after: Lane | undefined
  readonly #rules: LaneRules
  readonly #options: LaneOptions
  #hold: Deadline | undefined
  #asked: Map<RequestId, Deferred> | undefined
  #feed: Feed | undefined
  #owed = false
  #over = false

  constructor(rules: LaneRules, options: LaneOptions) {
    this.#rules = rules
    this.#options = options
  }

  /** Whether nothing more goes out. */
  get over(): boolean {
    return this.#over
  }

  /** Notes that the answer takes its time: from `hold` on, it is an event stream. */
  wait(): void {
    if (this.#over || this.#feed !== undefined) return
    this.#hold = this.#rules.deadlines.set(this.#rules.hold, () => void this.#open())
  }

  /** How many requests are answered by this lane. */
  get size(): number {
    return this.#options.requests.length
  }

  /** Takes one message. Rejects with `ConnectionClosed` once the lane is over, and for a question that nobody can hear. */
  send(message: Message): Awaitable<void> {
    if (this.#over) return refused(new ConnectionClosed('The request was answered'))
    // Should an answer not be one that JSON can hold, something that is follows.
    this.#owed ||= message.kind !== 'notification' && message.kind !== 'request'
    const text = encode(message)
    if (message.kind === 'notification') return this.#open().send(text)
    if (message.kind === 'request') return this.#ask(message.id, text)
    return this.#answer(message, text)
  }

  #open(): Feed {
    if (this.#feed !== undefined) return this.#feed
    this.#hold?.clear()
    this.#feed = this.#options.openFeed(() => this.#lost())
    this.#feed.connect(this.#options.reply, this.#options.headers)
    return this.#feed
  }

  #lost(): void {
    if (this.#feed?.reachable !== true) this.#giveUp()
  }

  /** Rejects what waits for the client's word. */
  #giveUp(): void {
    for (const asked of this.#asked?.values() ?? []) asked.reject(new ConnectionClosed(goneMessage))
    this.#asked = undefined
  }

  /** A client that left and does not come back must not hold a question, and with it a session, for ever. */
  expire(now: number): void {
    if (this.#isForsaken(now)) this.#giveUp()
  }

  #isForsaken(now: number): boolean {
    const lostAt = this.#feed?.lostAt
    return lostAt !== undefined && now - lostAt >= this.#rules.patience
  }

  #ask(id: RequestId, text: string): Promise<void> {
    const feed = this.#open()
    if (!feed.reachable || this.#isForsaken(performance.now())) return refused(new ConnectionClosed(goneMessage))
    const asked = deferred()
    this.#asked ??= new Map()
    this.#asked.set(id, asked)
    // It never rejects, and a question waits for an answer rather than for the road.
    void feed.send(text)
    return asked.promise
  }

  /** Notes that a question was answered; tells whether it was asked here. */
  answered(id: RequestId): boolean {
    this.#asked?.get(id)?.resolve()
    return this.#asked?.delete(id) ?? false
  }

  #answer(message: Message, text: string): Awaitable<void> {
    this.#end()
    const { reply, headers } = this.#options
    const feed = this.#feed
    if (feed === undefined) {
      // A refused `initialize` opens nothing that its headers could name.
      return reply.send(200, message.kind === 'error' ? {} : headers, text)
    }
    if (!feed.reachable) this.#rules.onDropped()
    const sent = feed.send(text, true)
    feed.end()
    return sent
  }

  /** Ends the lane without an answer, if none is due: its request was cancelled (C2). */
  finish(): void {
    if (this.#over || this.#owed) return
    this.#end()
    if (this.#feed === undefined) this.#options.reply.stream({ ...streamHeaders, ...this.#options.headers }).end()
    else this.#feed.end()
  }

  /** Answers everything that came by this lane with the reason why there will be no answer. */
  stop(reason: string): void {
    if (this.#over) return
    const failures = this.#options.requests.map((id) => failure(id, errorObject(internalError(reason))))
    const [only] = failures
    const message = this.#options.batch || only === undefined ? ({ kind: 'batch', messages: failures } as const) : only
    // What is sent there never rejects.
    void this.#answer(message, encode(message))
  }

  #end(): void {
    this.#over = true
    this.#hold?.clear()
    for (const asked of this.#asked?.values() ?? []) asked.resolve()
    this.#asked = undefined
    this.#options.onOver(this)
  }
}
