import type { Catalogue } from '../engine.ts'
import { Refused, SqlError } from '../errors.ts'
import { nearest } from './nearest.ts'
import { nameOf, tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'

/** What SQLite did not know: which kind of thing, and its name without the table before it. */
export type Unknown = { readonly kind: 'table' | 'column'; readonly name: string }

/** Finds the unknown name in one of SQLite's messages. */
export const unknownIn = (message: string): Unknown | undefined => {
  const marks = [
    ['no such table: ', 'table'],
    ['no such column: ', 'column'],
    ['has no column named ', 'column'],
  ] as const
  for (const [mark, kind] of marks) {
    const at = message.indexOf(mark)
    // Either may come with what it belongs to before a dot: main.films, f.title.
    if (at !== -1) return { kind, name: message.slice(at + mark.length).replace(/^.*\./s, '') }
  }
  return undefined
}

/** Existing names near to an unknown one. */
export const namesNear = ({ kind, name }: Unknown, { tables }: Catalogue): readonly string[] =>
  nearest(
    name,
    kind === 'table'
      ? tables.map((table) => table.name)
      : tables.flatMap(({ columns }) => columns.map((column) => column.name)),
  )

/** Where the thing that a message is about stands, if it stands in one place only. */
export const placeOf = (message: string, tokens: readonly Token[]): number | undefined => {
  const quoted = /near "([^"]+)"/.exec(message)?.[1]
  const wanted = (quoted ?? unknownIn(message)?.name ?? message.split('no such function: ')[1])?.toLowerCase()
  if (wanted === undefined) return undefined
  const found = tokens.filter((token) => nameOf(token).toLowerCase() === wanted)
  return found.length === 1 ? found[0]?.start : undefined
}

/** An SQL error with a position, where the statement gives one away that SQLite's message did not. */
export const placed = (error: SqlError, tokens: readonly Token[]): SqlError =>
  error.position === undefined ? new SqlError(error.message, placeOf(error.message, tokens), error.near) : error

/**
 * Refuses joins that would compare a hidden column by its name alone: SQLite does not ask the authorizer about those
 * that it finds itself, and equality is enough to guess a value. Throws `Refused`.
 */
export const refuseHiddenJoins = (tokens: readonly Token[], hidden: ReadonlySet<string>): void => {
  if (hidden.size === 0) return
  for (const [at, token] of tokens.entries()) {
    const word = token.kind === 'word' ? token.text.toUpperCase() : ''
    if (word === 'NATURAL') {
      throw new Refused(
        'hidden',
        'NATURAL joins are not run where columns are hidden. Name the columns in ON.',
        token.start,
      )
    }
    if (word !== 'USING') continue
    const end = tokens.findIndex((other, index) => index > at && other.text === ')')
    const named = tokens.slice(at + 1, end === -1 ? undefined : end)
    const found = named.find((other) => hidden.has(nameOf(other).toLowerCase()))
    if (found) throw new Refused('hidden', 'This column is hidden here. Join by others.', found.start)
  }
}

/** Where one of some names stands in a statement, quoted or not; for a driver that has no authorizer. */
export const placeOfName = (sql: string, names: readonly ReadonlySet<string>[]): number | undefined =>
  tokensOf(sql).find((token) => names.some((set) => set.has(nameOf(token).toLowerCase())))?.start
