import type { Catalogue, ForeignKey, Index, Table, TableColumn, Trigger } from '../engine.ts'
import { MAX_TABLES } from '../limits.ts'
import { quoted } from '../sql/quoted.ts'
import { nameOf, tokensOf } from '../sql/tokens.ts'
import type { Connection } from './connection.ts'
import { rowsOf, text } from './connection.ts'
import { Failure } from './failure.ts'
import { columnsIn } from './hiding.ts'
import { numberFrom } from './query.ts'

/** A catalogue before it is known which version of the data it was read from. */
export type Schema = Omit<Catalogue, 'dataVersion'>

/** `table.column` in lower case. */
export type Hidden = ReadonlySet<string>

type Part = { readonly name: string; readonly table: string; readonly ddl: string | null }

const partsOf = (connection: Connection, type: string): readonly Part[] =>
  rowsOf(connection, 'SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = ? ORDER BY name', [type]).map(
    ([name, table, ddl]) => ({ name: text(name), table: text(table), ddl: typeof ddl === 'string' ? ddl : null }),
  )

const isHidden = (hidden: Hidden, table: string, column: string): boolean =>
  hidden.has(`${table.toLowerCase()}.${column.toLowerCase()}`)

// Whether a text of SQL mentions a hidden column of any table by name. Where it cannot be read, it may.
const mentions = (ddl: string, columns: ReadonlySet<string>): boolean => {
  try {
    return tokensOf(ddl).some((token) => columns.has(nameOf(token).toLowerCase()))
  } catch {
    return true
  }
}

const shown = (ddl: string | null, columns: ReadonlySet<string>): string | null =>
  ddl === null || (columns.size > 0 && mentions(ddl, columns)) ? null : ddl

