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

/**
 * Finds out who sends a request, before anything of its body is read.
 *
 * Settles with the verified principal, or with a refusal. When it rejects, the request is refused with 503.
 */
export type Authorize = (head: AuthHead) => Promise<Principal | AuthRefusal>
