import { ToolError } from '@parley/core'
import { Busy, Closed, Refused, SqlError, TimedOut, TooLarge, Unreadable } from './engine/errors.ts'
import { nameText, onOneLine } from './show/cells.ts'

/** Where something stands in a statement: the line, and a mark below the place. */
const pointAt = (sql: string, position: number): string => {
  const before = sql.slice(0, position)
  const start = before.lastIndexOf('\n') + 1
  const end = sql.indexOf('\n', position)
  const line = sql.slice(start, end < 0 ? undefined : end)
  // A long line is shown around the place only.
  const from = Math.max(0, position - start - 40)
  const lead = onOneLine(line.slice(from, position - start))
  const tail = onOneLine(line.slice(position - start, position - start + 40))
  const number = before.split('\n').length
  return `At line ${number}, character ${position - start + 1}:\n  ${lead}${tail}\n  ${' '.repeat(lead.length)}^`
}

const paragraphs = (...lines: readonly (string | undefined)[]): string =>
  lines.filter((line) => line !== undefined).join('\n')

/**
 * What went wrong with a statement, in words for the model: SQLite's message, the place, and names that do exist.
 *
 * What is no failure of the engine's comes back as it is: a cancellation, or a defect that is nobody's to read.
 */
export const readable = (error: unknown, sql: string): unknown => {
  if (error instanceof SqlError) {
    const { message, position, near } = error
    const names = near.length === 0 ? undefined : `Names that exist: ${near.map(nameText).join(', ')}.`
    return new ToolError(
      paragraphs(
        `SQLite: ${onOneLine(message.slice(0, 1000))}`,
        position === undefined ? undefined : pointAt(sql, position),
        names,
      ),
    )
  }
  if (error instanceof Refused) {
    const { message, position } = error
    return new ToolError(paragraphs(message, position === undefined ? undefined : pointAt(sql, position)))
  }
  const told = [TimedOut, TooLarge, Busy, Unreadable, Closed].some((kind) => error instanceof kind)
  return told && error instanceof Error ? new ToolError(error.message) : error
}

/** One word for how a statement ended. */
export const verdictOf = (error: unknown): 'refused' | 'failed' | 'stopped' => {
  if (error instanceof Refused) return 'refused'
  return error instanceof SqlError || error instanceof Unreadable || error instanceof Busy ? 'failed' : 'stopped'
}
