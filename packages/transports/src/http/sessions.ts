import { invalidRequest, principalKey } from '@parley/core'
import type { Awaitable, Principal, RpcError } from '@parley/core'
import { batchFault, Deadlines } from '@parley/protocol/server'
import type { Message, Responder } from '@parley/protocol/server'
import { memoryEventLog } from './memory-events.ts'
import type { EventLog } from './events.ts'
import { versionHeader } from './headers.ts'
import { assumedVersion, isLegacy } from './legacy-facts.ts'
import { originOf } from './origin.ts'
import { Pulse } from './pulse.ts'
import { refuse } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { LegacySession } from './session.ts'
import type { SessionRules } from './session.ts'
import type { SessionOptions } from './session-options.ts'
import { full, newSessionId, SessionTable, tooMany } from './session-table.ts'
import { Stateless } from './stateless.ts'
import type { Head, Reply } from './wire.ts'

export type { SessionOptions } from './session-options.ts'

/** What legacy and modern answers have in common. */
type AnswerOptions = { keepAlive?: number | undefined; jsonDelay?: number | undefined }

const sessionHeader = 'mcp-session-id'

const bad = (message: string): Refusal => ({ status: 400, error: invalidRequest(message) })

// One answer for a session that never was, one that has ended and one of somebody else's: they must not be told apart.
const unknown: Refusal = { status: 404, error: invalidRequest('There is no such session; initialize a new one') }

const notHere: Refusal = { status: 405, headers: { allow: 'POST, OPTIONS' } }

const refusalOf = (error: RpcError | undefined): Refusal | undefined => error && { status: 400, error }

const idOf = (message: Message): { id?: string | number } => (message.kind === 'request' ? { id: message.id } : {})

/**
 * The legacy half of an HTTP endpoint: sessions, each of one principal, their streams, and their end
 * (2025-11-25, basic/transports#session-management).
 */
export class LegacySessions {
  readonly #server: Responder
  readonly #options: SessionOptions
  readonly #rules: SessionRules
  readonly #alone: Stateless | undefined
  readonly #sessions: SessionTable<LegacySession>
  #dropped = 0

