import { AuthorizationRequired, beginAuthorization, checkAnswer, checkUsable } from './authorization-session.ts'
import type { AuthorizationSession } from './authorization-session.ts'
import { proofKeyFor, proofsOf } from './dpop.ts'
import { AuthError } from './errors.ts'
import type { Foundation, LoginOptions } from './foundation.ts'
import type { Grant, Grantor, Wish } from './grantor.ts'
import { identify, recall } from './identity.ts'
import type { ClientIdentity, Identities } from './identity.ts'
import type { RedirectFlow } from './redirect-flow.ts'
import { union } from './scopes.ts'
import { orAbort } from './store.ts'
import { redeemCode } from './token-endpoint.ts'

/** How a user logs in. */
export type OAuthOptions = LoginOptions & {
  /**
   * How the user gets to the authorization server and back. A redirect URI alone is for programs that redirect by
   * themselves: a request that needs a login rejects with `AuthorizationRequired` then.
   */
  readonly redirect: RedirectFlow | string
  /** Who the client is. @default one that registers itself */
  readonly identity?: ClientIdentity | undefined
  /** Whether to ask for `offline_access` where the authorization server lists it (SEP-2207). @default true */
  readonly offline?: boolean | undefined
  /** Milliseconds that the user has for logging in. @default 600_000 */
  readonly patience?: number | undefined
}

/** An authorization request that is ready: where to send the user, and what the answer is checked against. */
export type Prepared = { readonly authorizationUrl: URL; readonly session: AuthorizationSession }

/** A way to a token that asks the user. */
export type UserGrantor = Grantor & {
  prepare(wish: Wish, redirectUri: string): Promise<Prepared>
  redeem(session: AuthorizationSession, callback: URL): Promise<Grant>
}

/** What logging a user in needs to know. */
type UserContext = {
  readonly base: Foundation
  readonly options: OAuthOptions
  readonly identities: Identities
}

const scopesOf = ({ protection, scopes }: Wish, offline: boolean): readonly string[] | undefined => {
  const isOffered = protection.server.scopes_supported?.includes('offline_access') === true
  // Alone it would take the place of what the server gives of its own accord.
  return offline && isOffered && scopes !== undefined && scopes.length > 0 ? union(scopes, ['offline_access']) : scopes
}

const prepare = async (context: UserContext, wish: Wish, redirectUri: string): Promise<Prepared> => {
  const { base, options, identities } = context
  const { protection } = wish
  const { offline = true, patience = 600_000, dpop = false } = options
  checkUsable(protection.server)
  const client = await identify(identities, protection.server, redirectUri)
  return beginAuthorization({
    server: base.server,
    protection,
    client,
    redirectUri,
    scopes: scopesOf(wish, offline),
    dpopKey: await proofKeyFor(protection, dpop),
    loopback: base.reach.loopback,
    expiresAt: base.now() + patience,
  })
}

const redeem = async (context: UserContext, session: AuthorizationSession, callback: URL): Promise<Grant> => {
  const { base, identities } = context
  const { metadata, clientId, redirectUri, verifier, resource, scopes, dpopKey } = session
  const answer = checkAnswer(session, callback, base.now())
  const client = await recall(identities, metadata.issuer, clientId)
  if (client === undefined) {
    throw new AuthError('identity', `The client ${clientId} is no longer known at ${metadata.issuer}; log in again`)
  }
  const proofs = dpopKey === undefined ? undefined : await proofsOf(dpopKey)
  const endpoint = { reach: base.reach, server: metadata, client, proofs }
  const granted = await redeemCode(endpoint, answer, { redirectUri, verifier, resource })
  return { clientId, granted, requested: scopes, dpopKey }
}

const visit = async (context: UserContext, wish: Wish, flow: RedirectFlow): Promise<Grant> => {
  const { base, options } = context
  const { patience = 600_000 } = options
  const limit = AbortSignal.timeout(patience)
  const signal = wish.signal === undefined ? limit : AbortSignal.any([wish.signal, limit])
  const stored = await base.vault.readRegistration(wish.protection.server.issuer)
  await using place = await flow.open(stored?.redirectUris ?? [], signal)
  const { authorizationUrl, session } = await prepare(context, wish, place.redirectUri)
  // A flow of somebody else's may not look at its signal.
  const callback = await orAbort(place.visit(authorizationUrl, signal), signal)
  return await redeem(context, session, callback)
}

/** Makes the way to a token that leads through the user's browser. */
export const userGrantor = (base: Foundation, options: OAuthOptions): UserGrantor => {
  const { identity = {}, redirect } = options
  const { reach, vault, now } = base
  const identities: Identities = { identity, vault, reach, now }
  const context: UserContext = { base, options, identities }
  const own = new Set((identity.preregistered ?? []).flatMap(({ issuer }) => issuer ?? []))
  return {
    choose: (issuers) => issuers.find((one) => own.has(one)) ?? issuers[0],
    recall: (metadata, clientId) => recall(identities, metadata.issuer, clientId),
    prepare: (wish, redirectUri) => prepare(context, wish, redirectUri),
    redeem: (session, callback) => redeem(context, session, callback),
    grant: async (wish) => {
      if (typeof redirect !== 'string') return visit(context, wish, redirect)
      const { authorizationUrl, session } = await prepare(context, wish, redirect)
      throw new AuthorizationRequired(authorizationUrl, session)
    },
  }
}
