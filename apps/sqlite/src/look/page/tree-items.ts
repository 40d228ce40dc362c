import type { ForeignKey, Index, Table, TableColumn } from '../../engine/engine.ts'
import { onOneLine } from '../../show/cells.ts'
import { el } from './dom.ts'
import type { Child } from './dom.ts'
import { marksOf } from './marks.ts'
import { written } from './tokens.ts'

/** What the tree is used for. */
export type TreeEvents = {
  /** The rows of a table are wanted. */
  readonly rows: (table: Table) => void
  /** A name is wanted in the statement. */
  readonly name: (text: string) => void
}

/** One line of the tree, and those beneath it. */
export type Item = {
  readonly label: readonly Child[]
  readonly name: string
  readonly kind: string
  readonly act?: () => void
  readonly hint?: string
  readonly items?: readonly Item[]
  readonly isOpen?: boolean
}

const columnItem = (table: Table, column: TableColumn, events: TreeEvents): Item => {
  const more = [column.notNull && column.primaryKey === 0 && 'not null', column.generated && 'generated']
  const type = [column.type, ...more].filter((word) => word !== false && word !== '').join(' ')
  const badges = marksOf(table, column).map((mark) => el('span', { class: 'badge' }, mark))
  return {
    name: column.name,
    kind: 'column',
    label: [
      el('span', { class: 'label' }, onOneLine(column.name)),
      ...badges,
      el('span', { class: 'type' }, onOneLine(type)),
    ],
    hint: 'Enter puts the name into the statement.',
    act: () => events.name(written(column.name)),
  }
}

const keyItem = (
  { table, columns, toTable, toColumns }: ForeignKey,
  isOwn: boolean,
  reveal: (name: string) => void,
): Item => {
  const to = `${toTable}${toColumns.length === 0 ? '' : `.${toColumns.join(', ')}`}`
  const text = isOwn ? `${columns.join(', ')} → ${to}` : `← ${table}.${columns.join(', ')}`
  const other = isOwn ? toTable : table
  return {
    name: text,
    kind: 'key',
    label: [el('span', { class: 'label link' }, onOneLine(text))],
    hint: `Enter goes to ${other}.`,
    act: () => reveal(other),
  }
}

const indexItem = ({ name, unique, partial, columns }: Index): Item => ({
  name,
  kind: 'index',
  label: [
    el('span', { class: 'label' }, onOneLine(name)),
    el('span', { class: 'type' }, `(${columns.map((column) => onOneLine(column ?? 'expression')).join(', ')})`),
    unique && el('span', { class: 'badge' }, 'unique'),
    partial && el('span', { class: 'badge' }, 'partial'),
  ],
})

/** Items under a heading; nothing where there are none. */
export const group = (name: string, items: readonly Item[]): Item[] =>
  items.length === 0
    ? []
    : [
        {
          name,
          kind: 'group',
          label: [el('span', { class: 'label' }, name), el('span', { class: 'count' }, String(items.length))],
          items,
          isOpen: true,
        },
      ]

/** About how many, as it fits a narrow column. */
const about = (count: number): string =>
  count < 10_000 ? String(count) : new Intl.NumberFormat('en', { notation: 'compact' }).format(count)

// For the mouse; the keyboard has Enter.
const rowsButton = (table: Table, { rows }: TreeEvents): HTMLElement => {
  const onclick = (event: Event): void => {
    event.stopPropagation()
    rows(table)
  }
  return el('button', { type: 'button', class: 'rows', tabindex: -1, onclick }, 'Rows')
}

/** A table with all that belongs to it; `reveal` hears where a key leads. */
export const tableItem = (table: Table, events: TreeEvents, reveal: (name: string) => void): Item => ({
  name: table.name,
  kind: table.kind,
  label: [
    el('span', { class: 'label' }, onOneLine(table.name)),
    table.kind === 'virtual' && el('span', { class: 'badge' }, 'virtual'),
    table.broken !== undefined && el('span', { class: 'badge bad', title: onOneLine(table.broken) }, 'broken'),
    table.rowEstimate !== null && el('span', { class: 'count', title: 'About so many rows' }, about(table.rowEstimate)),
    rowsButton(table, events),
  ],
  hint: 'Enter shows its rows, Right opens it.',
  act: () => events.rows(table),
  items: [
    ...table.columns.map((column) => columnItem(table, column, events)),
    ...group(
      'Refers to',
      table.foreignKeys.map((key) => keyItem(key, true, reveal)),
    ),
    ...group(
      'Referred to by',
      table.referencedBy.map((key) => keyItem(key, false, reveal)),
    ),
    ...group('Indexes', table.indexes.map(indexItem)),
    ...group(
      'Triggers',
      table.triggers.map(({ name }) => ({
        name,
        kind: 'trigger',
        label: [el('span', { class: 'label' }, onOneLine(name))],
      })),
    ),
  ],
})