  constructor(server: Responder, options: SessionOptions & AnswerOptions = {}) {
    const { events = memoryEventLog() } = options
    this.#server = server
    this.#options = options
    this.#sessions = new SessionTable(options, (session, now, idle) => {
      if (session.isIdle(now, idle)) this.#end(session, 'The session was idle for too long').catch(() => undefined)
    })
    this.#rules = {
      log: events === false ? undefined : events,
      pulse: new Pulse(options.keepAlive ?? 15_000),
      deadlines: new Deadlines(),
      hold: options.jsonDelay ?? 10_000,
      retry: options.retry ?? 1_000,
      pollAfter: options.pollAfter ?? Infinity,
      patience: options.patience ?? 900_000,
      maxStreams: options.maxStreamsPerSession ?? 16,
      maxBatch: options.maxBatch ?? 50,
      onDropped: () => void (this.#dropped += 1),
    }
    if (options.sessions === false) this.#alone = new Stateless(server, this.#rules)
  }

  /** How many sessions are open. */
  get size(): number {
    return this.#sessions.size
  }

  /** How many answers found their client gone and no way to keep them. */
  get dropped(): number {
    return this.#dropped
  }

  /** Takes the message of one POST. Settles when it is answered. */
  post(head: Head, message: Message, principal: Principal | undefined, reply: Reply): Awaitable<void> {
    if (this.#alone !== undefined) return this.#postAlone(this.#alone, head, message, principal, reply)
    const opens = message.kind === 'request' && message.method === 'initialize'
    if (opens && head.header(sessionHeader) === undefined) return this.#open(head, message, principal, reply)
    const { session, refusal } = this.#find(head, principal)
    if (session === undefined) return refuse(reply, refusal, idOf(message).id)
    const fault = this.#fault(session, message)
    if (fault !== undefined) return refuse(reply, fault, idOf(message).id)
    return session.post(head, message, principal, reply)
  }

  #fault(session: LegacySession, message: Message): Refusal | undefined {
    if (message.kind === 'broken' && !message.response) return { status: 400, error: message.error }
    const fault = batchFault(message, session.version, this.#rules.maxBatch)
    if (fault !== undefined) return refusalOf(fault)
    const more = message.kind === 'batch' ? message.messages.filter(({ kind }) => kind === 'request').length : 1
    const asks = more > 0 && (message.kind === 'batch' || message.kind === 'request')
    const { maxInFlightPerSession: most = 256 } = this.#options
    return asks && session.inFlight + more > most ? tooMany : undefined
  }

  #postAlone(
    alone: Stateless,
    head: Head,
    message: Message,
    principal: Principal | undefined,
    reply: Reply,
  ): Awaitable<void> {
    const opens = message.kind === 'request' && message.method === 'initialize'
    const version = opens ? undefined : (head.header(versionHeader) ?? assumedVersion())
    if (head.repeated(versionHeader) || (version !== undefined && !isLegacy(version))) {
      return refuse(reply, bad('MCP-Protocol-Version names no revision that is served this way'), idOf(message).id)
    }
    const fault = batchFault(message, version, this.#rules.maxBatch)
    if (fault !== undefined) return refuse(reply, { status: 400, error: fault })
    return alone.post(message, version, originOf(head, principal), reply)
  }

  async #open(head: Head, message: Message, principal: Principal | undefined, reply: Reply): Promise<void> {
    const owner = principalKey(principal)
    const refusal = this.#sessions.crowd(owner)
    if (refusal !== undefined) return refuse(reply, refusal, idOf(message).id)
    const session = new LegacySession(newSessionId(), principal, this.#server, this.#rules)
    this.#sessions.add(session)
    await session.post(head, message, principal, reply, { [sessionHeader]: session.id })
    if (session.version === undefined) await this.#end(session, 'The session was not opened')
  }

  #find(
    head: Head,
    principal: Principal | undefined,
  ): { session: LegacySession; refusal?: undefined } | { session?: undefined; refusal: Refusal } {
    const id = head.header(sessionHeader)
    if (id === undefined) return { refusal: bad('Mcp-Session-Id is missing; initialize a session first') }
    const session = this.#sessions.find(id, principal)
    if (session === undefined) return { refusal: unknown }
    const named = head.header(versionHeader)
    // MUST (2025-11-25, basic/transports#protocol-version-header): absent, what was negotiated holds (G5).
    if (named !== undefined && (head.repeated(versionHeader) || named !== session.version)) {
      return { refusal: bad(`MCP-Protocol-Version must be ${session.version}, as negotiated`) }
    }
    return { session }
  }

  /** Opens the stream that a GET asks for, or goes on with one that broke. */
  get(head: Head, principal: Principal | undefined, reply: Reply): void {
    if (this.#alone !== undefined) return refuse(reply, notHere)
    const { session, refusal } = this.#find(head, principal)
    if (session === undefined) return refuse(reply, refusal)
    const lastEventId = head.header('last-event-id')
    if (lastEventId !== undefined && this.#rules.log !== undefined) {
      this.#resume(session, lastEventId, this.#rules.log, reply).catch(() => undefined)
    } else if (session.crowded) refuse(reply, tooMany)
    else session.listen(reply)
  }

  async #resume(session: LegacySession, lastEventId: string, log: EventLog, reply: Reply): Promise<void> {
    const scope = { session: session.id, principal: session.owner }
    const read = async (): Promise<ReturnType<EventLog['replay']>> => log.replay(scope, lastEventId)
    const missed = await read().catch(() => 'unreadable' as const)
    if (missed === 'unreadable') return refuse(reply, full(1, 'The events cannot be read now'))
    if (session.over) return refuse(reply, unknown)
    if (missed !== undefined && session.crowds(missed)) return refuse(reply, tooMany)
    if (missed !== undefined && session.resume(lastEventId, missed, reply)) return
    refuse(reply, bad('Last-Event-ID names nothing that this session can go on from'))
  }

  /** Ends a session because its client asks for it. */
  delete(head: Head, principal: Principal | undefined, reply: Reply): void {
    if (this.#alone !== undefined) return refuse(reply, notHere)
    const { session, refusal } = this.#find(head, principal)
    if (session === undefined) return refuse(reply, refusal)
    this.#end(session, 'The session was ended by its client').catch(() => undefined)
    reply.send(204, {})
  }

  #end(session: LegacySession, reason: string): Promise<void> {
    return this.#sessions.delete(session) ? session.end(reason) : Promise.resolve()
  }

  /** Ends every session; settles when their handlers have been told. */
  async close(): Promise<void> {
    const reason = 'The server is closing'
    this.#alone?.stop(reason)
    await Promise.allSettled(this.#sessions.values().map((session) => this.#end(session, reason)))
  }
}
