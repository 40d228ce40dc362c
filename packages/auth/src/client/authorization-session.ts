import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import {
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from 'oauth4webapi'
import { checkAddress } from './address.ts'
import { proofsOf } from './dpop.ts'
import { AuthError, shown } from './errors.ts'
import type { KnownClient } from './known-client.ts'
import type { Protection } from './protection.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * All that must be remembered while the user is at the authorization server, as plain JSON: what was discovered and
 * checked, and what the answer is checked against (Z12).
 *
 * It is a secret of its one user's: it holds the PKCE verifier. It also says where the code and the client's secret go. Keep
 * it where only the browser session that was sent off leads to it and nobody can change it, and use it once.
 */
export type AuthorizationSession = {
  readonly server: string
  readonly metadata: ServerMetadata
  readonly resource: string
  readonly legacy: boolean
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  readonly verifier: string
  /** Epoch milliseconds after which no answer is taken. */
  readonly expiresAt: number
  readonly dpopKey?: JsonObject | undefined
}

/** What an authorization request is made from. */
export type AuthorizationRequest = {
  readonly server: URL
  readonly protection: Protection
  readonly client: KnownClient
  readonly redirectUri: string
  /** Undefined leaves the choice to the authorization server. */
  readonly scopes: readonly string[] | undefined
  readonly dpopKey: JsonObject | undefined
  readonly loopback: boolean
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/**
 * Checks that a user can be sent to an authorization server, before anybody is sent or registered there.
 * @throws AuthError where its metadata lacks an endpoint, or does not offer PKCE with S256 (Z10, T33): without that,
 * anyone who sees the code could use it
 */
export const checkUsable = ({
  issuer,
  authorization_endpoint: endpoint,
  token_endpoint: tokens,
  code_challenge_methods_supported: methods,
}: ServerMetadata): void => {
  if (endpoint === undefined || tokens === undefined) {
    const message = `The metadata of ${issuer} lacks its authorization_endpoint or its token_endpoint`
    throw new AuthError('server-metadata', message)
  }
  if (methods?.includes('S256') === true) return
  const compared = { expected: 'S256', actual: methods?.join(' ') ?? 'no code_challenge_methods_supported' }
  throw new AuthError('pkce', `${issuer} does not offer PKCE as it must be`, compared)
}

/** Makes the URL that the user is sent to, and what its answer is checked against; for a server that `checkUsable` let pass. */
export const beginAuthorization = async (
  request: AuthorizationRequest,
): Promise<{ authorizationUrl: URL; session: AuthorizationSession }> => {
  const { server, protection, client, redirectUri, scopes, dpopKey, loopback, expiresAt } = request
  const { issuer, authorization_endpoint: endpoint = '' } = protection.server
  const authorizationUrl = checkAddress(endpoint, `authorization_endpoint of ${issuer}`, loopback)
  const [state, verifier] = [generateRandomState(), generateRandomCodeVerifier()]
  const parameters = new Map([
    ['response_type', 'code'],
    ['client_id', client.clientId],
    ['redirect_uri', redirectUri],
    ['state', state],
    ['code_challenge', await calculatePKCECodeChallenge(verifier)],
    ['code_challenge_method', 'S256'],
    // Exactly as published: a slash more or less is another resource to many a server (Z11).
    ['resource', protection.resource],
  ])
  if (scopes !== undefined && scopes.length > 0) parameters.set('scope', scopes.join(' '))
  // OpenID Connect Core, section 11: offline access is not given without asking.
  if (scopes?.includes('offline_access') === true) parameters.set('prompt', 'consent')
  if (dpopKey !== undefined) parameters.set('dpop_jkt', await (await proofsOf(dpopKey)).calculateThumbprint())
  for (const [name, value] of parameters) authorizationUrl.searchParams.set(name, value)
  const { resource, legacy, server: metadata } = protection
  const session = {
    server: server.href,
    metadata,
    resource,
    legacy,
    clientId: client.clientId,
    redirectUri,
    state,
    verifier,
  }
  return { authorizationUrl, session: { ...session, scopes: scopes ?? [], expiresAt, dpopKey } }
}

const only = (answer: URLSearchParams, name: string): string | undefined => {
  const [first, ...more] = answer.getAll(name)
  if (more.length > 0)
    throw new AuthError('state', `The authorization response says more than once what its ${name} is`)
  return first
}

/** Compares the issuer that answers with the one that was asked, byte for byte (RFC 9207; Z12, T32). */
const checkIssuer = (iss: string | undefined, metadata: ServerMetadata): void => {
  const isPromised = metadata.authorization_response_iss_parameter_supported === true
  if (iss === metadata.issuer || (iss === undefined && !isPromised)) return
  const message = 'The authorization response is not from the issuer that was asked, compared byte for byte'
  throw new AuthError('issuer', message, { expected: metadata.issuer, actual: iss })
}

const refusal = (error: unknown): AuthError => {
  // Only now is it certain who says so; before that nothing of it may be shown.
  if (error instanceof AuthorizationResponseError) {
    const [reason, description] = [shown(error.error), error.error_description]
    const more = description === undefined ? '' : `: ${shown(description)}`
    return new AuthError('authorization', `The authorization server said no: ${reason}${more}`, { reason })
  }
  return new AuthError('state', 'The authorization response does not belong to this request: its state is another')
}

/**
 * Checks the answer to an authorization request, and only then hands out what may be sent to the token endpoint.
 * @throws AuthError when it is too late, from another issuer, for another request, or a refusal
 */
export const checkAnswer = (session: AuthorizationSession, callback: URL, now: number): URLSearchParams => {
  if (now > session.expiresAt) throw new AuthError('state', 'The authorization response came too late; log in again')
  const answer = callback.searchParams
  checkIssuer(only(answer, 'iss'), session.metadata)
  if (only(answer, 'state') === undefined) throw new AuthError('state', 'The authorization response has no state')
  only(answer, 'code')
  try {
    const checked = validateAuthResponse(session.metadata, { client_id: session.clientId }, answer, session.state)
    if (!checked.has('code')) throw new AuthError('authorization', 'The authorization response holds no code')
    return checked
  } catch (error) {
    throw error instanceof AuthError ? error : refusal(error)
  }
}

/** Whether some JSON is a session, as far as can be seen. It was in other hands since. */
export const isSession = (json: unknown): json is AuthorizationSession => {
  if (!isObject(json) || !isObject(json['metadata']) || typeof json['expiresAt'] !== 'number') return false
  const texts = ['server', 'resource', 'clientId', 'redirectUri', 'state', 'verifier']
  return texts.every((name) => typeof json[name] === 'string') && typeof json['metadata']['issuer'] === 'string'
}

/** The user has to be sent to the authorization server before this can go on. */
export class AuthorizationRequired extends AuthError {
  override readonly name = 'AuthorizationRequired'
  // Private to the error, so that no logger prints them.
  readonly #authorizationUrl: URL
  readonly #session: AuthorizationSession

  constructor(authorizationUrl: URL, session: AuthorizationSession) {
    super('interaction', `The user has to log in at ${authorizationUrl.origin} first`)
    this.#authorizationUrl = authorizationUrl
    this.#session = session
  }

  /** Where to send the user's browser. */
  get authorizationUrl(): URL {
    return this.#authorizationUrl
  }

  /** What `finish` needs when the browser comes back. */
  get session(): AuthorizationSession {
    return this.#session
  }
}
