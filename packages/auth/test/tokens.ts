import type { AuthHead, AuthRefusal, Principal } from '@parley/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWK, JWTHeaderParameters } from 'jose'

export const issuer = 'https://accounts.example.com'
export const resource = 'https://mcp.example.com/mcp'
/** 2026-07-28T12:00:00Z */
export const now = 1_785_240_000_000

/** A key pair of the issuer, its public half as it is published. */
export type Signer = { readonly key: CryptoKey; readonly jwk: JWK & { kty: string }; readonly alg: string }

export const makeSigner = async (alg = 'ES256', kid = 'one'): Promise<Signer> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const { kty = '', ...rest } = await exportJWK(publicKey)
  return { key: privateKey, alg, jwk: { ...rest, kty, kid, alg, use: 'sig' } }
}

/** Claims of a token that is good for the test's server, and what is to be different. An undefined one is left out. */
export const claimsOf = (changes: Record<string, unknown> = {}): Record<string, unknown> => {
  const seconds = now / 1000
  const all = {
    iss: issuer,
    sub: 'ada',
    aud: resource,
    exp: seconds + 600,
    iat: seconds,
    client_id: 'cli',
    scope: 'read',
  }
  return Object.fromEntries(Object.entries({ ...all, ...changes }).filter(([, value]) => value !== undefined))
}

/** A signed access token. */
export const sign = (
  { key, alg, jwk }: Signer,
  changes: Record<string, unknown> = {},
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> =>
  new SignJWT(claimsOf(changes)).setProtectedHeader({ alg, kid: jwk.kid ?? '', typ: 'at+jwt', ...header }).sign(key)

/** The head of a request with that `Authorization`. */
export const headOf = (authorization?: string): AuthHead => ({
  method: 'POST',
  path: '/mcp',
  header: (name) => (name === 'authorization' ? authorization : undefined),
})

export const isRefusal = (found: Principal | AuthRefusal): found is AuthRefusal => 'status' in found

/** The status that a request is answered with: 200 where it is let in. */
export const statusOf = (found: Principal | AuthRefusal): number => (isRefusal(found) ? found.status : 200)

/** The challenge of a refusal. */
export const challengeOf = (found: Principal | AuthRefusal): string | undefined =>
  isRefusal(found) ? found.headers?.['www-authenticate'] : undefined
