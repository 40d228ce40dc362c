import { fromBase64Url, toBase64Url } from './base64.ts'
import { concat } from './bytes.ts'
import { invalidParams, type RpcError } from './errors.ts'
import { canonical, decodeUtf8, type JsonObject } from './json.ts'

/** How a sealer is set up. */
export type SealerOptions = {
  /**
   * Keys of at least 32 random bytes. The first seals, all open, so that a fleet can rotate them: add the new one last
   * everywhere, then move it to the front, then drop the old one once its tokens have expired.
   * @default one random key for the life of this process
   */
  secrets?: readonly (string | Uint8Array)[]
  /**
   * The name of the fleet whose members open one another's tokens.
   * @default ''
   */
  audience?: string
  /**
   * What is sealed; tokens of one label never open under another, and the refusal names it.
   * @default 'requestState'
   */
  label?: string
  /**
   * The longest token, in characters.
   * @default 32768
   */
  limit?: number
  /**
   * The clock, in milliseconds since 1970.
   * @default Date.now
   */
  now?: () => number
  /** Hears of a token under a key that is not held here: a sibling with another secret, or this process before a restart. */
  onUnknownKey?: (keyId: string) => void
}

/**
 * Hands state to a client that may neither read it nor change it, nor present it anywhere else.
 *
 * Calls may run concurrently. A token is AES-256-GCM under a key of its own, derived from the secret and a salt, so that
 * no number of tokens wears a long-lived secret out.
 */
export interface Sealer {
  /** Whether the key dies with this process. */
  readonly isEphemeral: boolean
  /**
   * Seals text, or bytes of UTF-8, for `ttlMs` milliseconds. `binding` is whatever must be the same when it is opened.
   * @throws StateTooLarge when the token would be longer than the limit
   */
  seal(payload: Uint8Array | string, binding: JsonObject, ttlMs: number): Promise<string>
  /**
   * Returns the text sealed in a token.
   * @throws RpcError one and the same refusal, whatever was wrong: format, key, tampering, binding or age
   */
  open(token: string, binding: JsonObject): Promise<string>
}

/** More was to be sealed than the limit allows. */
export class StateTooLarge extends Error {
  override readonly name = 'StateTooLarge'
  /** The length that the token would have. */
  readonly size: number
  /** The length that it may have. */
  readonly limit: number

  constructor(label: string, size: number, limit: number) {
    super(`${label} would take ${size} characters, ${limit} are allowed; keep the rest on the server and seal a handle`)
    this.size = size
    this.limit = limit
  }
}

const VERSION = 'v1'
const SALT = 16
const IV = 12
const TAG = 16
const EXPIRY = 8
const DIGEST = 32

type Key = { readonly id: string; readonly root: CryptoKey }
type Bytes = Uint8Array<ArrayBuffer>

const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)

/**
 * Makes a sealer (reference format `v1.<key id>.<salt, iv, ciphertext and tag in base64url>`).
 * @throws TypeError for an empty list of secrets, and for one that is too short or too uniform to be random
 */