const columnsOf = (connection: Connection, table: string): readonly TableColumn[] =>
  rowsOf(connection, 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', [table])
    // 1 is a column that a virtual table keeps to itself; 2 and 3 are generated ones.
    .filter((row) => Number(row[5]) !== 1)
    .map(([name, type, notNull, defaultValue, primaryKey, hidden]) => ({
      name: text(name),
      type: text(type),
      notNull: Number(notNull) !== 0,
      defaultValue: defaultValue === null || defaultValue === undefined ? null : text(defaultValue),
      primaryKey: Number(primaryKey),
      generated: Number(hidden) > 1,
    }))

const primaryKeyOf = (columns: readonly TableColumn[]): readonly string[] =>
  columns
    .filter(({ primaryKey }) => primaryKey > 0)
    .toSorted((a, b) => a.primaryKey - b.primaryKey)
    .map(({ name }) => name)

const foreignKeysOf = (connection: Connection, table: string): readonly ForeignKey[] => {
  const keys = new Map<number, ForeignKey & { columns: string[]; toColumns: string[] }>()
  const sql = 'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq'
  for (const [id, toTable, from, to, onUpdate, onDelete] of rowsOf(connection, sql, [table])) {
    const known = keys.get(Number(id)) ?? {
      table,
      columns: [],
      toTable: text(toTable),
      toColumns: [],
      onUpdate: text(onUpdate),
      onDelete: text(onDelete),
    }
    known.columns.push(text(from))
    if (to !== null && to !== undefined) known.toColumns.push(text(to))
    keys.set(Number(id), known)
  }
  return [...keys.values()]
}

const origins = new Map<string, Index['origin']>([
  ['c', 'index'],
  ['u', 'unique'],
  ['pk', 'primary key'],
])

const indexesOf = (connection: Connection, table: string, ddl: ReadonlyMap<string, string | null>): readonly Index[] =>
  rowsOf(connection, 'SELECT name, "unique", partial, origin FROM pragma_index_list(?) ORDER BY name', [table]).map(
    ([name, unique, partial, origin]) => ({
      name: text(name),
      unique: Number(unique) !== 0,
      partial: Number(partial) !== 0,
      origin: origins.get(text(origin)) ?? 'index',
      columns: rowsOf(connection, 'SELECT name FROM pragma_index_info(?) ORDER BY seqno', [text(name)]).map(
        ([column]) => (typeof column === 'string' ? column : null),
      ),
      ddl: ddl.get(text(name)) ?? null,
    }),
  )

const withoutColumns = (name: string, columns: readonly TableColumn[]): string => {
  const lines = columns.map(
    (column) => `  ${quoted(column.name)}${column.type && ` ${column.type}`}${column.notNull ? ' NOT NULL' : ''}`,
  )
  return `CREATE TABLE ${quoted(name)} (\n${[...lines, '  -- further columns are hidden'].join(',\n')}\n)`
}

const kinds = new Map<string, Table['kind']>([
  ['table', 'table'],
  ['view', 'view'],
  ['virtual', 'virtual'],
  ['shadow', 'shadow'],
])

type Listed = { name: string; kind: Table['kind']; withoutRowid: boolean; strict: boolean }

const listed = (connection: Connection): readonly Listed[] =>
  rowsOf(
    connection,
    `SELECT name, type, wr, strict FROM pragma_table_list
      WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT ${MAX_TABLES + 1}`,
  ).map(([name, type, wr, strict]) => ({
    name: text(name),
    kind: kinds.get(text(type)) ?? 'table',
    withoutRowid: Number(wr) !== 0,
    strict: Number(strict) !== 0,
  }))

const statistics = (connection: Connection): ReadonlyMap<string, number> => {
  const rows = new Map<string, number>()
  const there = rowsOf(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1' AND type = 'table'")
  if (there.length === 0) return rows
  for (const [table, stat] of rowsOf(connection, 'SELECT tbl, stat FROM sqlite_stat1')) {
    const count = Number.parseInt(text(stat), 10)
    if (Number.isSafeInteger(count)) rows.set(text(table), Math.max(count, rows.get(text(table)) ?? 0))
  }
  return rows
}

const estimate = (connection: Connection, table: Listed, known: ReadonlyMap<string, number>): number | null => {
  const counted = known.get(table.name)
  if (counted !== undefined) return counted
  if (table.withoutRowid || (table.kind !== 'table' && table.kind !== 'shadow')) return null
  // The last entry of a tree is found without reading it; NUL cannot stand in a statement.
  if (table.name.includes('\0')) return null
  const highest = numberFrom(connection, `SELECT max(rowid) FROM ${quoted(table.name)}`)
  return highest >= 0 && Number.isSafeInteger(highest) ? highest : null
}

/** Everything about one table but what needs the others. */
type Drawing = {
  readonly connection: Connection
  readonly hidden: Hidden
  /** The names of the hidden columns, without their tables. */
  readonly hiddenNames: ReadonlySet<string>
  readonly ddl: ReadonlyMap<string, string | null>
  readonly indexDdl: ReadonlyMap<string, string | null>
  readonly triggers: readonly Trigger[]
  readonly counts: ReadonlyMap<string, number>
}

const drawTable = (drawing: Drawing, entry: Listed): Table => {
  const { connection, hidden, ddl } = drawing
  const { name } = entry
  const keeps = (column: string): boolean =>
    !isHidden(hidden, name, column) && !(entry.kind === 'view' && drawing.hiddenNames.has(column.toLowerCase()))
  const all = columnsOf(connection, name)
  const columns = all.filter((column) => keeps(column.name))
  const indexes = indexesOf(connection, name, drawing.indexDdl)
  return {
    ...entry,
    columns,
    primaryKey: primaryKeyOf(columns),
    foreignKeys: foreignKeysOf(connection, name).filter((key) => key.columns.every(keeps)),
    referencedBy: [],
    indexes: indexes.filter((index) => index.columns.every((column) => column === null || keeps(column))),
    triggers: drawing.triggers.filter(({ table }) => table === name),
    rowEstimate: estimate(connection, entry, drawing.counts),
    ddl: columns.length < all.length && entry.kind !== 'view' ? withoutColumns(name, columns) : (ddl.get(name) ?? null),
  }
}

// A view may name a table that is gone, and a virtual table a module that is not here. The others are still of use.
const drawn = (drawing: Drawing, entry: Listed): Table => {
  try {
    return drawTable(drawing, entry)
  } catch (error) {
    if (!(error instanceof Failure) || error.complaint.kind !== 'sql') throw error
    const nothing = { columns: [], primaryKey: [], foreignKeys: [], referencedBy: [], indexes: [], triggers: [] }
    return { ...entry, ...nothing, rowEstimate: null, ddl: drawing.ddl.get(entry.name) ?? null, broken: error.message }
  }
}

const withReferences = (tables: readonly Table[]): readonly Table[] => {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]))
  const referring = new Map<string, ForeignKey[]>()
  const complete = tables.map((table) => {
    const foreignKeys = table.foreignKeys.map((key) => {
      const target = byName.get(key.toTable.toLowerCase())
      // A key that names no columns means the primary key of the other table.
      return key.toColumns.length > 0 ? key : { ...key, toColumns: target?.primaryKey ?? [] }
    })
    for (const key of foreignKeys) {
      const name = key.toTable.toLowerCase()
      referring.set(name, [...(referring.get(name) ?? []), key])
    }
    return { ...table, foreignKeys }
  })
  return complete.map((table) => ({ ...table, referencedBy: referring.get(table.name.toLowerCase()) ?? [] }))
}

/** Reads the schema, without what is hidden. Statements of the engine's own: the policy must not watch. */
export const readSchema = (connection: Connection, hidden: Hidden): Schema => {
  const hiddenNames = columnsIn(hidden)
  const ddlOf = (type: string, without: ReadonlySet<string>) =>
    new Map(partsOf(connection, type).map(({ name, ddl }) => [name, shown(ddl, without)]))
  const found = listed(connection)
  const drawing: Drawing = {
    connection,
    hidden,
    hiddenNames,
    // A table that has hidden columns is written anew; one that has none may have others of that name.
    ddl: new Map([...ddlOf('table', new Set()), ...ddlOf('view', hiddenNames)]),
    indexDdl: ddlOf('index', hiddenNames),
    triggers: partsOf(connection, 'trigger').map((part) => ({ ...part, ddl: shown(part.ddl, hiddenNames) })),
    counts: statistics(connection),
  }
  return {
    tables: withReferences(found.slice(0, MAX_TABLES).map((entry) => drawn(drawing, entry))),
    schemaVersion: numberFrom(connection, 'PRAGMA schema_version'),
    truncated: found.length > MAX_TABLES,
  }
}
