import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expand, loadEntry, readEntry } from '../src/entries.ts'

describe('an entry in any dialect', () => {
  const reach = { kind: 'stdio', command: 'node', args: ['a.js'], env: { A: '1' } }

  it.each([
    [{ command: 'node', args: ['a.js'], env: { A: '1' } }, reach],
    [
      { type: 'stdio', command: 'node', args: ['a.js'], env: { A: 1 }, cwd: '/x' },
      { ...reach, cwd: '/x' },
    ],
    [{ type: 'stdio', cmd: 'node', args: ['a.js'], envs: { A: '1' }, enabled: true }, reach],
    [{ type: 'local', command: ['node', 'a.js'], environment: { A: '1' } }, reach],
    [
      { type: 'http', url: 'https://x.example/mcp', headers: { K: 'v' } },
      { kind: 'url', url: 'https://x.example/mcp', headers: { K: 'v' } },
    ],
    [
      { httpUrl: 'https://x.example/mcp', url: 'https://x.example/sse' },
      { kind: 'url', url: 'https://x.example/mcp', headers: {} },
    ],
    [{ serverUrl: 'https://x.example/mcp' }, { kind: 'url', url: 'https://x.example/mcp', headers: {} }],
    [
      { type: 'streamable_http', uri: 'https://x.example/mcp' },
      { kind: 'url', url: 'https://x.example/mcp', headers: {} },
    ],
    [
      { url: 'https://x.example/mcp', http_headers: { K: 'v' } },
      { kind: 'url', url: 'https://x.example/mcp', headers: { K: 'v' } },
    ],
    [{ disabled: true }, undefined],
    ['node', undefined],
  ])('%o', (value, entry) => {
    expect(readEntry(value, {})).toEqual(entry)
  })

  it('has the variables that it names filled in', () => {
    const env = { KEY: 'secret', EMPTY: '' }
    expect(expand('${KEY} ${env:KEY} ${NOPE:-other} ${EMPTY:-other} ${NOPE} ${workspaceFolder}', env)).toBe(
      'secret secret other other ${NOPE} ${workspaceFolder}',
    )
    const value = { command: '${BIN:-node}', args: ['${KEY}'], env: { K: '${env:KEY}' } }
    expect(readEntry(value, env)).toEqual({ kind: 'stdio', command: 'node', args: ['secret'], env: { K: 'secret' } })
  })
})

describe('an entry of a file', () => {
  let folder = ''
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-entries-'))
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['a.json', '{ "mcpServers": { "bank": { "command": "node" } } } // mine'],
    ['b.json', '{ "servers": { "bank": { "command": "node" }, }, }'],
    ['c.json', '{ "context_servers": { "bank": { "command": "node" } } }'],
    ['d.toml', '[mcp_servers.bank]\ncommand = "node"\n'],
    ['e.yaml', 'extensions:\n  bank:\n    cmd: node\n'],
    ['f.json', '{ "command": "node" }'],
  ])('%s', async (name, text) => {
    expect(await loadEntry(file(name, text), undefined)).toMatchObject({ kind: 'stdio', command: 'node' })
  })

  it('is chosen by its name where there are several', async () => {
    const path = file('g.json', '{ "mcpServers": { "a": { "command": "x" }, "b": { "command": "y" } } }')
    expect(await loadEntry(path, 'b')).toMatchObject({ command: 'y' })
    await expect(loadEntry(path, undefined)).rejects.toThrow('has several servers (a, b): name one, as in')
    await expect(loadEntry(path, 'c')).rejects.toThrow('has no server c: it has a, b.')
    await expect(loadEntry(file('h.json', '{ "mcpServers": { "a": {} } }'), 'a')).rejects.toThrow(
      'neither a command nor a URL',
    )
    await expect(loadEntry(file('i.json', '{ "a": ] }'), undefined)).rejects.toThrow('line 1, column 8')
  })
})
