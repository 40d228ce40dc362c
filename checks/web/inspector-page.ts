import type { Dial } from '@parley/protocol'
import { inspect } from '@parley/inspector'
import type { Inspector, InspectorEra } from '@parley/inspector'
import type { Locator } from 'playwright-core'
import { lookAt } from './browser.ts'
import type { Browser, Looked } from './browser.ts'

/** An inspector, open in a browser. */
export interface Opened extends AsyncDisposable, Looked {
  readonly inspector: Inspector
  /** Goes to a tab, and gives its panel. */
  tab(name: string): Promise<Locator>
  /** Chooses a tool, and gives the panel. */
  tool(name: string): Promise<Locator>
  /** Runs what is chosen, and gives its result. */
  result(panel: Locator, button?: string): Promise<Locator>
}

/** How an inspector is opened. */
export type Opening = { readonly era?: InspectorEra; readonly title?: string }

/** Opens an inspector over a server in a browser. */
export const openInspector = async (browser: Browser, target: Dial, opening: Opening = {}): Promise<Opened> => {
  const { era = 'auto', title = 'server.ts' } = opening
  const inspector = await inspect({ target, era, title, command: (verb) => `parley ${verb} server.ts` })
  const looked = await lookAt(browser, inspector.url)
  const { page } = looked
  const tab = async (name: string): Promise<Locator> => {
    await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
    return page.locator(`#panel-${name.toLowerCase()}`)
  }
  return {
    ...looked,
    inspector,
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
    [Symbol.asyncDispose]: async () => {
      await page.close()
      await inspector.close()
    },
  }
}
