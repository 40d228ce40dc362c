import type { JsonObject } from '@parley/core'
import { checkAddress, isLoopback } from '../client/address.ts'
import { basicCredentials } from '../client/basic.ts'
import { checkedFetch } from '../client/checked-fetch.ts'
import { readJson } from '../client/document.ts'
import { AuthError } from '../client/errors.ts'
import type { SafeFetch } from '../client/metadata-fetch.ts'
import { audienceOf, otherKind, scopesIn, textOf } from './token.ts'
import type { TokenFault, TokenVerifier, VerifiedToken } from './token.ts'

/** How an authorization server is asked about tokens. */
export type IntrospectionOptions = {
  readonly issuer: string
  /** The introspection endpoint: `https:`, or on loopback. */
  readonly endpoint: string
  /** This server's own credentials there. */
  readonly clientId: string
  readonly clientSecret: string
  /** What asks; on Node, `safeFetch()` keeps out of private networks. @default a fetch that checks scheme, redirects, time and size */
  readonly fetch?: SafeFetch | undefined
}

const seconds = (value: unknown): number | undefined => (typeof value === 'number' ? value * 1000 : undefined)

const isBearer = (type: unknown): boolean =>
  type === undefined || (typeof type === 'string' && /^(?:bearer|access_token)$/i.test(type))

const readAnswer = (answer: JsonObject, issuer: string): VerifiedToken | TokenFault => {
  // Whatever else it says counts only where it says this (RFC 7662, section 2.2).
  if (answer['active'] !== true) return { check: 'known', expected: 'an active token', actual: 'another' }
  const { iss, token_type: type, exp, nbf, cnf } = answer
  if (iss !== undefined && iss !== issuer)
    return { check: 'issuer', expected: issuer, actual: textOf(iss) ?? 'another' }
  if (cnf !== undefined || !isBearer(type)) {
    return { check: 'binding', expected: 'a bearer token', actual: textOf(type) ?? 'one that is bound to a key' }
  }
  const kind = otherKind(answer)
  if (kind !== undefined) return { check: 'type', expected: 'an access token', actual: kind }
  const expiresAt = seconds(exp)
  if (expiresAt === undefined) return { check: 'expiry', expected: 'an expiry', actual: 'none' }
  return {
    issuer,
    subject: textOf(answer['sub']),
    clientId: textOf(answer['client_id']),
    audience: audienceOf(answer['aud']),
    scopes: scopesIn(answer['scope']),
    expiresAt,
    // A beginning that cannot be read has not come.
    ...(nbf !== undefined && { notBefore: seconds(nbf) ?? Number.NaN }),
    claims: answer,
  }
}

/**
 * Asks the authorization server about each token (RFC 7662): for tokens that say nothing by themselves.
 *
 * Rejects where it cannot be asked, which lets nobody in and accuses nobody. What is good is remembered by `protect` for a
 * few seconds, so that is how long a revoked token may go on.
 * @throws TypeError for an endpoint that is none to send tokens to
 */
export const introspectionVerifier = (options: IntrospectionOptions): TokenVerifier => {
  const { issuer, endpoint, clientId, clientSecret, fetch = checkedFetch() } = options
  if (!URL.canParse(endpoint)) throw new TypeError(`endpoint: ${JSON.stringify(endpoint)} is no URL`)
  // The operator named it, so what is on this machine is so on purpose.
  const loopback = isLoopback(new URL(endpoint))
  const url = checkAddress(endpoint, 'endpoint', loopback)
  const headers = {
    accept: 'application/json',
    authorization: basicCredentials(clientId, clientSecret),
    'content-type': 'application/x-www-form-urlencoded',
  }
  return async (token) => {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()
    const response = await fetch(url, { method: 'POST', headers, body, loopback })
    const answer = response.status === 200 ? await readJson(response) : undefined
    if (answer !== undefined) return readAnswer(answer, issuer)
    throw new AuthError('document', 'The introspection endpoint did not answer the question', {
      expected: 'HTTP 200 with a JSON object',
      actual: `HTTP ${response.status}`,
    })
  }
}
