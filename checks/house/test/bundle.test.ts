import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { at, bundle, bytesOf, firstOf, isBuiltin, outsideOf, report } from '../bundling.ts'
import type { Bundle } from '../bundling.ts'

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

describe('a bundle of what is published', () => {
  // A server on stdio has further to go: design/005 says what keeps it from 30 kB.
  it.each([
    ['a server on stdio', 'stdio-entry.ts', 'node', 37_300],
    ['an HTTP client in a page', 'http-entry.ts', 'browser', 30_000],
  ] as const)('of %s stays within its budget, and starts with one file', async (what, entry, platform, budget) => {
    const made = await bundle(entry, platform, 'built')
    expect(made.warnings).toEqual([])
    expect(firstOf(made)).toHaveLength(1)
    expect(bytesOf(firstOf(made)).compressed).toBeLessThanOrEqual(budget)
    expect(firstOf(made).flatMap(({ moduleIds }) => moduleIds.filter((id) => id.includes('/ajv/')))).toEqual([])
    // A program that waits at its top level has not ended loading: what it imports meanwhile must not wait for it.
    const first = new Set(firstOf(made).map(({ fileName }) => fileName))
    const later = made.chunks.filter(({ fileName }) => !first.has(fileName))
    expect(later.length).toBeGreaterThan(0)
    expect(later.flatMap(({ imports }) => imports.filter((name) => first.has(name)))).toEqual([])
    report(`${what}, from what is published`, made)
  })
})
