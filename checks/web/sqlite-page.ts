import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import type { Browser } from './browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url))

const runNode = async (...args: string[]): Promise<number | null> => {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

/** Builds the program and its page. */
export const buildExplorer = async (): Promise<void> => {
  // The compiler's complaints are its own check's business; without JavaScript there is nothing to look at.
  if ((await runNode('scripts/build.mjs', 'apps/sqlite')) === 70) throw new Error('The build failed')
  if ((await runNode('apps/sqlite/scripts/page.mjs')) !== 0) throw new Error('The page could not be built')
}

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
export interface OpenedExplorer extends AsyncDisposable {
  readonly page: Page
  readonly editor: Locator
  readonly grid: Locator
  /** What the browser complained of: errors, and what the content security policy stopped. */
  readonly complaints: readonly string[]
  /** Runs a statement by the keyboard, and waits until nothing runs any more. */
  run(sql: string): Promise<void>
  /** Keeps a picture of the page, light and dark. */
  picture(name: string): Promise<void>
}

/** Opens the page. */
export const openExplorer = async (browser: Browser, url: string): Promise<OpenedExplorer> => {
  const page = await browser.context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') complaints.push(said.text())
  })
  page.setDefaultTimeout(5000)
  await page.setViewportSize({ width: 1180, height: 760 })
  await page.goto(url)
  await page.getByText('Connected, revision').waitFor()
  const editor = page.getByRole('textbox', { name: 'Statement' })
  return {
    page,
    editor,
    grid: page.getByRole('grid', { name: 'Rows' }),
    complaints,
    run: async (sql) => {
      await editor.fill(sql)
      await editor.press('Control+Enter')
      await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor()
    },
    picture: async (name) => {
      await mkdir(screenshots, { recursive: true })
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.screenshot({ path: `${screenshots}sqlite-${name}-${colorScheme}.png` })
      }
    },
    [Symbol.asyncDispose]: () => page.close(),
  }
}

/** Makes a database by a script, with the program's own means. */
export const makeDatabase = async (path: string, script: string): Promise<void> => {
  const code = `import { writeDatabase } from './apps/sqlite/dist/engine/sample.js'
  await writeDatabase(process.argv[1], process.argv[2])`
  if ((await runNode('--input-type=module', '-e', code, path, script)) !== 0) throw new Error('No database was made')
}
