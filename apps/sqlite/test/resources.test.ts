// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { bothEras } from '@parley/testing'
import { expect } from 'vitest'
import { createSqlite } from '../src/server.ts'
import { demo, opened, rejection } from './sqlite.ts'

const book = opened(demo)
const odd = opened('CREATE TABLE "a/b ""c" (x, "-x", "y z"); INSERT INTO "a/b ""c" VALUES (1, 2, 3), (4, 5, 6);')
const make = (options: { rehearse: boolean }) => createSqlite(book.explorer, options)

bothEras('schema://main holds the statements, and is plain text', make, async ({ client }) => {
  const { contents, text } = await client.readResource('schema://main')
  expect(contents[0]).toMatchObject({ uri: 'schema://main', mimeType: 'text/plain' })
  const kinds = [...text().matchAll(/^CREATE (\w+) (\w+)/gm)].map(([, kind, name]) => `${kind} ${name}`)
  expect(kinds).toEqual([
    'TABLE authors',
    'TABLE books',
    'INDEX books_by_author',
    'TRIGGER stock_never_negative',
    'TABLE customers',
    'TABLE order_lines',
    'TABLE orders',
    'INDEX orders_by_customer',
    'VIEW sales',
  ])
})

bothEras('the tables are there as JSON, all of them or one', make, async ({ client }) => {
  const all = JSON.parse((await client.readResource('schema://main/tables')).text()) as { name: string }[]
  expect(all.map(({ name }) => name)).toContain('order_lines')
  const { contents, text } = await client.readResource('schema://main/orders')
  expect(contents[0]?.mimeType).toBe('application/json')
  expect(JSON.parse(text())).toMatchObject({ name: 'orders', foreignKeys: [{ toTable: 'customers' }] })
  const templates = await client.listResourceTemplates()
  expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    'schema://main/{table}',
    'table://main/{table}{?limit,offset,order}',
    'result://{id}',
  ])
})

type Rows = { columns: { name: string }[]; rows: unknown[][]; next: string | null }

bothEras('rows are read a page at a time, in any order', make, async ({ client }) => {
  const read = async (uri: string): Promise<Rows> => JSON.parse((await client.readResource(uri)).text()) as Rows
  const first = await read('table://main/authors?limit=5&order=-id')
  expect([first.columns.map(({ name }) => name), first.rows.map(([id]) => id), first.next]).toEqual([
    ['id', 'name', 'born', 'country'],
    [8, 7, 6, 5, 4],
    'table://main/authors?limit=5&offset=5&order=-id',
  ])
  const second = await read(first.next ?? '')
  expect([second.rows.map(([id]) => id), second.next]).toEqual([[3, 2, 1], null])
  expect((await read('table://main/orders')).rows).toHaveLength(100)
})

bothEras(
  'names that a URI has to write out are read',
  (options) => createSqlite(odd.explorer, options),
  async ({ client }) => {
    const read = async (uri: string): Promise<Rows> => JSON.parse((await client.readResource(uri)).text()) as Rows
    const name = encodeURIComponent('a/b "c')
    expect(JSON.parse((await client.readResource(`schema://main/${name}`)).text())).toMatchObject({ name: 'a/b "c' })
    // A column may begin with a minus itself.
    const one = await read(`table://main/${name}?limit=1&order=--x`)
    expect(one.rows).toEqual([[4, 5, 6]])
    expect((await read(one.next ?? '')).rows).toEqual([[1, 2, 3]])
    expect((await read(`table://main/${name}?order=-x&limit=1`)).rows).toEqual([[1, 2, 3]])
  },
)

bothEras('what is not there, or not so, is an error', make, async ({ client }) => {
  const missing = await rejection(client.readResource('schema://main/nope'))
  expect(missing).toMatchObject({ name: 'RpcError', message: expect.stringContaining('not found') as string })
  expect(await rejection(client.readResource('table://main/nope'))).toMatchObject({ name: 'RpcError' })
  const order = await rejection(client.readResource('table://main/orders?order=stat'))
  expect(order).toMatchObject({ code: -32602, message: expect.stringContaining('status') as string })
  const limit = await rejection(client.readResource('table://main/orders?limit=1001'))
  expect(limit).toMatchObject({ code: -32602, message: expect.stringContaining('at most 1000') as string })
})

bothEras('tables, columns of the chosen table and databases are suggested', make, async ({ client }) => {
  const rows = { type: 'ref/resource', uri: 'table://main/{table}{?limit,offset,order}' } as const
  const suggest = async (name: string, value: string, context?: { [name: string]: string }) =>
    (await client.complete(rows, { name, value }, context)).values
  expect(await suggest('table', 'ord')).toEqual(['order_lines', 'orders'])
  expect(await suggest('order', 'na', { table: 'authors' })).toEqual(['name', '-name'])
  expect(await suggest('order', '')).toEqual([])
  const prompt = { type: 'ref/prompt', name: 'find_anomalies' } as const
  expect((await client.complete(prompt, { name: 'table', value: 'cus' })).values).toEqual(['customers'])
  expect((await client.complete(prompt, { name: 'database', value: '' })).values).toEqual(['main'])
})

bothEras(
  'without data resources, rows come through tools alone',
  (options) => createSqlite({ ...book.explorer, dataResources: false }, options),
  async ({ client }) => {
    expect((await client.listResourceTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual([
      'schema://main/{table}',
    ])
    expect((await client.listTools()).map(({ name }) => name)).not.toContain('export_query')
    expect(await rejection(client.readResource('table://main/orders'))).toMatchObject({ name: 'RpcError' })
  },
)
