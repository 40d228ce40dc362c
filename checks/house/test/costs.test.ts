import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { at } from '../bundling.ts'

const linesOf = (program: string, ...flags: string[]): string[] => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, at(program)], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.trim().split('\n')
}

describe('what one more registration costs the type checker', () => {
  // Beyond the schema declared alone, and beyond that schema with its type read.
  const most: Readonly<Record<string, readonly [declared: number, read: number]>> = {
    'a tool with zod input': [380, 80],
    'a tool with zod input and output': [630, 95],
    'a tool with JSON Schema input': [225, 95],
    'a tool without arguments': [0, 0],
    'a prompt with zod args': [370, 70],
    'a resource template': [225, 40],
  }

  it('stays within its budget of instantiations', { timeout: 120_000 }, () => {
    const lines = linesOf('instantiations.mjs')
    const found = lines.map(
      (line) => /^(.*): (-?\d+) beyond its declaration, (-?\d+) beyond its type$/.exec(line) ?? [],
    )
    expect(found.map(([, kind]) => kind)).toEqual(Object.keys(most))
    const over = found.filter(([, kind = '', declared, read]) => {
      const [mostDeclared = 0, mostRead = 0] = most[kind] ?? []
      return Number(declared) > mostDeclared || Number(read) > mostRead
    })
    expect(over).toEqual([])
  })
})

describe('what one call leaves behind, at both ends of a pair in memory', () => {
  const most = { '2025-11-25': 9500, '2026-07-28': 10_800 }

  it('stays within its budget of bytes', { timeout: 60_000 }, () => {
    const space = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
    const found = linesOf('allocations.mjs', ...space).map((line) => line.split(' '))
    expect(found.map(([version]) => version)).toEqual(Object.keys(most))
    // Fewer than a bare round trip of JSON takes would mean that something was collected, or not done.
    const out = found.filter(([version = '', bytes]) => {
      return Number(bytes) < 2000 || Number(bytes) > most[version as keyof typeof most]
    })
    expect(out).toEqual([])
  })
})

describe('what one call leaves among what is taken for old', () => {
  const most = { memory: 200, http: 1000 }

  it('stays within its budget of bytes', { timeout: 60_000 }, () => {
    const space = ['--expose-gc', '--min-semi-space-size=4', '--max-semi-space-size=4', '--initial-old-space-size=1024']
    const found = linesOf('promotions.mjs', ...space).map((line) => line.split(' '))
    const roads = found.map(([road, version]) => `${road} ${version}`)
    expect(roads).toEqual(['memory 2025-11-25', 'memory 2026-07-28', 'http 2025-11-25', 'http 2026-07-28'])
    expect(found.filter(([road = '', , bytes]) => Number(bytes) > most[road as keyof typeof most])).toEqual([])
  })
})
