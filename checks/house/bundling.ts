import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import type { OutputChunk } from 'rolldown'

/** A file of this check by its path in it. */
export const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Whether a module is one that Node brings along. */
export const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)

/** The chunks of a bundle, and what was complained of while it was made. */
export type Bundle = { readonly chunks: OutputChunk[]; readonly warnings: string[] }

/** Bundles one entry, minified: from the sources of our packages, or from what their users get. */
export const bundle = async (
  entry: string,
  platform: 'browser' | 'node',
  from: 'source' | 'built' = 'source',
): Promise<Bundle> => {
  const warnings: string[] = []
  const environment = platform === 'browser' ? ['browser'] : ['node']
  const own = from === 'source' ? ['@parley/source'] : []
  await using build = await rolldown({
    input: at(entry),
    platform,
    resolve: { conditionNames: [...own, ...environment, 'import', 'default'] },
    onLog: (_, log) => void warnings.push(log.message),
  })
  const { output } = await build.generate({ format: 'esm', minify: true })
  return { chunks: output.filter((one) => one.type === 'chunk'), warnings }
}

/** What a bundle imports from outside itself. */
export const outsideOf = ({ chunks }: Bundle): string[] => {
  const inside = new Set(chunks.map(({ fileName }) => fileName))
  return chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((name) => !inside.has(name))
}

/** Everything that must be loaded before a bundle can start: the entry and what that imports at once. */
export const firstOf = ({ chunks }: Bundle): OutputChunk[] => {
  const entry = chunks.filter(({ isEntry }) => isEntry)
  const needed = new Set(entry.flatMap(({ fileName, imports }) => [fileName, ...imports]))
  return chunks.filter(({ fileName }) => needed.has(fileName))
}

/** The bytes of some chunks, as they are and compressed. */
export const bytesOf = (chunks: readonly OutputChunk[]): { readonly plain: number; readonly compressed: number } => {
  const code = chunks.map((chunk) => chunk.code).join('\n')
  return { plain: Buffer.byteLength(code), compressed: gzipSync(code, { level: 9 }).length }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

const sizeOf = (chunks: readonly OutputChunk[]): string => {
  const { plain, compressed } = bytesOf(chunks)
  return `${kilobytes(plain)}, ${kilobytes(compressed)} compressed`
}

/** Prints how large a bundle is. */
export const report = (what: string, made: Bundle): void => {
  const first = firstOf(made)
  const later = made.chunks.filter((chunk) => !first.includes(chunk))
  const rest = later.length === 0 ? '' : `; loaded when a schema or a form needs it: ${sizeOf(later)}`
  console.log(`${what}, minified: ${sizeOf(first)}${rest}`)
}
