import { ToolError } from '@parley/core'
import type { Context, Server } from '@parley/server'
import { z } from 'zod'
import type { Cell, Database, Table } from '../engine/engine.ts'
import { quoted } from '../engine/sql/quoted.ts'
import { catalogueOf, databaseArgument, databaseNamed, readPage } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { columnNamed, tableNamed } from '../names.ts'
import { answer, cell, looking } from '../shapes.ts'
import { cellText, nameText } from '../show/cells.ts'
import { dataBlock } from '../show/data-block.ts'
import { markdown } from '../show/markdown.ts'
import { profileText } from '../show/tables.ts'
import type { ColumnProfile } from '../show/tables.ts'

const columnProfile = z.object({
  name: z.string(),
  type: z.string(),
  nulls: cell,
  distinct: cell,
  min: cell,
  max: cell,
  top: z.array(z.object({ value: cell, count: cell })).describe('The most frequent values, nulls aside'),
  problem: z.string().exactOptional().describe('Why nothing is known of it'),
})

/** What `profile_table` answers with. */
export type ProfileAnswer = { table: string; rowCount: Cell; columns: ColumnProfile[] }

/** The shape of that. */
export const profileAnswer: z.ZodType<ProfileAnswer> = z.object({
  table: z.string(),
  rowCount: cell,
  columns: z.array(columnProfile),
})

/** Adds `profile_table`: what is in the columns of a table, one column after the other. */
export const addProfile = (server: Server, explorer: Explorer): void => {
  server.tool(
    'profile_table',
    {
      title: 'Profile a table',
      description:
        'Counts rows, nulls and distinct values of a table, with the least, the greatest and the most frequent',
      input: z.object({
        table: z.string().describe('Its name'),
        columns: z.array(z.string()).min(1).optional().describe('Only these; all of them if absent'),
        database: databaseArgument(explorer),
      }),
      output: profileAnswer,
      annotations: looking,
    },
    async ({ table: name, columns: wanted, database: alias }, ctx) => {
      const database = databaseNamed(explorer, alias)
      const table = tableNamed(await catalogueOf(database, ctx), name)
      const columns = wanted === undefined ? table.columns : wanted.map((each) => columnNamed(table, each))
      const read = reader(explorer, database, ctx)
      const [[rowCount = null] = []] = await read(`SELECT count(*) FROM ${quoted(table.name)}`)
      const profiles: ColumnProfile[] = []
      for (const column of columns) {
        profiles.push(await profileOf(table, column, read).catch((error: unknown) => unknownOf(column, error)))
        await ctx.progress(profiles.length, columns.length, nameText(column.name))
      }
      const text = `${table.name}: ${cellText(rowCount)} rows\n${profileText(profiles, markdown)}`
      return answer(dataBlock(text), { table: table.name, rowCount, columns: profiles })
    },
  )
}

type Read = (sql: string) => Promise<readonly (readonly Cell[])[]>

const reader =
  (explorer: Explorer, database: Database, ctx: Context): Read =>
  async (sql) =>
    (await readPage(explorer, ctx, { database, sql })).rows

/** What is said of a column that took too long, so that it does not keep the others from being told. */
const unknownOf = ({ name, type }: Table['columns'][number], error: unknown): ColumnProfile => {
  if (!(error instanceof ToolError)) throw error
  return { name, type, nulls: null, distinct: null, min: null, max: null, top: [], problem: error.message }
}

const profileOf = async (
  table: Table,
  { name, type }: Table['columns'][number],
  read: Read,
): Promise<ColumnProfile> => {
  const [column, from] = [quoted(name), quoted(table.name)]
  const [facts = []] = await read(
    `SELECT count(*) - count(${column}), count(DISTINCT ${column}), min(${column}), max(${column}) FROM ${from}`,
  )
  const [nulls = null, distinct = null, min = null, max = null] = facts
  const frequent = await read(
    `SELECT ${column}, count(*) FROM ${from} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
  )
  const top = frequent.map(([value = null, count = null]) => ({ value, count }))
  return { name, type, nulls, distinct, min, max, top }
}
