import { fromBase64, isObject } from '@parley/core'

/** Where bytes come from: themselves, a `Blob`, a `data:` URL, or base64. In an object, exactly one source. */
export type ContentSource =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | URL
  /** `data` as a string is base64. */
  | { data: string | Uint8Array | ArrayBuffer; mimeType?: string }
  | { blob: Blob; mimeType?: string }
  | { url: URL | string; mimeType?: string }

/** Bytes that were taken from a source, with what was said of them. */
export type Taken = { bytes: Uint8Array; mimeType: string | undefined; name: string | undefined }

const DEFAULT_LIMIT = 5_000_000

/** @throws TypeError for more bytes than are taken */
export const checkSize = (size: number, limit: number = DEFAULT_LIMIT): void => {
  if (size > limit) throw new TypeError(`The content has ${size} bytes, more than the ${limit} of maxBytes`)
}

// Names for one thing, and containers whose beginning does not tell what is in them.
const SAME: ReadonlyMap<string, readonly string[]> = new Map([
  ['image/jpeg', ['image/jpg', 'image/pjpeg']],
  ['image/heic', ['image/heif']],
  ['audio/wav', ['audio/x-wav', 'audio/wave', 'audio/vnd.wave']],
  ['audio/mpeg', ['audio/mp3']],
  ['audio/flac', ['audio/x-flac']],
  ['audio/ogg', ['audio/opus', 'video/ogg']],
  ['audio/mp4', ['audio/x-m4a', 'audio/m4a']],
  ['video/mp4', ['audio/mp4', 'audio/x-m4a', 'audio/m4a']],
  ['video/webm', ['audio/webm']],
])

/** @throws TypeError when bytes that begin like `found` are not what was declared */
export const checkDeclared = (declared: string, found: string | undefined): void => {
  const [type = ''] = declared.toLowerCase().split(';', 1)
  if (type.trim() === found || (found !== undefined && SAME.get(found)?.includes(type.trim()) === true)) return
  throw new TypeError(`Declared as ${declared}, but the bytes begin like ${found ?? 'no known type'}`)
}

/** Whether a media type is one of text. */
export const isTextual = (mimeType: string): boolean =>
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|toml|sql|jsonl)\b|image\/svg\+xml)/.test(mimeType)

const SOURCES = ['data', 'blob', 'url', 'path'] as const

/**
 * The bytes of a source.
 * @throws TypeError (by rejection) for none or several sources, for too many bytes, and for URLs that would have to be fetched
 */
export const take = async (source: ContentSource, maxBytes: number | undefined): Promise<Taken> => {
  const { given, mimeType } = only(source)
  const taken = await read(given, maxBytes)
  checkSize(taken.bytes.length, maxBytes)
  return { ...taken, mimeType: mimeType ?? taken.mimeType }
}

const only = (source: unknown): { given: unknown; mimeType: string | undefined } => {
  if (!isObject(source) || isBytes(source) || source instanceof Blob || source instanceof URL) {
    return { given: source, mimeType: undefined }
  }
  const named = SOURCES.filter((name) => source[name] !== undefined)
  if (named.length !== 1)
    throw new TypeError(`Give exactly one source of ${SOURCES.join(', ')}; found ${named.join(', ') || 'none'}`)
  const [name = 'data'] = named
  const value = source[name]
  const mimeType = typeof source['mimeType'] === 'string' ? source['mimeType'] : undefined
  return { given: name === 'data' && typeof value === 'string' ? { base64: value } : value, mimeType }
}

const isBytes = (value: unknown): value is Uint8Array | ArrayBuffer =>
  value instanceof Uint8Array || value instanceof ArrayBuffer

const read = async (given: unknown, limit: number | undefined): Promise<Taken> => {
  if (isBytes(given)) {
    // No copy: nothing here writes to it.
    return { bytes: given instanceof Uint8Array ? given : new Uint8Array(given), mimeType: undefined, name: undefined }
  }
  if (given instanceof Blob) {
    checkSize(given.size, limit)
    const name = given instanceof File && given.name !== '' ? given.name : undefined
    return {
      bytes: new Uint8Array(await given.arrayBuffer()),
      mimeType: given.type === '' ? undefined : given.type,
      name,
    }
  }
  if (isObject(given) && typeof given['base64'] === 'string') {
    return { bytes: unpack(given['base64'], limit), mimeType: undefined, name: undefined }
  }
  return readUrl(String(given), limit)
}

const unpack = (base64: string, limit: number | undefined): Uint8Array => {
  checkSize(Math.max(0, Math.floor((base64.length * 3) / 4) - 2), limit)
  try {
    return fromBase64(base64)
  } catch (cause) {
    throw new TypeError('A string as data must be padded base64', { cause })
  }
}

const readUrl = (url: string, limit: number | undefined): Taken => {
  const [, head, payload] = /^data:([^,]*),(.*)$/s.exec(url) ?? []
  if (head === undefined || payload === undefined) {
    throw new TypeError(
      /^https?:/i.test(url)
        ? 'Nothing is fetched here: fetch it yourself and give the bytes'
        : 'Only data: URLs are read here; paths and file: URLs are read by @parley/server/node',
    )
  }
  const base64 = /;\s*base64$/i.test(head)
  const mimeType = head.replace(/;\s*base64$/i, '')
  const bytes = base64 ? unpack(payload, limit) : new TextEncoder().encode(decodeURIComponent(payload))
  return { bytes, mimeType: mimeType === '' ? undefined : mimeType, name: undefined }
}
