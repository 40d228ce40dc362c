import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measures } from './catalogue.ts'
import { page } from './page.ts'
import { merged } from './report.ts'
import type { Results } from './report.ts'

const home = new URL('../', import.meta.url)
const root = new URL('../../', home)
const folder = new URL('results/', home)
const document = new URL('docs/performance.md', root)

const read = (file: URL): Results | undefined => {
  try {
    // Only runs of the bench write there.
    return JSON.parse(readFileSync(file, 'utf8')) as Results
  } catch {
    return undefined
  }
}

/** The file looks as the formatter would have it, or the next check of the repository would fail. */
const format = (file: URL): void => {
  const formatter = fileURLToPath(new URL('node_modules/.bin/oxfmt', root))
  spawnSync(formatter, [fileURLToPath(file)], { cwd: root, stdio: 'ignore' })
}

/** Keeps the results of a run by the major version of its Node, and writes the page of all that are kept. */
export const keep = (results: Results): void => {
  mkdirSync(folder, { recursive: true })
  const file = new URL(`node-${results.node.split('.')[0]}.json`, folder)
  const order = measures.map(({ id }) => id)
  writeFileSync(file, JSON.stringify(merged(read(file), results, order)))
  const runs = readdirSync(folder)
    .toSorted()
    .flatMap((name) => read(new URL(name, folder)) ?? [])
  writeFileSync(document, page(readFileSync(new URL('performance.template.md', home), 'utf8'), runs))
  format(file)
}
