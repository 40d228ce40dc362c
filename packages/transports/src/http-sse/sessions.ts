import { invalidRequest, principalKey, toBase64Url } from '@parley/core'
import type { Principal } from '@parley/core'
import { namedVersion } from '@parley/protocol'
import type { Message, Responder } from '@parley/protocol'
import type { Annex } from '../http/annex.ts'
import { Pulse } from '../http/pulse.ts'
import { refuse } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import type { SessionOptions } from '../http/session-options.ts'
import { frame, streamHeaders } from '../http/sse.ts'
import { every } from '../http/ticker.ts'
import type { Head, Reply } from '../http/wire.ts'
import { SseSession } from './session.ts'

/** Where the two endpoints are. */
export type SsePaths = {
  readonly path: string
  readonly messages: string
  readonly prefix: string
}

const sweepInterval = 60_000

const newId = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)))

const bad = (message: string): Refusal => ({ status: 400, error: invalidRequest(message) })

// One answer for a stream that never was, one that has ended and one of somebody else's: they must not be told apart.
const unknown: Refusal = { status: 404, error: invalidRequest('There is no such session; open a new stream') }

const full = (seconds: number, message: string): Refusal => ({
  status: 503,
  headers: { 'retry-after': String(seconds) },
  error: invalidRequest(message),
})

const tooMany: Refusal = {
  status: 429,
  headers: { 'retry-after': '1' },
  error: invalidRequest('The session is too busy; try again when something has been answered'),
}

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
  readonly #sessions = new Map<string, SseSession>()
  readonly #byOwner = new Map<string, number>()
  #stopSweeping: (() => void) | undefined
  #closed = false

  constructor(server: Responder, paths: SsePaths, options: SessionOptions & { keepAlive?: number | undefined }) {
    this.#server = server
    this.#paths = paths
    this.#options = options
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
    const refusal = this.#crowd(principalKey(principal))
    if (refusal !== undefined) return refuse(reply, refusal)
    const id = newId()
    const out = reply.stream(streamHeaders)
    const { prefix, messages } = this.#paths
    // MUST (2024-11-05, basic/transports): where to post comes first (K1). A stream that is gone says so below.
    out.write(frame({ event: 'endpoint', data: `${prefix}${messages}/${id}` })).catch(() => undefined)
    const session = new SseSession(id, principal, this.#server, out, this.#pulse)
    this.#add(session)
    const end = (): void => void this.#end(session).catch(() => undefined)
    if (reply.gone.aborted) end()
    else reply.gone.addEventListener('abort', end, { once: true })
  }

  #crowd(owner: string): Refusal | undefined {
    if (this.#closed) return full(1, 'The server is closing')
    const { maxSessions = 10_000, maxSessionsPerPrincipal = 100 } = this.#options
    if (this.#sessions.size >= maxSessions) return full(60, 'There are too many sessions; try again later')
    const own = owner === '' ? 0 : (this.#byOwner.get(owner) ?? 0)
    return own >= maxSessionsPerPrincipal
      ? full(60, 'You have too many sessions; end some or try again later')
      : undefined
  }

  #add(session: SseSession): void {
    this.#sessions.set(session.id, session)
    this.#byOwner.set(session.owner, (this.#byOwner.get(session.owner) ?? 0) + 1)
    this.#stopSweeping ??= every(sweepInterval, () => this.#sweep())
  }

  #find({ path }: Head, principal: Principal | undefined): SseSession | undefined {
    const session = this.#sessions.get(path.slice(this.#paths.messages.length + 1))
    return session?.owner === principalKey(principal) ? session : undefined
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
    if (!this.#sessions.delete(session.id)) return Promise.resolve()
    const left = (this.#byOwner.get(session.owner) ?? 1) - 1
    if (left === 0) this.#byOwner.delete(session.owner)
    else this.#byOwner.set(session.owner, left)
    if (this.#sessions.size === 0) this.#rest()
    return session.end()
  }

  #rest(): void {
    this.#stopSweeping?.()
    this.#stopSweeping = undefined
  }

  #sweep(): void {
    const now = performance.now()
    const { sessionIdle = 1_800_000 } = this.#options
    for (const session of this.#sessions.values()) {
      if (session.isForsaken(now, sessionIdle)) this.#end(session).catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([...this.#sessions.values()].map((session) => this.#end(session)))
  }
}
