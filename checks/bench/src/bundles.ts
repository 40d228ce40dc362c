import { mkdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { OutputChunk } from 'rolldown'

/** A folder for what the bench makes and may use again; git and the package manager leave it alone. */
export const cacheFolder = (name: string): string => {
  const folder = fileURLToPath(new URL(`../node_modules/.cache/parley/${name}`, import.meta.url))
  mkdirSync(folder, { recursive: true })
  return folder
}

const external = (id: string): boolean => id.startsWith('node:') || builtinModules.includes(id)

/** Bundles one file, minified; with `folder`, into it. What is imported dynamically has chunks of its own. */
export const bundle = async (input: string, platform: 'node' | 'browser', folder?: string): Promise<OutputChunk[]> => {
  await using build = await rolldown({ input, platform, external, logLevel: 'silent' })
  const options = { format: 'esm', minify: true, entryFileNames: '[name].js' } as const
  const { output } =
    folder === undefined ? await build.generate(options) : await build.write({ ...options, dir: folder })
  return output.filter((one) => one.type === 'chunk')
}

/** The chunks that must be loaded before the entry runs, and those that come when they are needed. */
export const whenLoaded = (chunks: readonly OutputChunk[]): { first: OutputChunk[]; later: OutputChunk[] } => {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const first = new Set(chunks.filter(({ isEntry }) => isEntry))
  // A set goes on to what is added while it is walked.
  for (const { imports } of first) {
    for (const name of imports) {
      const chunk = byName.get(name)
      if (chunk !== undefined) first.add(chunk)
    }
  }
  return { first: [...first], later: chunks.filter((chunk) => !first.has(chunk)) }
}
