// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { bothEras } from '@parley/testing'
import { expect } from 'vitest'
import { createSqlite } from '../src/server.ts'
import { demo, opened, textOf } from './sqlite.ts'

const book = opened(demo)
const make = (options: { rehearse: boolean }) => createSqlite(book.explorer, options)

bothEras('list_tables names the tables with their columns', make, async ({ client }) => {
  const { structured, content } = await client.callTool('list_tables')
  expect(structured).toMatchObject({ truncated: false })
  const { tables } = structured as { tables: { name: string; kind: string; columns: string[] }[] }
  expect(tables.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'table authors',
    'table books',
    'table customers',
    'table order_lines',
    'table orders',
    'view sales',
  ])
  expect(tables[0]?.columns).toEqual(['id', 'name', 'born', 'country'])
  expect(textOf(content)).toMatch(/^\| authors \| table \| \d+ \| id, name, born, country \|$/m)
})

bothEras('describe_table tells keys in both directions, whatever the case of the name', make, async ({ client }) => {
  const { structured, content } = await client.callTool('describe_table', { table: 'BOOKS' })
  expect(structured).toMatchObject({
    name: 'books',
    primaryKey: ['id'],
    foreignKeys: [{ columns: ['author_id'], toTable: 'authors', toColumns: ['id'] }],
    referencedBy: [{ table: 'order_lines', columns: ['book_id'] }],
    indexes: [{ name: 'books_by_author', columns: ['author_id'], unique: false }],
    triggers: [{ name: 'stock_never_negative' }],
  })
  expect(textOf(content)).toContain('Referred to by:\norder_lines (book_id) -> books (id)')
  const missing = await client.callTool('describe_table', { table: 'bocks' })
  expect([missing.isError, textOf(missing.content)]).toEqual([true, 'There is no table "bocks". Did you mean books?'])
})

bothEras('explain_query tells the plan and what is slow, and runs nothing', make, async ({ client }) => {
  const sql = 'SELECT * FROM books WHERE price > 10'
  const { structured, content } = await client.callTool('explain_query', { sql })
  const { steps, warnings } = structured as { steps: { detail: string }[]; warnings: string[] }
  expect(steps[0]?.detail).toContain('SCAN books')
  expect(warnings).toHaveLength(1)
  expect(textOf(content)).toMatch(/SCAN books[^]*Warning: /)
  const indexed = await client.callTool('explain_query', { sql: 'SELECT * FROM books WHERE id = ?', params: [1] })
  expect(indexed.structured).toMatchObject({ warnings: [] })
})

bothEras('profile_table counts, column by column, and reports each', make, async ({ client }) => {
  const heard: unknown[] = []
  const args = { table: 'orders', columns: ['status', 'id'] }
  const { structured } = await client.callTool('profile_table', args, { onProgress: (each) => heard.push(each) })
  expect(structured).toMatchObject({
    table: 'orders',
    rowCount: 400,
    columns: [
      { name: 'status', nulls: 0, distinct: 3, min: 'open', max: 'sent', top: [{ value: 'sent' }, {}, {}] },
      { name: 'id', nulls: 0, distinct: 400, min: 1, max: 400 },
    ],
  })
  expect(heard.at(-1)).toMatchObject({ progress: 2, total: 2, message: 'id' })
  const wrong = await client.callTool('profile_table', { table: 'orders', columns: ['state'] })
  expect([wrong.isError, textOf(wrong.content)]).toMatchObject([true, expect.stringContaining('status') as string])
})

bothEras('profile_table ends when it is cancelled, and the next call is answered', make, async ({ client }) => {
  const abort = new AbortController()
  const onProgress = (): void => abort.abort(new Error('enough'))
  await expect(
    client.callTool('profile_table', { table: 'sales' }, { signal: abort.signal, onProgress }),
  ).rejects.toThrow('enough')
  expect((await client.callTool('query_data', { sql: 'SELECT 1' })).isError).toBe(false)
})

bothEras('search_data finds a text where it is, without wildcards', make, async ({ client }) => {
  const { structured } = await client.callTool('search_data', { text: 'FRANKEN' })
  expect(structured).toEqual({
    matches: [{ table: 'books', key: { id: 1 }, column: 'title', excerpt: 'Frankenstein' }],
    truncated: false,
  })
  const wild = await client.callTool('search_data', { text: '%' })
  expect([wild.structured, textOf(wild.content)]).toEqual([
    { matches: [], truncated: false },
    'Nothing in main holds that text.',
  ])
  const few = await client.callTool('search_data', { text: 'customer', tables: ['customers'], limit: 2 })
  expect(few.structured).toMatchObject({ truncated: true, matches: [{ key: { id: 1 }, column: 'email' }, {}] })
})

