import { andThen, ConnectionClosed, internalError, invalidRequest, LinkedList, orElse } from '@parley/core'
import type { Awaitable, JsonObject } from '@parley/core'
import { errorObject, failure, substitute } from '@parley/protocol/server'
import type {
  Exchange,
  Message,
  Origin,
  Responder,
  RpcBatch,
  RpcRequest,
  RpcResponse,
  Session,
  SingleMessage,
} from '@parley/protocol/server'
import { Feed } from './feed.ts'
import { Lane } from './lane.ts'
import type { LaneRules } from './lane.ts'
import { unremembered, withoutPromises } from './sessionless.ts'
import type { Reply } from './wire.ts'

/** A legacy request that belongs to no session: nothing is remembered, and nobody can be asked. */
class LoneExchange implements Exchange {
  readonly request: RpcRequest
  readonly origin: Origin
  readonly session: Session
  readonly signal: AbortSignal
  // Questions are refused as to a client that has declared nothing (B13).
  readonly ask: undefined
  readonly #lane: Lane
  #over = false

  constructor(request: RpcRequest, origin: Origin, version: string | undefined, lane: Lane, signal: AbortSignal) {
    this.request = request
    this.origin = origin
    this.signal = signal
    this.#lane = lane
    const state = { initialized: true, subscriptions: [], ...(version !== undefined && { version }) }
    this.session = { id: '', state, ended: signal, notify: () => undefined, whenEnded: () => undefined }
  }

  notify(method: string, params?: JsonObject): Awaitable<void> {
    if (this.#over) return Promise.reject(new Error(`${method} was not sent: its request is over`))
    // MUST (2025-11-25, server/utilities/logging): only a server that offers logging sends any.
    if (method === 'notifications/message') return undefined
    return this.#lane.send({ kind: 'notification', method, params })
  }

  answer(server: Responder): Awaitable<RpcResponse | undefined> {
    const { id, method } = this.request
    const fault = unremembered(method)
    if (fault !== undefined) return failure(id, errorObject(fault))
    const answered = orElse<RpcResponse | undefined>(
      () => server.respond(this),
      () => failure(id, errorObject(internalError())),
    )
    return andThen(answered, (response) => {
      this.#over = true
      return response !== undefined && method === 'initialize' ? withoutPromises(response) : response
    })
  }
}

/** Answers legacy messages one by one, where no session is kept: for hosts that forget between requests. */
export class Stateless {
  readonly #server: Responder
  readonly #rules: LaneRules
  readonly #lanes = new LinkedList<Lane>()
  #ended: AbortController | undefined

  constructor(server: Responder, rules: LaneRules) {
    this.#server = server
    this.#rules = { ...rules, log: undefined }
  }

  /** How many requests wait for their answer. */
  get inFlight(): number {
    return this.#lanes.all().length
  }

  /** Takes what came by one POST, in the revision named. Settles when it is answered. */
  post(message: Message, version: string | undefined, origin: Origin, reply: Reply): Awaitable<void> {
    if (message.kind !== 'request') return this.#postAll(message, version, origin, reply)
    const lane = this.#open([message], false, reply)
    const sent = andThen(this.#answer(message, false, version, origin, lane), (response) =>
      response === undefined ? lane.finish() : this.#send(response, lane),
    )
    lane.wait()
    return sent
  }

  async #postAll(message: Message, version: string | undefined, origin: Origin, reply: Reply): Promise<void> {
    const messages = message.kind === 'batch' ? message.messages : [message]
    for (const each of messages) this.#hear(each)
    const requests = messages.filter((each) => each.kind === 'request')
    const broken = messages.filter((each) => each.kind === 'broken').filter(({ response }) => !response)
    if (requests.length + broken.length === 0) return reply.send(202, {})
    const batch = message.kind === 'batch'
    const lane = this.#open(requests, batch, reply)
    lane.wait()
    const answers = await Promise.all(
      requests.map(async (request) => this.#answer(request, batch, version, origin, lane)),
    )
    const faults = broken.map(({ id, error }) => failure(id, errorObject(error)))
    const responses = [...answers.filter((answer) => answer !== undefined), ...faults]
    const [only] = responses
    if (only === undefined) lane.finish()
    else await this.#send(batch ? { kind: 'batch', messages: responses } : only, lane)
  }

  #hear(message: SingleMessage): void {
    // There is nothing here that a later message could cancel.
    if (message.kind !== 'notification' || message.method === 'notifications/cancelled') return
    try {
      this.#server.hear(message)
    } catch {
      // It promised not to throw; the sender has done nothing wrong.
    }
  }

  #open(requests: readonly RpcRequest[], batch: boolean, reply: Reply): Lane {
    const scope = { session: '', principal: '' }
    const nothing = (): void => undefined
    const lane = new Lane(this.#rules, {
      reply,
      requests: requests.map(({ id }) => id),
      batch,
      headers: {},
      openFeed: (onLost) => new Feed(this.#rules, { id: '', scope, primes: false, onLost, onEnd: nothing }),
      onOver: (over) => this.#lanes.delete(over),
    })
    this.#lanes.add(lane)
    return lane
  }

  #answer(
    request: RpcRequest,
    batch: boolean,
    version: string | undefined,
    origin: Origin,
    lane: Lane,
  ): Awaitable<RpcResponse | undefined> {
    // MUST NOT (2025-03-26, basic/lifecycle): `initialize` is never part of a batch (B4).
    if (batch && request.method === 'initialize') {
      return failure(request.id, errorObject(invalidRequest('initialize cannot be part of a batch')))
    }
    this.#ended ??= new AbortController()
    return new LoneExchange(request, origin, version, lane, this.#ended.signal).answer(this.#server)
  }

  #send(message: RpcResponse | RpcBatch, lane: Lane): Awaitable<void> {
    return orElse(
      () => lane.send(message),
      (error) => {
        // Either it was stopped, and with that answered, in the meantime, or JSON cannot hold what a handler made.
        const instead = error instanceof ConnectionClosed ? undefined : substitute(message)
        return instead && lane.send(instead)
      },
    )
  }

  /** Answers every request in flight with the reason, and aborts its handler. */
  stop(reason: string): void {
    for (const lane of this.#lanes.all()) lane.stop(reason)
    this.#ended?.abort(new ConnectionClosed(reason))
    this.#ended = undefined
  }
}
