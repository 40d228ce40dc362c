import { decodeUtf8, fromBase64, toBase64 } from '@parley/core'

const open = '=?base64?'
const close = '?='

const isWrapped = (text: string): boolean =>
  text.length >= open.length + close.length && text.startsWith(open) && text.endsWith(close)

// Visible ASCII, with spaces inside. A tab would be allowed, but some software takes it for a space.
const isPlain = (text: string): boolean =>
  text === '' || (/^[ -~]+$/.test(text) && !text.startsWith(' ') && !text.endsWith(' '))

/**
 * A value as it may stand in a header: as it is, or in base64 between markers where that would not be safe (H10).
 */
export const encodeHeader = (value: string): string =>
  isPlain(value) && !isWrapped(value) ? value : `${open}${toBase64(new TextEncoder().encode(value))}${close}`

/** The value that a header stands for; undefined for bad base64, bad UTF-8, or characters that no value may hold. */
export const decodeHeader = (text: string): string | undefined => {
  // Header lines arrive with their edges trimmed, so that a value in the clear never has spaces there.
  if (!/^[\t -~]*$/.test(text)) return undefined
  if (!isWrapped(text)) return text
  try {
    return decodeUtf8(fromBase64(text.slice(open.length, -close.length)))
  } catch {
    return undefined
  }
}
