import type { Awaitable } from '@parley/core'

/** What a verifier found out about a token: what its issuer says, not yet held against this server. */
export type VerifiedToken = {
  /** Who issued it. */
  readonly issuer: string
  /** Whom it stands for; absent where a client acts for itself. Always there or never, for one client. */
  readonly subject?: string | undefined
  /** The client that it was issued to. */
  readonly clientId?: string | undefined
  /**
   * For whom it is meant, all of them. `verified-by-issuer` says that the verifier cannot know, and that whoever it asked
   * has made sure that the token is meant for this server and no other.
   */
  readonly audience: readonly string[] | 'verified-by-issuer'
  readonly scopes: readonly string[]
  /** Epoch milliseconds; `never` only for tokens that are taken out of a configuration when they are to end. */
  readonly expiresAt: number | 'never'
  /** Epoch milliseconds before which it is not good. */
  readonly notBefore?: number | undefined
  /** The rest of what it says, for handlers. */
  readonly claims?: { readonly [name: string]: unknown } | undefined
}

/** What a token failed at. */
export type TokenCheck =
  | 'form'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'binding'
  | 'issuer'
  | 'audience'
  | 'expiry'
  | 'not-before'
  | 'subject'
  | 'known'
  /** Nothing: it could not be asked about. */
  | 'unreachable'

/** Why a token is not good, for the operator alone: the caller learns no more than that it is not. */
export type TokenFault = {
  readonly check: TokenCheck
  /** What the check compared with, never a part of the token but its plain claims. */
  readonly expected?: string | undefined
  readonly actual?: string | undefined
}

/**
 * Reads a token: gives what its issuer says of it, or why it is not good.
 *
 * It need not look at audience, expiry and `notBefore`: whoever asks it does. It throws or rejects where nothing could
 * be found out, which is no verdict on the token.
 */
export type TokenVerifier = (token: string) => Awaitable<VerifiedToken | TokenFault>

/** Whether it is a fault. */
export const isFault = (found: object): found is TokenFault => 'check' in found

/** The scopes of a space-separated list, or of a list; none of anything else. */
export const scopesIn = (value: unknown): readonly string[] => {
  const all: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  return [...new Set(all.filter((scope): scope is string => typeof scope === 'string' && scope !== ''))]
}

/** A claim that is text, and not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The audience of RFC 7519, section 4.1.3: one text or a list of texts; nobody where it is anything else. */
export const audienceOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isList ? value : []
}

/**
 * What a token is that its claims show to be made for another end; undefined where nothing says so. It is signed with the
 * same keys, and may be for the same audience, where the server and its client are one to the issuer.
 */
export const otherKind = (claims: { readonly [name: string]: unknown }): string | undefined => {
  const { at_hash: token, c_hash: code, events, typ, token_use: use } = claims
  if (token !== undefined || code !== undefined) return 'an ID token'
  if (events !== undefined) return 'a security event'
  // The words of Keycloak and of Cognito.
  const said = [textOf(typ), textOf(use)].find((each) => /^(?:id|refresh|offline|logout)$/i.test(each ?? ''))
  return said === undefined ? undefined : `one that says ${said}`
}
