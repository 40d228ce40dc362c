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
