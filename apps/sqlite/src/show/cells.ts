import type { Cell } from '../engine/engine.ts'

const readable = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

/** A value as plain text: what a person reads, with a word on what is not shown. Line breaks and the like are kept. */
export const cellText = (cell: Cell): string => {
  if (cell === null) return 'NULL'
  if (typeof cell !== 'object') return String(cell)
  if ('$int' in cell) return cell.$int
  if ('$real' in cell) return cell.$real
  if ('$blob' in cell) return `(blob, ${readable(cell.bytes)})`
  return `${cell.$cut}… (cut, ${readable(cell.bytes)} in all)`
}

/** Whether a value is a number, however JSON carries it. */
export const isNumber = (cell: Cell): boolean =>
  typeof cell === 'number' || (typeof cell === 'object' && cell !== null && ('$int' in cell || '$real' in cell))

/** So many rows, in words. */
export const countText = (rows: number): string => (rows === 1 ? '1 row' : `${rows} rows`)

const named = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
  ['\\', String.raw`\\`],
])

const escapeOf = (character: string): string =>
  named.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/**
 * Text on one line, with everything written out that has no shape of its own: line breaks, what steers a terminal, what
 * turns the direction of text.
 */
export const onOneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escapeOf)

/**
 * A name from a database for use in a sentence: a plain word as it is, anything else in quotes and on one line, so that no
 * name can pass for the sentence itself.
 */
export const nameText = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_$]{0,63}$/u.test(name) ? name : JSON.stringify(onOneLine(name.slice(0, 64)))
