import { ToolError } from '@parley/core'
import type { Server } from '@parley/server'
import { z } from 'zod'
import type { CursorOwner } from '../cursor.ts'
import type { Cell, Column, Page } from '../engine/engine.ts'
import { databaseArgument, databaseNamed, readPage } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { answer, cell, column, looking, params, sql } from '../shapes.ts'
import { pageText, textFormats } from '../show/page.ts'

/** What `query_data` answers with. */
export type QueryAnswer = {
  columns: Column[]
  rows: Cell[][]
  rowCount: number
  truncated: boolean
  nextCursor?: string | undefined
  elapsedMs: number
}

/** The shape of that. */
export const queryAnswer: z.ZodType<QueryAnswer> = z.object({
  columns: z.array(column),
  rows: z.array(z.array(cell)).describe('Values in the order of the columns'),
  rowCount: z.number(),
  truncated: z.boolean().describe('There are more rows'),
  nextCursor: z.string().optional().describe('Gives the rows that follow'),
  elapsedMs: z.number(),
})

const moved = 'The data has changed since the first page was read. Run the query again without a cursor.'

/** Adds `query_data`, which runs one statement that only reads and gives a page of its rows. */
export const addQuery = (server: Server, explorer: Explorer): void => {
  const { maxRows, cursors } = explorer
  const input = z.object({
    sql,
    params,
    limit: z.int().min(1).max(maxRows).default(Math.min(100, maxRows)).describe('The most rows'),
    cursor: z.string().optional().describe('nextCursor of the page before; all else must be as it was'),
    format: z.enum(textFormats).default('markdown').describe('How the rows are written in the text'),
    database: databaseArgument(explorer),
  })
  server.tool(
    'query_data',
    {
      title: 'Query',
      description: 'Runs one SQL statement that only reads, and gives its rows, a page at a time',
      input,
      output: queryAnswer,
      annotations: looking,
    },
    async ({ sql: statement, params: values, limit, cursor, format, database: alias }, ctx) => {
      const database = databaseNamed(explorer, alias)
      const owner: CursorOwner = { database: alias, sql: statement, params: values, principal: ctx.auth }
      const place = cursor === undefined ? undefined : await cursors.read(cursor, owner)
      const asked = { database, sql: statement, params: values }
      const page = await readPage(explorer, ctx, asked, { limit, offset: place?.offset ?? 0 })
      if (place !== undefined && place.version !== page.dataVersion) throw new ToolError(moved)
      const nextCursor = await nextCursorOf(page, explorer, owner)
      return answer(pageText(page, format, database.alias), {
        columns: page.columns,
        rows: page.rows,
        rowCount: page.rows.length,
        truncated: page.truncated,
        ...nextCursor,
        elapsedMs: page.elapsedMs,
      })
    },
  )
}

const nextCursorOf = async (
  { nextOffset, dataVersion }: Page,
  { cursors }: Explorer,
  owner: CursorOwner,
): Promise<{ nextCursor?: string }> =>
  nextOffset === undefined
    ? {}
    : { nextCursor: await cursors.write({ offset: nextOffset, version: dataVersion }, owner) }
