import type { Server } from '@parley/server'
import { z } from 'zod'
import type { Cell, Database, Page, Table } from '../engine/engine.ts'
import { quoted } from '../engine/sql/quoted.ts'
import { catalogueOf, databaseArgument, databaseNamed, readPage } from '../explorer.ts'
import type { Explorer } from '../explorer.ts'
import { tableNamed } from '../names.ts'
import { answer, cell, looking } from '../shapes.ts'
import { cellText, nameText } from '../show/cells.ts'
import { dataBlock } from '../show/data-block.ts'
import { markdown } from '../show/markdown.ts'
import type { Render } from '../show/tables.ts'

const match: z.ZodType<Match> = z.object({
  table: z.string(),
  key: z.record(z.string(), cell).describe('The primary key or rowid of the row; empty where it has none'),
  column: z.string(),
  excerpt: z.string(),
})

/** A place where the text occurs. */
export type Match = { table: string; key: Record<string, Cell>; column: string; excerpt: string }

/** What `search_data` answers with. */
export type SearchAnswer = { matches: Match[]; truncated: boolean }

/** The shape of that. */
export const searchAnswer: z.ZodType<SearchAnswer> = z.object({
  matches: z.array(match),
  truncated: z.boolean().describe('There are more matches'),
})

/** Adds `search_data`: where a text occurs, in any column of text. */
export const addSearch = (server: Server, explorer: Explorer): void => {
  server.tool(
    'search_data',
    {
      title: 'Search',
      description: 'Finds a text in every column of text, ignoring the case of ASCII letters',
      input: z.object({
        text: z.string().min(1).max(1000).describe('What to look for, as it is: no wildcards'),
        tables: z.array(z.string()).min(1).optional().describe('Only in these; in all tables if absent'),
        limit: z.int().min(1).max(100).default(20).describe('The most matches in one table'),
        database: databaseArgument(explorer),
      }),
      output: searchAnswer,
      annotations: looking,
    },
    async ({ text, tables: wanted, limit, database: alias }, ctx) => {
      const database = databaseNamed(explorer, alias)
      const catalogue = await catalogueOf(database, ctx)
      const named = wanted?.map((name) => tableNamed(catalogue, name))
      const tables = named ?? catalogue.tables.filter(({ kind }) => kind === 'table' || kind === 'virtual')
      const matches: Match[] = []
      let truncated = false
      for (const [index, table] of tables.entries()) {
        const sql = searchOf(table, limit)
        if (sql !== undefined) {
          const params = [`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`]
          const page = await readPage(explorer, ctx, { database, sql, params }, { limit })
          matches.push(...matchesIn(table, page, text))
          truncated ||= page.truncated
        }
        await ctx.progress(index + 1, tables.length, nameText(table.name))
      }
      return answer(answerText(matches, truncated, database), { matches, truncated })
    },
  )
}

// Types with these words have text affinity; a column without any type may hold text, too.
const holdsText = (type: string): boolean => /char|clob|text|json|date|time|^$/i.test(type)

const keyOf = ({ primaryKey, kind, withoutRowid }: Table): readonly string[] => {
  if (primaryKey.length > 0) return primaryKey
  return kind === 'view' || withoutRowid ? [] : ['rowid']
}

const textColumns = ({ columns }: Table): string[] =>
  columns.filter(({ type }) => holdsText(type)).map(({ name }) => name)

/** The statement that looks through a table; undefined where no column may hold text. */
const searchOf = (table: Table, limit: number): string | undefined => {
  const columns = textColumns(table).map(quoted)
  if (columns.length === 0) return undefined
  const shown = [...keyOf(table).map(quoted), ...columns].join(', ')
  const either = columns.map((column) => String.raw`${column} LIKE ?1 ESCAPE '\'`).join(' OR ')
  // One more than is wanted shows whether there are more, without reading all of them.
  return `SELECT ${shown} FROM ${quoted(table.name)} WHERE ${either} LIMIT ${limit + 1}`
}

/** Some of a text around the place where another occurs in it; undefined where it does not. */
const excerptOf = (cellFound: Cell, text: string): string | undefined => {
  const whole = cellText(cellFound)
  const at = whole.toLowerCase().indexOf(text.toLowerCase())
  if (at < 0) return undefined
  const [from, to] = [Math.max(0, at - 40), at + text.length + 40]
  return `${from > 0 ? '…' : ''}${whole.slice(from, to)}${to < whole.length ? '…' : ''}`
}

const matchesIn = (table: Table, { rows }: Page, text: string): Match[] => {
  const keys = keyOf(table)
  const columns = textColumns(table)
  return rows.flatMap((row) => {
    const key = Object.fromEntries(keys.map((name, index) => [name, row[index] ?? null]))
    const cells = columns.map((column, index) => ({ column, held: row[keys.length + index] ?? null }))
    const found = cells.flatMap(({ column, held }) => {
      const excerpt = excerptOf(held, text)
      return excerpt === undefined ? [] : [{ table: table.name, key, column, excerpt }]
    })
    if (found.length > 0) return found
    // SQLite saw the whole value, of which only the beginning came here.
    const long = cells.find(({ held }) => typeof held === 'object' && held !== null && '$cut' in held)
    return long === undefined
      ? []
      : [{ table: table.name, key, column: long.column, excerpt: '(far inside a long text)' }]
  })
}

/** Matches as text. */
export const matchesText = (matches: readonly Match[], render: Render): string => {
  const keyText = (key: Match['key']): string =>
    Object.entries(key)
      .map(([name, value]) => `${name} = ${cellText(value)}`)
      .join(', ')
  const rows = matches.map(({ table, key, column, excerpt }) => [table, keyText(key), column, excerpt])
  return render(
    ['table', 'row', 'column', 'text'].map((name) => ({ name })),
    rows,
  )
}

const answerText = (matches: readonly Match[], truncated: boolean, { alias }: Database): string => {
  if (matches.length === 0) return `Nothing in ${alias} holds that text.`
  const count = matches.length === 1 ? '1 match' : `${matches.length} matches`
  return `${count}${truncated ? ', and there are more' : ''}.\n\n${dataBlock(matchesText(matches, markdown))}`
}
