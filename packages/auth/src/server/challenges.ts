import type { AuthRefusal } from '@parley/core'

/** Writes the refusals of one protected server. */
export interface Challenges {
  /** There was no token. */
  readonly missing: AuthRefusal
  /** There was one, and it is not good. */
  readonly invalid: AuthRefusal
  /** It is good, and does not permit this. */
  readonly insufficient: (scopes: readonly string[]) => AuthRefusal
}

/**
 * The `WWW-Authenticate` headers of RFC 6750, section 3, with the `resource_metadata` of RFC 9728, section 5.1.
 *
 * Without `url`, nothing is published. They say no more than that: what was wrong with a token is told to the operator, not to whoever sent it. `url` and
 * scopes hold no character that would have to be escaped.
 */
export const challenges = (url: string | undefined, scopes: readonly string[]): Challenges => {
  const challenge = (error: string | undefined, wanted: readonly string[]): Readonly<Record<string, string>> => {
    const parameters = [
      ...(error === undefined ? [] : [`error="${error}"`]),
      ...(wanted.length === 0 ? [] : [`scope="${wanted.join(' ')}"`]),
      ...(url === undefined ? [] : [`resource_metadata="${url}"`]),
    ]
    return { 'www-authenticate': ['Bearer', parameters.join(', ')].join(' ').trimEnd() }
  }
  return {
    missing: { status: 401, headers: challenge(undefined, scopes) },
    invalid: { status: 401, headers: challenge('invalid_token', scopes) },
    insufficient: (wanted) => ({ status: 403, headers: challenge('insufficient_scope', wanted) }),
  }
}
