import { concat } from '@parley/core'

/** A byte stream that grows by numbers and texts; big-endian unless told otherwise. */
const bytesOf = (
  ...parts: (Uint8Array | string | { u32: number } | { u32le: number } | { u16le: number })[]
): Uint8Array => {
  const chunks = parts.map((part) => {
    if (part instanceof Uint8Array) return part
    if (typeof part === 'string') return new TextEncoder().encode(part)
    const word = new DataView(new ArrayBuffer('u16le' in part ? 2 : 4))
    if ('u32' in part) word.setUint32(0, part.u32)
    else if ('u32le' in part) word.setUint32(0, part.u32le, true)
    else word.setUint16(0, part.u16le, true)
    return new Uint8Array(word.buffer)
  })
  return concat(chunks)
}

const crc32 = (bytes: Uint8Array): number => {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

const chunk = (type: string, body: Uint8Array): Uint8Array => {
  const named = bytesOf(type, body)
  return bytesOf({ u32: body.length }, named, { u32: crc32(named) })
}

const deflate = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

/** Draws a message as a PNG badge: one column of pixels per byte, as tall as the byte is large. */
export const badge = async (message: string): Promise<Uint8Array> => {
  const columns = new TextEncoder().encode(message === '' ? ' ' : message.slice(0, 128))
  const height = 32
  const rows = new Uint8Array(height * (columns.length + 1))
  for (let y = 0; y < height; y++) {
    for (const [x, value] of columns.entries()) {
      // Each row starts with its filter, which is none.
      rows[y * (columns.length + 1) + x + 1] = value / 8 > height - 1 - y ? 40 : 245
    }
  }
  const header = bytesOf({ u32: columns.length }, { u32: height }, Uint8Array.of(8, 0, 0, 0, 0))
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  return bytesOf(signature, chunk('IHDR', header), chunk('IDAT', await deflate(rows)), chunk('IEND', new Uint8Array()))
}

/** Plays a message as a WAV tone: one short beep per character, at most a second in all. */
export const tone = (message: string): Uint8Array => {
  const rate = 8000
  const beeps = [...(message === '' ? ' ' : message)].slice(0, 20)
  const length = rate / 20
  const samples = new Uint8Array(beeps.length * length)
  for (const [index, letter] of beeps.entries()) {
    const pitch = 220 + ((letter.codePointAt(0) ?? 0) % 64) * 10
    for (let at = 0; at < length; at++) {
      samples[index * length + at] = 128 + 60 * Math.sin((2 * Math.PI * pitch * at) / rate)
    }
  }
  const format = bytesOf(
    'fmt ',
    { u32le: 16 },
    { u16le: 1 },
    { u16le: 1 },
    { u32le: rate },
    { u32le: rate },
    { u16le: 1 },
    { u16le: 8 },
  )
  return bytesOf('RIFF', { u32le: 36 + samples.length }, 'WAVE', format, 'data', { u32le: samples.length }, samples)
}
