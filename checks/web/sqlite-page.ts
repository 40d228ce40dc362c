import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Locator } from 'playwright-core'
import { lookAt } from './browser.ts'
import type { Browser, Looked } from './browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program that serves a page. */
export interface Explorer extends AsyncDisposable {
  /** The page's URL with its token. */
  readonly url: string
  /** Where models are answered; undefined where they are not. */
  readonly models: string | undefined
  readonly port: number
}

const urlsIn = async (child: ChildProcess, count: number): Promise<string[]> => {
  let said = ''
  return new Promise((resolve, reject) => {
    const hear = (chunk: string): void => {
      said += chunk
      const found = said.match(/http:\/\/\S+(?=\n)/g) ?? []
      if (found.length >= count) resolve(found)
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
    child.once('close', () => reject(new Error(said)))
  })
}

const start = async (args: readonly string[], count: number): Promise<{ urls: string[]; end: () => Promise<void> }> => {
  const child = spawn(process.execPath, ['apps/sqlite/dist/main.js', ...args], { cwd: root })
  const end = async (): Promise<void> => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  return { urls: await urlsIn(child, count), end }
}

/** Starts `parley-sqlite look`. */
export const startLook = async (...args: string[]): Promise<Explorer> => {
  const { urls, end } = await start(['look', '--no-open', ...args], 1)
  const [url = ''] = urls
  return { url, models: undefined, port: Number(new URL(url).port), [Symbol.asyncDispose]: end }
}

/** Starts `parley-sqlite --http`, which models and the page share. */
export const startShared = async (...args: string[]): Promise<Explorer> => {
  const { urls, end } = await start(['--http', '0', ...args], 2)
  const [models = '', url = ''] = urls
  return { url, models, port: Number(new URL(url).port), [Symbol.asyncDispose]: end }
}

/** The page, open in a browser. */
export interface OpenedExplorer extends AsyncDisposable, Looked {
  readonly editor: Locator
  readonly grid: Locator
  /** Runs a statement by the keyboard, and waits until nothing runs any more. */
  run(sql: string): Promise<void>
}

/** Opens the page. */
export const openExplorer = async (browser: Browser, url: string): Promise<OpenedExplorer> => {
  const looked = await lookAt(browser, url)
  const { page, picture } = looked
  const editor = page.getByRole('textbox', { name: 'Statement' })
  return {
    ...looked,
    editor,
    grid: page.getByRole('grid', { name: 'Rows' }),
    run: async (sql) => {
      await editor.fill(sql)
      await editor.press('Control+Enter')
      await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor()
    },
    picture: (name) => picture(`sqlite-${name}`),
    [Symbol.asyncDispose]: () => page.close(),
  }
}

/** Makes a database by a script, with the program's own means. */
export const makeDatabase = async (path: string, script: string): Promise<void> => {
  const code = `import { writeDatabase } from './apps/sqlite/dist/engine/sample.js'
  await writeDatabase(process.argv[1], process.argv[2])`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, path, script], {
    cwd: root,
    stdio: 'inherit',
  })
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0) throw new Error('No database was made')
}
