import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editEntry, entriesOf } from '../src/edit/document.ts'
import type { Entry } from '../src/entries.ts'
import { hostOf, hosts } from '../src/hosts/all.ts'
import type { Host, HostFile } from '../src/hosts/host.ts'
import { apply, planEntry, planRemoval } from '../src/setup/plan.ts'
import { machine } from './machines.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

const bank: Entry = {
  kind: 'stdio',
  command: '/usr/bin/node',
  args: ['/opt/parley/main.js', 'run', '/home/ada/bank/server.ts'],
  env: { CHANGED: 'new', ADDED: '1' },
}

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-edits-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (host: Host): HostFile => {
  const [file] = host.files(machine('linux'), host.scopes[0])
  return { ...file, path: join(folder, `config${extname(file.path) || '.json'}`) }
}

const cases = hosts.flatMap((host) =>
  readdirSync(join(fixtures, host.id))
    .filter((name) => name.includes('.before.'))
    .map((name): [id: string, name: string] => [host.id, name]),
)

/** What a file is to become; `UPDATE_FIXTURES=1` writes it down instead. */
const hold = (actual: string, id: string, name: string): void => {
  const path = join(fixtures, id, name)
  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, actual)
  expect(actual).toBe(readFileSync(path, 'utf8'))
}

describe('an entry is written into a file that is there', () => {
  it.each(cases)('%s: %s', async (id, name) => {
    const host = hostOf(id)
    const file = fileOf(host)
    copyFileSync(join(fixtures, id, name), file.path)
    apply(await planEntry(host, file, 'bank', bank, { unset: ['GONE'] }))
    hold(readFileSync(file.path, 'utf8'), id, name.replace('.before.', '.after.'))
  })

  it.each(cases)('%s: %s, and taken out again', async (id, name) => {
    const host = hostOf(id)
    const file = fileOf(host)
    const before = readFileSync(join(fixtures, id, name), 'utf8')
    writeFileSync(file.path, before)
    apply(await planEntry(host, file, 'bank', bank))
    const removal = await planRemoval(host, file, 'bank')
    if (removal !== undefined) apply(removal)
    const after = readFileSync(file.path, 'utf8')
    expect(await entriesOf(after, file)).not.toHaveProperty('bank')
    const bare = await editEntry(before, file, 'bank', undefined)
    // Where the section was empty or new, what is left of it may be laid out otherwise.
    if (Object.keys(await entriesOf(bare, file)).length > 0)
      expect(after.replaceAll(/,(?=\s*[}\]])/g, '')).toBe(bare.replaceAll(/,(?=\s*[}\]])/g, ''))
  })
})

describe('an entry is written where there is no file', () => {
  it.each(hosts.map((host) => host.id))('%s', async (id) => {
    const host = hostOf(id)
    const file = fileOf(host)
    const change = await planEntry(host, file, 'bank', bank)
    expect(apply(change)).toBeUndefined()
    hold(readFileSync(file.path, 'utf8'), id, 'new.after.txt')
    expect(statSync(file.path).mode & 0o777).toBe(0o600)
  })

  it.each(hosts.map((host) => host.id))('%s, whose file is empty', async (id) => {
    const host = hostOf(id)
    const file = fileOf(host)
    writeFileSync(file.path, '')
    apply(await planEntry(host, file, 'bank', bank))
    hold(readFileSync(file.path, 'utf8'), id, 'new.after.txt')
  })
})

describe('a file that cannot be edited stays as it is', () => {
  const broken = {
    '.json': '{ "mcpServers": { "a": } }',
    '.toml': '[mcp_servers\na = 1',
    '.yaml': 'extensions: [1\n  a: b',
  }

  it.each(hosts.map((host) => host.id))('%s: malformed', async (id) => {
    const file = fileOf(hostOf(id))
    const text = broken[extname(file.path) as keyof typeof broken]
    writeFileSync(file.path, text)
    await expect(planEntry(hostOf(id), file, 'bank', bank)).rejects.toThrow('does not parse, and is left as it is')
    expect(readFileSync(file.path, 'utf8')).toBe(text)
  })

  it.each(hosts.map((host) => host.id))('%s: read-only', async (id) => {
    const file = fileOf(hostOf(id))
    const text = readFileSync(join(fixtures, id, 'existing.before.txt'), 'utf8')
    writeFileSync(file.path, text)
    chmodSync(file.path, 0o444)
    const change = await planEntry(hostOf(id), file, 'bank', bank)
    expect(() => apply(change)).toThrow('is read-only, and is left as it is')
    expect(readFileSync(file.path, 'utf8')).toBe(text)
    expect(readdirSync(folder)).toHaveLength(1)
  })

  const odd: [id: string, text: string][] = [
    ['cursor', '[]'],
    ['cursor', '{ "mcpServers": [] }'],
    ['codex', 'mcp_servers = { bank = { command = "x" } }\n'],
    ['goose', 'extensions: { bank: { type: stdio } }\n'],
    ['goose', 'extensions: [1]\n'],
  ]

  it.each(odd)('%s: %s', async (id, text) => {
    const file = fileOf(hostOf(id))
    writeFileSync(file.path, text)
    await expect(planEntry(hostOf(id), file, 'bank', bank)).rejects.toThrow(/left as it is|by hand/)
    expect(existsSync(file.path) && readFileSync(file.path, 'utf8')).toBe(text)
  })
})

