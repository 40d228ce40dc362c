import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { stdio } from '@parley/transports/stdio/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { echoClient } from './echo.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, found, text = '']) => (found === language ? [text] : []))
const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))

// Whoever reads the README runs `npx`; here it finds the package as it was built, and nothing else.
const npx = `#!/bin/sh
[ "$1 $2" = '-y @parley/echo' ] || { echo "npx would fetch $*" >&2; exit 64; }
shift 2
exec '${process.execPath}' '${main}' "$@"
`
// A host that was given a server: it says what it was told.
const host = `#!/bin/sh
exec '${process.execPath}' -p 'JSON.stringify(process.argv.slice(1))' -- "$@"
`

let folder: string
let env: { PATH: string }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-echo-'))
  await mkdir(join(folder, 'bin'))
  for (const [name, text] of Object.entries({ npx, claude: host, code: host })) {
    await writeFile(join(folder, 'bin', name), text)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  env = { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = async (command: string): Promise<string> =>
  (await promisify(execFile)('/bin/sh', ['-c', command], { env, cwd: folder })).stdout

/** Starts a server as a host does, and hears it. */
const hear = async (command: string, args: readonly string[]): Promise<unknown> => {
  const client = await connect(stdio(command, args, { env, cwd: folder }), { name: 'host', version: '1.0.0' })
  const { content } = await client.callTool('echo_tool', { message: 'hi' })
  await client.close()
  return content
}
const echoed = [{ type: 'text', text: 'Tool echo: hi' }]

type Entry = { command: string; args: string[] }

describe.skipIf(process.platform === 'win32')('every command of the README', () => {
  const remote = commands.filter((command) => / (?:--http|--transport http) /.test(command))
  const local = commands.filter((command) => !remote.includes(command))

  it.each(local.filter((command) => command.startsWith('npx ')))('%s', async (command) => {
    const printed = await run(command)
    expect(printed).toMatch(
      command.endsWith('--help') ? /parley-echo MESSAGE/ : /^Resource echo: Hello, world!\nTool echo: /,
    )
  })

  it(remote.join('; '), async () => {
    const [serve = '', add = '', ...others] = remote
    expect(others).toEqual([])
    // The port of the README may be taken where this runs, so that the server takes another.
    expect(serve).toMatch(/ --port 3000$/)
    const child = spawn('/bin/sh', ['-c', serve.replace(' 3000', ' 0')], { env, cwd: folder, detached: true })
    onTestFinished(() => void (child.pid !== undefined && process.kill(-child.pid)))
    const [line] = (await once(child.stderr, 'data')) as [Buffer]
    const url = /http:\/\/\S+/.exec(line.toString())?.[0] ?? ''
    const said = JSON.parse(await run(add)) as string[]
    expect(said.slice(0, -1)).toEqual(['mcp', 'add', '--transport', 'http', 'echo'])
    expect(said.at(-1)?.replace(':3000', `:${new URL(url).port}`)).toBe(url)
    const client = await connect(http(url), { name: 'host', version: '1.0.0' })
    expect((await client.callTool('echo_tool', { message: 'hi' })).content).toEqual(echoed)
    await client.close()
  })

  it.each(local.filter((command) => command.startsWith('claude ')))('%s', async (command) => {
    const [mcp, add, name, dashes, program = '', ...args] = JSON.parse(await run(command)) as string[]
    expect([mcp, add, name, dashes]).toEqual(['mcp', 'add', 'echo', '--'])
    expect(await hear(program, args)).toEqual(echoed)
  })

  it.each(commands.filter((command) => command.startsWith('code ')))('%s', async (command) => {
    const [flag, text = ''] = JSON.parse(await run(command)) as string[]
    const entry = JSON.parse(text) as Entry & { name: string }
    expect([flag, entry.name]).toEqual(['--add-mcp', 'echo'])
    expect(await hear(entry.command, entry.args)).toEqual(echoed)
  })

  it.each(blocks('json'))('%s', async (block) => {
    const { mcpServers } = JSON.parse(block) as { mcpServers: Record<string, Entry> }
    expect(Object.keys(mcpServers)).toEqual(['echo'])
    for (const { command, args } of Object.values(mcpServers)) expect(await hear(command, args)).toEqual(echoed)
  })

  it('is one of these', () => {
    const known = commands.filter((command) => /^(?:npx|claude|code) /.test(command))
    expect(known).toEqual(commands)
    expect(commands.length).toBeGreaterThan(3)
    expect(blocks('json')).toHaveLength(1)
    const languages = [...readme.matchAll(/^```(\w+)/gm)].map(([, language]) => language)
    expect(languages.filter((language) => language !== 'sh' && language !== 'json')).toEqual([])
  })
})

it('the tables of the README name all that there is, in order', async () => {
  const client = await echoClient('2026-07-28')
  const rows = [...readme.matchAll(/^\| `(.*?)` \|/gm)].map(([, name]) => name)
  const [tools, templates, resources, prompts] = await Promise.all([
    client.listTools(),
    client.listResourceTemplates(),
    client.listResources(),
    client.listPrompts(),
  ])
  expect(rows).toEqual([
    ...tools.map(({ name }) => name),
    ...templates.map(({ uriTemplate }) => uriTemplate),
    ...resources.map(({ uri }) => uri),
    ...prompts.map(({ name }) => name),
  ])
})
