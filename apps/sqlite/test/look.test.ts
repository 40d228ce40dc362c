import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { memory } from '@parley/transports/memory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servePage } from '../src/look/serve.ts'
import type { ServedPage } from '../src/look/serve.ts'
import { readCommandLine } from '../src/options.ts'
import { createSqlite } from '../src/server.ts'
import { demo, opened } from './sqlite.ts'

const shop = opened(demo)
const me = { name: 'test', version: '1' }

describe('the page, served', () => {
  let page: ServedPage
  let model: Client
  let person: Client
  let close: () => Promise<void>
  const at = (path: string): string => new URL(path, page.url).href
  const token = (): string => new URLSearchParams(new URL(page.url).hash.slice(1)).get('token') ?? ''

  beforeAll(async () => {
    const { explorer } = shop
    const server = createSqlite(explorer)
    page = await servePage(server, explorer.journal)
    model = await connect(memory(server), { name: 'a model', version: '1' })
    person = await connect(http(at('/page/mcp'), { headers: { authorization: `Bearer ${token()}` } }), me)
    close = async () => {
      await Promise.all([model.close(), person.close()])
      await server.close()
      await page.close()
    }
  })
  afterAll(() => close())

  it('is three files that let no other page in', async () => {
    expect(token()).toMatch(/^[\w-]{43}$/)
    const answer = await fetch(at('/'))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = answer.headers.get('content-security-policy')
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"]) {
      expect(policy).toContain(part)
    }
    expect(await answer.text()).not.toContain(token())
    expect((await fetch(at('/page.css'))).headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect((await fetch(at('/index.html'))).status).toBe(404)
    expect((await fetch(at('/'), { method: 'POST' })).status).toBe(405)
    expect((await fetch(at('/'), { headers: { origin: 'http://evil.test' } })).status).toBe(403)
    expect((await fetch(at('/mcp'), { method: 'POST' })).status).toBe(405)
  })

  it('answers nobody without the token of its launch', async () => {
    const road = at('/page/mcp')
    for (const authorization of ['', 'Bearer x', `Bearer ${token()}x`]) {
      const answer = await fetch(road, { method: 'POST', headers: { authorization }, body: '{}' })
      expect([authorization, answer.status]).toEqual([authorization, 401])
    }
  })

  it('tells the person, and nobody else, what anyone runs', async () => {
    const uri = 'log://statements'
    const changes = await person.listen({ resourceSubscriptions: [uri] })
    const [first] = await Promise.all([
      changes[Symbol.asyncIterator]().next(),
      model.callTool('query_data', { sql: 'SELECT title FROM books WHERE id = ?', params: [3] }),
    ])
    expect(first.value).toEqual({ type: 'resourceUpdated', uri })
    await person.callTool('query_data', { sql: 'SELECT nothing_such' })
    const { statements } = JSON.parse((await person.readResource(uri)).text()) as { statements: unknown[] }
    expect(statements).toMatchObject([
      {
        number: 1,
        client: 'a model',
        database: 'main',
        sql: 'SELECT title FROM books WHERE id = ?',
        verdict: 'ok',
        rows: 1,
      },
      { number: 2, client: 'test', caller: 'person at the page', verdict: 'failed', rows: null },
    ])
    // Values are nobody's business unless the owner of the server said so.
    expect(JSON.stringify(statements[0])).not.toContain('params')
    const later = JSON.parse((await person.readResource(`${uri}?after=1`)).text()) as { statements: unknown[] }
    expect(later.statements).toMatchObject([{ number: 2 }])
    await expect(model.readResource(uri)).rejects.toMatchObject({ kind: 'resourceNotFound' })
    const listed = [await model.listResources(), await model.listResourceTemplates()].flat()
    expect(JSON.stringify(listed)).not.toContain('log://')
  })

  it('forgets the oldest statements', async () => {
    for (let index = 0; index < 510; index++) await model.callTool('query_data', { sql: `SELECT ${index}` })
    const read = await person.readResource('log://statements', { cache: false })
    const { statements } = JSON.parse(read.text()) as { statements: { sql: string }[] }
    expect(statements).toHaveLength(500)
    expect(statements.at(-1)?.sql).toBe('SELECT 509')
  })
})

describe('parley-sqlite look, on the command line', () => {
  it('takes a port, and leaves the browser closed', () => {
    expect(readCommandLine(['look', 'a.db'])).toMatchObject({ command: 'look', look: { port: 0, open: true } })
    expect(readCommandLine(['look', 'a.db', '--port', '8000', '--no-open'])).toMatchObject({
      look: { port: 8000, open: false },
    })
    expect(readCommandLine(['a.db'])).toMatchObject({ command: 'serve', look: undefined })
  })

  it.each([
    [['a.db', '--port', '1'], '--port goes with look'],
    [['shell', 'a.db', '--no-open'], '--no-open goes with look'],
    [['look', 'a.db', '--port', '70000'], '--port takes a number from 0 to 65535'],
    [['look', 'a.db', '--http', '1'], 'look takes no --http'],
  ])('refuses %j', (args, why) => {
    expect(() => readCommandLine(args)).toThrow(why)
  })
})
