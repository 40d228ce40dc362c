import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { CryptoKey, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import type { SafeFetch } from '../client/metadata-fetch.ts'
import { issuerKeys } from './issuer-keys.ts'
import type { JsonWebKeySet } from './issuer-keys.ts'
import { leeway } from './judge.ts'
import { audienceOf, otherKind, scopesIn, textOf } from './token.ts'
import type { TokenFault, TokenVerifier, VerifiedToken } from './token.ts'

/** The signatures that are taken unless told otherwise: all that a public key can check and that are still sound. */
const sound = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** How access tokens that are JWTs are checked. */
export type JwtVerifierOptions = {
  /** What `iss` must be, byte for byte. */
  readonly issuer: string
  /** The issuer's keys, or the URL of them. @default the `jwks_uri` of the issuer's metadata */
  readonly jwks?: string | JsonWebKeySet | undefined
  /** The signature algorithms that are taken; none with a shared secret can be. @default all sound ones with public keys */
  readonly algorithms?: readonly string[] | undefined
  /**
   * What fetches keys and metadata; on Node, `safeFetch()` keeps out of private networks.
   * @default a fetch that checks scheme, redirects, time and size
   */
  readonly fetch?: SafeFetch | undefined
  /** The clock, in epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined
}

const readAlgorithms = (algorithms: readonly string[] = sound): string[] => {
  const stray = algorithms.find((each) => !sound.includes(each))
  // A shared secret and a public key must never be taken for one another, and `none` is no signature (SEC-JWT-1).
  if (stray !== undefined) throw new TypeError(`algorithms: ${stray} is not one of ${sound.join(', ')}`)
  if (algorithms.length === 0) throw new TypeError('algorithms: name at least one')
  return [...algorithms]
}

/** What is wrong with a token that nobody has checked yet. Only what passes is worth a look at the keys. */
const foreseen = (token: string, issuer: string, algorithms: readonly string[]): TokenFault | undefined => {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    const { iss, cnf } = claims
    if (iss !== issuer) return { check: 'issuer', expected: issuer, actual: textOf(iss) ?? 'none' }
    if (typeof alg !== 'string' || !algorithms.includes(alg)) {
      return { check: 'algorithm', expected: algorithms.join(', '), actual: textOf(alg) ?? 'none' }
    }
    if (kid !== undefined && typeof kid !== 'string') return { check: 'key', expected: 'a text', actual: typeof kid }
    // MUST (RFC 9449, section 7.2): one that is bound to a key is worth nothing without the proof, which is not looked at.
    if (cnf !== undefined) return { check: 'binding', expected: 'a bearer token', actual: 'one that is bound to a key' }
    if (!isAccessToken(typ)) return { check: 'type', expected: 'at+jwt', actual: String(typ) }
    const kind = otherKind(claims)
    return kind === undefined ? undefined : { check: 'type', expected: 'an access token', actual: kind }
  } catch {
    return { check: 'form', expected: 'a signed JWT', actual: 'something else' }
  }
}

// RFC 9068, section 4; many servers still say JWT, or nothing. What is made for other ends says so.
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(?:application\/)?(?:at\+)?jwt$/i.test(typ))

const claimFault = ({ claim, payload }: errors.JWTClaimValidationFailed): TokenFault => {
  if (claim === 'exp') return { check: 'expiry', expected: 'an expiry', actual: String(payload.exp ?? 'none') }
  if (claim === 'nbf') return { check: 'not-before', actual: String(payload.nbf) }
  return { check: 'form', expected: `a ${claim} as it should be`, actual: 'another' }
}

/** What a failed verification says about the token; undefined for a failure that says nothing about it. */
const faultOf = (error: unknown): TokenFault | undefined => {
  if (error instanceof errors.JWTExpired) {
    return { check: 'expiry', expected: 'a time to come', actual: String(error.payload.exp) }
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error)
  if (error instanceof errors.JWKSNoMatchingKey)
    return { check: 'key', expected: 'a key of the issuer', actual: 'none' }
  if (error instanceof errors.JWSSignatureVerificationFailed) return { check: 'signature' }
  return error instanceof errors.JOSEError ? { check: 'form', actual: error.code } : undefined
}

const tokenOf = (claims: JWTPayload, issuer: string): VerifiedToken => ({
  issuer,
  subject: textOf(claims.sub),
  clientId: textOf(claims['client_id']) ?? textOf(claims['azp']),
  audience: audienceOf(claims.aud),
  scopes: scopesIn(claims['scope'] ?? claims['scp']),
  expiresAt: (claims.exp ?? Number.NaN) * 1000,
  ...(claims.nbf !== undefined && { notBefore: claims.nbf * 1000 }),
  claims,
})

// One that names no key may have been signed with any; more than a few are not tried.
const mostTries = 8

/** Tries the keys that a token may have been signed with, one after the other. */
const verifyAny = async (
  keys: AsyncIterable<CryptoKey>,
  verify: (key: CryptoKey) => Promise<JWTPayload>,
): Promise<JWTPayload> => {
  let tries = 0
  for await (const key of keys) {
    tries += 1
    try {
      return await verify(key)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || tries === mostTries) throw error
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

/**
 * Checks access tokens that are JWTs (RFC 9068) with the keys of their issuer.
 *
 * The algorithm is one of a list that is fixed here, never one that a token chooses; keys and addresses in a token are
 * not looked at. Keys are fetched when first needed, kept, and fetched again for a key that is unknown, at most every 30
 * seconds; while the issuer is down the last ones stay good.
 * @throws TypeError for an algorithm that is not sound here
 */
export const jwtVerifier = (options: JwtVerifierOptions): TokenVerifier => {
  const { issuer, now = (): number => Date.now() } = options
  const algorithms = readAlgorithms(options.algorithms)
  const keys = issuerKeys({ ...options, now })
  const verify = async (token: string, key: CryptoKey | JWTVerifyGetKey): Promise<JWTPayload> => {
    const clock: JWTVerifyOptions = { currentDate: new Date(now()), clockTolerance: leeway / 1000 }
    const checks: JWTVerifyOptions = { ...clock, algorithms, issuer, requiredClaims: ['exp'] }
    const { payload } =
      typeof key === 'function' ? await jwtVerify(token, key, checks) : await jwtVerify(token, key, checks)
    return payload
  }
  const read = async (token: string): Promise<JWTPayload> => {
    try {
      return await verify(token, keys)
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      return verifyAny(error, (key) => verify(token, key))
    }
  }
  return async (token) => {
    const early = foreseen(token, issuer, algorithms)
    if (early !== undefined) return early
    try {
      return tokenOf(await read(token), issuer)
    } catch (error) {
      const fault = faultOf(error)
      if (fault === undefined) throw error
      return fault
    }
  }
}
