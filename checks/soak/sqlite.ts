import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** Builds the explorer, whose workers are started from what is built. */
export const buildExplorer = (): void => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'tsconfig.json'], {
    cwd: join(root, 'apps', 'sqlite'),
    encoding: 'utf8',
  })
  if (status !== 0) console.error(`The build has errors:\n${stdout}`)
  if (!existsSync(join(root, 'apps', 'sqlite', 'dist', 'engine', 'open.js')))
    throw new Error('The explorer is not built.')
}

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Makes a table of so many films, with a Node that has SQLite; resolves with the path of the database. */
export const manyFilms = async (execPath: string, rows: number): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-soak-'))
  folders.push(folder)
  const path = join(folder, 'films.db')
  const sql = `PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
    CREATE TABLE film (id INTEGER PRIMARY KEY, title TEXT, year INTEGER);
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT ${rows})
      INSERT INTO film SELECT x, 'film ' || (x * 7919 % 1000003), 1900 + x % 120 FROM n;`
  const script = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(process.argv[2])`
  await run(execPath, ['--no-warnings', '-e', script, path, sql])
  return path
}

/** What the system says of a process under a name, as `State`; undefined for a process that is gone. */
export const fieldOf = (pid: number, name: string): string | undefined => {
  try {
    return new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  } catch {
    return undefined
  }
}

/** The processes that a process has started. */
export const childrenOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => fieldOf(pid, 'PPid') === String(parent))

/** Megabytes that this process and its children have resident. */
export const resident = (): number =>
  [process.pid, ...childrenOf(process.pid)].reduce((sum, pid) => sum + Number(fieldOf(pid, 'VmRSS') ?? 0) / 1024, 0)

/** The value below which so many of a hundred lie. */
export const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * percent) / 100))] ?? NaN

/** Milliseconds that something takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Figures as one line, rounded. */
export const line = (title: string, figures: Readonly<Record<string, number>>): string =>
  `${title}: ${Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(1)}`)
    .join(', ')}`
