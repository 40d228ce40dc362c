import { createHash, timingSafeEqual } from 'node:crypto'
import type { Authorize } from '@parley/core'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Lets in who holds the one token, as `Authorization: Bearer TOKEN`, in a time that tells nothing about it. */
export const bearer = (token: string, subject = 'holder of the token'): Authorize => {
  // Digests have one length, which comparing in constant time needs.
  const expected = digest(token)
  return async (head) => {
    const given = /^Bearer +(\S+)$/i.exec(head.header('authorization') ?? '')?.[1]
    if (given !== undefined && timingSafeEqual(digest(given), expected)) {
      return { issuer: 'parley-sqlite', subject, scopes: [] }
    }
    const fault = given === undefined ? '' : ' error="invalid_token"'
    return { status: 401, headers: { 'www-authenticate': `Bearer${fault}` } }
  }
}
