import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { promisify } from 'node:util'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { memory } from '@parley/transports/memory'
import { stdio } from '@parley/transports/stdio/client'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { writeDatabase } from '../src/engine/sample.ts'
import { createSqlite } from '../src/server.ts'
import { main } from './process.ts'
import { demo, explorerOf, folder, pretended, textOf } from './sqlite.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, found, text = '']) => (found === language ? [text] : []))
const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))

// Whoever reads the README runs `npx`; here it finds the package as it was built, and nothing else.
const npx = `#!/bin/sh
[ "$1 $2" = '-y @parley/server-sqlite' ] || { echo "npx would fetch $*" >&2; exit 64; }
shift 2
exec '${process.execPath}' '${main}' "$@"
`
// A host that was given a server: it says what it was told.
const host = `#!/bin/sh
exec '${process.execPath}' -p 'JSON.stringify(process.argv.slice(1))' -- "$@"
`

const { path } = folder()
let env: { PATH: string }
beforeAll(async () => {
  await mkdir(path('bin'))
  for (const [name, text] of Object.entries({ npx, claude: host, code: host })) {
    await writeFile(path(`bin/${name}`), text)
    await chmod(path(`bin/${name}`), 0o755)
  }
  await writeDatabase(path('shop.db'), demo)
  env = { PATH: `${path('bin')}${delimiter}${process.env['PATH']}` }
})

const run = async (command: string): Promise<string> =>
  (await promisify(execFile)('/bin/sh', ['-c', command], { env, cwd: path('') })).stdout

/** Starts a server as a host does, and asks it. */
const ask = async (command: string, args: readonly string[]): Promise<string> => {
  const road = stdio(command, args, { env, cwd: path('') })
  const client = await connect(road, { name: 'host', version: '1' })
  const { content } = await client.callTool('query_data', { sql: 'SELECT count(*) FROM orders' })
  await client.close()
  return textOf(content)
}

type Entry = { command: string; args: string[] }

describe.skipIf(process.platform === 'win32')('every command of the README', () => {
  const remote = commands.filter((command) => / (?:--http|--transport http) /.test(command))
  const looks = commands.filter((command) => / look\b/.test(command))
  const local = commands.filter((command) => !remote.includes(command) && !looks.includes(command))
  const expected = new Map([
    ['.tables', /^order_lines +table/m],
    ['revenue', /^author +revenue$/m],
    ['--help', /^parley-sqlite: /],
    ['shop.db', /^ *400$/m],
  ])

  it.each(local.filter((command) => /^(?:npx|echo) /.test(command)))('%s', async (command) => {
    const words = [...expected].find(([part]) => command.includes(part))?.[1]
    expect(await run(command)).toMatch(words ?? 'a command that is known here')
  })

  it(remote.join('; '), async () => {
    const [serve = '', add = '', ...others] = remote
    expect(others).toEqual([])
    // The port of the README may be taken where this runs, so that the server takes another.
    expect(serve).toMatch(/ --http 3000$/)
    const child = spawn('/bin/sh', ['-c', serve.replace(' 3000', ' 0')], { env, cwd: path(''), detached: true })
    onTestFinished(() => void (child.pid !== undefined && process.kill(-child.pid)))
    const [line] = (await once(child.stderr, 'data')) as [Buffer]
    const url = /http:\/\/\S+/.exec(line.toString())?.[0] ?? ''
    const said = JSON.parse(await run(add)) as string[]
    expect(said.slice(0, -1)).toEqual(['mcp', 'add', '--transport', 'http', 'sqlite'])
    expect(said.at(-1)?.replace(':3000', `:${new URL(url).port}`)).toBe(url)
    const client = await connect(http(url), { name: 'host', version: '1' })
    expect((await client.callTool('list_tables')).isError).toBe(false)
    await client.close()
  })

  it.each(looks)('%s', async (command) => {
    // No browser is opened where there is no screen, and the port of the README may be taken.
    const screenless = { ...env, DISPLAY: '', WAYLAND_DISPLAY: '' }
    const child = spawn('/bin/sh', ['-c', command.replace(' 8080', ' 0')], {
      env: screenless,
      cwd: path(''),
      detached: true,
    })
    onTestFinished(() => void (child.pid !== undefined && process.kill(-child.pid)))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const url = /http:\/\/\S+#token=\S+/.exec(line.toString())?.[0] ?? ''
    expect(await (await fetch(url)).text()).toContain('<title>SQLite Explorer</title>')
  })

  it.each(local.filter((command) => command.startsWith('claude ')))('%s', async (command) => {
    const [mcp, add, name, dashes, program = '', ...args] = JSON.parse(await run(command)) as string[]
    expect([mcp, add, name, dashes]).toEqual(['mcp', 'add', 'sqlite', '--'])
    expect(await ask(program, args)).toContain('| 400 |')
  })

  it.each(commands.filter((command) => command.startsWith('code ')))('%s', async (command) => {
    const [flag, text = ''] = JSON.parse(await run(command)) as string[]
    const entry = JSON.parse(text) as Entry & { name: string }
    expect([flag, entry.name]).toEqual(['--add-mcp', 'sqlite'])
    expect(await ask(entry.command, entry.args)).toContain('| 400 |')
  })

  it.each(blocks('json'))('%s', async (block) => {
    const { mcpServers } = JSON.parse(block) as { mcpServers: Record<string, Entry> }
    expect(Object.keys(mcpServers)).toEqual(['sqlite'])
    for (const { command, args } of Object.values(mcpServers)) expect(await ask(command, args)).toContain('| 400 |')
  })

  it('is one of these', () => {
    expect(commands.filter((command) => /^(?:npx|echo|claude|code) /.test(command))).toEqual(commands)
    expect(commands.length).toBeGreaterThan(6)
    expect(blocks('json')).toHaveLength(1)
    const languages = [...readme.matchAll(/^```(\w+)/gm)].map(([, language]) => language)
    expect(languages.filter((language) => language !== 'sh' && language !== 'json')).toEqual([])
  })
})

describe('the tables of the README', () => {
  it('name all that there is, in order', async () => {
    const server = createSqlite(await explorerOf([pretended('main', { writable: true }).database]))
    const client = await connect(memory(server), { name: 'test', version: '1' })
    const rows = [...readme.matchAll(/^\| `(.*?)` \|/gm)].map(([, name]) => name)
    const [tools, resources, templates, prompts] = await Promise.all([
      client.listTools(),
      client.listResources(),
      client.listResourceTemplates(),
      client.listPrompts(),
    ])
    expect(rows).toEqual([
      ...tools.map(({ name }) => name),
      ...resources.map(({ uri }) => uri),
      ...templates.map(({ uriTemplate }) => uriTemplate),
      ...prompts.map(({ name }) => name),
    ])
    await client.close()
    await server.close()
  })
})
