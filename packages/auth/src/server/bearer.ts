import type { TokenFault } from './token.ts'

/** Bytes that a token may have. */
const longest = 16_384

// The b64token of RFC 6750, section 2.1. Two headers arrive joined by a comma, which is not part of it.
const credentials = /^bearer +([\w\-.~+/]+=*) *$/i

/**
 * The token of an `Authorization` header; undefined where there is none, because there are no credentials or others.
 *
 * MUST (2026-07-28, basic/authorization#token-requirements): tokens come by this header and by nothing else (Z14, T2).
 */
export const readBearer = (header: string | undefined): string | TokenFault | undefined => {
  if (header === undefined || !/^bearer(?: |$)/i.test(header)) return undefined
  if (header.length > longest + 'Bearer '.length) {
    return { check: 'form', expected: `at most ${longest} characters`, actual: String(header.length) }
  }
  return credentials.exec(header)?.[1] ?? { check: 'form', expected: 'one bearer token', actual: 'something else' }
}
