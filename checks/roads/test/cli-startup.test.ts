import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { parley } from './cli-process.ts'

// Real processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let folder = ''

const bank = `import { Server } from '@parley/server'
const server = new Server({ name: 'bank', version: '1.0.0' })
export default server
`

beforeAll(() => {
  // Below this folder, so that the library is found without a hook.
  folder = mkdtempSync(join(import.meta.dirname, '.startup-'))
  writeFileSync(join(folder, 'bank.mjs'), bank)
  writeFileSync(join(folder, 'bank.ts'), bank.replace('const server', 'const server: Server'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Coverage = { readonly result: readonly { readonly url: string }[] }

/** What stands in for a file: its package, or its name where it is one of ours. */
const partOf = (url: string): string => {
  const inPackage = /\/node_modules\/(?!\.pnpm\/)((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (url.includes('/.startup-')) return `own ${url.split('/').at(-1)}`
  return inPackage ?? url.split('/').slice(-3).join('/').replace('/dist/', ' ')
}

/** The files that a command loads, as the engine itself counts them. */
const loaded = async (...args: string[]): Promise<{ files: number; parts: string[] }> => {
  const coverage = mkdtempSync(join(folder, 'coverage-'))
  const env = { NODE_V8_COVERAGE: coverage }
  expect(await parley(args, { cwd: folder, env })).toMatchObject({ code: 0 })
  // The process itself; where it starts a server, that leaves another.
  const files = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as Coverage
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'))
  })
  return { files: files.length, parts: [...new Set(files.map(partOf))].toSorted() }
}

// A host waits for each of these before it can speak, and people do before each answer.
const always = ['cli failure.js', 'cli main.js', 'cli program.js', 'commander']
const serving = [
  ...always,
  'cli run.js',
  'core index.js',
  'dist/stdio/server.js',
  'protocol server.js',
  'server index.js',
]

it('the help loads a dozen files', async () => {
  const { files, parts } = await loaded('--help')
  expect(parts).toEqual(always.toSorted())
  expect(files).toBeLessThanOrEqual(12)
})

it('a file is run by what serves it, and nothing else', async () => {
  const { files, parts } = await loaded('run', 'bank.mjs')
  expect(parts).toEqual([...serving, 'own bank.mjs'].toSorted())
  expect(files).toBeLessThanOrEqual(18)
})

it('the stripper is loaded once for each state of a file, and only where Node strips no types', async () => {
  const strips = 'typescript' in process.features && Boolean(process.features.typescript)
  const parts = [...serving, 'cli hooks.js', 'own bank.ts']
  const first = await loaded('run', 'bank.ts')
  expect(first.parts).toEqual([...parts, ...(strips ? [] : ['@swc/wasm-typescript'])].toSorted())
  const second = await loaded('run', 'bank.ts')
  expect(second.parts).toEqual(parts.toSorted())
  expect(second.files).toBeLessThanOrEqual(20)
})
