// Engines from 2025 on do this natively; the types of ES2023 do not know it yet.
type NativeCodec = {
  fromBase64?(text: string, options: { alphabet: string; lastChunkHandling: string }): Uint8Array<ArrayBuffer>
  readonly prototype: NativeBytes
}
type NativeBytes = {
  readonly length: number
  toBase64?(options: { alphabet: string; omitPadding: boolean }): string
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const PLAIN = `${DIGITS}+/`
const URL_SAFE = `${DIGITS}-_`

// Through bytes of text: `btoa` would first need the bytes as a string of as many characters, at ten times the price.
const encode = (bytes: Uint8Array, alphabet: string): string => {
  const digits = new TextEncoder().encode(alphabet)
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  let end = 0
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    // Writes past the end are ignored, which leaves the last group as short as it must be.
    text[end] = digits[group >> 18] ?? 0
    text[end + 1] = digits[(group >> 12) & 63] ?? 0
    text[end + 2] = digits[(group >> 6) & 63] ?? 0
    text[end + 3] = digits[group & 63] ?? 0
    end += 4
  }
  return new TextDecoder().decode(text)
}

const decode = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
  // `atob` ignores stray bits behind the last byte, so that several texts would mean the same bytes.
  const tail = text.slice(-4)
  if (btoa(atob(tail)) !== tail) throw new RangeError('Not base64: stray bits at the end')
  return bytes
}

/** Bytes as padded base64 (RFC 4648, section 4). */
export const toBase64 = (bytes: Uint8Array): string => {
  const native: NativeBytes = bytes
  const written = native.toBase64?.({ alphabet: 'base64', omitPadding: false })
  return written ?? encode(bytes, PLAIN).padEnd(Math.ceil(bytes.length / 3) * 4, '=')
}

/**
 * Padded base64 as bytes; exactly one text stands for each sequence of bytes.
 * @throws RangeError for whitespace, foreign characters, missing padding or stray bits
 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new RangeError('Not base64')
  const codec: NativeCodec = Uint8Array
  if (codec.fromBase64 === undefined) return text === '' ? new Uint8Array() : decode(text)
  try {
    return codec.fromBase64(text, { alphabet: 'base64', lastChunkHandling: 'strict' })
  } catch {
    throw new RangeError('Not base64: stray bits at the end')
  }
}

/** Bytes as base64 for URLs, without padding (RFC 4648, section 5). */
export const toBase64Url = (bytes: Uint8Array): string => {
  const native: NativeBytes = bytes
  return native.toBase64?.({ alphabet: 'base64url', omitPadding: true }) ?? encode(bytes, URL_SAFE)
}

/**
 * Unpadded base64 for URLs as bytes.
 * @throws RangeError for padding, foreign characters or stray bits
 */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError('Not base64url')
  const padded = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(padded.padEnd(Math.ceil(padded.length / 4) * 4, '='))
}
