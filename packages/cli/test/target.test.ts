import { describe, expect, it } from 'vitest'
import { commandTarget, readTarget } from '../src/target.ts'

const here = (...paths: string[]): { cwd: string; exists: (path: string) => boolean } => ({
  cwd: '/home/ada',
  exists: (path) => paths.includes(path),
})

describe('a target', () => {
  it('is a file', () => {
    expect(readTarget('server.ts', here('/home/ada/server.ts'))).toEqual({
      kind: 'file',
      path: '/home/ada/server.ts',
      exportName: undefined,
      shown: 'server.ts',
    })
  })

  it.each([
    ['server.ts:bank', '/home/ada/server.ts', 'bank'],
    ['/srv/a.mjs:createBank', '/srv/a.mjs', 'createBank'],
    ['file:///srv/a.mjs', '/srv/a.mjs', undefined],
    ['file:///srv/a.mjs:bank', '/srv/a.mjs', 'bank'],
    ['odd:name.ts', '/home/ada/odd:name.ts', undefined],
  ])('%s is %s with the export %s', (text, path, exportName) => {
    expect(readTarget(text, here(path))).toMatchObject({ kind: 'file', path, exportName })
  })

  it('may begin with the letter of a drive', () => {
    const windows = { cwd: '/', exists: () => true }
    expect(readTarget('C:\\bank\\server.ts', windows)).toMatchObject({ kind: 'file', exportName: undefined })
    const named = { cwd: '/', exists: (path: string) => path.endsWith('.ts') }
    expect(readTarget('C:\\bank\\server.ts:bank', named)).toMatchObject({ kind: 'file', exportName: 'bank' })
  })

  it('is a URL', () => {
    expect(readTarget('https://bank.example/mcp', here())).toMatchObject({
      kind: 'url',
      shown: 'https://bank.example/mcp',
    })
    expect(readTarget('ws://127.0.0.1:3000/mcp', here())).toMatchObject({ kind: 'url' })
  })

  it('is an entry of a configuration, whose name may be any', () => {
    const file = '/home/ada/.mcp.json'
    expect(readTarget('.mcp.json:my bank', here(file))).toMatchObject({ kind: 'entry', path: file, name: 'my bank' })
    expect(readTarget('.mcp.json', here(file))).toMatchObject({ kind: 'entry', path: file, name: undefined })
  })

  it('is a command after --', () => {
    expect(commandTarget(['npx', '-y', 'x'])).toEqual({
      kind: 'command',
      command: 'npx',
      args: ['-y', 'x'],
      shown: 'npx -y x',
    })
    expect(() => commandTarget([])).toThrow('Name a server')
  })

  it.each([
    ['nope.ts', '/home/ada/nope.ts does not exist'],
    ['nope.ts:bank', '/home/ada/nope.ts does not exist'],
    ['bank', 'bank is nothing that can be run'],
    ['https://[', 'https://[ is not a URL'],
  ])('%s is refused', (text, message) => {
    expect(() => readTarget(text, here())).toThrow(message)
  })
})
