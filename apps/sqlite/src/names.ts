import { ToolError } from '@parley/core'
import type { Catalogue, Database, Table } from './engine/engine.ts'
import { nearest } from './engine/sql/nearest.ts'
import { nameText } from './show/cells.ts'

// SQLite folds the case of ASCII letters, and of no others.
const folded = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

const pick = <T extends { readonly name: string }>(items: readonly T[], wanted: string): T | undefined =>
  items.find(({ name }) => name === wanted) ?? items.find(({ name }) => folded(name) === folded(wanted))

/** What is said of a name that does not exist: the nearest that do. */
const unknown = (what: string, wanted: string, names: readonly string[]): ToolError => {
  const near = nearest(wanted, names).map(nameText)
  const some = names.slice(0, 20).map(nameText)
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : `There are: ${some.join(', ')}.`
  return new ToolError(`There is no ${what} ${JSON.stringify(wanted)}. ${names.length === 0 ? '' : hint}`.trim())
}

/** The table or view of a name; undefined where there is none. */
export const findTable = ({ tables }: Catalogue, wanted: string): Table | undefined => pick(tables, wanted)

/** The table or view of a name. Throws a ToolError that names the nearest ones where there is none. */
export const tableNamed = (catalogue: Catalogue, wanted: string): Table => {
  const table = findTable(catalogue, wanted)
  if (table !== undefined) return table
  const names = catalogue.tables.map(({ name }) => name)
  throw unknown('table', wanted, names)
}

/** The column of a name. Throws a ToolError that names the nearest ones where there is none. */
export const columnNamed = (table: Table, wanted: string): Table['columns'][number] => {
  const column = pick(table.columns, wanted)
  if (column !== undefined) return column
  throw unknown(
    `column of ${table.name} called`,
    wanted,
    table.columns.map(({ name }) => name),
  )
}

/** The names of all tables that hold what people put there; what an index for full text keeps for itself is left out. */
export const tableNames = async (database: Database, signal: AbortSignal): Promise<string[]> => {
  const { tables } = await database.catalogue({ signal })
  return tables.filter(({ kind }) => kind !== 'shadow').map(({ name }) => name)
}

/** Those names that begin as what was typed so far, and then those that hold it elsewhere. */
export const completing = (names: readonly string[], typed: string): string[] => {
  const begun = folded(typed)
  const starting = names.filter((name) => folded(name).startsWith(begun))
  return [...starting, ...names.filter((name) => !starting.includes(name) && folded(name).includes(begun))]
}
