import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceText } from '../src/edit/file.ts'
import type { Entry } from '../src/entries.ts'
import { launchWarnings } from '../src/setup/launch.ts'
import { checkedName, derivedName, stemOf } from '../src/setup/name.ts'
import { filesFor } from '../src/setup/plan.ts'
import { deeplinks, printed, quoted } from '../src/setup/print.ts'
import { machine } from './machines.ts'

describe('a file is replaced', () => {
  let folder = ''
  const now = new Date('2026-01-02T03:04:05.678Z')

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-file-'))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('in one step, with a backup, and keeps its mode', () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, 'old')
    chmodSync(path, 0o640)
    expect(replaceText(path, 'new', { now })).toBe(`${path}.2026-01-02T03-04-05-678Z.bak`)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['a.json', 'a.json.2026-01-02T03-04-05-678Z.bak'])
    expect(readFileSync(`${path}.2026-01-02T03-04-05-678Z.bak`, 'utf8')).toBe('old')
  })

  it('twice in one millisecond, with two backups', () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, 'one')
    replaceText(path, 'two', { now })
    expect(replaceText(path, 'three', { now })).toBe(`${path}.2026-01-02T03-04-05-678Z-2.bak`)
    expect(readFileSync(`${path}.2026-01-02T03-04-05-678Z-2.bak`, 'utf8')).toBe('two')
  })

  it('for the eyes of its owner alone where there are secrets', () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, 'old')
    const backup = replaceText(path, 'new', { secret: true }) ?? ''
    expect([path, backup].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o600])
  })

  it('and made with its folder where there was none', () => {
    const path = join(folder, 'deep', 'er', 'a.json')
    expect(replaceText(path, 'new')).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('where a link leads to it, and the link stays', () => {
    const path = join(folder, 'a.json')
    const link = join(folder, 'link.json')
    writeFileSync(path, 'old')
    symlinkSync(path, link)
    replaceText(link, 'new')
    expect(readlinkSync(link)).toBe(path)
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('never when it is read-only', () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, 'old', { mode: 0o444 })
    expect(() => replaceText(path, 'new')).toThrow('is read-only, and is left as it is')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })
})

describe('a name', () => {
  it.each(['bank', 'my bank', 'Bänk-2', 'a.b_c', '银行'])('%s', (name) => {
    expect(checkedName(name)).toBe(name)
  })

  it.each([
    '',
    ' a',
    'a;b',
    'a&b',
    'a|b',
    '$(a)',
    '`a`',
    'a"b',
    "a'b",
    'a\nb',
    '-rf',
    'a/b',
    'a%b',
    'a^b',
    'x'.repeat(65),
  ])('%j is refused', (name) => {
    expect(() => checkedName(name)).toThrow('cannot be a name')
  })

  it('is made of what a server calls itself, or of its file', () => {
    expect(derivedName('@scope/the $bank!')).toBe('scope-the -bank-')
    expect(derivedName('???')).toBe('server')
    expect(stemOf('/home/ada/bank.server.ts')).toBe('bank.server')
  })
})

describe('what is printed instead of written', () => {
  const entry: Entry = { kind: 'stdio', command: '/usr/bin/node', args: ["it's", 'a b'], env: { KEY: 'secret' } }

  it('is JSON that most hosts read', () => {
    expect(JSON.parse(printed('print', entry, 'bank'))).toEqual({
      mcpServers: { bank: { type: 'stdio', command: '/usr/bin/node', args: ["it's", 'a b'], env: { KEY: 'secret' } } },
    })
  })

  it('is a command line for a shell', () => {
    expect(printed('stdio', entry, 'bank')).toBe(String.raw`/usr/bin/node 'it'\''s' 'a b'` + '\n')
    expect(quoted('C:\\a b\\c', 'win32')).toBe('"C:\\a b\\c"')
    expect(quoted('C:\\a\\c', 'win32')).toBe('C:\\a\\c')
  })

  it('is a link, in which no secret travels', () => {
    const [cursor = '', vscode = '', goose = ''] = deeplinks(entry, 'my bank')
    expect(cursor).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?name=my%20bank&config=/)
    const config = new URLSearchParams(cursor.split('?')[1]).get('config') ?? ''
    expect(JSON.parse(Buffer.from(config, 'base64').toString())).toEqual({
      command: '/usr/bin/node',
      args: ["it's", 'a b'],
    })
    expect(JSON.parse(decodeURIComponent(vscode.replace('vscode:mcp/install?', '')))).toMatchObject({
      name: 'my bank',
      type: 'stdio',
    })
    expect(goose).toBe('goose://extension?cmd=%2Fusr%2Fbin%2Fnode&arg=it%27s&arg=a%20b&id=my%20bank&name=my%20bank')
    expect(`${cursor}${vscode}${goose}`).not.toContain('secret')
  })
})

describe('what may break a command later', () => {
  it.each([
    '/home/ada/.nvm/versions/node/v22.1.0/bin/node',
    '/opt/homebrew/Cellar/node/24.1.0/bin/node',
    'C:\\Users\\Ada\\.volta\\bin\\node.exe',
  ])('%s belongs to a version manager', (command) => {
    expect(launchWarnings(command, [])).toEqual([expect.stringContaining('version manager')])
  })

  it('is the cache of npx; a Node of the system is well', () => {
    expect(launchWarnings('/usr/bin/node', ['/home/ada/.npm/_npx/12/node_modules/@parley/cli/dist/main.js'])).toEqual([
      expect.stringContaining('cache of npx'),
    ])
    expect(launchWarnings('/usr/bin/node', ['/usr/lib/node_modules/@parley/cli/dist/main.js'])).toEqual([])
  })
})

describe('a host that has never run', () => {
  it('is told of, and not written for', () => {
    const on = machine('darwin')
    expect(() => filesFor('cursor', on, {})).toThrow(
      'Cursor has not run on this machine: /Users/ada/.cursor is not there.',
    )
    expect(filesFor('cursor', on, { force: true }).files).toHaveLength(1)
    expect(filesFor('cursor', on, { scope: 'project', force: true }).files[0]?.path).toBe(
      '/Users/ada/bank/.cursor/mcp.json',
    )
    expect(filesFor('codex', on, { configPath: '/x/y.toml' }).files).toEqual([
      { path: '/x/y.toml', format: 'toml', section: ['mcp_servers'], sign: '/x/y.toml' },
    ])
  })
})
