import { parseError } from './errors.ts'

/** Any value that JSON can write; `undefined` members are left out. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }

/** A JSON object whose members are not known yet. */
export type JsonObject = { [key: string]: unknown }

/** Tells objects from arrays, `null` and scalars. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The one canonical text of a JSON value, fit for digests (RFC 8785).
 *
 * Members are ordered by UTF-16 code units; `undefined` members are left out. A lone surrogate keeps its escaped form,
 * where the RFC would stop: text from a peer may hold one and must still have a digest. The value must be a tree of
 * bounded depth, as `parseJson` returns.
 * @throws TypeError for a number that is not finite, and for anything JSON cannot write
 */
export const canonical = (value: unknown): string => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : canonical(item))).join(',')}]`
  if (!isObject(value)) throw new TypeError(`JSON has no ${typeof value}`)
  if (typeof value.toJSON === 'function') return canonical(value.toJSON(''))
  const members = Object.keys(value).toSorted()
  const written = members.flatMap((key) =>
    value[key] === undefined ? [] : [`${JSON.stringify(key)}:${canonical(value[key])}`],
  )
  return `{${written.join(',')}}`
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

// '[' and '{' differ from ']' and '}' by two, and '[' from '{' by the bit 0x20.
const OPEN = 0x5b
const CLOSE = 0x5d

const endOfString = (text: string, from: number): number => {
  for (let end = text.indexOf('"', from); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end
    while (escapes > from && text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1
    if ((end - escapes) % 2 === 0) return end
  }
  return text.length
}

/** Whether no more than `limit` brackets open anything: then nothing nests deeper, and the search is the machine's own. */
const opensFew = (text: string, limit: number): boolean => {
  let count = 0
  for (const open of ['[', '{']) {
    for (let at = text.indexOf(open); at !== -1 && count <= limit; at = text.indexOf(open, at + 1)) count += 1
  }
  return count <= limit
}

/**
 * Tells whether JSON text nests no deeper than `limit`, in one linear scan without recursion.
 *
 * It runs before parsing: `JSON.parse` accepts a million levels, and whatever walks such a value afterwards overflows.
 * Text that is not JSON may pass; the parser refuses it.
 */
export const checkDepth = (text: string, limit: number): boolean => {
  if (text.length < 2 * limit + 1 || opensFew(text, limit)) return true
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit === QUOTE) index = endOfString(text, index + 1)
    else if (unit === OPEN || unit === OPEN + 0x20) {
      depth += 1
      if (depth > limit) return false
    } else if (unit === CLOSE || unit === CLOSE + 0x20) depth -= 1
  }
  return true
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Strict UTF-8 to text; a byte order mark is kept as a character.
 * @throws RpcError `parseError` when the bytes are not UTF-8
 */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch {
    throw parseError('Parse error: not valid UTF-8')
  }
}

/** How far `parseJson` goes along with its input. */
export type ParseOptions = {
  /**
   * Levels of nesting allowed.
   * @default 128
   */
  depth?: number
}

/**
 * Reads JSON from untrusted bytes or text: bounded depth, strict UTF-8, no byte order mark.
 * @throws RpcError `parseError` and nothing else; its message never repeats the input
 */
export const parseJson = (input: Uint8Array | string, options: ParseOptions = {}): unknown => {
  const { depth = 128 } = options
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  if (!checkDepth(text, depth)) throw parseError(`Parse error: nested deeper than ${depth} levels`)
  try {
    return JSON.parse(text)
  } catch {
    throw parseError('Parse error: not valid JSON')
  }
}
