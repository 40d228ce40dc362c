import { invalidParams } from '@parley/core'
import type { Context, Server } from '@parley/server'
import type { Database, Page, Table } from '../engine/engine.ts'
import { quoted } from '../engine/sql/quoted.ts'
import { catalogueOf, readPage } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { columnNamed, completing, findTable, tableNames } from '../names.ts'
import { reading } from './reading.ts'

type Asked = {
  readonly table: Table
  readonly limit: number
  readonly offset: number
  readonly order: string | undefined
}

/** Adds the rows of the tables of one database, a page at a time. */
export const addRows = (server: Server, explorer: Explorer, database: Database): void => {
  const { alias } = database
  const template: string = `table://${alias}/{table}{?limit,offset,order}`
  server.resource(
    template,
    {
      name: `${alias} rows`,
      description: `Rows of a table of ${alias} as JSON; order is a column, with - before it to begin with the greatest`,
      complete: {
        table: async (typed, { ctx }) => completing(await tableNames(database, ctx.signal), typed),
        order: async (typed, { arguments: { table }, ctx }) => completing(await orders(database, table, ctx), typed),
      },
      unsafe: ['table', 'order'],
    },
    (variables, ctx) =>
      reading(async () => {
        const table = findTable(await catalogueOf(database, ctx), String(variables['table']))
        if (table === undefined) return undefined
        const asked = readUri(table, variables, explorer)
        const page = await pageOf(asked, explorer, database, ctx)
        return { columns: page.columns, rows: page.rows, next: nextUri(asked, page, alias) }
      }),
  )
}

/** The columns of a table, each as it begins with the least and with the greatest. */
const orders = async (database: Database, table: string | undefined, ctx: Context): Promise<string[]> => {
  if (table === undefined) return []
  const { columns = [] } = findTable(await catalogueOf(database, ctx), table) ?? {}
  return columns.flatMap(({ name }) => [name, `-${name}`])
}

const count = (name: string, text: string | readonly string[] | undefined, standing: number, most: number): number => {
  if (text === undefined) return standing
  const value = /^\d{1,9}$/.test(text.toString()) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw invalidParams(`${name} must be a number of at most ${most}, not ${JSON.stringify(text)}`)
}

type Variables = Readonly<Record<string, string | readonly string[]>>

const readUri = (table: Table, { limit, offset, order }: Variables, { maxRows }: Explorer): Asked => ({
  table,
  limit: Math.max(1, count('limit', limit, Math.min(100, maxRows), maxRows)),
  offset: count('offset', offset, 0, 999_999_999),
  order: order === undefined ? undefined : String(order),
})

const ordering = (table: Table, order: string): string => {
  const exact = table.columns.some(({ name }) => name === order)
  const falling = !exact && order.startsWith('-')
  const { name } = columnNamed(table, falling ? order.slice(1) : order)
  return ` ORDER BY ${quoted(name)}${falling ? ' DESC' : ''}`
}

const pageOf = (
  { table, limit, offset, order }: Asked,
  explorer: Explorer,
  database: Database,
  ctx: Context,
): Promise<Page> => {
  const columns = table.columns.map(({ name }) => quoted(name)).join(', ')
  const sql = `SELECT ${columns} FROM ${quoted(table.name)}${order === undefined ? '' : ordering(table, order)}`
  return readPage(explorer, ctx, { database, sql }, { limit, offset })
}

/** Where the rows that follow are to be read; null after the last. */
const nextUri = ({ table, limit, order }: Asked, { nextOffset }: Page, alias: string): string | null => {
  if (nextOffset === undefined) return null
  const ordered = order === undefined ? '' : `&order=${encodeURIComponent(order)}`
  return `table://${alias}/${encodeURIComponent(table.name)}?limit=${limit}&offset=${nextOffset}${ordered}`
}
