import type { Cell, Column } from '../engine/engine.ts'

const textOf = (cell: Cell): string => {
  if (cell === null) return ''
  if (typeof cell !== 'object') return String(cell)
  if ('$int' in cell) return cell.$int
  if ('$real' in cell) return cell.$real
  return '$blob' in cell ? cell.$blob : cell.$cut
}

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

// An empty text is quoted, so that it differs from a NULL, of which nothing is written.
const cellField = (cell: Cell): string => (cell === '' ? '""' : field(textOf(cell)))

const line = (fields: readonly string[]): string => `${fields.join(',')}\r\n`

/** The first line of CSV: the names of the columns. */
export const csvHead = (columns: readonly Pick<Column, 'name'>[]): string =>
  line(columns.map(({ name }) => field(name)))

/** Rows as lines of CSV (RFC 4180). Blobs are in base64, NULL is nothing at all. */
export const csvRows = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => line(row.map(cellField))).join('')
