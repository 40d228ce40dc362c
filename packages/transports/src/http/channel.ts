import { ConnectionClosed, isObject, LinkedList } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import { encode } from '@parley/protocol/server'
import type {
  Arrival,
  Channel,
  Lane as Named,
  Message,
  Origin,
  Receiver,
  RequestId,
  RpcBatch,
  RpcRequest,
  RpcResponse,
} from '@parley/protocol/server'
import { refused } from '../deferred.ts'
import { Queue } from '../queue.ts'
import type { EventScope } from './events.ts'
import { Feed } from './feed.ts'
import { Lane } from './lane.ts'
import type { LaneRules } from './lane.ts'
import { isPrimed } from './legacy-facts.ts'
import { Standing } from './standing.ts'
import type { Reply } from './wire.ts'

/** How the channels of sessions behave; one session may open so many event streams by GET. */
export type ChannelRules = LaneRules & { readonly maxStreams: number }

/** The session that a channel belongs to: which revision it settled on, if any yet. */
export type Settled = { readonly version: string | undefined }

/** A POST as it is handed to the channel. */
export type Posted = {
  readonly message: Message
  readonly origin: Origin
  readonly reply: Reply
  readonly headers?: Readonly<Record<string, string>>
}

const requestsIn = (message: Message): readonly RpcRequest[] => {
  if (message.kind === 'request') return [message]
  return message.kind === 'batch' ? message.messages.filter((each) => each.kind === 'request') : []
}

/** Whether something must be said back: to requests, and to what should have been one. */
const wantsAnswer = (message: Message): boolean => {
  if (message.kind === 'batch') return message.messages.some(wantsAnswer)
  return message.kind === 'request' || (message.kind === 'broken' && !message.response)
}

const answersIn = (message: Message): readonly (RequestId | undefined)[] => {
  if (message.kind === 'batch') return message.messages.flatMap(answersIn)
  return message.kind === 'result' || message.kind === 'error' || message.kind === 'broken' ? [message.id] : []
}

/**
 * Many POSTs and some GETs of one legacy session, seen as one channel.
 *
 * A POST with requests in it is a lane; its answers, its notifications and its questions go back by it alone. What has
 * no lane takes a stream that a GET opened, or is dropped where there is none.
 */
export class SessionChannel implements Channel {
  readonly #rules: ChannelRules
  readonly #scope: EventScope
  readonly #session: Settled
  // Tens of thousands of sessions may be idle: what they may never need is made late.
  #inbox: Queue<Arrival> | undefined
  #receiver: Receiver | undefined
  #lanes: LinkedList<Lane> | undefined
  #feeds: LinkedList<Feed> | undefined
  #standing: Standing | undefined
  #made = 0
  #inFlight = 0
  #offers: JsonObject | undefined
  #closed = false

  constructor(rules: ChannelRules, scope: EventScope, session: Settled) {
    this.#rules = rules
    this.#scope = scope
    this.#session = session
  }

  /** How many requests wait for their answer. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Whether a request is being served or a stream is being read. */
  get busy(): boolean {
    return this.#lanes?.first !== undefined || this.reading > 0
  }

  /** How many streams that a GET opened are read. */
  get reading(): number {
    return this.#standing?.connected ?? 0
  }

  /** The capabilities that `initialize` was answered with. */
  get offers(): JsonObject {
    return this.#offers ?? {}
  }

  [Symbol.asyncIterator](): AsyncIterator<Arrival, undefined> {
    this.#inbox ??= new Queue()
    return this.#inbox
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver
  }

  #arrive(arrival: Arrival): void {
    if (this.#receiver === undefined) this.#inbox?.push(arrival)
    else if (!this.#closed) this.#receiver.take(arrival)
  }

  /** Takes what came by one POST. Settles when it is answered. */
  post({ message, origin, reply, headers = {} }: Posted): Awaitable<void> {
    for (const id of answersIn(message)) if (id !== undefined) this.#answered(id)
    if (!wantsAnswer(message)) {
      reply.send(202, {})
      this.#arrive({ message, origin })
      return
    }
    let settle: (() => void) | undefined
    const lane = new Lane(this.#rules, {
      reply,
      headers,
      requests: message.kind === 'request' ? [message.id] : requestsIn(message).map(({ id }) => id),
      batch: message.kind === 'batch',
      openFeed: (onLost) => this.#open('p', onLost),
      onOver: (over) => {
        this.#leave(over)
        settle?.()
      },
    })
    this.#lanes ??= new LinkedList()
    this.#lanes.add(lane)
    this.#inFlight += lane.size
    this.#arrive({ message, origin, lane, done: () => lane.finish() })
    if (lane.over) return
    lane.wait()
    return new Promise((resolve) => {
      settle = resolve
    })
  }

  #answered(id: RequestId): void {
    for (const lane of this.#lanes?.all() ?? []) if (lane.answered(id)) return
  }

  #open(kind: 'p' | 'g', onLost: () => void): Feed {
    this.#made += 1
    const id = `${kind}${this.#made}`
    const primes = this.#rules.log !== undefined && isPrimed(this.#session.version)
    const onEnd = (): void => void this.#feeds?.delete(feed)
    const feed = new Feed(this.#rules, { id, scope: this.#scope, primes, onLost, onEnd })
    this.#feeds ??= new LinkedList()
    this.#feeds.add(feed)
    return feed
  }

  #leave(lane: Lane): void {
    if (this.#lanes?.delete(lane) === true) this.#inFlight -= lane.size
  }

  /** Starts a stream for what belongs to no request. */
  listen(reply: Reply): void {
    const feed = this.#open('g', () => {
      if (!feed.reachable) this.#retire(feed)
    })
    this.#standing ??= new Standing(this.#rules.maxStreams)
    const least = this.#standing.add(feed)
    if (least !== undefined) this.#retire(least)
    feed.connect(reply, {})
  }

  #retire(feed: Feed): void {
    this.#standing?.delete(feed)
    feed.end()
  }

  /** The feed that a client comes back to, unless it is over; `standing` tells what a GET had opened. */
  feed(id: string): { feed: Feed | undefined; standing: boolean } {
    const feed = this.#feeds?.all().find((each) => each.id === id)
    return { feed, standing: id.startsWith('g') }
  }

  /** Makes a feed that a client came back to the one that is written to. */
  renew(feed: Feed): void {
    if (this.#standing?.has(feed) === true) this.#standing.renew(feed)
  }

  /** Lets go of questions whose client is gone for good. */
  expire(now: number): void {
    for (const lane of this.#lanes?.all() ?? []) lane.expire(now)
  }

  send(message: Message, named?: Named): Awaitable<void> {
    if (this.#closed) return refused(new ConnectionClosed('The session has ended'))
    if (named instanceof Lane) {
      this.#note(message)
      return named.send(message)
    }
    const feed = this.#standing?.target
    if (feed !== undefined) return feed.send(encode(message))
    if (message.kind === 'request') return refused(new ConnectionClosed('The client reads no stream to be asked by'))
    return Promise.resolve()
  }

  #note(message: RpcResponse | RpcBatch | Message): void {
    if (message.kind !== 'result' || !('capabilities' in message.result)) return
    const { capabilities } = message.result
    if ('protocolVersion' in message.result && isObject(capabilities)) this.#offers = capabilities
  }

  /** Answers every request in flight with `reason`, and ends every stream. */
  stop(reason: string): void {
    for (const lane of this.#lanes?.all() ?? []) lane.stop(reason)
    this.#standing?.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.stop('The session has ended')
    this.#inbox?.drop()
    this.#receiver?.end()
  }
}
