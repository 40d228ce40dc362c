import { memory } from '@parley/transports/memory'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { commandPath, titleWith } from '../commands.ts'
import { makeInspected } from '../inspector-offers.ts'
import { openInspector } from '../inspector-page.ts'
import { focused, nameless } from '../keyboard.ts'

const path = commandPath('chromium')

/** Presses Tab until the keyboard is at something; throws when it never gets there. */
const tabTo = async (page: Page, wanted: RegExp): Promise<void> => {
  const seen: string[] = []
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    if (wanted.test(now)) return
    seen.push(now)
  }
  throw new Error(`The keyboard never got to ${String(wanted)}, but to ${seen.join(', ')}`)
}

describe.skipIf(path === undefined)(titleWith('the inspector by keyboard alone', 'chromium', path), () => {
  const server = makeInspected()
  let browser: Browser

  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
  }, 120_000)
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await server.close()
  })

  it('finds a tool, fills it in, runs it, answers what is asked, and reads the wire', async () => {
    await using opened = await openInspector(browser, memory(server))
    const { page } = opened
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('a Skip to the content')
    await tabTo(page, /^tab Tools/)
    await tabTo(page, /Filter tools/)
    await page.keyboard.type('surv')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toMatch(/^option survey/)
    await tabTo(page, /^button Run/)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'The server asks' })
    await dialog.waitFor()
    expect(await focused(page)).toMatch(/Mail/)
    await page.keyboard.type('a@example.com')
    // The keyboard goes round within the dialog, and nowhere else.
    for (let press = 0; press < 15; press++) {
      await page.keyboard.press('Tab')
      const inside = await page.evaluate(
        () =>
          document.querySelector('dialog')?.contains(document.activeElement) !== false ||
          document.activeElement === document.body,
      )
      expect(inside).toBe(true)
    }
    await page.keyboard.press('Control+Enter')
    await page.locator('#panel-tools').getByText('a@example.com').first().waitFor()
    await page.locator('#tab-tools').focus()
    for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight')
    expect(await focused(page)).toMatch(/^tab Wire/)
    await tabTo(page, /^region Messages/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.wire-row[open]').getByText('jsonrpc: ').waitFor()
  })

  it('shows where the keyboard is', async () => {
    await using opened = await openInspector(browser, memory(server))
    const { page } = opened
    for (let press = 0; press < 12; press++) {
      await page.keyboard.press('Tab')
      const outline = await page.evaluate(() => {
        const element = document.activeElement
        return element === null ? '' : getComputedStyle(element).outlineStyle
      })
      const name = await focused(page)
      // A switch draws the outline around the words beside its hidden button.
      if (!name.startsWith('input')) expect([name, outline]).toEqual([name, 'solid'])
    }
  })

  it('gives everything that can be used a name', async () => {
    await using opened = await openInspector(browser, memory(server))
    const { page } = opened
    for (const tool of ['form', 'survey', 'hostile']) {
      await opened.tool(tool)
      const selector = 'button, input, select, textarea, [role=option], [role=region], img, audio'
      expect(await nameless(page, selector)).toEqual([])
    }
  })
})
