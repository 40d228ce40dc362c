// oxlint-disable vitest/no-standalone-expect -- bothEras makes the tests that these stand in
import { connect } from '@parley/client'
import type { ClientOptions } from '@parley/client'
import type { ElicitFormParams, ElicitResult } from '@parley/core'
import { bothEras } from '@parley/testing'
import { memory } from '@parley/transports/memory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binary } from '../../../scripts/toolbox.mjs'
import { inserts } from '../src/demo/rows.ts'
import { schema } from '../src/demo/schema.ts'
import { openDatabase } from '../src/engine/open.ts'
import { writeDatabase } from '../src/engine/sample.ts'
import type { Explorer } from '../src/explorer.ts'
import { createSqlite } from '../src/server.ts'
import { explorerOf, folder, textOf } from './sqlite.ts'

// Writing needs SQLite inside Node, which Node 20 has not: then a newer one from npm runs the processes.
const found: string | Error = await binary('node24').catch((error: Error) => error)
if (found instanceof Error) console.error(`execute_change is not tested: ${found.message}`)

describe.skipIf(found instanceof Error)('execute_change', () => {
  const { path } = folder()
  let explorer: Explorer
  beforeAll(async () => {
    await writeDatabase(path('main.db'), schema + inserts())
    const execPath = String(found)
    const database = await openDatabase(path('main.db'), { driver: 'native', execPath, allowWrite: true })
    explorer = await explorerOf([database])
  })
  afterAll(() => explorer.databases[0].close())

  const make = (options: { rehearse: boolean }) => createSqlite(explorer, options)
  const stock = async (): Promise<unknown> =>
    (await explorer.databases[0].query('SELECT stock FROM books WHERE id = 1')).rows[0]?.[0]
  let asked: ElicitFormParams[] = []
  const answering = (answer: ElicitResult) => (): Partial<ClientOptions> => {
    asked = []
    return { onElicit: (form) => (asked.push(form), answer) }
  }
  const sql = 'UPDATE books SET stock = stock + :more WHERE id = 1'
  const args = { sql, params: { more: 5 } }

  bothEras(
    'makes a change once the person has agreed to it, and once only',
    make,
    async ({ client }) => {
      const before = Number(await stock())
      const { isError, structured, content } = await client.callTool('execute_change', args)
      expect([isError, structured]).toEqual([false, { committed: true, affected: 1, affectedInAll: 1 }])
      expect(textOf(content)).toBe('Done: 1 row changed.')
      expect(await stock()).toBe(before + 5)
      expect(asked).toHaveLength(1)
      expect(asked[0]?.message).toBe(
        `The model wants to change main. It would change 1 row:\n\n${sql}\n\nWith these values: {"more":5}`,
      )
    },
    { client: answering({ action: 'accept', content: { run: true } }) },
  )

  const refusals: [string, ElicitResult, string][] = [
    ['declines', { action: 'decline' }, 'The person said no. Nothing was changed.'],
    ['cancels', { action: 'cancel' }, 'The person closed the question. Nothing was changed.'],
    ['leaves the box empty', { action: 'accept', content: { run: false } }, 'The person said no. Nothing was changed.'],
  ]
  for (const [what, answer, words] of refusals) {
    bothEras(
      `changes nothing when the person ${what}`,
      make,
      async ({ client }) => {
        const before = await stock()
        const { structured, content } = await client.callTool('execute_change', args)
        expect([structured, textOf(content)]).toEqual([{ committed: false, affected: 0, affectedInAll: 0 }, words])
        expect([await stock(), asked.length]).toEqual([before, 1])
      },
      { client: answering(answer) },
    )
  }

  bothEras('changes nothing for a host that cannot ask, and tries nothing either', make, async ({ client }) => {
    const before = await stock()
    const { isError, content } = await client.callTool('execute_change', args)
    expect([isError, textOf(content)]).toMatchObject([true, expect.stringContaining('cannot ask its user') as string])
    const wrong = await client.callTool('execute_change', { sql: 'UPDATE nope SET x = 1' })
    expect(textOf(wrong.content)).toContain('cannot ask its user')
    expect(await stock()).toBe(before)
  })

  bothEras(
    'asks nothing about what cannot be done',
    make,
    async ({ client }) => {
      for (const [bad, why] of [
        ['UPDATE bocks SET stock = 1', 'no such table: bocks'],
        ['DROP TABLE books', ''],
        ['UPDATE books SET stock = -1', 'stock would be negative'],
        ['DELETE FROM books; DELETE FROM orders', ''],
        ["ATTACH 'x.db' AS x", ''],
      ] as const) {
        const { isError, content } = await client.callTool('execute_change', { sql: bad })
        expect([isError, textOf(content)]).toMatchObject([true, expect.stringContaining(why) as string])
      }
      expect(asked).toEqual([])
    },
    { client: answering({ action: 'accept', content: { run: true } }) },
  )

  it('makes nothing when more would be changed than the person was told of', async () => {
    const server = createSqlite(explorer)
    const [database] = explorer.databases
    const onElicit = async (): Promise<ElicitResult> => {
      await database.change("UPDATE books SET year = 1 WHERE title = 'Emma'", undefined, { commit: true })
      return { action: 'accept', content: { run: true } }
    }
    const client = await connect(memory(server), { name: 'test', version: '1', onElicit })
    const late = await client.callTool('execute_change', { sql: 'UPDATE books SET price = 1 WHERE year < 1700' })
    expect(late.isError).toBe(true)
    expect((await database.query('SELECT count(*) FROM books WHERE price = 1')).rows).toEqual([[0]])
    await client.close()
    await server.close()
  })

  it('is not made twice for a client that sends its answer twice', async () => {
    const server = createSqlite(explorer)
    // Nobody but this test speaks here: a client of ours would not send it again.
    const link = await memory(server)({ respond: () => new Promise(() => undefined), hear: () => undefined })
    const before = Number(await stock())
    const meta = (name: string): string => `io.modelcontextprotocol/${name}`
    const _meta = {
      [meta('protocolVersion')]: '2026-07-28',
      [meta('clientCapabilities')]: { elicitation: {} },
    }
    const call = (more: object): Promise<unknown> =>
      link.request('tools/call', { name: 'execute_change', arguments: args, _meta, ...more })
    const first = (await call({})) as { inputRequests: Record<string, unknown>; requestState: string }
    const [key = ''] = Object.keys(first.inputRequests)
    const inputResponses = { [key]: { action: 'accept', content: { run: true } } }
    const answer = { inputResponses, requestState: first.requestState }
    expect(await call(answer)).toMatchObject({ structuredContent: { committed: true } })
    expect(await call(answer)).toMatchObject({ isError: true })
    expect(await stock()).toBe(before + 5)
    await link[Symbol.asyncDispose]()
    await server.close()
  })

  bothEras('a cursor is of no use once somebody has written', make, async ({ client }) => {
    const page = { sql: 'SELECT id FROM orders', limit: 1 }
    const first = await client.callTool('query_data', page)
    const { nextCursor } = first.structured as { nextCursor: string }
    const [database] = explorer.databases
    await database.change('UPDATE orders SET customer_id = customer_id % 40 + 1 WHERE id = 1', undefined, {
      commit: true,
    })
    const { isError, content } = await client.callTool('query_data', { ...page, cursor: nextCursor })
    expect([isError, textOf(content)]).toMatchObject([true, expect.stringContaining('has changed') as string])
  })

  bothEras(
    'subscribers hear of it',
    (options) => createSqlite({ ...explorer, pollInterval: 10 }, options),
    async ({ client }) => {
      const changes = await client.listen({ resourceSubscriptions: ['table://main/books', 'schema://main'] })
      const [database] = explorer.databases
      await database.change('UPDATE books SET stock = stock + 1 WHERE id = 1', undefined, { commit: true })
      for await (const change of changes) {
        expect(JSON.stringify(change)).toContain('table://main/books')
        break
      }
    },
  )

  bothEras('is marked as what it is, and told of in the instructions', make, async ({ client }) => {
    const tool = (await client.listTools()).find(({ name }) => name === 'execute_change')
    expect(tool?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true })
    expect(client.instructions).toContain('execute_change')
  })
})