bothEras('export_query puts a whole result aside, as CSV or JSON', make, async ({ client }) => {
  const sql = `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, 'a,"b' AS t FROM n`
  const csv = await client.callTool('export_query', { sql })
  const link = csv.content.find((block) => block.type === 'resource_link')
  expect(link).toMatchObject({ uri: expect.stringMatching(/^result:\/\/[\w-]{22}$/) as string, mimeType: 'text/csv' })
  expect(textOf(csv.content)).toBe('2500 rows were exported. The link is good for ten minutes.')
  const { contents, text } = await client.readResource(link?.uri ?? '')
  expect(contents[0]?.mimeType).toBe('text/csv')
  const lines = text().split('\r\n')
  expect([lines.length, lines[0], lines[1], lines[2500], lines[2501]]).toEqual([
    2502,
    'i,t',
    '1,"a,""b"',
    '2500,"a,""b"',
    '',
  ])
  expect(Buffer.byteLength(text())).toBe(link?.size)

  const json = await client.callTool('export_query', { sql, format: 'json' })
  const uri = json.content.find((block) => block.type === 'resource_link')?.uri ?? ''
  const read = JSON.parse((await client.readResource(uri)).text()) as { columns: unknown[]; rows: unknown[][] }
  expect([read.columns.length, read.rows.length, read.rows[2499]]).toEqual([2, 2500, [2500, 'a,"b']])
  await expect(client.readResource('result://AAAAAAAAAAAAAAAAAAAAAA')).rejects.toMatchObject({ name: 'RpcError' })
})

let heard: unknown[] = []
const listening = () => {
  heard = []
  return { logLevel: 'info', onLog: (line: unknown) => heard.push(line) } as const
}
bothEras(
  'every statement is told to a caller that listens, by its hash and without its values',
  make,
  async ({ client }) => {
    await client.callTool('query_data', { sql: 'SELECT ?', params: ['secret'] })
    await client.callTool('query_data', { sql: 'DROP TABLE books' })
    expect(heard).toMatchObject([
      { level: 'info', logger: 'sql', data: { database: 'main', rows: 1, verdict: 'ok' } },
      { level: 'info', logger: 'sql', data: { database: 'main', rows: null, verdict: 'refused' } },
    ])
    expect(JSON.stringify(heard)).toMatch(/"statement":"[\da-f]{16}"/)
    expect(JSON.stringify(heard)).not.toContain('secret')
  },
  { client: listening },
)

const long = opened(`
  CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
  INSERT INTO notes VALUES (1, 'short'), (2, printf('%.*c', 10000, 'x') || 'needle');
`)
bothEras(
  'search_data finds what lies beyond the part of a long text that is shown',
  (options) => createSqlite(long.explorer, options),
  async ({ client }) => {
    const { structured } = await client.callTool('search_data', { text: 'needle' })
    expect(structured).toMatchObject({
      matches: [{ table: 'notes', key: { id: 2 }, column: 'body', excerpt: '(far inside a long text)' }],
    })
  },
)

const endless = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)'
const slow = opened(
  `CREATE TABLE t (fast); INSERT INTO t VALUES (1);
   CREATE VIEW v AS SELECT fast, (${endless} SELECT max(i) FROM n) AS slow FROM t;`,
  { timeout: 100 },
)
bothEras(
  'what takes too long is stopped and told, and keeps nothing else from being known',
  (options) => createSqlite(slow.explorer, options),
  async ({ client }) => {
    const { isError, content } = await client.callTool('query_data', { sql: `${endless} SELECT max(i) FROM n` })
    expect([isError, textOf(content)]).toMatchObject([true, expect.stringContaining('stopped after 100 ms') as string])
    const { structured } = await client.callTool('profile_table', { table: 'v' })
    expect(structured).toMatchObject({
      rowCount: 1,
      columns: [
        { name: 'fast', distinct: 1 },
        { name: 'slow', distinct: null, top: [], problem: expect.stringContaining('stopped') as string },
      ],
    })
  },
)
