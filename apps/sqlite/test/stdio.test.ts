import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { stdio } from '@parley/transports/stdio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDatabase } from '../src/engine/sample.ts'
import { main, run } from './process.ts'
import { folder, textOf, versions } from './sqlite.ts'

const { path } = folder()

describe.each(versions)('as a process, in %s', (version) => {
  let client: Client
  const stray: string[] = []
  beforeAll(async () => {
    const road = stdio(process.execPath, [main, '--demo'], { onStray: (line) => stray.push(line), stderr: 'ignore' })
    client = await connect(road, { name: 'test', version: '1', versions: [version] })
  })
  afterAll(() => client.close())

  it('answers by tool, resource and prompt', async () => {
    const { content, isError } = await client.callTool('query_data', { sql: 'SELECT count(*) AS n FROM books' })
    expect([isError, textOf(content)]).toMatchObject([false, expect.stringContaining('| 15 |') as string])
    expect((await client.readResource('schema://main')).text()).toContain('CREATE TABLE books')
    const { messages } = await client.getPrompt('explore_database')
    expect(messages.length).toBeGreaterThan(1)
  })

  it('stops a statement that is cancelled, and answers the next', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n'
    const abort = new AbortController()
    const running = client.callTool('query_data', { sql: endless }, { signal: abort.signal })
    const { content } = await client.callTool('query_data', { sql: 'SELECT 41 + 1' })
    expect(textOf(content)).toContain('| 42 |')
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect((await client.callTool('query_data', { sql: 'SELECT 1' })).isError).toBe(false)
  })

  it('T1: writes nothing but messages to its output', () => {
    expect(stray).toEqual([])
  })
})

it('T6: ends with its input, and leaves no sample behind', async () => {
  // A place for temporary files of its own, so that nobody else's are looked at.
  await mkdir(path('temporary'))
  const env = { ...process.env, TMPDIR: path('temporary') }
  const child = spawn(process.execPath, [main, '--demo'], { stdio: ['pipe', 'pipe', 'inherit'], env })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (written += chunk))
  child.stdin.end()
  const [code] = (await once(child, 'close')) as [number]
  expect([code, written, await readdir(path('temporary'))]).toEqual([0, '', []])
})

it('serves several files under their names, and hides what is to be hidden', async () => {
  await writeDatabase(path('shop.db'), 'CREATE TABLE a (x); INSERT INTO a VALUES (1)')
  await writeDatabase(path('users.db'), "CREATE TABLE u (name, password); INSERT INTO u VALUES ('ada', 'hunter2')")
  const args = [main, path('shop.db'), path('users.db'), '--deny', 'users:u.password']
  const client = await connect(stdio(process.execPath, args), { name: 'test', version: '1' })
  const query = async (sql: string) => {
    const { content } = await client.callTool('query_data', { sql, database: 'users' })
    return textOf(content)
  }
  expect((await client.listResources()).map(({ uri }) => uri)).toEqual([
    'schema://main',
    'schema://main/tables',
    'schema://users',
    'schema://users/tables',
  ])
  const seen = [
    await query('SELECT * FROM u'),
    await query('SELECT password FROM u'),
    (await client.readResource('schema://users')).text(),
    (await client.readResource('table://users/u')).text(),
    textOf((await client.callTool('search_data', { text: 'hunter', database: 'users' })).content),
    textOf((await client.callTool('profile_table', { table: 'u', database: 'users' })).content),
  ]
  expect(seen.join('\n')).toContain('ada')
  expect(seen.join('\n')).not.toContain('hunter2')
  expect(seen.join('\n')).not.toContain(path(''))
  await client.close()
})

it.each([[[]], [['--log-params']]])('writes every statement down, values only when asked to: %j', async (flags) => {
  const file = path(`audit${flags.length}.jsonl`)
  const road = stdio(process.execPath, [main, '--demo', '--audit', file, ...flags])
  const client = await connect(road, { name: 'auditor', version: '1' })
  await client.callTool('query_data', { sql: 'SELECT ?', params: ['secret'] })
  await client.callTool('query_data', { sql: 'DROP TABLE books' })
  await client.close()
  const written = await readFile(file, 'utf8')
  const lines = written.trim().split('\n')
  const bound = flags.length === 0 ? {} : { params: ['secret'] }
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { caller: 'auditor', database: 'main', sql: 'SELECT ?', rows: 1, verdict: 'ok', ...bound },
    { caller: 'auditor', database: 'main', sql: 'DROP TABLE books', rows: null, verdict: 'refused' },
  ])
  expect(written.includes('secret')).toBe(flags.length > 0)
})

describe('what cannot be opened', () => {
  it('is said in a sentence, and nothing is made', async () => {
    await writeFile(path('text.db'), 'This is no database. '.repeat(200))
    for (const [name, words] of [
      ['missing.db', /There is no file .*missing\.db\. Check its name; none is ever made\.$/m],
      ['text.db', /text\.db: /],
    ] as const) {
      const { status, stdout, stderr } = run([path(name)])
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(words)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    expect(existsSync(path('missing.db'))).toBe(false)
  })

  it('is a path that is not whole, and a command that is misspelt', () => {
    const relative = run(['shop-that-is-not-there.db']).stderr
    expect(relative).toContain('give the whole path: shop-that-is-not-there.db is looked for where this was started')
    expect(run(['shel', '--demo']).stderr).toContain('Did you mean the command shell?')
  })

  it('is a column to hide that is not there', () => {
    const { status, stderr } = run(['--demo', '--deny', 'customers.phone'])
    expect([status, stderr]).toMatchObject([1, expect.stringContaining('phone') as string])
  })

  it('is a sample to write to where Node has no SQLite of its own', () => {
    if (Number(process.versions.node.split('.')[0]) >= 22) return
    const { status, stderr } = run(['--demo', '--allow-write'])
    expect([status, stderr]).toMatchObject([1, expect.stringContaining('changes need Node 24 or later') as string])
  })
})

it.each([
  ['--help', /^parley-sqlite: /],
  ['--version', /^\d+\.\d+\.\d+\n$/],
])('%s', (flag, words) => {
  const { status, stdout, stderr } = run([flag])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(words)
})
