import { secretDigest } from './secrets.ts'
import type { TokenVerifier, VerifiedToken } from './token.ts'

/** One token of a configuration. */
export type StaticToken = {
  /** At least 16 characters, and random. */
  readonly token: string
  /** Whom it stands for. */
  readonly subject: string
  /** @default none */
  readonly scopes?: readonly string[] | undefined
  /** Epoch milliseconds. @default until it is taken out of the configuration */
  readonly expiresAt?: number | undefined
}

/** Who vouches for static tokens. */
export type StaticTokensOptions = {
  /** The issuer of their principals. @default 'static' */
  readonly issuer?: string | undefined
}

const shortest = 16

/**
 * Knows tokens that stand in a configuration: for machines, and for a server without an authorization server.
 *
 * They are found by a keyed hash, so that nothing is compared that could be guessed bit by bit.
 * @throws TypeError for a token that is short, or no bearer token, or there twice
 */
export const staticTokens = (tokens: readonly StaticToken[], options: StaticTokensOptions = {}): TokenVerifier => {
  const { issuer = 'static' } = options
  for (const [at, { token }] of tokens.entries()) {
    // Which one it is, and not the token: errors end up in logs.
    if (token.length < shortest) throw new TypeError(`tokens[${at}] is shorter than ${shortest} characters`)
    if (!/^[\w\-.~+/]+=*$/.test(token))
      throw new TypeError(`tokens[${at}] holds characters that a bearer token cannot have`)
  }
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
    throw new TypeError('tokens: one stands there twice')
  const read = async ({ token, subject, scopes = [], expiresAt }: StaticToken): Promise<[string, VerifiedToken]> => [
    await secretDigest(token),
    { issuer, subject, audience: 'verified-by-issuer', scopes, expiresAt: expiresAt ?? 'never' },
  ]
  let known: Promise<ReadonlyMap<string, VerifiedToken>> | undefined
  return async (token) => {
    known ??= Promise.all(tokens.map(read)).then((entries) => new Map(entries))
    return (
      (await known).get(await secretDigest(token)) ?? {
        check: 'known',
        expected: 'a configured token',
        actual: 'another',
      }
    )
  }
}
