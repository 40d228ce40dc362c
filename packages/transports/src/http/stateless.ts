import { ConnectionClosed, internalError, invalidRequest } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { encode, errorObject, failure } from '@parley/protocol'
import type {
  Exchange,
  Message,
  Origin,
  Responder,
  RpcRequest,
  RpcResponse,
  Session,
  SingleMessage,
} from '@parley/protocol'
import { Feed } from './feed.ts'
import { Lane } from './lane.ts'
import type { LaneRules } from './lane.ts'
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
    this.session = { id: '', state, ended: signal, notify: () => Promise.resolve() }
  }

  notify(method: string, params?: JsonObject): Promise<void> {
    if (this.#over) return Promise.reject(new Error(`${method} was not sent: its request is over`))
    return this.#lane.send({ kind: 'notification', method, params })
  }

  async answer(server: Responder): Promise<RpcResponse | undefined> {
    try {
      return await server.respond(this)
    } catch {
      return failure(this.request.id, errorObject(internalError()))
    } finally {
      this.#over = true
    }
  }
}

/** A response that can be written, whatever a handler made of it. */
const writable = (response: RpcResponse): RpcResponse => {
  try {
    encode(response)
    return response
  } catch {
    return failure(response.id, errorObject(internalError('The result could not be written as JSON')))
  }
}

/** Answers legacy messages one by one, where no session is kept: for hosts that forget between requests. */
export class Stateless {
  readonly #server: Responder
  readonly #rules: LaneRules
  readonly #lanes = new Set<Lane>()
  #ended: AbortController | undefined

  constructor(server: Responder, rules: LaneRules) {
    this.#server = server
    this.#rules = { ...rules, log: undefined }
  }

  /** How many requests wait for their answer. */
  get inFlight(): number {
    return this.#lanes.size
  }

  /** Takes what came by one POST, in the revision named. Settles when it is answered. */
  async post(message: Message, version: string | undefined, origin: Origin, reply: Reply): Promise<void> {
    const messages = message.kind === 'batch' ? message.messages : [message]
    for (const each of messages) this.#hear(each)
    const requests = messages.filter((each) => each.kind === 'request')
    const broken = messages.filter((each) => each.kind === 'broken').filter(({ response }) => !response)
    if (requests.length + broken.length === 0) return reply.send(202, {})
    const batch = message.kind === 'batch'
    const lane = this.#open(requests, batch, reply)
    const answers = await Promise.all(requests.map((request) => this.#answer(request, batch, version, origin, lane)))
    const faults = broken.map(({ id, error }) => failure(id, errorObject(error)))
    const responses = [...answers.filter((answer) => answer !== undefined), ...faults].map(writable)
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

  async #answer(
    request: RpcRequest,
    batch: boolean,
    version: string | undefined,
    origin: Origin,
    lane: Lane,
  ): Promise<RpcResponse | undefined> {
    // MUST NOT (2025-03-26, basic/lifecycle): `initialize` is never part of a batch (B4).
    if (batch && request.method === 'initialize') {
      return failure(request.id, errorObject(invalidRequest('initialize cannot be part of a batch')))
    }
    this.#ended ??= new AbortController()
    return new LoneExchange(request, origin, version, lane, this.#ended.signal).answer(this.#server)
  }

  async #send(message: Message, lane: Lane): Promise<void> {
    try {
      await lane.send(message)
    } catch (error) {
      // It was stopped, and with that answered, in the meantime.
      if (!(error instanceof ConnectionClosed)) throw error
    }
  }

  /** Answers every request in flight with the reason, and aborts its handler. */
  stop(reason: string): void {
    for (const lane of this.#lanes) lane.stop(reason)
    this.#ended?.abort(new ConnectionClosed(reason))
    this.#ended = undefined
  }
}
