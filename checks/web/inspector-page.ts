import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Dial } from '@parley/protocol'
import { inspect } from '@parley/inspector'
import type { Inspector, InspectorEra } from '@parley/inspector'
import type { Locator, Page } from 'playwright-core'
import type { Browser } from './browser.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const screenshots = fileURLToPath(new URL('screenshots/', import.meta.url))

/** Builds the page, and the programs that are inspected. */
export const buildPage = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/build.mjs', 'apps/echo'], { cwd: root, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code) => (code === 70 ? reject(new Error('The build failed')) : resolve()))
  })

/** An inspector, open in a browser. */
export interface Opened extends AsyncDisposable {
  readonly inspector: Inspector
  readonly page: Page
  /** What the browser complained of: errors, and what the content security policy stopped. */
  readonly complaints: readonly string[]
  /** Goes to a tab, and gives its panel. */
  tab(name: string): Promise<Locator>
  /** Chooses a tool, and gives the panel. */
  tool(name: string): Promise<Locator>
  /** Runs what is chosen, and gives its result. */
  result(panel: Locator, button?: string): Promise<Locator>
  /** Keeps a picture of the page, light and dark. */
  picture(name: string): Promise<void>
}

/** How an inspector is opened. */
export type Opening = { readonly era?: InspectorEra; readonly title?: string }

/** Opens an inspector over a server in a browser. */
export const openInspector = async (browser: Browser, target: Dial, opening: Opening = {}): Promise<Opened> => {
  const { era = 'auto', title = 'server.ts' } = opening
  const inspector = await inspect({ target, era, title, command: (verb) => `parley ${verb} server.ts` })
  const page = await browser.context.newPage()
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') complaints.push(said.text())
  })
  page.setDefaultTimeout(5000)
  await page.setViewportSize({ width: 1180, height: 760 })
  await page.goto(inspector.url)
  await page.getByText('Connected, revision').waitFor()
  const tab = async (name: string): Promise<Locator> => {
    await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
    return page.locator(`#panel-${name.toLowerCase()}`)
  }
  return {
    inspector,
    page,
    complaints,
    tab,
    tool: async (name) => {
      const panel = await tab('Tools')
      await panel.locator(`[role=option][data-key="${name}"]`).click()
      await panel.getByRole('heading', { name, exact: true }).waitFor()
      return panel
    },
    result: async (panel, button = 'Run') => {
      await panel.getByRole('button', { name: button, exact: true }).click()
      const result = panel.getByRole('region', { name: 'Result' })
      await result.waitFor()
      return result
    },
    picture: async (name) => {
      await mkdir(screenshots, { recursive: true })
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.screenshot({ path: `${screenshots}${name}-${colorScheme}.png` })
      }
    },
    [Symbol.asyncDispose]: async () => {
      await page.close()
      await inspector.close()
    },
  }
}
