import type { Server } from '@parley/server'
import { z } from 'zod'
import type { Table } from '../engine/engine.ts'
import { catalogueOf, databaseArgument, databaseNamed } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { tableNamed } from '../names.ts'
import { answer, looking, tableShape } from '../shapes.ts'
import { dataBlock } from '../show/data-block.ts'
import { markdown } from '../show/markdown.ts'
import { tablesText, tableText } from '../show/tables.ts'
import type { TableSummary } from '../show/tables.ts'

/** What `list_tables` answers with. */
export type TablesAnswer = { tables: TableSummary[]; truncated: boolean }

/** The shape of that. */
export const tablesAnswer: z.ZodType<TablesAnswer> = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['table', 'view', 'virtual', 'shadow']),
      columns: z.array(z.string()),
      rowEstimate: z.number().nullable().describe('About how many rows; null where they would have to be counted'),
    }),
  ),
  truncated: z.boolean().describe('There are more tables than are listed'),
})

const summaryOf = ({ name, kind, columns, rowEstimate }: Table): TableSummary => ({
  name,
  kind,
  columns: columns.map((column) => column.name),
  rowEstimate,
})

/** Adds `list_tables` and `describe_table`: what the schema resources hold, for hosts that only know tools. */
export const addCatalogue = (server: Server, explorer: Explorer): void => {
  const database = databaseArgument(explorer)
  server.tool(
    'list_tables',
    {
      title: 'List tables',
      description: 'Lists the tables and views with their columns',
      input: z.object({ database }),
      output: tablesAnswer,
      annotations: looking,
    },
    async ({ database: alias }, ctx) => {
      const { tables, truncated } = await catalogueOf(databaseNamed(explorer, alias), ctx)
      const shown = tables.filter(({ kind }) => kind !== 'shadow').map(summaryOf)
      return answer(dataBlock(tablesText(shown, markdown)), { tables: shown, truncated })
    },
  )

  server.tool(
    'describe_table',
    {
      title: 'Describe a table',
      description: 'Tells the columns, keys, foreign keys in both directions, indexes and triggers of a table or view',
      input: z.object({ table: z.string().describe('Its name'), database }),
      output: tableShape,
      annotations: looking,
    },
    async ({ table: name, database: alias }, ctx) => {
      const table = tableNamed(await catalogueOf(databaseNamed(explorer, alias), ctx), name)
      return answer(dataBlock(tableText(table, markdown)), table)
    },
  )
}
