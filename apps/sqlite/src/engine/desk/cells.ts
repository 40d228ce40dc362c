import type { Cell } from '../engine.ts'
import { MAX_CELL_BYTES } from '../limits.ts'
import type { Raw } from './connection.ts'

const isSafe = (value: bigint): boolean =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)

const utf8 = new TextEncoder()
const scratch = new Uint8Array(MAX_CELL_BYTES)

// `encodeInto` stops before the character that does not fit, so none is halved.
const headOf = (text: string): string => text.slice(0, utf8.encodeInto(text, scratch).read)

const textCell = (text: string): Cell => {
  if (text.length * 3 <= MAX_CELL_BYTES) return text
  const bytes = Buffer.byteLength(text)
  return bytes <= MAX_CELL_BYTES ? text : { $cut: headOf(text), bytes }
}

const blobCell = (bytes: Uint8Array, length: number): Cell => {
  const head = bytes.subarray(0, MAX_CELL_BYTES)
  return { $blob: Buffer.from(head.buffer, head.byteOffset, head.length).toString('base64'), bytes: length }
}

/** A driver's value as JSON can carry it, shortened where it is over the cap of a cell. */
export const cellOf = (raw: Raw): Cell => {
  if (raw === null) return null
  if (typeof raw === 'bigint') return isSafe(raw) ? Number(raw) : { $int: raw.toString() }
  if (typeof raw === 'number') {
    if (Number.isFinite(raw)) return raw
    // SQLite stores no NaN.
    return { $real: raw > 0 ? 'Infinity' : '-Infinity' }
  }
  if (typeof raw === 'string') return textCell(raw)
  if (raw instanceof Uint8Array) return blobCell(raw, raw.length)
  return typeof raw.head === 'string' ? { $cut: headOf(raw.head), bytes: raw.bytes } : blobCell(raw.head, raw.bytes)
}

/** Whether a cell holds only the beginning of its value. */
export const isCut = (cell: Cell): boolean => {
  if (cell === null || typeof cell !== 'object') return false
  return '$cut' in cell || ('$blob' in cell && cell.bytes > MAX_CELL_BYTES)
}
