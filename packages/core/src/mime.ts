type Signature = {
  readonly mime: string
  readonly at?: number
  readonly magic: string
  readonly also?: readonly [number, string]
}

// Latin-1 text, compared byte by byte. Order matters where one beginning holds another.
const SIGNATURES: readonly Signature[] = [
  { mime: 'image/png', magic: '\x89PNG\r\n\x1a\n' },
  { mime: 'image/jpeg', magic: '\xff\xd8\xff' },
  { mime: 'image/gif', magic: 'GIF87a' },
  { mime: 'image/gif', magic: 'GIF89a' },
  { mime: 'image/webp', magic: 'RIFF', also: [8, 'WEBP'] },
  { mime: 'audio/wav', magic: 'RIFF', also: [8, 'WAVE'] },
  { mime: 'image/bmp', magic: 'BM', also: [6, '\0\0\0\0'] },
  { mime: 'image/avif', at: 4, magic: 'ftypavif' },
  { mime: 'image/avif', at: 4, magic: 'ftypavis' },
  { mime: 'image/heic', at: 4, magic: 'ftyphei' },
  { mime: 'image/heic', at: 4, magic: 'ftyphevc' },
  { mime: 'audio/mp4', at: 4, magic: 'ftypM4A' },
  { mime: 'video/mp4', at: 4, magic: 'ftyp' },
  { mime: 'audio/ogg', magic: 'OggS' },
  { mime: 'audio/flac', magic: 'fLaC' },
  { mime: 'audio/mpeg', magic: 'ID3' },
  { mime: 'video/webm', magic: '\x1aE\xdf\xa3' },
  { mime: 'application/pdf', magic: '%PDF-' },
  { mime: 'application/zip', magic: 'PK\x03\x04' },
  { mime: 'application/zip', magic: 'PK\x05\x06' },
  { mime: 'application/gzip', magic: '\x1f\x8b\x08' },
]

const has = (bytes: Uint8Array, at: number, magic: string): boolean => {
  for (let index = 0; index < magic.length; index += 1) {
    if (bytes[at + index] !== magic.charCodeAt(index)) return false
  }
  return true
}

/**
 * The media type that the first bytes give away, for images, sound, PDF and archives; `undefined` when they do not.
 *
 * A sign of what a trusted program made, not a check of what a stranger sent. SVG is recognised by its leading text.
 */
export const sniffMime = (bytes: Uint8Array): string | undefined => {
  for (const { mime, at = 0, magic, also } of SIGNATURES) {
    if (has(bytes, at, magic) && (also === undefined || has(bytes, also[0], also[1]))) return mime
  }
  return sniffFrames(bytes) ?? (isSvg(bytes) ? 'image/svg+xml' : undefined)
}

/** MPEG audio without a tag starts with a frame: eleven bits set, then version and layer. */
const sniffFrames = (bytes: Uint8Array): string | undefined => {
  const [sync, head = 0, rates = 0xff] = bytes
  if (sync !== 0xff || (head & 0xe0) !== 0xe0) return undefined
  if ((head & 0xf6) === 0xf0) return 'audio/aac'
  // Only layers II and III are in use; with the reserved version, bit rate and sampling rate that tells a frame from
  // UTF-16 text and padding.
  const layer = head & 0x06
  const reserved =
    (head & 0x18) === 0x08 || layer === 0 || layer === 0x06 || (rates & 0xf0) === 0xf0 || (rates & 0x0c) === 0x0c
  return reserved ? undefined : 'audio/mpeg'
}

const HEAD = 1024

const isSvg = (bytes: Uint8Array): boolean => {
  let text = new TextDecoder().decode(bytes.subarray(0, HEAD)).trimStart()
  for (let end = 0; /^<[?!]/.test(text); text = text.slice(end).trimStart()) {
    const closing = text.startsWith('<!--') ? '-->' : '>'
    end = text.indexOf(closing) + closing.length
    if (end < closing.length) return false
  }
  return /^<svg[\s>]/.test(text)
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ...['png', 'gif', 'webp', 'bmp', 'avif', 'heic', 'tiff'].map((name): [string, string] => [name, `image/${name}`]),
  ...['css', 'csv', 'html', 'xml'].map((name): [string, string] => [name, `text/${name}`]),
  ...['json', 'pdf', 'zip', 'wasm', 'yaml', 'toml', 'sql'].map((name): [string, string] => [
    name,
    `application/${name}`,
  ]),
  ...['wav', 'ogg', 'flac', 'aac'].map((name): [string, string] => [name, `audio/${name}`]),
  ...['mp4', 'webm'].map((name): [string, string] => [name, `video/${name}`]),
  ...['txt', 'text', 'log', 'ini', 'conf', 'env', 'sh', 'py', 'rs', 'go', 'c', 'h', 'cpp', 'java', 'rb'].map(
    (name): [string, string] => [name, 'text/plain'],
  ),
  ...['js', 'mjs', 'cjs'].map((name): [string, string] => [name, 'text/javascript']),
  ...['ts', 'mts', 'cts', 'tsx'].map((name): [string, string] => [name, 'text/x-typescript']),
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['tif', 'image/tiff'],
  ['svg', 'image/svg+xml'],
  ['ico', 'image/vnd.microsoft.icon'],
  ['htm', 'text/html'],
  ['md', 'text/markdown'],
  ['markdown', 'text/markdown'],
  ['tsv', 'text/tab-separated-values'],
  ['yml', 'application/yaml'],
  ['jsonl', 'application/jsonl'],
  ['gz', 'application/gzip'],
  ['tar', 'application/x-tar'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['opus', 'audio/ogg'],
  ['oga', 'audio/ogg'],
  ['mov', 'video/quicktime'],
])

/** The media type that a path's extension stands for, in any case; a query or fragment behind it is passed over. */
export const mimeFromExtension = (path: string): string | undefined => {
  const [bare = ''] = path.split(/[?#]/, 1)
  const name = bare.slice(Math.max(bare.lastIndexOf('/'), bare.lastIndexOf('\\')) + 1)
  const dot = name.lastIndexOf('.')
  return dot === -1 ? undefined : EXTENSIONS.get(name.slice(dot + 1).toLowerCase())
}
