import type { JsonObject } from '@parley/core'
import { isObject } from './json.ts'

const mostColumns = 30

/** Rows of one shape, with the names of their columns. */
export type Table = { readonly columns: readonly string[]; readonly rows: readonly JsonObject[] }

/** A list of objects as a table; undefined when it is none, or too wide to be read as one. */
const tableOf = (value: unknown): Table | undefined => {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return undefined
  const columns = new Set(value.flatMap((row) => Object.keys(row)))
  return columns.size === 0 || columns.size > mostColumns ? undefined : { columns: [...columns], rows: value }
}

/** The table in a value: the value itself, or the only list of objects among its members. */
export const tableIn = (value: unknown): Table | undefined => {
  const whole = tableOf(value)
  if (whole !== undefined || !isObject(value)) return whole
  const tables = Object.values(value).flatMap((each) => tableOf(each) ?? [])
  return tables.length === 1 ? tables[0] : undefined
}

/** What stands in a cell. */
export const cellText = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
