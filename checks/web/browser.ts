import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** Calls one of the functions that a page's bundle left in its global scope. */
export const callIn = <T>(page: Page, path: string, argument: unknown): Promise<T> =>
  page.evaluate(`${path}(${JSON.stringify(argument)})`)
