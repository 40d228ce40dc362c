import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import type { OutputChunk } from 'rolldown'
import { describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)

type Bundle = { chunks: OutputChunk[]; warnings: string[] }

/** Bundles one entry from source, minified: what it loads first, and what it loads when needed. */
const bundle = async (entry: string, platform: 'browser' | 'node'): Promise<Bundle> => {
  const warnings: string[] = []
  const environment = platform === 'browser' ? ['browser'] : ['node']
  await using build = await rolldown({
    input: at(entry),
    platform,
    resolve: { conditionNames: ['@parley/source', ...environment, 'import', 'default'] },
    onLog: (_, log) => void warnings.push(log.message),
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  return { chunks: output.filter((one) => one.type === 'chunk'), warnings }
}

/** What a bundle imports from outside itself. */
const outsideOf = ({ chunks }: Bundle): string[] => {
  const inside = new Set(chunks.map(({ fileName }) => fileName))
  return chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((name) => !inside.has(name))
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

const sizeOf = (chunks: readonly OutputChunk[]): string => {
  const code = chunks.map((chunk) => chunk.code).join('\n')
  return `${kilobytes(Buffer.byteLength(code))}, ${kilobytes(gzipSync(code).length)} compressed`
}

/** Everything that a page must load before it can start: the entry and what that imports at once. */
const firstOf = ({ chunks }: Bundle): OutputChunk[] => {
  const entry = chunks.filter(({ isEntry }) => isEntry)
  const needed = new Set(entry.flatMap(({ fileName, imports }) => [fileName, ...imports]))
  return chunks.filter(({ fileName }) => needed.has(fileName))
}

const report = (what: string, made: Bundle): void => {
  const first = firstOf(made)
  const later = made.chunks.filter((chunk) => !first.includes(chunk))
  const rest = later.length === 0 ? '' : `; loaded when a JSON Schema needs it: ${sizeOf(later)}`
  console.log(`${what}, minified: ${sizeOf(first)}${rest}`)
}

const expectNeutral = (made: Bundle): void => {
  expect(made.warnings).toEqual([])
  expect(outsideOf(made)).toEqual([])
  expect(made.chunks.flatMap(({ moduleIds }) => moduleIds).filter(isBuiltin)).toEqual([])
}

const entries = {
  'the echo server': { entry: '../../apps/echo/src/server.ts', exports: ['createEcho'] },
  'a client': { entry: 'client-entry.ts', exports: ['connect'] },
  'a server and a client in one page': { entry: 'browser-entry.ts', exports: ['Server', 'connect', 'memory'] },
}

describe('a bundle for a browser', () => {
  it.each(Object.entries(entries))('of %s has nothing of Node inside', async (what, { entry, exports }) => {
    const made = await bundle(entry, 'browser')
    expectNeutral(made)
    expect(made.chunks.find(({ isEntry }) => isEntry)?.exports.toSorted()).toEqual(exports)
    report(what, made)
  })

  it('runs where there is neither process nor Buffer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-page-'))
    try {
      const urls: string[] = []
      for (const entry of ['browser-entry.ts', '../../apps/echo/src/server.ts']) {
        const { chunks } = await bundle(entry, 'browser')
        for (const { fileName, code } of chunks) {
          const name = fileName.replaceAll('/', '-')
          await writeFile(join(folder, name), code)
          if (chunks.find(({ isEntry }) => isEntry)?.fileName === fileName)
            urls.push(pathToFileURL(join(folder, name)).href)
        }
      }
      await writeFile(join(folder, 'package.json'), '{"type":"module"}')
      const told = await new Promise<unknown>((resolve, reject) => {
        const worker = new Worker(at('page.mjs'), { workerData: urls, env: {}, execArgv: [] })
        worker.once('message', resolve)
        worker.once('error', reject)
      })
      const visit = {
        tools: 7,
        said: 'Tool echo: Ahoy!',
        audio: 'audio/wav',
        asked: 'You said: from the page',
        resource: 'Resource echo: Ada L',
      }
      expect(told).toEqual({
        visits: [
          { version: '2026-07-28', ...visit },
          { version: '2025-11-25', ...visit },
        ],
        lacks: ['undefined', 'undefined'],
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('a bundle for Node', () => {
  it('of a server on stdio needs nothing but Node', async () => {
    const made = await bundle('stdio-entry.ts', 'node')
    expect(made.warnings).toEqual([])
    expect(outsideOf(made).filter((name) => !isBuiltin(name))).toEqual([])
    report('a server on stdio', made)
  })
})
