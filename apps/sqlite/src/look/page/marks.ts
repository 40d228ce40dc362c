import type { Table, TableColumn } from '../../engine/engine.ts'

/** What a column is to its table and to others, in two letters each: part of the primary key, of a foreign one. */
export const marksOf = ({ foreignKeys }: Table, { name, primaryKey }: TableColumn): string[] => [
  ...(primaryKey > 0 ? ['PK'] : []),
  ...(foreignKeys.some(({ columns }) => columns.includes(name)) ? ['FK'] : []),
]
