import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheFolder } from '../src/load/cache.ts'
import { keyOf } from '../src/load/extras.ts'
import { loadFailure } from '../src/load/loader.ts'
import { attemptsFor, isAbsent, isModule, isTyped } from '../src/load/rules.ts'
import { strip, stripOnce } from '../src/load/strip.ts'

const own = 'file:///opt/parley/main.js'
const parent = 'file:///home/ada/server.ts'
const loading = { strips: true, fallback: 'file:///cache/with/1/', editable: ['mine', '@a/b'], own }

describe('where a module is looked for', () => {
  it.each([
    ['zod', [parent, 'file:///cache/with/1/package.json']],
    ['zod/v4', [parent, 'file:///cache/with/1/package.json']],
    ['mine', ['file:///cache/with/1/package.json', parent]],
    ['@a/b/c', ['file:///cache/with/1/package.json', parent]],
    ['@parley/server', [parent, 'file:///cache/with/1/package.json', own]],
    ['node:fs', [parent]],
    ['./tools.ts', [parent]],
    ['#own', [parent]],
    ['https://a.example/b.js', [parent]],
  ])('%s', (specifier, parents) => {
    expect(attemptsFor(specifier, parent, loading).map((attempt) => attempt.parent)).toEqual(parents)
  })

  it('finds the TypeScript file where its JavaScript is named', () => {
    expect(attemptsFor('./tools.js', parent, loading).map(({ specifier }) => specifier)).toEqual([
      './tools.js',
      './tools.ts',
    ])
    expect(attemptsFor('../a/b.mjs', parent, loading).map(({ specifier }) => specifier)).toEqual([
      '../a/b.mjs',
      '../a/b.mts',
    ])
  })

  it('goes on only where a module is absent', () => {
    expect(isAbsent(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' }))).toBe(true)
    expect(isAbsent(new SyntaxError('x'))).toBe(false)
  })
})

describe('a TypeScript file', () => {
  it('is told by its URL; those of packages are not ours', () => {
    expect(
      [parent, 'file:///a/b.mts', 'file:///a/node_modules/b/c.ts', 'file:///a/b.js', 'node:fs'].map(isTyped),
    ).toEqual([true, true, false, false, false])
  })

  it.each([
    ["import { Server } from '@parley/server'", true],
    ["import * as z from 'zod'", true],
    ["import a, { b } from 'c'", true],
    ["import './side.ts'", true],
    ['export default server', true],
    ["const a = await import('b')", false],
    ["import fs = require('fs')", false],
    ['module.exports = 1', false],
  ])('%s: an ES module? %s', (source, expected) => {
    expect(isModule(source)).toBe(expected)
  })

  it('keeps its lines and columns', () => {
    expect(strip('const a: number = 1\nexport { a }\n', 'a.ts')).toBe('const a         = 1\nexport { a }\n')
  })

  it.each([
    ['\nenum A { B }', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', '/a.ts:2:1: TypeScript enum'],
    [
      'class A { constructor(private b: number) {} }',
      'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
      '/a.ts:1:31: TypeScript parameter property',
    ],
    ['const = 1', 'ERR_INVALID_TYPESCRIPT_SYNTAX', '/a.ts:1:7: Unexpected token'],
  ])('%j says where it cannot be stripped', (source, code, message) => {
    const failed = (): string => strip(source, '/a.ts')
    expect(failed).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})

describe('what was stripped once', () => {
  it('is read back, unless the file changed', () => {
    const cache = mkdtempSync(join(tmpdir(), 'parley-cache-'))
    try {
      const code = stripOnce('const a: 1 = 1', 'a.ts', cache)
      const folder = join(cache, 'stripped')
      const [name = ''] = readdirSync(folder)
      expect(readFileSync(join(folder, name), 'utf8')).toBe(code)
      writeFileSync(join(folder, name), '// kept')
      expect(stripOnce('const a: 1 = 1', 'b.ts', cache)).toBe('// kept')
      expect(stripOnce('const a: 2 = 2', 'a.ts', cache)).toBe('const a    = 2')
      expect(() => stripOnce('enum A {}', 'a.ts', cache)).toThrow('a.ts:1:1')
      expect(readdirSync(folder)).toHaveLength(2)
    } finally {
      rmSync(cache, { recursive: true })
    }
  })

  it('is stripped again where nothing can be kept', () => {
    expect(stripOnce('const a: 1 = 1', 'a.ts', import.meta.filename)).toBe('const a    = 1')
  })
})

describe('why a file was not loaded', () => {
  const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code })

  it.each([
    [
      coded('ERR_MODULE_NOT_FOUND', "Cannot find package 'zod' imported from /a.ts"),
      'a.ts needs the package zod: install it with `npm install zod`',
    ],
    [
      coded('ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', '/a.ts:2:1: TypeScript enum is not supported'),
      '/a.ts:2:1: TypeScript enum is not supported. Types are only left out here',
    ],
    [new Error('boom\nmore'), 'a.ts failed while it was loaded: boom'],
    ['boom', 'a.ts failed while it was loaded: boom'],
  ])('%s', (error, message) => {
    expect(loadFailure(error, '/a.ts').message).toContain(message)
  })
})

describe('packages beside a project', () => {
  it('have the same key in any order', () => {
    const one = keyOf({ specs: ['a', 'b@1'], folders: ['/x'] })
    expect(one).toBe(keyOf({ specs: ['b@1', 'a'], folders: ['/x'] }))
    expect(one).not.toBe(keyOf({ specs: ['a', 'b@2'], folders: ['/x'] }))
    expect(one).toMatch(/^[0-9a-f]{16}$/)
  })

  it('lie where caches lie', () => {
    const env = {}
    expect(cacheFolder({ platform: 'linux', home: '/h', env })).toBe('/h/.cache/parley')
    expect(cacheFolder({ platform: 'linux', home: '/h', env: { XDG_CACHE_HOME: '/c' } })).toBe('/c/parley')
    expect(cacheFolder({ platform: 'darwin', home: '/h', env })).toBe('/h/Library/Caches/parley')
  })
})
