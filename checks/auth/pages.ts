import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The programs of a page, as files from which they can be started. */
export type Page = {
  /** Names of the programs, in the order of the page. */
  readonly names: readonly string[]
  /** Runs one, with what must be another where it runs. */
  run(name: string, changes: Readonly<Record<string, string>>): Promise<unknown>
  /** What the compiler says of them. */
  check(): Promise<string>
  remove(): void
}

const fence = /^<!-- (\S+\.ts): run by checks\/auth\/test\/docs\.test\.ts -->\n\n```ts\n(.*?)^```$/gms

/** Reads a page whose blocks are programs. */
export const readPage = (path: string): Page => {
  const text = readFileSync(join(root, path), 'utf8')
  const programs = new Map([...text.matchAll(fence)].map(([, name = '', code = '']) => [name, code]))
  // Where node_modules holds every package, and where no glob of the compiler's or the runner's looks.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-'))
  const write = (name: string, code: string): string => {
    const file = join(folder, name)
    writeFileSync(file, code)
    return file
  }
  for (const [name, code] of programs) write(name, code)
  let runs = 0
  return {
    names: [...programs.keys()],
    run: (name, changes) => {
      const code = Object.entries(changes).reduce(
        (all, [old, now]) => all.replaceAll(old, now),
        programs.get(name) ?? '',
      )
      runs += 1
      // A module of the same name would be the same module.
      return import(write(`${runs}-${name}`, code))
    },
    check: async () => {
      const files = [...programs.keys()]
      const config = { extends: join(root, 'tsconfig.test.json'), compilerOptions: { incremental: false }, files }
      const project = write('tsconfig.json', JSON.stringify(config))
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      return new Promise((resolve) => {
        execFile(process.execPath, [tsc, '-p', project, '--pretty', 'false'], (_, said) => resolve(said))
      })
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
