import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { createLocalJWKSet, errors } from 'jose'
import type { JSONWebKeySet as JoseKeySet, JWTVerifyGetKey } from 'jose'
import { checkAddress, isLoopback } from '../client/address.ts'
import { checkedFetch } from '../client/checked-fetch.ts'
import { fetchDocument, isMissing, textIn, unreachable } from '../client/document.ts'
import type { Found, Reach } from '../client/document.ts'
import { AuthError } from '../client/errors.ts'
import type { SafeFetch } from '../client/metadata-fetch.ts'
import { issuerPlaces } from '../client/server-metadata.ts'

/** A JSON Web Key Set (RFC 7517, section 5). */
export type JsonWebKeySet = { readonly keys: readonly JsonObject[] }

/** Where the keys of an issuer come from. */
export type IssuerKeysOptions = {
  readonly issuer: string
  readonly jwks?: string | JsonWebKeySet | undefined
  readonly fetch?: SafeFetch | undefined
  readonly now: () => number
}

// Milliseconds between two looks for a key that is unknown, after which keys are looked at anew, and between two looks
// where there are no keys at all yet.
const pause = 30_000
const fresh = 600_000
const impatience = 2_000

const mostKeys = 100

const isPublic = (key: unknown): key is JsonObject =>
  isObject(key) && typeof key['kty'] === 'string' && key['kty'] !== 'oct'

/** The public keys of a set, ready to be chosen from. */
const keysIn = (set: JsonObject | undefined, where: string): JWTVerifyGetKey => {
  const keys = set?.['keys']
  if (!Array.isArray(keys)) throw new AuthError('document', `There is no key set at ${where}`)
  if (keys.length > mostKeys) {
    const limits = { expected: `at most ${mostKeys} keys`, actual: String(keys.length) }
    throw new AuthError('document', `The key set at ${where} is too large`, limits)
  }
  const known: JoseKeySet = { keys: keys.filter(isPublic).map((key) => ({ ...key, kty: String(key['kty']) })) }
  return createLocalJWKSet(known)
}

/** Where the issuer says that its keys are; a document that is another issuer's is never believed (Z5). */
const findKeys = async (reach: Reach, issuer: string): Promise<URL> => {
  for (const place of issuerPlaces(checkAddress(issuer, 'issuer', reach.loopback))) {
    const found: Found = await fetchDocument(reach, place)
    if (found.json === undefined) {
      if (!isMissing(found)) throw unreachable(place, found)
      continue
    }
    const named = textIn(found.json, 'issuer')
    if (named !== issuer) {
      const compared = { expected: issuer, actual: named }
      throw new AuthError('issuer', `The metadata at ${place.href} is another issuer's`, compared)
    }
    return checkAddress(textIn(found.json, 'jwks_uri') ?? '', `jwks_uri of ${issuer}`, reach.loopback)
  }
  throw new AuthError('server-metadata', `The authorization server publishes no metadata: ${issuer}`)
}

/** Keys that are fetched when they are needed, and kept. */
class FetchedKeys {
  readonly #fetch: () => Promise<JWTVerifyGetKey>
  readonly #now: () => number
  #keys: JWTVerifyGetKey | undefined
  #askedAt = -Infinity
  #asking: Promise<JWTVerifyGetKey> | undefined
  #fault: unknown

  constructor(fetch: () => Promise<JWTVerifyGetKey>, now: () => number) {
    this.#fetch = fetch
    this.#now = now
  }

  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#current()
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const newer = await this.#newer(keys)
      if (newer === undefined) throw error
      return newer(header, token)
    }
  }

  /** The keys that there are; they are renewed behind the back of whoever needs them. */
  async #current(): Promise<JWTVerifyGetKey> {
    const age = this.#age()
    if (this.#keys === undefined) {
      // An issuer that is down is not asked again for every request that comes in.
      if (this.#asking === undefined && age < impatience) throw this.#fault
      return this.#ask()
    }
    if (age >= fresh) this.#ask().catch(() => undefined)
    return this.#keys
  }

  /** Milliseconds since the last look; a clock that was set back must not put the next one off. */
  #age(): number {
    return Math.abs(this.#now() - this.#askedAt)
  }

  /** Other keys than those given, if there may be any; what cannot be had now leaves the old ones as they are. */
  async #newer(keys: JWTVerifyGetKey): Promise<JWTVerifyGetKey | undefined> {
    const isDue = this.#asking !== undefined || this.#age() >= pause
    const newer = isDue ? await this.#ask().catch(() => undefined) : this.#keys
    return newer === keys ? undefined : newer
  }

  #ask(): Promise<JWTVerifyGetKey> {
    this.#asking ??= this.#askNow()
    return this.#asking
  }

  async #askNow(): Promise<JWTVerifyGetKey> {
    this.#askedAt = this.#now()
    try {
      this.#keys = await this.#fetch()
      return this.#keys
    } catch (error) {
      this.#fault = error
      throw error
    } finally {
      this.#asking = undefined
    }
  }
}

/** What gives the key of an issuer that a token was signed with. Rejects where the issuer cannot be asked. */
export const issuerKeys = ({ issuer, jwks, fetch = checkedFetch(), now }: IssuerKeysOptions): JWTVerifyGetKey => {
  if (typeof jwks === 'object') return keysIn({ keys: [...jwks.keys] }, 'jwks')
  // The operator named both, so what is on this machine is so on purpose.
  const reach: Reach = { fetch, loopback: isLoopback(new URL(jwks ?? issuer)) }
  const fetchKeys = async (): Promise<JWTVerifyGetKey> => {
    const url = jwks === undefined ? await findKeys(reach, issuer) : checkAddress(jwks, 'jwks', reach.loopback)
    const found = await fetchDocument(reach, url)
    if (found.json === undefined) throw unreachable(url, found)
    return keysIn(found.json, url.href)
  }
  return new FetchedKeys(fetchKeys, now).find
}
