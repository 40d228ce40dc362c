import type { Awaitable } from './awaitable.ts'

/** Who a request was verified to come from. Made by an authorization check, never from what the peer says of itself. */
export type Principal = {
  /** Who vouches for the subject: the token's issuer. */
  issuer: string
  /** The subject at that issuer, or the client id where a token has no subject. */
  subject: string
  /** The OAuth client that acts for the subject. */
  clientId?: string
  /** What the token permits. */
  scopes: readonly string[]
  /** Epoch milliseconds after which the token is no longer good. */
  expiresAt?: number
  /** The verified claims, for handlers that need more. */
  claims?: { [key: string]: unknown }
}

/** One string per principal, to key what must not cross from one to another; the empty string for nobody. */
export const principalKey = (principal: Principal | undefined): string =>
  principal === undefined ? '' : JSON.stringify([principal.issuer, principal.subject])

/** The head of a request, as far as an authorization check looks at it. */
export type AuthHead = {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** One header by lower-case name. */
  header(name: string): string | undefined
}

/** Why a request is not let in, and the answer it gets. */
export type AuthRefusal = {
  /** 401 without good credentials, 403 where they do not suffice, 503 where that could not be found out. */
  readonly status: 401 | 403 | 503
  /** Headers of the answer, such as `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A document that anyone may read, of which the server says how long it keeps. */
export type PublicDocument = {
  /** JSON text. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Finds out who sends a request, before anything of its body is read.
 *
 * Gives, or settles with, the verified principal, or a refusal. When it throws or rejects, the request is refused with
 * 503. A plain function will do; whoever protects a server with OAuth has two things more to say.
 */
export interface Authorize {
  (head: AuthHead): Awaitable<Principal | AuthRefusal>
  /**
   * Documents by their paths, each made with the scopes that the server's items need. The road serves them without
   * credentials, to pages of any origin (RFC 9728).
   */
  readonly documents?: ReadonlyMap<string, (scopes: readonly string[]) => PublicDocument>
  /**
   * The refusal of a verified request that needs all of these scopes and lacks some (Z17).
   * @default 403 with the challenge of RFC 6750, which names them
   */
  readonly insufficient?: (scopes: readonly string[]) => AuthRefusal
}

/** Those of the scopes that a principal has not got; nobody has none. */
export const lackingScopes = (principal: Principal | undefined, scopes: readonly string[]): readonly string[] =>
  scopes.filter((scope) => principal?.scopes.includes(scope) !== true)

// RFC 6749, section 3.3: no space, quote or backslash, so that a list of them can be quoted in a header as it is.
const token = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Why some text is no scope, or nothing (RFC 6749 section 3.3). */
export const scopeFault = (scope: string): string | undefined =>
  token.test(scope)
    ? undefined
    : `${JSON.stringify(scope)} is no scope: use visible ASCII without quotes and backslashes`
