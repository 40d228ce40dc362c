import { concat, internalError, isObject, sniffMime, toBase64 } from '@parley/core'
import type { CacheHints, JsonObject, ResourceContents } from '@parley/core'
import { jsonText } from './tool-result.ts'

/** What an asynchronous iterable may come to. */
const MOST_ITEMS = 10_000
const MOST_SIZE = 4 * 1024 * 1024

/** What a handler may leave to be filled in: the URI that was asked for, and base64. */
export type PartialContents =
  | { uri?: string; mimeType?: string; text: string; _meta?: JsonObject }
  | { uri?: string; mimeType?: string; blob: string | Uint8Array; _meta?: JsonObject }

/**
 * What a resource's handler returned, as contents: a string is text, bytes are a blob, contents are themselves, anything
 * else is JSON. What an iterable yields counts as one: texts and bytes are joined.
 * @throws TypeError (by rejection) for what JSON cannot hold, RpcError for an iterable that is past 10,000 items or 4 MiB
 */
export const contentsOf = async (
  returned: unknown,
  uri: string,
  mimeType: string | undefined,
): Promise<ResourceContents[]> => {
  const value = isIterable(returned) ? await collected(returned, uri) : returned
  if (typeof value === 'string') return [{ uri, mimeType: mimeType ?? 'text/plain', text: value }]
  if (value instanceof Blob) {
    const type = value.type === '' ? undefined : value.type
    return [blob(new Uint8Array(await value.arrayBuffer()), uri, mimeType ?? type)]
  }
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return [blob(new Uint8Array(value), uri, mimeType)]
  const parts: unknown[] = Array.isArray(value) ? value : [value]
  if (parts.length > 0 && parts.every(isContents)) return parts.map((part) => filledIn(part, uri, mimeType))
  return [{ uri, mimeType: mimeType ?? 'application/json', text: jsonText(value) }]
}

const RESULT_KEYS: ReadonlySet<string> = new Set(['contents', '_meta', 'ttlMs', 'cacheScope'])

/** What a handler returns to say more than the contents, or that there are several or none. */
export type PartialResult = CacheHints & { contents: readonly PartialContents[]; _meta?: JsonObject }

/** Whether a handler returned a result of its own making. */
export const isPartialResult = (value: unknown): value is PartialResult =>
  isObject(value) &&
  Array.isArray(value['contents']) &&
  value['contents'].every(isContents) &&
  Object.keys(value).every((key) => RESULT_KEYS.has(key))

const blob = (bytes: Uint8Array, uri: string, mimeType: string | undefined): ResourceContents => ({
  uri,
  mimeType: mimeType ?? sniffMime(bytes) ?? 'application/octet-stream',
  blob: toBase64(bytes),
})

const KEYS: ReadonlySet<string> = new Set(['uri', 'mimeType', 'text', 'blob', '_meta'])

const isContents = (value: unknown): value is PartialContents => {
  if (!isObject(value) || !Object.keys(value).every((key) => KEYS.has(key))) return false
  const { text, blob: bytes } = value
  return bytes === undefined
    ? typeof text === 'string'
    : text === undefined && (typeof bytes === 'string' || bytes instanceof Uint8Array)
}

/** Contents with the URI that was asked for and the resource's media type, where they say none. */
export const filledIn = (part: PartialContents, asked: string, mimeType: string | undefined): ResourceContents => {
  const { uri = asked, mimeType: own = mimeType, _meta } = part
  const said = { ...(own !== undefined && { mimeType: own }), ...(_meta !== undefined && { _meta }) }
  if ('text' in part) return { uri, ...said, text: part.text }
  return typeof part.blob === 'string' ? { uri, ...said, blob: part.blob } : { ...blob(part.blob, uri, own), ...said }
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Blob) && Symbol.asyncIterator in value

const collected = async (source: AsyncIterable<unknown>, uri: string): Promise<unknown> => {
  const items: unknown[] = []
  let size = 0
  for await (const item of source) {
    items.push(item)
    size += typeof item === 'string' || item instanceof Uint8Array ? item.length : jsonText(item).length
    // Leaving the loop closes the iterable.
    if (items.length > MOST_ITEMS || size > MOST_SIZE) {
      throw internalError(`${uri} holds more than ${MOST_ITEMS} items or ${MOST_SIZE} bytes`)
    }
  }
  if (items.length > 0 && items.every((item) => typeof item === 'string')) return items.join('')
  if (items.length > 0 && items.every((item) => item instanceof Uint8Array)) return concat(items)
  return items
}
