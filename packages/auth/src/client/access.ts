import { Bearer } from './bearer.ts'
import type { Challenge } from './challenge.ts'
import { isMet, readDemand } from './demand.ts'
import type { Demand } from './demand.ts'
import { AuthError } from './errors.ts'
import { Flights } from './flights.ts'
import type { Foundation } from './foundation.ts'
import type { Grantor } from './grantor.ts'
import { discover, knownServer } from './protection.ts'
import type { Protection } from './protection.ts'
import { credentialOf, forgetStored, isDue, isOver, renew } from './renewal.ts'
import { discoverResource } from './resource-metadata.ts'
import { Restraint } from './restraint.ts'
import { readScopes, union } from './scopes.ts'
import { alone } from './store.ts'
import type { Credential } from './vault.ts'

/** What access to one protected server is made with. */
export type AccessContext = Foundation & { readonly grantor: Grantor }

/** Milliseconds to leave an authorization server alone that could not renew a token which is still good. */
const pause = 5000

const isReplayable = (body: RequestInit['body']): boolean => !(body instanceof ReadableStream)

const discard = (response: Response): void => void response.body?.cancel().catch(() => undefined)

/** A wish for a token: what was used and refused, what is asked for now. */
type Need = {
  readonly challenge: Challenge | undefined
  readonly used: Credential | undefined
  readonly more: readonly string[] | undefined
  /** Whether renewing the token that is stored has been tried for this request. */
  readonly again: boolean
  /** What to say in place of asking the user while they are left alone; undefined where the program wants it so. */
  readonly fault: AuthError | undefined
}

/**
 * The state of being let in at one protected server: the token that is held, and how it is got, renewed and widened.
 *
 * Calls may run concurrently; they share one login, one renewal and one step-up.
 */
export class Access {
  readonly #context: AccessContext
  readonly #flights = new Flights<Credential | undefined>()
  readonly #restraint = new Restraint()
  #held: Credential | undefined
  #loading: Promise<void> | undefined
  readonly #bearer: Bearer
  #pausedUntil = 0

  constructor(context: AccessContext) {
    this.#context = context
    this.#bearer = new Bearer(context.fetch)
  }

  /** Sends one request with the token, and again with a better one where the server asks for it. */
  async fetch(input: URL | string, init: RequestInit = {}): Promise<Response> {
    const url = this.#own(input)
    const signal = init.signal ?? undefined
    let held = await this.#current(signal)
    for (let tries = 0; ; tries += 1) {
      const response = await this.#bearer.send(url, init, held)
      const demand = readDemand(response, url.origin, held)
      if (demand === undefined || !isReplayable(init.body)) {
        return response
      }
      discard(response)
      held = await this.#meet(demand, held, tries, signal)
    }
  }

  /** Gets a token without a request to use it for, unless the one that is held will do or none is asked for. */
  async authorize(scopes: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const held = await this.#current(signal)
    if (held !== undefined && isMet(scopes, held)) return
    const demand = await this.probe(signal)
    const isOpen = demand === undefined && scopes.length === 0 && !(await this.#isProtected(signal))
    if (isOpen) return
    const more = scopes.length === 0 ? undefined : scopes
    await this.#gain(
      { challenge: demand?.challenge, used: held, more, again: held !== undefined, fault: undefined },
      signal,
    )
  }

  /** Asks the server, without a token, how it wants to be asked; undefined where it asks for nothing. */
  async probe(signal: AbortSignal | undefined): Promise<Demand | undefined> {
    const { server, fetch } = this.#context
    const headers = { accept: 'text/event-stream' }
    const init: RequestInit = { method: 'GET', headers, redirect: 'manual', signal: signal ?? null }
    const response = await fetch(server, init)
    discard(response)
    return readDemand(response, server.origin, undefined)
  }