export const createSealer = (options: SealerOptions = {}): Sealer => {
  const { secrets, audience = '', label = 'requestState', limit = 32_768, now = Date.now, onUnknownKey } = options
  const material = secrets === undefined ? [crypto.getRandomValues(new Uint8Array(32))] : secrets.map(checkSecret)
  if (material.length === 0) throw new TypeError('secrets is empty; leave it out for a key per process')
  // Reading the key ids is asynchronous, so it waits for the first token.
  let keyring: Promise<Key[]> | undefined
  const keys = (): Promise<Key[]> => (keyring ??= Promise.all(material.map(readKey)))
  const parameters = async (key: Key, salt: Bytes, iv: Bytes): Promise<[AesGcmParams, CryptoKey]> => {
    const additionalData = bytesOf(canonical([VERSION, key.id, audience, label]))
    return [{ name: 'AES-GCM', iv, additionalData, tagLength: TAG * 8 }, await subkey(key.root, salt, label)]
  }

  const seal = async (payload: Uint8Array | string, binding: JsonObject, ttlMs: number): Promise<string> => {
    if (!(ttlMs > 0)) throw new TypeError(`A token must live for some time, not ${ttlMs} ms`)
    const [key] = await keys()
    if (key === undefined) throw new TypeError('There is no key to seal with')
    const body = typeof payload === 'string' ? bytesOf(payload) : payload
    const size =
      VERSION.length + key.id.length + 2 + Math.ceil(((SALT + IV + EXPIRY + DIGEST + body.length + TAG) * 4) / 3)
    if (size > limit) throw new StateTooLarge(label, size, limit)
    const salt = crypto.getRandomValues(new Uint8Array(SALT))
    const iv = crypto.getRandomValues(new Uint8Array(IV))
    const claims = await writeClaims(now() + ttlMs, binding, body)
    const sealed = await crypto.subtle.encrypt(...(await parameters(key, salt, iv)), claims)
    return `${VERSION}.${key.id}.${toBase64Url(concat([salt, iv, new Uint8Array(sealed)]))}`
  }

  const open = async (token: string, binding: JsonObject): Promise<string> => {
    try {
      if (token.length > limit) throw new RangeError('too long')
      const [version, id = '', text = '', ...more] = token.split('.')
      if (version !== VERSION || more.length > 0) throw new RangeError('not a token')
      const bytes = fromBase64Url(text)
      // Chosen by id, never by trial: the work must not depend on how many keys there are.
      const key = (await keys()).find((each) => each.id === id)
      if (key === undefined) {
        if (/^[\w-]{1,16}$/.test(id)) onUnknownKey?.(id)
        throw new RangeError('unknown key')
      }
      const [algorithm, secret] = await parameters(key, bytes.slice(0, SALT), bytes.slice(SALT, SALT + IV))
      const claims = await crypto.subtle.decrypt(algorithm, secret, bytes.slice(SALT + IV))
      return await readClaims(new Uint8Array(claims), binding, now())
    } catch {
      throw refusal(label)
    }
  }

  return { isEphemeral: secrets === undefined, seal, open }
}

// Frozen: nothing may tell an expired token from a forged one, for whoever sends forged ones learns from it.
const refusal = (label: string): RpcError => Object.freeze(invalidParams(`${label} was refused`))

const checkSecret = (secret: string | Uint8Array): Bytes => {
  const bytes = typeof secret === 'string' ? bytesOf(secret) : new Uint8Array(secret)
  if (bytes.length < 32 || new Set(bytes).size < 8) {
    throw new TypeError(
      'A secret must hold at least 32 random bytes, for example the output of `openssl rand -base64 32`',
    )
  }
  return bytes
}

const readKey = async (material: Bytes): Promise<Key> => {
  const root = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveBits', 'deriveKey'])
  const info = bytesOf('mcp key id v1')
  const id = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, root, 48)
  return { id: toBase64Url(new Uint8Array(id)), root }
}

const subkey = (root: CryptoKey, salt: Bytes, label: string): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: bytesOf(`mcp ${label} ${VERSION}`) },
    root,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )

const digest = async (binding: JsonObject): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(canonical(binding))))

/** The claims: expiry, digest of the binding, payload. */
const writeClaims = async (expiry: number, binding: JsonObject, payload: Uint8Array): Promise<Bytes> => {
  const time = new Uint8Array(EXPIRY)
  new DataView(time.buffer).setFloat64(0, expiry)
  return concat([time, await digest(binding), payload])
}

const readClaims = async (claims: Bytes, binding: JsonObject, now: number): Promise<string> => {
  if (!(new DataView(claims.buffer).getFloat64(0) > now)) throw new RangeError('expired')
  const expected = await digest(binding)
  const differences = expected.reduce((sum, byte, index) => sum | (byte ^ (claims[EXPIRY + index] ?? 0)), 0)
  if (differences !== 0) throw new RangeError('bound to something else')
  return decodeUtf8(claims.subarray(EXPIRY + DIGEST))
}
