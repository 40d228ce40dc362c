import { invalidRequest, orElse, principalKey } from '@parley/core'
import type { Principal } from '@parley/core'
import { namedVersion } from '@parley/protocol/server'
import type { Message, Responder } from '@parley/protocol/server'
import type { Annex } from '../http/annex.ts'
import { Pulse } from '../http/pulse.ts'
import { refuse } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import type { SessionOptions } from '../http/session-options.ts'
import { full, newSessionId, SessionTable, tooMany } from '../http/session-table.ts'
import { frame, streamHeaders } from '../http/sse.ts'
import type { Head, Reply } from '../http/wire.ts'
import { SseSession } from './session.ts'

/** Where the two endpoints are. */
export type SsePaths = {
  readonly path: string
  readonly messages: string
  readonly prefix: string
}

const bad = (message: string): Refusal => ({ status: 400, error: invalidRequest(message) })

// One answer for a stream that never was, one that has ended and one of somebody else's: they must not be told apart.
const unknown: Refusal = { status: 404, error: invalidRequest('There is no such session; open a new stream') }

/** Why a message has no place on this transport, or nothing. */
const faultOf = (message: Message): Refusal | undefined => {
  if (message.kind === 'broken' && !message.response) return { status: 400, error: message.error }
  if (message.kind === 'batch') return bad('Batches are not part of this transport')
  if (message.kind !== 'request' && message.kind !== 'notification') return undefined
  // What headers must say of a modern request, and what closing its stream means, this transport has no room for.
  return namedVersion(message.params) === undefined ? undefined : bad('This revision is not spoken over HTTP+SSE')
}

/** The clients of HTTP+SSE that one server has: each is a stream, and ends with it (2024-11-05, basic/transports). */
export class SseSessions implements Annex {
  readonly #server: Responder
  readonly #paths: SsePaths
  readonly #options: SessionOptions
  readonly #pulse: Pulse
  readonly #sessions: SessionTable<SseSession>
  #closed = false

  constructor(server: Responder, paths: SsePaths, options: SessionOptions & { keepAlive?: number | undefined }) {
    this.#server = server
    this.#paths = paths
    this.#options = options
    this.#sessions = new SessionTable(options, (session, now, idle) => {
      if (session.isForsaken(now, idle)) this.#end(session).catch(() => undefined)
    })
    this.#pulse = new Pulse(options.keepAlive ?? 15_000)
  }

  /** How many streams are open. */
  get size(): number {
    return this.#sessions.size
  }

  methods(path: string): readonly string[] | undefined {
    if (path === this.#paths.path) return ['GET', 'OPTIONS']
    return path.startsWith(`${this.#paths.messages}/`) ? ['POST', 'OPTIONS'] : undefined
  }

  get(_head: Head, principal: Principal | undefined, reply: Reply): void {
    const refusal = this.#closed ? full(1, 'The server is closing') : this.#sessions.crowd(principalKey(principal))
    if (refusal !== undefined) return refuse(reply, refusal)
    const id = newSessionId()
    const end = (): void => void this.#end(session).catch(() => undefined)
    const out = reply.stream(streamHeaders, end, true)
    const { prefix, messages } = this.#paths
    // MUST (2024-11-05, basic/transports): where to post comes first (K1). A stream that is gone says so below.
    // A client that is gone by now is noticed by its session.
    void orElse(
      () => out.write(frame({ event: 'endpoint', data: `${prefix}${messages}/${id}` })),
      () => undefined,
    )
    const session = new SseSession(id, principal, this.#server, out, this.#pulse)
    this.#sessions.add(session)
    if (out.lost) end()
  }

  #find({ path }: Head, principal: Principal | undefined): SseSession | undefined {
    return this.#sessions.find(path.slice(this.#paths.messages.length + 1), principal)
  }

  refusal(head: Head, principal: Principal | undefined): Refusal | undefined {
    return this.#find(head, principal) === undefined ? unknown : undefined
  }

  async post(head: Head, message: Message, principal: Principal | undefined, reply: Reply): Promise<void> {
    const id = message.kind === 'request' || message.kind === 'broken' ? message.id : undefined
    const session = this.#find(head, principal)
    if (session === undefined) return refuse(reply, unknown, id)
    const refusal = faultOf(message) ?? this.#throng(session, message)
    if (refusal !== undefined) return refuse(reply, refusal, id)
    // The answer goes by the stream; that it will come is all that there is to say here.
    reply.send(202, {})
    await session.post(head, message, principal)
  }

  #throng(session: SseSession, message: Message): Refusal | undefined {
    const { maxInFlightPerSession: most = 256 } = this.#options
    return message.kind === 'request' && session.inFlight >= most ? tooMany : undefined
  }

  #end(session: SseSession): Promise<void> {
    return this.#sessions.delete(session) ? session.end() : Promise.resolve()
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#sessions.values().map((session) => this.#end(session)))
  }
}
