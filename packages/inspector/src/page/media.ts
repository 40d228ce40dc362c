const images: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/svg+xml',
])
const sounds: ReadonlySet<string> = new Set([
  'audio/wav',
  'audio/x-wav',
  'audio/mpeg',
  'audio/ogg',
  'audio/webm',
  'audio/mp4',
  'audio/aac',
  'audio/flac',
])
const schemes: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:'])
const longest = 16_777_216

const plainType = (type: string): string => type.split(';')[0]?.trim().toLowerCase() ?? ''

/** What something may be shown as, by its media type; undefined when it is neither a picture nor sound. */
export const mediumOf = (type: string | undefined): 'image' | 'audio' | undefined => {
  const plain = plainType(type ?? '')
  if (images.has(plain)) return 'image'
  return sounds.has(plain) ? 'audio' : undefined
}

/**
 * The URL that shows a picture or plays a sound; undefined for any other type, and for what is no base64.
 *
 * An SVG in an `img` runs no script and fetches nothing.
 */
export const mediaUrl = (type: string | undefined, base64: string): string | undefined => {
  const medium = mediumOf(type)
  if (medium === undefined || type === undefined || base64.length > longest) return undefined
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined
  return `data:${plainType(type)};base64,${base64}`
}

/** Where a link of a server's may lead: to the web, or to a mail. Undefined for anything else. */
export const safeLink = (uri: string): string | undefined => {
  if (!URL.canParse(uri)) return undefined
  const url = new URL(uri)
  return schemes.has(url.protocol) && url.username === '' && url.password === '' ? url.href : undefined
}
