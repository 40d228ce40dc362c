import type { Cell, Column, ForeignKey, Table } from '../engine/engine.ts'
import { cellText, onOneLine } from './cells.ts'

/** Writes rows under heads: as Markdown for a model, aligned for a person. */
export type Render = (columns: readonly Pick<Column, 'name'>[], rows: readonly (readonly Cell[])[]) => string

/** What is told of a table in a list of them. */
export type TableSummary = {
  readonly name: string
  readonly kind: Table['kind']
  readonly columns: readonly string[]
  readonly rowEstimate: number | null
}

/** What was found in a column. */
export type ColumnProfile = {
  readonly name: string
  readonly type: string
  readonly nulls: Cell
  readonly distinct: Cell
  readonly min: Cell
  readonly max: Cell
  readonly top: readonly { readonly value: Cell; readonly count: Cell }[]
  /** Why nothing is known of it. */
  readonly problem?: string
}

const heads = (...names: readonly string[]): { name: string }[] => names.map((name) => ({ name }))

/** A list of tables as text. */
export const tablesText = (tables: readonly TableSummary[], render: Render): string => {
  const rows = tables.map(({ name, kind, columns, rowEstimate }) => [
    name,
    kind,
    rowEstimate ?? '?',
    columns.join(', '),
  ])
  return render(heads('table', 'kind', 'rows, about', 'columns'), rows)
}

/** A profile as text. */
export const profileText = (profiles: readonly ColumnProfile[], render: Render): string =>
  render(
    heads('column', 'type', 'nulls', 'distinct', 'min', 'max', 'most frequent'),
    profiles.map(({ name, type, nulls, distinct, min, max, top, problem }) => {
      const often = top.map(({ value, count }) => `${cellText(value)} (${cellText(count)})`).join(', ')
      return [name, type, nulls, distinct, min, max, problem ?? often]
    }),
  )

const keyText = ({ table, columns, toTable, toColumns }: ForeignKey): string =>
  `${table} (${columns.join(', ')}) -> ${toTable} (${toColumns.join(', ')})`

const indexText = ({ name, columns, unique }: Table['indexes'][number]): string =>
  `${name} (${columns.map((each) => each ?? 'expression').join(', ')})${unique ? ', unique' : ''}`

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map(onOneLine)]

/** A table with all that belongs to it, as text. */
export const tableText = (table: Table, render: Render): string => {
  const rows = table.columns.map(({ name, type, notNull, defaultValue, primaryKey }) => [
    name,
    type,
    notNull ? 'yes' : '',
    defaultValue ?? '',
    primaryKey === 0 ? '' : primaryKey,
  ])
  const count = table.rowEstimate === null ? 'rows not counted' : `about ${table.rowEstimate} rows`
  return [
    `${table.kind} ${onOneLine(table.name)}, ${count}`,
    render(heads('column', 'type', 'not null', 'default', 'primary key'), rows),
    ...list('Foreign keys', table.foreignKeys.map(keyText)),
    ...list('Referred to by', table.referencedBy.map(keyText)),
    ...list('Indexes', table.indexes.map(indexText)),
    ...list(
      'Triggers',
      table.triggers.map(({ name }) => name),
    ),
    ...(table.broken === undefined ? [] : [`It does not work: ${onOneLine(table.broken)}`]),
  ].join('\n')
}
