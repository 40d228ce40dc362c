import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { commandPath, titleWith } from '../commands.ts'
import { focused, nameless } from '../keyboard.ts'
import { openExplorer, startLook } from '../sqlite-page.ts'
import type { Explorer } from '../sqlite-page.ts'

const path = commandPath('chromium')

describe.skipIf(path === undefined)(titleWith('the SQLite page by keyboard alone', 'chromium', path), () => {
  let browser: Browser
  let look: Explorer

  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
    look = await startLook('--demo')
  }, 180_000)
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await look[Symbol.asyncDispose]()
  })

  it('goes from the schema to a statement, its rows, its plan, and back from the log', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    const { keyboard } = page
    // The connection stands before the schema is there to be walked in.
    await page.locator('.item[tabindex="0"]').first().waitFor()
    await keyboard.press('Tab')
    expect(await focused(page)).toBe('a Skip to the statement')
    await keyboard.press('F6')
    expect(await focused(page)).toBe('treeitem Tables')
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown']) await keyboard.press(key)
    expect(await focused(page)).toBe('treeitem id')
    await keyboard.press('ArrowLeft')
    expect(await focused(page)).toBe('treeitem books')
    await keyboard.press('Enter')
    await opened.grid.getByText('The Salt Road').or(opened.grid.locator('.grid-row')).first().waitFor()
    expect(await opened.editor.inputValue()).toBe('SELECT * FROM books')
    await keyboard.press('F6')
    expect(await focused(page)).toBe('textarea Statement')
    await keyboard.press('Control+End')
    await keyboard.type(' WHERE price > :p')
    await keyboard.press('Escape')
    await keyboard.press('Tab')
    expect(await focused(page)).toBe('input Value of :p')
    await keyboard.type('20')
    await keyboard.press('Control+Enter')
    await page
      .getByRole('toolbar', { name: 'Result' })
      .getByText(/^\d rows/)
      .waitFor()
    await keyboard.press('F6')
    expect(await focused(page)).toBe('grid Rows')
    for (const key of ['ArrowRight', 'ArrowUp', 'Enter']) await keyboard.press(key)
    expect(await opened.grid.getByRole('columnheader', { name: 'title' }).getAttribute('aria-sort')).toBe('ascending')
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Value of title' }).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await keyboard.press('F6')
    expect(await focused(page)).toMatch(/^option .*this page, ok.*SELECT \* FROM books/)
    await keyboard.press('Home')
    await keyboard.press('Enter')
    expect(await focused(page)).toBe('textarea Statement')
    expect(await opened.editor.inputValue()).toBe('SELECT * FROM books')
  })

  it('walks the diagram', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    await page.locator('#tab-rows').focus()
    await page.keyboard.press('ArrowLeft')
    expect(await focused(page)).toBe('tab Diagram')
    for (let press = 0; press < 4; press++) await page.keyboard.press('Tab')
    expect(await focused(page)).toMatch(/^button authors, table, 4 columns; referred to by books$/)
    await page.keyboard.press('ArrowRight')
    const [, name = ''] = /^button (\w+),/.exec(await focused(page)) ?? []
    await opened.picture('diagram')
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe(`treeitem ${name}`)
  })

  it('shows where the keyboard is, and gives everything that can be used a name', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    await opened.run('SELECT * FROM authors WHERE id > ?')
    await page.locator('select').first().focus()
    for (let press = 0; press < 20; press++) {
      await page.keyboard.press('Tab')
      const shown = await page.evaluate(() => {
        const element = document.activeElement
        if (element === null || element === document.body) return true
        // A line of the tree draws the outline, and the editor a bar at its side.
        const drawn = [element, element.firstElementChild, element.parentElement].flatMap((each) =>
          each === null ? [] : [getComputedStyle(each)],
        )
        return drawn.some(({ outlineStyle, boxShadow }) => outlineStyle === 'solid' || boxShadow !== 'none')
      })
      expect([await focused(page), shown]).toEqual([await focused(page), true])
    }
    const selector = 'button, input, select, textarea, [role=treeitem], [role=option], [role=region]'
    expect(await nameless(page, selector)).toEqual([])
    await page.getByRole('button', { name: 'Keys' }).click()
    await page.getByRole('dialog', { name: 'Keys' }).getByText('F6, Shift+F6').waitFor()
  })

  it('stands in forced colours', async () => {
    await using opened = await openExplorer(browser, look.url)
    await opened.page.emulateMedia({ forcedColors: 'active' })
    await opened.run('SELECT * FROM authors')
    const [color, paint] = await opened.page.evaluate(() => {
      const field = document.querySelector('textarea')
      const pre = document.querySelector('.paint')
      return [field && getComputedStyle(field).color, pre && getComputedStyle(pre).display]
    })
    expect(color).not.toBe('rgba(0, 0, 0, 0)')
    expect(paint).toBe('none')
    await opened.picture('forced')
  })
})
