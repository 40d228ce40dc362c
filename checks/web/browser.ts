import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { BrowserContext, Page } from 'playwright-core'

/** A browser that has never been anywhere. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext
  /** Opens a page; settles when its modules have run. */
  open(url: string): Promise<Page>
}

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium with a profile of its own; names under `.test` all lead to this machine. */
export const startBrowser = async (executablePath: string): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'parley-chromium-'))
  const args = [...quiet, '--host-resolver-rules=MAP *.test 127.0.0.1']
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, headless: true })
  return {
    context,
    open: async (url) => {
      const page = await context.newPage()
      await page.goto(url, { waitUntil: 'load' })
      return page
    },
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** A page that is looked at closely. */
export type Looked = {
  readonly page: Page
  /** What the browser complained of: errors, and what the content security policy stopped. */
  readonly complaints: readonly string[]
  /** Keeps a picture of the page, light and dark. */
  picture(name: string): Promise<void>
}

const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url))

/** Opens a page of ours that is connected to a server; settles when it says so. */
export const lookAt = async ({ context }: Browser, url: string): Promise<Looked> => {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') complaints.push(said.text())
  })
  page.setDefaultTimeout(5000)
  await page.setViewportSize({ width: 1180, height: 760 })
  await page.goto(url)
  await page.getByText('Connected, revision').waitFor()
  const picture = async (name: string): Promise<void> => {
    await mkdir(screenshots, { recursive: true })
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `${screenshots}${name}-${colorScheme}.png` })
    }
  }
  return { page, complaints, picture }
}

/** Calls one of the functions that a page's bundle left in its global scope. */
export const callIn = <T>(page: Page, path: string, argument: unknown): Promise<T> =>
  page.evaluate(`${path}(${JSON.stringify(argument)})`)
