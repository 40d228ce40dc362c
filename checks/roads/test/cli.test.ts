import { connect } from '@parley/client'
import { stdio } from '@parley/transports/stdio'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ended, heard, main, parley, startParley } from './cli-process.ts'

// Real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let folder = ''

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

// Parts of it are only true of TypeScript, so that whoever loads it has left the types out.
const bank = `
import { Server, ToolError } from '@parley/server'

type Transfer = { amount: number; note?: string }

const server: Server = new Server({ name: 'bank', version: '1.0.0' }, { instructions: 'Be careful.' })

const numbers = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] } as const
server.tool('add', { description: 'Adds two numbers', input: numbers }, ({ a, b }): number => a + b)
server.tool('fail', {}, () => { throw new ToolError('No money.') })
server.tool('env', { input: { type: 'object', properties: { name: { type: 'string' } } } as const }, ({ name }) => process.env[name ?? ''] ?? 'unset')
server.tool('words', {}, () => process.argv.slice(2).join(' '))
server.tool('ask', {}, async (_: unknown, ctx) => {
  const answer = await ctx.elicit({ message: 'Who?', schema: { type: 'object', properties: { who: { type: 'string' } }, required: ['who'] } as const })
  return answer.action === 'accept' ? String((answer.content as { who: string } satisfies object).who) : answer.action
})
server.tool('wait', {}, (_: unknown, ctx) => new Promise((_resolve, reject) => {
  process.stderr.write('waiting\\n')
  ctx.signal.addEventListener('abort', () => { process.stderr.write('cancelled\\n'); reject(ctx.signal.reason) })
}))
server.resource('bank://rate', () => '4 %')
server.resource('greeting://{name}', { complete: { name: (start: string) => ['Ada', 'Alan'].filter((each) => each.startsWith(start)) } }, ({ name }) => \`Hello, \${name}!\`)
server.prompt('review', { args: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] } as const }, ({ code }) => \`Review \${code}\`)

export default server
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
  mkdirSync(join(folder, 'home'))
  write('bank.ts', bank)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ran = (...args: string[]): ReturnType<typeof parley> => parley(args, { cwd: folder })

describe('what a server is and offers', () => {
  it('is shown', async () => {
    const { code, stdout } = await ran('inspect', 'bank.ts')
    expect(code).toBe(0)
    expect(stdout).toContain('bank 1.0.0\n')
    expect(stdout).toContain('Be careful.')
    expect(stdout).toContain('  add a b  Adds two numbers\n')
    expect(stdout).toContain('  greeting://{name}')
  })

  it.each(['legacy', 'modern'])('is listed in the %s era, as JSON', async (era) => {
    const { code, stdout } = await ran('list', 'bank.ts', '--era', era, '--json')
    const offer = JSON.parse(stdout) as { tools: { name: string }[]; prompts: unknown[]; templates: unknown[] }
    expect(code).toBe(0)
    expect(offer.tools.map((tool) => tool.name)).toEqual(['add', 'fail', 'env', 'words', 'ask', 'wait'])
    expect([offer.prompts.length, offer.templates.length]).toEqual([1, 1])
  })

  it('may be one kind, and that of a command', async () => {
    const { stdout } = await ran('list', 'prompts', '--', process.execPath, main, 'run', 'bank.ts')
    expect(stdout).toBe('Prompts (1)\n  review code\n')
  })
})

describe('a call', () => {
  it('prints what the tool says', async () => {
    expect(await ran('call', 'bank.ts', 'add', 'a=1', 'b=41')).toMatchObject({ code: 0, stdout: '42\n' })
    expect(await ran('call', 'bank.ts:default', 'add', '--args', '{"a":1,"b":2}')).toMatchObject({
      code: 0,
      stdout: '3\n',
    })
    expect(await ran('call', 'bank.ts', 'add', '{"a":2,"b":2}')).toMatchObject({ code: 0, stdout: '4\n' })
    const place = { cwd: folder, input: '{"a":2,"b":3}' }
    expect(await parley(['call', 'bank.ts', 'add', '--args', '-'], place)).toMatchObject({ code: 0, stdout: '5\n' })
  })

  it('prints all of it as JSON', async () => {
    const { stdout } = await ran('call', 'bank.ts', 'add', 'a=1', 'b=2', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      content: [{ type: 'text', text: '3' }],
      structuredContent: { result: 3 },
      isError: false,
    })
  })

  it('ends with 5 when the tool fails, and 2 when the words are wrong', async () => {
    expect(await ran('call', 'bank.ts', 'fail')).toMatchObject({ code: 5, stdout: 'No money.\n' })
    expect(await ran('call', 'bank.ts', 'add', 'a=one', 'b=2')).toMatchObject({
      code: 2,
      stderr: 'parley: a takes a number, not "one".\n',
    })
    const { code, stderr } = await ran('call', 'bank.ts', 'nope')
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The server has no tool nope. It has add, fail'),
    })
  })

  it('answers questions with what stands on the command line', async () => {
    expect(await ran('call', 'bank.ts', 'ask', '--answer', '{"who":"Ada"}')).toMatchObject({ code: 0, stdout: 'Ada\n' })
    expect(await ran('call', 'bank.ts', 'ask', '--era', 'legacy', '--answer', '{"action":"decline"}')).toMatchObject({
      stdout: 'decline\n',
    })
    expect((await ran('call', 'bank.ts', 'ask')).code).toBe(4)
  })

  it('is cancelled by Ctrl-C, of which the server hears', async () => {
    const child = startParley(['call', 'bank.ts', 'wait'], { cwd: folder })
    const all = heard(child.stderr, /waiting[^]*(cancelled)[^]*parley: Cancelled\.\n/)
    await heard(child.stderr, /waiting/)
    child.kill('SIGINT')
    expect(await all).toBe('cancelled')
    expect(await ended(child)).toBe(130)
  })
})

describe('resources, prompts and completions', () => {
  it('are read', async () => {
    expect(await ran('read', 'bank.ts', 'greeting://Ada')).toMatchObject({ code: 0, stdout: 'Hello, Ada!\n' })
    expect((await ran('read', 'bank.ts', 'bank://rate', '-o', 'rate.txt')).code).toBe(0)
    expect(readFileSync(join(folder, 'rate.txt'), 'utf8')).toBe('4 %')
    expect((await ran('read', 'bank.ts', 'nope://x')).code).toBe(4)
  })

  it('are filled in and completed', async () => {
    expect((await ran('prompt', 'bank.ts', 'review', 'code=x = 1')).stdout).toBe('user: Review x = 1\n')
    expect((await ran('complete', 'bank.ts', 'greeting://{name}', 'name', 'Al')).stdout).toBe('Alan\n')
  })
})

describe('a file that is run', () => {
  const called = async (
    args: string[],
    tool: string,
    values = {},
    env: Record<string, string> = {},
  ): Promise<unknown> => {
    const dial = stdio(process.execPath, [main, 'run', ...args], { cwd: folder, env, stderr: 'ignore' })
    await using client = await connect(dial, { name: 'test', version: '1' })
    const { content } = await client.callTool(tool, values)
    return content[0]?.type === 'text' ? content[0].text : undefined
  }

  it('reads the variables of -e before those of -f, those of a later -f before an earlier, and all before its own', async () => {
    write('one.env', 'ONE=1\nKEY=one\nBOTH=one\n')
    write('two.env', 'KEY=two\nBOTH=two\n')
    const files = ['bank.ts', '-f', 'one.env', '-f', 'two.env', '-e', 'KEY=given']
    const env = { KEY: 'own', BOTH: 'own', OTHER: 'own' }
    const values = await Promise.all(
      ['ONE', 'KEY', 'BOTH', 'OTHER', 'NONE'].map((name) => called(files, 'env', { name }, env)),
    )
    expect(values).toEqual(['1', 'given', 'two', 'own', 'unset'])
  })

  it('gets the words that stand after it', async () => {
    expect(await called(['bank.ts', 'one', '--', '--two'], 'words')).toBe('one --two')
  })

  it('may start itself, and is not started twice', async () => {
    write(
      'self.mjs',
      "import { serveStdio } from '@parley/transports/stdio'\nimport { Server } from '@parley/server'\nexport const server = new Server({ name: 'self', version: '1' })\nserver.tool('a', {}, () => 'once')\nawait serveStdio(server)\n",
    )
    expect(await called(['self.mjs'], 'a')).toBe('once')
  })

  it('has packages that its project lacks', async () => {
    mkdirSync(join(folder, 'kept'))
    mkdirSync(join(folder, 'worked-on'))
    write('kept/package.json', '{ "name": "kept", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
    write('kept/index.js', "export const kept = 'kept'\n")
    write(
      'worked-on/package.json',
      '{ "name": "worked-on", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    )
    write('worked-on/index.js', "export const word = 'early'\n")
    write(
      'with.ts',
      "import { Server } from '@parley/server'\nimport { kept } from 'kept'\nimport { word } from 'worked-on'\nconst server = new Server({ name: 'w', version: '1' })\nserver.tool('a', {}, (): string => `${kept} ${word}`)\nexport default server\n",
    )
    const flags = ['with.ts', '--with', join(folder, 'kept'), '--with-editable', 'worked-on']
    const env = { XDG_CACHE_HOME: join(folder, 'cache') }
    expect(await called(flags, 'a', {}, env)).toBe('kept early')
    write('worked-on/index.js', "export const word = 'late'\n")
    expect(await called(flags, 'a', {}, env)).toBe('kept late')
    const { code, stderr } = await ran('run', 'with.ts')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'parley: with.ts needs the package kept: install it with `npm install kept`, or add `--with kept`.\n',
    })
  })

  it('is served over HTTP and WebSocket, and from there over stdio again', async () => {
    const http = startParley(['run', 'bank.ts', '-t', 'http', '-p', '0'], { cwd: folder })
    const ws = startParley(['run', 'bank.ts', '-t', 'ws', '-p', '0'], { cwd: folder })
    const [url, socket] = await Promise.all([http, ws].map((child) => heard(child.stderr, /served at (\S+)/)))
    expect((await ran('call', url ?? '', 'add', 'a=1', 'b=2')).stdout).toBe('3\n')
    expect((await ran('call', socket ?? '', 'add', 'a=1', 'b=3')).stdout).toBe('4\n')
    expect(await called([url ?? ''], 'add', { a: 2, b: 3 })).toBe('5')
    write(
      'hosts.json',
      JSON.stringify({
        mcpServers: { web: { url }, own: { command: process.execPath, args: [main, 'run', 'bank.ts'] } },
      }),
    )
    expect(await called(['hosts.json:web'], 'add', { a: 3, b: 3 })).toBe('6')
    expect((await ran('call', 'hosts.json:own', 'add', 'a=3', 'b=4')).stdout).toBe('7\n')
    const port = new URL(url ?? '').port
    expect(await ran('run', 'bank.ts', '-t', 'http', '-p', port)).toMatchObject({
      code: 2,
      stderr: `parley: Port ${port} is in use: choose another with --port, or 0 for any that is free.\n`,
    })
    http.kill('SIGINT')
    ws.kill('SIGTERM')
    expect(await Promise.all([ended(http), ended(ws)])).toEqual([0, 0])
  })
})

describe('a file that is changed while it runs', () => {
  it('is started anew, and the connection stays', async () => {
    const path = write('moving.ts', bank)
    const lists: (() => void)[] = []
    const listed = (): Promise<void> => new Promise((resolve) => void lists.push(resolve))
    let heardOf = ''
    const stderr = (chunk: string): void => void (heardOf += chunk)
    const dial = stdio(process.execPath, [main, 'run', path, '--reload'], { cwd: folder, stderr })
    await using client = await connect(dial, {
      name: 'test',
      version: '1',
      versions: ['2025-11-25'],
      cache: false,
      onNotification: (method) =>
        method === 'notifications/tools/list_changed' && lists.splice(0).forEach((each) => each()),
    })
    expect((await client.listTools()).map((tool) => tool.name)).toContain('add')
    let changed = listed()
    write('moving.ts', bank.replace("'add'", "'plus'"))
    await changed
    expect((await client.listTools()).map((tool) => tool.name)).toContain('plus')
    write('moving.ts', `${bank}\nconst = 1\n`)
    await expect.poll(() => heardOf).toContain('moving.ts:')
    await expect.poll(() => client.listTools().then(() => '', String)).toContain('starts again when a file changes')
    changed = listed()
    write('moving.ts', bank)
    await changed
    expect((await client.listTools()).map((tool) => tool.name)).toContain('add')
  })
})

describe('the inspector of a file that is worked on', () => {
  it('stays while the file changes, and breaks, and is mended', async () => {
    write('worked.ts', bank)
    const child = startParley(['dev', 'worked.ts', '--no-open'], { cwd: folder })
    const url = await heard(child.stderr, /at (http:\S+)/)
    expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', hash: expect.stringMatching(/^#token=.{20}/) })
    const page = (): Promise<number> => fetch(url).then((response) => response.status)
    expect(await page()).toBe(200)
    const broken = heard(child.stderr, /worked\.ts changed[^]*worked\.ts:\d+:\d+: Unexpected token/)
    // The watch begins right after the address is printed; a change is made until it is seen.
    const again = setInterval(() => write('worked.ts', `${bank}\nconst = 1\n`), 300)
    await broken
    clearInterval(again)
    expect(await page()).toBe(200)
    child.kill('SIGINT')
    expect(await ended(child)).toBe(0)
  })
})

describe('an installation', () => {
  const configPath = (): string => join(folder, 'claude.json')
  const before = '{\n  // mine\n  "mcpServers": {},\n  "theme": "dark"\n}\n'

  it('is written, starts as it was written, is found by doctor, and removed', async () => {
    write('claude.json', before)
    const installed = await ran(
      'install',
      'bank.ts',
      '--to',
      'claude-desktop',
      '--config-path',
      'claude.json',
      '-e',
      'KEY=1',
    )
    expect(installed).toMatchObject({ code: 0, stdout: '' })
    expect(installed.stderr).toContain('written: bank in')
    expect(installed.stderr).toContain('It starts and offers 6 tools. Quit Claude Desktop and open it again.')
    const text = readFileSync(configPath(), 'utf8')
    expect(text).toContain('// mine')
    expect(JSON.parse(text.replace('// mine', ''))).toEqual({
      mcpServers: {
        bank: { command: process.execPath, args: [main, 'run', join(folder, 'bank.ts')], env: { KEY: '1' } },
      },
      theme: 'dark',
    })
    const found = await ran('doctor', '--config-path', 'claude.json', '--json')
    expect(JSON.parse(found.stdout)).toEqual([expect.objectContaining({ name: 'bank', state: 'well' })])
    expect((await ran('uninstall', 'bank', '--config-path', 'claude.json')).code).toBe(0)
    expect(JSON.parse(readFileSync(configPath(), 'utf8').replace('// mine', ''))).toEqual({
      mcpServers: {},
      theme: 'dark',
    })
  })

  it('keeps the variables of an earlier one', async () => {
    write('claude.json', '{ "mcpServers": { "bank": { "command": "x", "env": { "KEPT": "1", "GONE": "1" } } } }')
    const flags = ['--config-path', 'claude.json', '-n', 'bank', '-e', 'NEW=1', '--unset', 'GONE']
    expect((await ran('install', 'bank.ts', ...flags)).code).toBe(0)
    const { mcpServers } = JSON.parse(readFileSync(configPath(), 'utf8')) as { mcpServers: { bank: { env: object } } }
    expect(mcpServers.bank.env).toEqual({ KEPT: '1', NEW: '1' })
  })

  it('is that of a URL, which a host that knows none reaches through this program', async () => {
    write('claude.json', before)
    const web = startParley(['run', 'bank.ts', '-t', 'http', '-p', '0'], { cwd: folder })
    const url = await heard(web.stderr, /served at (\S+)/)
    const installed = await ran('install', url, '--config-path', 'claude.json')
    expect(installed.stderr).toContain('It starts and offers 6 tools.')
    expect(readFileSync(configPath(), 'utf8')).toContain(`"${url}"`)
    mkdirSync(join(folder, 'home', '.cursor'))
    expect((await ran('install', url, '--to', 'cursor', '-n', 'web')).code).toBe(0)
    const cursor = JSON.parse(readFileSync(join(folder, 'home', '.cursor', 'mcp.json'), 'utf8')) as unknown
    expect(cursor).toEqual({ mcpServers: { web: { url } } })
    const withHeader = ['-H', 'X-Key: 1', '-n', 'web']
    expect((await ran('install', url, '--to', 'cursor', ...withHeader)).code).toBe(0)
    const again = JSON.parse(readFileSync(join(folder, 'home', '.cursor', 'mcp.json'), 'utf8')) as unknown
    expect(again).toEqual({ mcpServers: { web: { url, headers: { 'X-Key': '1' } } } })
    const between = await ran('install', url, '--config-path', 'claude.json', ...withHeader)
    expect(between.stderr).toContain('note: X-Key will stand there as plain text.')
    expect(readFileSync(configPath(), 'utf8')).toMatch(/"-H",\s+"X-Key: 1"/)
    expect(statSync(configPath()).mode & 0o077).toBe(0)
    rmSync(join(folder, 'home', '.cursor'), { recursive: true })
    web.kill('SIGINT')
    await ended(web)
    const gone = await ran('install', url, '--config-path', 'claude.json', '-n', 'gone')
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringMatching(/^parley: The server could not be reached/) })
  })

  it('is only shown by --dry-run, print and stdio', async () => {
    write('claude.json', before)
    const dry = await ran('install', 'bank.ts', '--config-path', 'claude.json', '--dry-run')
    expect(dry.stdout).toContain('+    "bank": {')
    expect(readFileSync(configPath(), 'utf8')).toBe(before)
    const both = await ran(
      'install',
      'bank.ts',
      '--to',
      'print',
      '-n',
      'bank',
      '-v',
      'A=1',
      '-e',
      'B=2',
      '--env-var',
      'C=3',
    )
    expect(JSON.parse(both.stdout)).toMatchObject({ mcpServers: { bank: { env: { A: '1', B: '2', C: '3' } } } })
    const printed = await ran('install', 'bank.ts', '--to', 'stdio', '-n', 'bank')
    expect(printed.stdout).toBe(`${process.execPath} ${main} run ${join(folder, 'bank.ts')}\n`)
  })

  it.each([
    [
      'a broken file',
      ['bank.ts', '--config-path', 'broken.json'],
      /broken\.json does not parse, and is left as it is: \w+ at line 1/,
    ],
    [
      'a host that has never run',
      ['bank.ts', '--to', 'cursor'],
      /Cursor has not run on this machine: .*\.cursor is not there/,
    ],
    ['a server that does not start', ['dying.mjs', '--config-path', 'claude.json'], /no money[^]*exited with code 7/],
    ['a name for a shell', ['bank.ts', '-n', 'a;b', '--config-path', 'claude.json'], /"a;b" cannot be a name/],
    ['a read-only file', ['bank.ts', '--config-path', 'kept.json'], /kept\.json is read-only, and is left as it is/],
  ])(
    'is refused with one sentence for %s, and nothing is written',
    async (_, args, sentence) => {
      write('dying.mjs', "console.error('no money'); process.exit(7)\n")
      write('claude.json', before)
      write('broken.json', '{ "mcpServers": ')
      rmSync(join(folder, 'kept.json'), { force: true })
      chmodSync(write('kept.json', '{}'), 0o444)
      const { code, stderr } = await ran('install', ...args)
      expect(code).toBeGreaterThan(0)
      expect(stderr).toMatch(sentence)
      expect(readFileSync(configPath(), 'utf8')).toBe(before)
      expect(readFileSync(join(folder, 'broken.json'), 'utf8')).toBe('{ "mcpServers": ')
      expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe('{}')
    },
    30_000,
  )
})

describe('bad input gets one sentence', () => {
  it.each([
    ['a missing file', ['run', 'nope.ts'], '', 2, /nope\.ts does not exist/],
    [
      'a file without a server',
      ['run', 'bad.mjs'],
      'export const a = 1',
      1,
      /bad\.mjs exports no server: it exports a\./,
    ],
    ['a file with nothing', ['run', 'bad.mjs'], '', 1, /bad\.mjs exports nothing and serves nothing/],
    ['a syntax error', ['run', 'bad.ts'], 'const a = 1\nconst = 2', 2, /bad\.ts:2:7: Unexpected token/],
    ['a syntax error in JavaScript', ['run', 'bad.mjs'], 'const a = 1\nconst = 2', 2, /bad\.mjs:2: Unexpected token/],
    [
      'a feature that cannot be stripped',
      ['run', 'bad.ts'],
      'enum A { B }\nexport default A',
      2,
      /bad\.ts:1(?::1)?: .*enum is not supported.*plain JavaScript/,
    ],
    [
      'an env file that is absent',
      ['run', 'bank.ts', '-f', 'nope.env'],
      '',
      2,
      /The env file nope\.env does not exist\./,
    ],
    [
      'a server that dies at start',
      ['list', 'bad.mjs'],
      "console.error('no money'); process.exit(7)",
      3,
      /no money\nparley: bad\.mjs: .* exited with code 7\.\n$/,
    ],
    [
      'a server that floods',
      ['list', '--', process.execPath, 'bad.mjs'],
      "for (;;) process.stdout.write('x\\n'.repeat(100))",
      3,
      /lines in a row that are no messages/,
    ],
    ['nobody at a URL', ['list', 'http://127.0.0.1:9/mcp'], '', 3, /http:\/\/127\.0\.0\.1:9/],
  ])(
    '%s',
    async (_, args, text, code, sentence) => {
      write(args.includes('bad.ts') ? 'bad.ts' : 'bad.mjs', text)
      const { stderr, ...result } = await ran(...args)
      expect(result).toEqual({ code, stdout: '' })
      expect(stderr).toMatch(sentence)
      expect(
        stderr
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith('parley:')),
      ).toHaveLength(1)
    },
    30_000,
  )
})

describe('a transcript', () => {
  it('is made of what a host and a server say, and holds against that server, and not against another', async () => {
    const recorded = await ran('list', 'tools', '--', process.execPath, main, 'record', 'said.txt', 'bank.ts')
    expect(recorded).toMatchObject({ code: 0, stdout: expect.stringContaining('Tools (6)') })
    const text = readFileSync(join(folder, 'said.txt'), 'utf8')
    expect(text).toMatch(/^Recorded from bank\.ts\n\n--> \{[^]*"server\/discover"[^]*\}\n<-- \{/)
    expect(await ran('replay', 'said.txt', 'bank.ts')).toMatchObject({
      code: 0,
      stderr: 'said.txt: all 2 messages came as they are written.\n',
    })
    write('other.ts', bank.replace('Adds two numbers', 'Sums'))
    const failed = await ran('replay', 'said.txt', 'other.ts')
    expect(failed).toMatchObject({ code: 1, stderr: 'parley: said.txt: 1 message is not as written.\n' })
    expect(failed.stdout).toMatch(/^-.*Adds two numbers/m)
    expect((await ran('replay', 'said.txt', 'other.ts', '--update')).code).toBe(0)
    expect((await ran('replay', 'said.txt', 'other.ts')).code).toBe(0)
    expect(await ran('record', 'said.txt', 'bank.ts')).toMatchObject({
      code: 2,
      stderr: 'parley: said.txt is there already: name another file.\n',
    })
  })
})

describe('help', () => {
  it('is shown when nothing is said, and tells the exit codes', async () => {
    const { stdout } = await ran()
    expect(stdout).toContain('Exit codes: 0 well')
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect((await ran('help')).stdout).toBe(stdout)
    expect((await ran('help', 'run')).stdout).toBe((await ran('run', '--help')).stdout)
    expect(await ran('help', 'walk')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'walk'"),
    })
    expect(await ran('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
