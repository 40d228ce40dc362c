import type { Connection } from './connection.ts'
import { rowsOf, text } from './connection.ts'
import { troubleWith } from './failure.ts'

/** The columns of names like `table.column`, without their tables. */
export const columnsIn = (hidden: Iterable<string>): ReadonlySet<string> =>
  new Set([...hidden].map((name) => name.slice(name.indexOf('.') + 1)))

/**
 * Makes sure that each column that is to be hidden is there and can be: a renamed one would be seen again. Adds the
 * generated columns of the same tables, which may be made of it and are compiled without asking. Throws a `Failure`.
 */
export const checkHidden = (connection: Connection, wanted: readonly string[], hidden: Set<string>): void => {
  if (wanted.length > 0 && !connection.isWatched) {
    throw troubleWith('hidden', 'This Node cannot hide columns in its own SQLite. Use Node 24, or the wasm driver.')
  }
  for (const name of wanted) {
    const table = name.slice(0, name.indexOf('.'))
    const column = name.slice(name.indexOf('.') + 1)
    const [kind] = rowsOf(connection, "SELECT type FROM pragma_table_list WHERE schema = 'main' AND lower(name) = ?", [
      table,
    ])[0] ?? [null]
    const columns = rowsOf(connection, 'SELECT lower(name), hidden FROM pragma_table_xinfo(?)', [table])
    if (kind === null || !columns.some(([other]) => other === column)) {
      throw troubleWith('hidden', `There is no column ${name} to hide. Name it as table.column.`)
    }
    if (kind !== 'table') {
      throw troubleWith('hidden', `${name} is no column of an ordinary table, and cannot be hidden reliably.`)
    }
    for (const [other, kept] of columns) if (Number(kept) > 1) hidden.add(`${table}.${text(other)}`)
  }
}