describe('a URL in the dialect of each host', () => {
  const remote: Entry = { kind: 'url', url: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }
  const expected: [id: string, entry: object][] = [
    ['claude-code', { type: 'http', url: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    ['cursor', { url: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    ['vscode', { type: 'http', url: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    ['gemini', { httpUrl: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    ['codex', { url: 'https://bank.example/mcp', http_headers: { 'X-Key': '1' } }],
    ['windsurf', { serverUrl: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    ['zed', { url: 'https://bank.example/mcp', headers: { 'X-Key': '1' } }],
    [
      'goose',
      {
        name: 'bank',
        type: 'streamable_http',
        uri: 'https://bank.example/mcp',
        headers: { 'X-Key': '1' },
        enabled: true,
      },
    ],
  ]

  it.each(expected)('%s', (id, entry) => {
    expect(hostOf(id).write(remote, 'bank')).toEqual(entry)
  })

  it('Claude Desktop, whose file knows none, gets this program in between', async () => {
    const { entry } = await planEntry(hostOf('claude-desktop'), fileOf(hostOf('claude-desktop')), 'bank', remote)
    expect(entry).toMatchObject({ kind: 'stdio', command: process.execPath })
    expect(entry?.kind === 'stdio' && entry.args.slice(1)).toEqual([
      'run',
      'https://bank.example/mcp',
      '-H',
      'X-Key: 1',
    ])
  })
})

describe('a secret', () => {
  const secret = { secret: ['KEY'] }
  const plain: Entry = { ...bank, env: {} }

  it.each([
    ['vscode', '${input:KEY}'],
    ['cursor', '${env:KEY}'],
    ['windsurf', '${env:KEY}'],
    ['claude-code', '${KEY}'],
  ])('is named in the way of its host: %s', async (id, reference) => {
    const file = { ...fileOf(hostOf(id)), path: join(folder, 'new.json') }
    const { after } = await planEntry(hostOf(id), file, 'bank', plain, secret)
    const entry = (await entriesOf(after, file))['bank']
    expect(entry).toMatchObject({ env: { KEY: reference } })
  })

  it.each(['claude-desktop', 'zed', 'gemini', 'codex', 'goose'])(
    'is refused where only the file can hold it: %s',
    async (id) => {
      await expect(planEntry(hostOf(id), fileOf(hostOf(id)), 'bank', plain, secret)).rejects.toThrow('give KEY with -e')
    },
  )

  it('is asked for by an input, which is described once and beside those that are there', async () => {
    const file = { ...fileOf(hostOf('vscode')), path: join(folder, 'mcp.json') }
    const mine =
      '{\n  "inputs": [\n    // mine\n    { "id": "OTHER", "type": "promptString" }, // and this\n  ],\n  "servers": {}\n}\n'
    writeFileSync(file.path, mine)
    const { after } = await planEntry(hostOf('vscode'), file, 'bank', plain, secret)
    const described = '{"type":"promptString","id":"KEY","description":"KEY of bank","password":true}'
    expect(after).toContain(`"promptString" },\n    ${described}, // and this\n  ],`)
    writeFileSync(file.path, after)
    expect((await planEntry(hostOf('vscode'), file, 'bank', plain, secret)).after).toBe(after)
  })

  it('is described in a file that has no inputs yet', async () => {
    const file = { ...fileOf(hostOf('vscode')), path: join(folder, 'mcp.json') }
    const { after } = await planEntry(hostOf('vscode'), file, 'bank', plain, secret)
    expect(JSON.parse(after)).toMatchObject({ inputs: [{ id: 'KEY', password: true }] })
  })
})
