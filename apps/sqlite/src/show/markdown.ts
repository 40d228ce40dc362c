import type { Cell, Column } from '../engine/engine.ts'
import { cellText, onOneLine } from './cells.ts'

const inCell = (text: string): string => onOneLine(text.replaceAll('\\', '\\\\')).replaceAll('|', String.raw`\|`)

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Rows as a Markdown table. Each row is one line that begins with a bar, whatever its cells hold. */
export const markdown = (columns: readonly Pick<Column, 'name'>[], rows: readonly (readonly Cell[])[]): string =>
  [
    line(columns.map(({ name }) => inCell(name))),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(row.map((cell) => inCell(cellText(cell))))),
  ].join('\n')
