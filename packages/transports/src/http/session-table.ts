import { invalidRequest, principalKey, toBase64Url } from '@parley/core'
import type { Principal } from '@parley/core'
import type { Refusal } from './refusal.ts'
import type { SessionOptions } from './session-options.ts'
import { every } from './ticker.ts'

/** A session as far as its table goes. */
export type Owned = {
  readonly id: string
  /** The key of the principal that it belongs to; nobody else has it. */
  readonly owner: string
}

const sweepInterval = 60_000

/** A new session's id: 128 random bits. */
export const newSessionId = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(16)))

/** The refusal of what there is no room for, or no way to do, at present. */
export const full = (seconds: number, message: string): Refusal => ({
  status: 503,
  headers: { 'retry-after': String(seconds) },
  error: invalidRequest(message),
})

/** The refusal of what a session has too much of. */
export const tooMany: Refusal = {
  status: 429,
  headers: { 'retry-after': '1' },
  error: invalidRequest('The session is too busy; try again when something has been answered'),
}

/** The sessions of one server: counted in all and by principal, and looked through now and then while there are any. */
export class SessionTable<S extends Owned> {
  readonly #options: SessionOptions
  readonly #look: (session: S, now: number, idle: number) => void
  readonly #sessions = new Map<string, S>()
  readonly #byOwner = new Map<string, number>()
  #stopSweeping: (() => void) | undefined

  /** `look` is called with each session once a minute, or as often as a session may be idle. */
  constructor(options: SessionOptions, look: (session: S, now: number, idle: number) => void) {
    this.#options = options
    this.#look = look
  }

  get size(): number {
    return this.#sessions.size
  }

  values(): S[] {
    return [...this.#sessions.values()]
  }

  /** The session of that id, if it is this principal's. */
  find(id: string, principal: Principal | undefined): S | undefined {
    const session = this.#sessions.get(id)
    return session?.owner === principalKey(principal) ? session : undefined
  }

  /** Why this owner can have no more, or nothing. */
  crowd(owner: string): Refusal | undefined {
    const { maxSessions = 10_000, maxSessionsPerPrincipal = 100 } = this.#options
    if (this.#sessions.size >= maxSessions) return full(60, 'There are too many sessions; try again later')
    const own = owner === '' ? 0 : (this.#byOwner.get(owner) ?? 0)
    return own >= maxSessionsPerPrincipal
      ? full(60, 'You have too many sessions; end some or try again later')
      : undefined
  }

  add(session: S): void {
    this.#sessions.set(session.id, session)
    this.#byOwner.set(session.owner, (this.#byOwner.get(session.owner) ?? 0) + 1)
    const { sessionIdle = sweepInterval } = this.#options
    // A time shorter than that between two looks would hold for nobody.
    this.#stopSweeping ??= every(Math.min(sweepInterval, sessionIdle), () => this.#sweep())
  }

  /** Tells whether it was there. */
  delete(session: S): boolean {
    if (!this.#sessions.delete(session.id)) return false
    const left = (this.#byOwner.get(session.owner) ?? 1) - 1
    if (left === 0) this.#byOwner.delete(session.owner)
    else this.#byOwner.set(session.owner, left)
    if (this.#sessions.size > 0) return true
    this.#stopSweeping?.()
    this.#stopSweeping = undefined
    return true
  }

  #sweep(): void {
    const { sessionIdle = 1_800_000 } = this.#options
    const now = performance.now()
    for (const session of this.#sessions.values()) this.#look(session, now, sessionIdle)
  }
}
