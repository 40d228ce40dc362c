// Makes the JavaScript of a package: one file for each entry of its manifest, so that a program loads a handful of files
// and not a hundred. Declarations are the compiler's. See design/005-one-file-an-entry.md.
//
//   node scripts/bundle.mjs [FOLDER …]     bundles the packages in these folders; in this one, if none is named
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

// Pairs of a source and what is built of it, for every condition under which there is one.
const pairs = (source, built) => {
  if (typeof source === 'string') return typeof built === 'string' ? [[source, built]] : []
  return Object.keys(source ?? {}).flatMap((condition) => pairs(source[condition], built[condition]))
}

// What each entry of a package is made of and where it is built; what it chooses by platform for itself is an entry, too.
const entriesOf = (folder) => {
  const { exports = {}, imports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const faces = [...Object.values(exports), ...Object.values(imports)].filter((face) => typeof face === 'object')
  const found = faces.flatMap(({ '@parley/source': source, ...face }) =>
    pairs(source, typeof source === 'string' ? face.default : face),
  )
  return new Map(found.map(([source, built]) => [join(folder, source), join(folder, built)]))
}

// Other packages stay outside, and so do the other entries of the same one: each stands once in a program.
const outside = (entry, entries) => ({
  name: 'outside',
  resolveId(specifier, importer) {
    if (importer === undefined) return null
    if (!specifier.startsWith('.')) return { id: specifier, external: true }
    const file = resolve(dirname(importer), specifier)
    if (file === entry || !entries.has(file)) return null
    const path = relative(dirname(entries.get(entry)), entries.get(file)).replaceAll(sep, '/')
    return { id: path.startsWith('.') ? path : `./${path}`, external: true }
  },
})

// One character beyond Latin-1, and the engine keeps and reads the whole file at two bytes for each. What is left of them
// stands in literals, where an escape is as good.
const inAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

const made = async (entry, entries) => {
  const file = entries.get(entry)
  const build = await rolldown({
    input: entry,
    platform: 'neutral',
    plugins: [outside(entry, entries)],
    transform: { target: 'es2023' },
  })
  try {
    const { output } = await build.generate({
      file,
      format: 'esm',
      codeSplitting: false,
      comments: { jsdoc: false },
      // A page is fetched, and has a budget; everything else is read in stack traces.
      minify: dirname(entry).endsWith(join('src', 'page')),
      sourcemap: true,
      // The source is shipped beside the map.
      sourcemapExcludeSources: true,
    })
    return output.map((one) => [
      join(dirname(file), one.fileName),
      one.code === undefined ? one.source : inAscii(one.code),
    ])
  } finally {
    await build.close()
  }
}

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

// The source of a declaration, or of its map.
const sourceOf = (path, folder) =>
  join(folder, 'src', relative(join(folder, 'dist'), path)).replace(/\.d\.ts(\.map)?$/, '.ts')

const isStale = (path, folder, files) => {
  if (/\.js(\.map)?$/.test(path)) return !files.has(path)
  return /\.d\.ts(\.map)?$/.test(path) && !existsSync(sourceOf(path, folder))
}

// A process that runs meanwhile finds each file as it was or as it will be; one that stays the same is left alone.
const write = (path, text) => {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Bundles every entry of the package in a folder into its `dist`, and removes there what has no source any more. */
export const bundle = async (folder) => {
  const entries = entriesOf(folder)
  const files = new Map((await Promise.all([...entries.keys()].map((entry) => made(entry, entries)))).flat())
  for (const [path, text] of files) write(path, text)
  for (const path of filesBelow(join(folder, 'dist'))) if (isStale(path, folder, files)) rmSync(path, { force: true })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folders = process.argv.length > 2 ? process.argv.slice(2) : ['.']
  for (const folder of folders) await bundle(resolve(folder))
}
