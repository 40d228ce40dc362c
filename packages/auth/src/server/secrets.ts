import { toBase64Url } from '@parley/core'

let key: Promise<CryptoKey> | undefined

// Made when first needed: some platforms have no randomness before the first request.
const ownKey = (): Promise<CryptoKey> => {
  key ??= crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return key
}

/**
 * What stands for a secret wherever two are compared: an HMAC under a key that only this process has.
 *
 * Whoever chooses one side cannot choose its HMAC, so that neither the time of a comparison nor that of a look-up tells
 * anything about the other.
 */
export const secretDigest = async (secret: string): Promise<string> => {
  const signed = await crypto.subtle.sign('HMAC', await ownKey(), new TextEncoder().encode(secret))
  return toBase64Url(new Uint8Array(signed))
}
