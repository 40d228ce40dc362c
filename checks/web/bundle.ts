import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** The files that a bundle consists of, by name. The first one is the entry. */
export type Bundle = ReadonlyMap<string, string>

/** Bundles one of our modules, with all that it imports, as its users get it. */
export const bundle = async (entry: string, platform: 'browser' | 'node'): Promise<Bundle> => {
  await using build = await rolldown({
    input: fileURLToPath(new URL(entry, import.meta.url)),
    platform,
    resolve: { conditionNames: [platform, 'import', 'default'] },
    onLog: (_, log) => {
      // In a page, whatever is left of Node shows as an import that cannot be resolved.
      throw new Error(log.message)
    },
  })
  const { output } = await build.generate({ format: 'esm', minify: platform === 'browser' })
  const chunks = output.filter((one) => one.type === 'chunk').toSorted((one) => (one.isEntry ? -1 : 1))
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]))
}
