/** The check that an authorization failed at. */
export type AuthCheck =
  /** A request was to leave for another origin than the server's. */
  | 'origin'
  /** An address is not one that is gone to: neither https nor loopback, or private. */
  | 'address'
  /** A document or an endpoint did not answer as it should: status, size, time, form. */
  | 'document'
  /** There is no protected-resource metadata, or it lacks what it must have. */
  | 'resource-metadata'
  /** The published resource is not the server that is talked to. */
  | 'resource'
  /** There is no authorization-server metadata, or it lacks what it must have. */
  | 'server-metadata'
  /** The issuer in the metadata, or the `iss` of an answer, is not the one that was expected. */
  | 'issuer'
  /** PKCE with S256 is not supported. */
  | 'pkce'
  /** There is no client identity for this authorization server. */
  | 'identity'
  /** Registering the client failed. */
  | 'registration'
  /** The authorization response is not the answer to this request: `state` missing, wrong, used or expired. */
  | 'state'
  /** The authorization server, or the user, said no. */
  | 'authorization'
  /** The token endpoint said no, or answered something that is no token. */
  | 'token'
  /** The server refuses the very token that was issued for it. */
  | 'refused'
  /** The server wants scopes that could not be had. */
  | 'scope'
  /** The user has to be sent to the authorization server first. */
  | 'interaction'

/** What an `AuthError` can tell beside its message. */
export type AuthErrorOptions = {
  readonly expected?: string | undefined
  readonly actual?: string | undefined
  readonly reason?: string | undefined
  readonly cause?: unknown
}

const longest = 300

/** One printable line of what a peer sent, cut to a length that fits a message. */
export const shown = (text: string): string => {
  const line = Array.from(text.slice(0, longest), (sign) =>
    sign < ' ' || (sign >= '\u007F' && sign < '\u00A0') ? '?' : sign,
  )
  return line.join('') + (text.length > longest ? '…' : '')
}

const deepest = 3

/** What went wrong on the way, without what was on the way: parsers attach what they could not read, tokens and all. */
export const bareCause = (error: unknown, depth = 0): Error | undefined => {
  if (!(error instanceof Error) || depth > deepest) return undefined
  const { name, message, cause } = error
  const deeper = bareCause(cause, depth + 1)
  const bare = new Error(message, deeper === undefined ? undefined : { cause: deeper })
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return Object.assign(bare, { name, ...code })
}

/**
 * A check of the authorization failed. It names the check and, where two values were compared, both of them.
 *
 * Nothing in it is a credential: no token, code, secret, verifier or state.
 */
export class AuthError extends Error {
  override readonly name: string = 'AuthError'
  /** Which check it was. */
  readonly check: AuthCheck
  /** What should have been there. */
  readonly expected: string | undefined
  /** What was there instead. */
  readonly actual: string | undefined
  /** The error code of an OAuth answer, such as `invalid_grant`. */
  readonly reason: string | undefined

  constructor(check: AuthCheck, message: string, options: AuthErrorOptions = {}) {
    const { expected, actual, reason, cause } = options
    const compared =
      expected === undefined && actual === undefined
        ? ''
        : ` (expected ${shown(expected ?? 'nothing')}, got ${shown(actual ?? 'nothing')})`
    super(`${message}${compared}`, cause === undefined ? undefined : { cause })
    this.check = check
    this.expected = expected
    this.actual = actual
    this.reason = reason
  }
}
