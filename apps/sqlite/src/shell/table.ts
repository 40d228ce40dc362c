import type { Cell, Column } from '../engine/engine.ts'
import { cellText, isNumber, onOneLine } from '../show/cells.ts'
import { bold, dim } from './paint.ts'

const widest = 48

// What East Asian scripts and emoji take on a terminal: two columns. Marks that sit on another letter take none.
const widthOf = (character: string): number => {
  if (/\p{Mn}|\p{Me}|\u200d|\ufe0f/u.test(character)) return 0
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1
}

/** How many columns a text takes on a terminal. */
export const width = (text: string): number => [...text].reduce((sum, character) => sum + widthOf(character), 0)

const cut = (text: string): string => {
  if (width(text) <= widest) return text
  let kept = ''
  let taken = 0
  for (const character of text) {
    taken += widthOf(character)
    if (taken > widest - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Rows aligned in columns, numbers to the right; a cell is one line and at most 48 columns wide. */
export const aligned = (columns: readonly Pick<Column, 'name'>[], rows: readonly (readonly Cell[])[]): string => {
  const heads = columns.map(({ name }) => cut(onOneLine(name)))
  const texts = rows.map((row) => row.map((cell) => cut(onOneLine(cellText(cell)))))
  const widths = heads.map((head, at) => Math.max(width(head), ...texts.map((row) => width(row[at] ?? ''))))
  const right = heads.map((_, at) => {
    const known = rows.map((row) => row[at] ?? null).filter((cell) => cell !== null)
    return known.length > 0 && known.every(isNumber)
  })
  const pad = (text: string, at: number, paint: (text: string) => string): string => {
    const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(text)))
    return right[at] === true ? space + paint(text) : paint(text) + space
  }
  const plain = (text: string): string => text
  const line = (row: readonly string[], paintOf: (at: number) => (text: string) => string): string =>
    row
      .map((text, at) => pad(text, at, paintOf(at)))
      .join('  ')
      .trimEnd()
  return [
    line(heads, () => bold),
    dim(widths.map((each) => '─'.repeat(each)).join('  ')),
    ...texts.map((row, index) => line(row, (at) => ((rows[index]?.[at] ?? null) === null ? dim : plain))),
  ].join('\n')
}