  /** Whether a server that lets a request in without a token has said all the same where tokens come from. */
  async #isProtected(signal: AbortSignal | undefined): Promise<boolean> {
    const { reach, server } = this.#context
    return (await discoverResource(reach, server, undefined, signal)) !== undefined
  }

  /** Finds out what protects the server, and which scopes to ask for. */
  async plan(
    challenge: Challenge | undefined,
    more: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ protection: Protection; scopes: readonly string[] | undefined }> {
    const protection = await this.#discover(challenge, signal)
    return { protection, scopes: await this.#scopesFor(protection, challenge, more) }
  }

  /** Stores a credential, and uses it from now on. */
  async accept(credential: Credential, requested: readonly string[], legacy: boolean): Promise<Credential> {
    const { vault, server } = this.#context
    const { issuer, resource } = credential
    const scopes = requested.filter((scope) => scope !== 'offline_access')
    await vault.writeCredential(credential)
    await vault.writeAcquaintance(server, { issuer, resource, legacy, scopes })
    this.#held = credential
    return credential
  }

  /** Revokes and forgets the token of this server. */
  async forget(): Promise<void> {
    this.#held = undefined
    this.#restraint.clear()
    // What is being got now would outlive what is forgotten.
    await this.#flights.abandon(new AuthError('authorization', 'The login was given up: its token is to be forgotten'))
    await forgetStored(this.#context, this.#context.server, () => (this.#held = undefined))
  }

  /** @throws AuthError for a request to anywhere but the server that the token is for (T36) */
  #own(input: URL | string): URL {
    const url = new URL(input)
    const { server } = this.#context
    if (url.origin === server.origin) return url
    const compared = { expected: server.origin, actual: url.origin }
    throw new AuthError('origin', 'This login is for another server, and its token goes nowhere else', compared)
  }

  /** The token to try with: the one that is held, renewed when its end is near. */
  async #current(signal: AbortSignal | undefined): Promise<Credential | undefined> {
    this.#loading ??= this.#load()
    await this.#loading.catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    const held = this.#held
    const now = this.#context.now()
    if (held === undefined || !isDue(held, now)) return held
    // What is over is not held either, or it would pass for a newer one than none.
    if (held.refreshToken === undefined) return isOver(held, now) ? (this.#held = undefined) : held
    if (now < this.#pausedUntil && !isOver(held, now)) return held
    try {
      return await this.#flights.join('renew', signal, () => this.#renewAhead(held))
    } catch (error) {
      if (isOver(held, now) || this.#held === undefined) throw error
      signal?.throwIfAborted()
      this.#pausedUntil = now + pause
      return held
    }
  }

  async #load(): Promise<void> {
    const { vault, server } = this.#context
    const known = await vault.readAcquaintance(server)
    this.#held = known === undefined ? undefined : await vault.readCredential(known.issuer, known.resource)
  }

  /** Renews a token of which there is one for all who share the store, so that its refresh token is used once. */
  async #renewAhead(held: Credential): Promise<Credential | undefined> {
    const { vault, now, server, reach } = this.#context
    const { issuer, resource } = held
    return alone(vault.store, vault.credentialKey(issuer, resource), async () => {
      const stored = await vault.readCredential(issuer, resource)
      const isNewer = stored !== undefined && stored.accessToken !== held.accessToken && !isDue(stored, now())
      if (stored === undefined || isNewer) return (this.#held = stored)
      const known = await vault.readAcquaintance(server)
      const metadata = await knownServer(reach, server, { issuer, legacy: known?.legacy === true })
      return (this.#held = await renew(this.#context, metadata, stored))
    })
  }

  #discover(challenge: Challenge | undefined, signal: AbortSignal | undefined): Promise<Protection> {
    const { reach, server, legacyFallback, grantor } = this.#context
    const choose = (issuers: readonly string[]): string | undefined => grantor.choose(issuers)
    return discover({ reach, server, legacyFallback, choose }, challenge, signal)
  }

  /** Meets what an answer asks for, or gives up on it. @throws AuthError */
  async #meet(
    { challenge, more, fault }: Demand,
    used: Credential | undefined,
    tries: number,
    signal: AbortSignal | undefined,
  ): Promise<Credential | undefined> {
    if (this.#restraint.endsHere(more, used, tries, this.#context.now())) throw fault
    if (more === undefined) return this.#gain({ challenge, used, more, again: tries > 0, fault }, signal)
    const newer = this.#held
    // Another request has stepped up meanwhile.
    if (newer !== undefined && newer.accessToken !== used?.accessToken) return newer
    if (this.#restraint.isFutile(more, used)) throw fault
    const gained = await this.#gain({ challenge, used, more, again: true, fault }, signal)
    this.#restraint.noteStep(more, gained)
    return gained
  }

  /** Gets a better token: somebody else's newer one, a renewed one, or a new one. */
  #gain(need: Need, signal: AbortSignal | undefined): Promise<Credential | undefined> {
    const key = need.more === undefined ? 'gain' : `gain ${need.more.join(' ')}`
    return this.#flights.join(key, signal, (flight) => this.#gainAlone(need, flight))
  }

  async #gainAlone(need: Need, signal: AbortSignal): Promise<Credential | undefined> {
    const { used, challenge, more } = need
    const newer = this.#held
    if (more === undefined && newer !== undefined && newer.accessToken !== used?.accessToken) return newer
    const { vault } = this.#context
    // A server that refuses a token may have moved to another authorization server, so that all is looked up anew.
    const protection = await this.#discover(challenge, signal)
    const { resource, server } = protection
    const work = async (): Promise<Credential> => {
      const stored = await vault.readCredential(server.issuer, resource)
      const found = stored === undefined ? undefined : await this.#takeStored(stored, need, protection)
      return found ?? this.#grant(need, protection, signal)
    }
    return alone(vault.store, vault.credentialKey(server.issuer, resource), work, signal)
  }

  /** What is stored by now, when it is better than what was used; or what can be made of it. */
  async #takeStored(stored: Credential, need: Need, protection: Protection): Promise<Credential | undefined> {
    const { now } = this.#context
    const { used, more, again } = need
    const isOther = stored.accessToken !== used?.accessToken && !isOver(stored, now())
    const { legacy } = protection
    if (isOther && isMet(more ?? [], stored)) return this.accept(stored, await this.#asked(protection), legacy)
    // A refresh token brings no more scopes, and after a renewed token was refused no other will be better.
    if (again || more !== undefined) return undefined
    const renewed = await renew(this.#context, protection.server, stored)
    return renewed === undefined ? undefined : this.accept(renewed, await this.#asked(protection), legacy)
  }

  async #grant(need: Need, protection: Protection, signal: AbortSignal): Promise<Credential> {
    const { challenge, more, used, fault } = need
    const { grantor, now } = this.#context
    const scopes = await this.#scopesFor(protection, challenge, more)
    const isNothingNew = more !== undefined && isMet(scopes ?? [], used)
    if (fault !== undefined && (isNothingNew || this.#restraint.rests(now()))) throw fault
    const { granted, clientId, requested, dpopKey } = await grantor.grant({ protection, scopes, signal })
    const { resource, server, legacy } = protection
    const base = { issuer: server.issuer, resource, clientId, scopes: requested, dpopKey, refreshToken: undefined }
    const credential = credentialOf(granted, base, now())
    this.#restraint.noteIssued(credential)
    return this.accept(credential, requested, legacy)
  }

  /** What was asked for earlier at the same authorization server, for the same resource. */
  async #asked({ server: { issuer }, resource }: Protection): Promise<readonly string[]> {
    const known = await this.#context.vault.readAcquaintance(this.#context.server)
    return known?.issuer === issuer && known.resource === resource ? known.scopes : []
  }

  /** Which scopes to ask for: the challenge's, else what the server publishes, and all that was asked for before (Z16, Z18). */
  async #scopesFor(
    protection: Protection,
    challenge: Challenge | undefined,
    more: readonly string[] | undefined,
  ): Promise<readonly string[] | undefined> {
    const told = challenge?.parameters.get('scope')
    const first = told === undefined ? protection.scopesSupported : readScopes(told)
    const all = union(await this.#asked(protection), first ?? [], more ?? [], this.#context.scopes)
    return all.length === 0 && first === undefined ? undefined : all
  }
}
