import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { partsDirectory } from './matrix.ts'
import type { Part, Result } from './matrix.ts'

const document = new URL('../../docs/interop.md', import.meta.url)
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const preamble = `# Who understands whom

Parley against peers that others wrote, over stdio and over HTTP: servers from npm, servers on the official SDKs that offer
everything, and the official clients. \`npm run interop\` makes this page from what it saw; each cell is a test that compares
exact results.

- **pass**: the results are what they should be.
- **early**: the revision does not know the feature yet, and that is what the peer is told.
- **no**: it cannot be done between the two; the peer says why in its own words, below the table.
- **alone**: it takes a session, and the server keeps none; what is seen instead stands below the table.
`

/** One line below a table for each thing that was remarked. */
class Remarks {
  readonly #lines: string[] = []

  mark(kind: string, line: string): string {
    if (!this.#lines.includes(line)) this.#lines.push(line)
    return `${kind} (${this.#lines.indexOf(line) + 1})`
  }

  get text(): string {
    return this.#lines.map((line, index) => `${index + 1}. ${line}\n`).join('')
  }
}

const cellOf = (result: Result | undefined, remarks: Remarks): string => {
  if (result === undefined) return ''
  if (result === null) return 'not run'
  if (result === 'pass') return result
  if ('words' in result) return remarks.mark('no', `“${result.words}”`)
  if ('absent' in result) return remarks.mark('early', result.absent)
  if ('alone' in result) return remarks.mark('alone', result.alone)
  return remarks.mark('FAILED', result.failure)
}

const tableOf = (rows: readonly string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return lines.join('\n')
}

const sectionOf = ({ title, note, columns, features, results }: Part): string => {
  const remarks = new Remarks()
  const rows = features.map((feature) => [
    feature,
    ...columns.map((column) => cellOf(results[feature]?.[column], remarks)),
  ])
  const table = tableOf([['', ...columns], ...rows])
  return `${[`## ${title}`, note, table, remarks.text].join('\n\n').trimEnd()}\n`
}

const readParts = (): Part[] =>
  readdirSync(partsDirectory)
    .map((name): Part => JSON.parse(readFileSync(new URL(name, partsDirectory), 'utf8')) as Part)
    .toSorted((one, other) => one.order - other.order)

const resultsOf = ({ results }: Part): Result[] => Object.values(results).flatMap((row) => Object.values(row))

const isSettled = (result: Result): boolean => result !== null && !(typeof result === 'object' && 'failure' in result)

/** Builds the fixture servers, and begins an empty matrix. */
export const setup = (): void => {
  const built = spawnSync(process.execPath, [tsc, '-b', 'tsconfig.fixtures.json'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  if (built.status !== 0) console.error(`The fixtures have errors:\n${built.stdout}${built.stderr}`)
  rmSync(partsDirectory, { recursive: true, force: true })
  mkdirSync(partsDirectory, { recursive: true })
}

// Some files hold ours against the others' without a row in the matrix, and some open two parts of it.
const partsOpenedIn = (name: string): number =>
  readFileSync(new URL(name, import.meta.url), 'utf8').split(' openPart(').length - 1

/** Prints the matrix. The document changes only after a whole run without a failure, and only if its results did. */
export const teardown = (): void => {
  const parts = readParts()
  const sections = parts.map(sectionOf)
  console.log(`\n${sections.join('\n')}`)
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'))
  const wanted = files.reduce((sum, name) => sum + partsOpenedIn(name), 0)
  if (parts.length !== wanted || !parts.flatMap(resultsOf).every(isSettled)) return
  const text = `${[preamble, ...sections].join('\n').trimEnd()}\n`
  let before = ''
  try {
    before = readFileSync(document, 'utf8')
  } catch {
    // There is none before the first run.
  }
  if (text !== before) writeFileSync(document, text)
}
