import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../browser-entry.ts', import.meta.url))
const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)

const bundle = async () => {
  const warnings: string[] = []
  await using build = await rolldown({
    input: entry,
    platform: 'browser',
    resolve: { conditionNames: ['@parley/source', 'browser', 'import', 'default'] },
    onLog: (_, log) => void warnings.push(log.message),
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  return { chunks: output.filter((one) => one.type === 'chunk'), warnings }
}

describe('a server and a client in one page', () => {
  it('bundle for a browser with nothing of Node inside', async () => {
    const { chunks, warnings } = await bundle()
    expect(warnings).toEqual([])
    const inside = new Set(chunks.map(({ fileName }) => fileName))
    const outside = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    expect(outside.filter((name) => !inside.has(name))).toEqual([])
    expect(chunks.flatMap(({ moduleIds }) => moduleIds).filter(isBuiltin)).toEqual([])
    const first = chunks.find(({ isEntry }) => isEntry)
    expect(first?.exports.toSorted()).toEqual(['Server', 'connect', 'memory'])
    const size = (code: string): string => `${(gzipSync(code).length / 1024).toFixed(1)} kB`
    console.log(
      `Browser bundle, minified and compressed\n${chunks.map(({ fileName, code }) => `${fileName} ${size(code)}`).join('\n')}`,
    )
  })
})
