import { ToolError } from '@parley/core'
import { link, text } from '@parley/server'
import type { Context, Server } from '@parley/server'
import { z } from 'zod'
import type { Page } from '../engine/engine.ts'
import { databaseArgument, databaseNamed, readPage } from '../explorer.ts'
import type { Explorer, Statement } from '../explorer.ts'
import { looking, params, sql } from '../shapes.ts'
import { csvHead, csvRows } from '../show/csv.ts'

const mostRows = 100_000
const mostCharacters = 8_388_608

const media = { csv: 'text/csv', json: 'application/json' } as const

/** Adds `export_query`, which puts a whole result aside for the host to fetch; the model sees the link only. */
export const addExport = (server: Server, explorer: Explorer): void => {
  server.tool(
    'export_query',
    {
      title: 'Export a result',
      description: 'Runs a statement and gives its whole result as a link to a resource, good for ten minutes',
      input: z.object({
        sql,
        params,
        format: z.enum(['csv', 'json']).default('csv'),
        database: databaseArgument(explorer),
      }),
      annotations: { ...looking, idempotentHint: false },
      // The statement is run anew for each page.
      timeout: 60_000,
    },
    async ({ sql: statement, params: values, format, database: alias }, ctx) => {
      const database = databaseNamed(explorer, alias)
      const { body, rows } = await wholeResult(explorer, { database, sql: statement, params: values }, format, ctx)
      const id = explorer.results.keep({ mimeType: media[format], text: body }, ctx.auth)
      return [
        text(`${rows} rows were exported. The link is good for ten minutes.`),
        link({
          uri: `result://${id}`,
          name: `result.${format}`,
          mimeType: media[format],
          size: Buffer.byteLength(body),
        }),
      ]
    },
  )
}

type Whole = { readonly body: string; readonly rows: number }

const wholeResult = async (
  explorer: Explorer,
  statement: Statement,
  format: keyof typeof media,
  ctx: Context,
): Promise<Whole> => {
  const parts: string[] = []
  let size = 0
  let rows = 0
  let version: string | undefined
  let offset: number | undefined = 0
  while (offset !== undefined) {
    const page: Page = await readPage(explorer, ctx, statement, { limit: explorer.maxRows, offset })
    if (version !== undefined && version !== page.dataVersion) {
      throw new ToolError('The data changed while it was being exported. Try again.')
    }
    if (format === 'csv') parts.push(offset === 0 ? csvHead(page.columns) : '', csvRows(page.rows))
    else
      parts.push(offset === 0 ? `{"columns":${JSON.stringify(page.columns)},"rows":[` : '', jsonRows(page.rows, rows))
    rows += page.rows.length
    size += (parts.at(-1) ?? '').length
    if (rows > mostRows || size > mostCharacters) throw new ToolError(tooMuch)
    await ctx.progress(rows, undefined, `${rows} rows`)
    version = page.dataVersion
    offset = page.nextOffset
  }
  return { body: parts.join('') + (format === 'json' ? '\n]}\n' : ''), rows }
}

const tooMuch = `An export holds ${mostRows} rows and ${mostCharacters} characters at most. Add a WHERE, or select fewer columns.`

const jsonRows = (rows: readonly unknown[], before: number): string =>
  rows.map((row, index) => `${before + index === 0 ? '' : ','}\n${JSON.stringify(row)}`).join('')
