import { memory } from '@parley/transports/memory'
import type { Server } from '@parley/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { bundle } from '../bundle.ts'
import { commandPath, titleWith } from '../commands.ts'
import { hostile, makeInspected } from '../inspector-offers.ts'
import { openInspector } from '../inspector-page.ts'
import type { Opened, Opening } from '../inspector-page.ts'

const path = commandPath('chromium')

describe.skipIf(path === undefined)(titleWith('the inspector, in Chromium', 'chromium', path), () => {
  let browser: Browser
  let server: Server

  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    server = makeInspected()
  }, 120_000)
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await server.close()
  })

  const open = (opening?: Opening): Promise<Opened> => openInspector(browser, memory(server), opening)

  it('is less than 100 kB in all', async () => {
    const [code = ''] = (await bundle('../../packages/inspector/src/page/main.ts', 'browser')).values()
    await using opened = await open()
    const origin = new URL('/', opened.inspector.url)
    const rest = await Promise.all(['/', '/page.css'].map(async (file) => (await fetch(new URL(file, origin))).text()))
    const bytes = [code, ...rest].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    console.log(`The inspector's page has ${bytes} bytes`)
    expect(bytes).toBeLessThan(100_000)
  })

  it('takes the token out of the address bar, and stays open when it is reloaded', async () => {
    await using opened = await open()
    const { page, inspector, complaints } = opened
    expect(page.url()).toBe(new URL('/', inspector.url).href)
    await page.reload()
    await page.getByText('Connected, revision').waitFor()
    const cookies = await browser.context.cookies(new URL('/api/', inspector.url).href)
    const mine = cookies.find(({ name }) => name.endsWith(new URL(inspector.url).port))
    expect(mine).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api' })
    expect(complaints).toEqual([])
  })

  it('fills in every kind of field', async () => {
    await using opened = await open()
    const panel = await opened.tool('form')
    await panel.getByLabel('Full name').fill('Ada')
    await panel.getByLabel('mail').fill('ada@example.com')
    await panel.getByLabel('age').fill('36')
    await panel.getByLabel('maybe').selectOption('No')
    await panel.getByLabel('colour').selectOption('Green')
    await panel.getByLabel('olives').check()
    await panel.getByRole('button', { name: 'Add an item' }).click()
    await panel.getByLabel('Item 1', { exact: false }).first().fill('first')
    await panel.getByRole('checkbox', { name: 'null' }).check()
    await panel.getByLabel('Give address').check()
    await panel.getByLabel('street').fill('Rua')
    await panel.getByLabel('extra').fill('[1, {"a": null}]')
    const shown = await opened.result(panel)
    await opened.picture('form')
    await shown.getByText('As JSON').click()
    await panel
      .getByRole('radiogroup', { name: 'How the arguments are written' })
      .getByRole('radio', { name: 'JSON' })
      .check()
    const written: unknown = JSON.parse(await panel.getByLabel('Arguments as JSON').inputValue())
    expect(written).toEqual({
      name: 'Ada',
      mail: 'ada@example.com',
      age: 36,
      agrees: true,
      maybe: false,
      size: 'M',
      colour: '#0f0',
      toppings: ['olives'],
      tags: ['first'],
      nick: null,
      address: { street: 'Rua' },
      extra: [1, { a: null }],
    })
    await panel.getByLabel('Arguments as JSON').fill('{"name": "Grace", "tags": ["a", "b"]}')
    await panel.getByRole('radio', { name: 'Form' }).check()
    expect(await panel.getByLabel('Full name').inputValue()).toBe('Grace')
    expect(await panel.getByLabel('Item 2').first().inputValue()).toBe('b')
    expect(await panel.getByLabel('age').inputValue()).toBe('')
  })

  it('says beside each field what is wrong with it, and sends nothing', async () => {
    await using opened = await open()
    const panel = await opened.tool('form')
    await panel.getByLabel('Full name').fill('A')
    await panel.getByLabel('mail').fill('nowhere')
    await panel.getByRole('button', { name: 'Run' }).click()
    await panel.getByText('At least 2 characters.').waitFor()
    await panel.getByText('Not a valid email.').waitFor()
    expect(await panel.getByLabel('Full name').evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await panel.getByRole('region', { name: 'Result' }).count()).toBe(0)
  })

  it('shows a list of objects as a table', async () => {
    await using opened = await open()
    const shown = await opened.result(await opened.tool('table'))
    expect(await shown.getByRole('columnheader').allTextContents()).toEqual(['city', 'people', 'capital'])
    expect(await shown.getByRole('cell').allTextContents()).toEqual([
      'Lisbon',
      '545000',
      'true',
      'Porto',
      '231000',
      'false',
    ])
    await opened.picture('table')
  })

  it('takes nothing that a server sends for markup, and follows no link but to the web', async () => {
    await using opened = await open()
    const { page, complaints } = opened
    const shown = await opened.result(await opened.tool('hostile'))
    expect(await shown.getByText(hostile).count()).toBeGreaterThan(0)
    const links = await shown.getByRole('link').evaluateAll((found) => found.map((each) => each.getAttribute('href')))
    expect(links).toEqual(['https://example.com/'])
    expect(await shown.getByRole('link').getAttribute('rel')).toBe('noopener noreferrer')
    await opened.tab('Server')
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.title()).toBe('server.ts · Inspector')
    expect(complaints).toEqual([])
  })

  it('shows progress, and cancels', async () => {
    await using opened = await open()
    const panel = await opened.tool('forever')
    await panel.getByRole('button', { name: 'Run' }).click()
    await panel.getByText('1 of 10: Waiting').waitFor()
    await panel.getByRole('button', { name: 'Cancel' }).click()
    await panel.getByText('Cancelled', { exact: true }).waitFor()
  })

  describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
    it('answers a form, which is checked before it goes', async () => {
      await using opened = await open({ era })
      const { page } = opened
      const panel = await opened.tool('survey')
      await panel.getByRole('button', { name: 'Run' }).click()
      const dialog = page.getByRole('dialog', { name: 'The server asks' })
      await dialog.getByText('How was it?').waitFor()
      expect(await dialog.getByLabel('stars').inputValue()).toBe('3')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await dialog.getByText('Required.').waitFor()
      await dialog.getByLabel('Mail').fill('a@example.com')
      await dialog.getByLabel('colour').selectOption('Green')
      await dialog.getByLabel('Tue').check()
      await opened.picture(`survey-${era}`)
      await dialog.getByRole('button', { name: 'Send' }).click()
      const shown = panel.getByRole('region', { name: 'Result' })
      for (const part of ['a@example.com', '"g"', '"Tue"', '3', 'true']) await shown.getByText(part).first().waitFor()
    })

    it('declines, and cancels by Escape', async () => {
      await using opened = await open({ era })
      const { page } = opened
      const panel = await opened.tool('survey')
      await panel.getByRole('button', { name: 'Run' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click()
      await panel.getByText('"decline"').first().waitFor()
      await panel.getByRole('button', { name: 'Run' }).click()
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await panel.getByText('"cancel"').first().waitFor()
      expect(await page.getByRole('dialog').count()).toBe(0)
    })

    it('withdraws a question when nobody waits for its answer any more', async () => {
      await using opened = await open({ era })
      const { page, inspector } = opened
      const panel = await opened.tool('survey')
      await panel.getByRole('button', { name: 'Run' }).click()
      await page.getByRole('dialog').waitFor()
      await inspector.reload()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await panel.getByRole('region', { name: 'Result' }).getByText('Refused', { exact: true }).waitFor()
    })

    it('shows where a URL leads before it agrees', async () => {
      await using opened = await open({ era })
      const { page } = opened
      const panel = await opened.tool('consent')
      await panel.getByRole('button', { name: 'Run' }).click()
      const dialog = page.getByRole('dialog', { name: 'The server asks you to open a page' })
      await dialog.getByText('аpple.test', { exact: true }).waitFor()
      await dialog.getByText('letters that look like others').waitFor()
      await dialog.getByText('https://xn--pple-43d.test/sign-in?a=b').waitFor()
      await opened.picture(`consent-${era}`)
      await dialog.getByRole('button', { name: 'Agree', exact: true }).click()
      await panel.getByText('You chose to accept.').first().waitFor()
    })

    it('answers for a model', async () => {
      await using opened = await open({ era })
      const { page } = opened
      const panel = await opened.tool('sample')
      await panel.getByRole('button', { name: 'Run' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Write a haiku').waitFor()
      await dialog.getByText('Be brief').waitFor()
      await dialog.getByLabel('Your answer').fill('An old silent pond')
      await opened.picture(`sample-${era}`)
      await dialog.getByRole('button', { name: 'Send' }).click()
      await panel.getByText('An old silent pond').first().waitFor()
      await panel.getByText('a-person').first().waitFor()
    })

    it('answers for a model in JSON, which is checked before it goes', async () => {
      await using opened = await open({ era })
      const { page } = opened
      const panel = await opened.tool('sample')
      await panel.getByRole('button', { name: 'Run' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: 'JSON' }).check()
      const area = dialog.getByLabel('Answer as JSON')
      expect(JSON.parse(await area.inputValue())).toMatchObject({ role: 'assistant', model: 'a-person' })
      await area.fill('{"role": "assistant", "content": {"type": "text", "text": "Yes"}}')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await dialog.getByText('model is the name of the model that answered.').waitFor()
      await area.fill('{"role": "assistant", "model": "m-1", "content": {"type": "text", "text": "Yes"}}')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await panel.getByText('m-1').first().waitFor()
    })

    it('tells its roots', async () => {
      await using opened = await open({ era })
      const panel = await opened.tab('Server')
      await panel.getByLabel('Roots').fill('https://example.com')
      await panel.getByRole('button', { name: 'Save roots' }).click()
      await panel.getByText('A root is a file: URI').waitFor()
      await panel.getByLabel('Roots').fill('file:///home/ada')
      await panel.getByRole('button', { name: 'Save roots' }).click()
      await panel.getByText('Saved.').waitFor()
      const shown = await opened.result(await opened.tool('roots'))
      await shown.getByText('file:///home/ada').first().waitFor()
    })

    it('shows its rounds on the wire', async () => {
      await using opened = await open({ era })
      const panel = await opened.tool('survey')
      await panel.getByRole('button', { name: 'Run' }).click()
      await opened.page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click()
      await panel.getByRole('region', { name: 'Result' }).waitFor()
      const wire = await opened.tab('Wire')
      const methods = era === 'modern' ? ['round 1', 'round 2'] : ['elicitation/create']
      for (const text of methods) await wire.getByText(text).first().waitFor()
      expect(await wire.getByText(era === 'modern' ? 'server/discover' : 'initialize', { exact: true }).count()).toBe(2)
      await opened.picture(`wire-${era}`)
    })
  })

  it('changes the era, and shows it', async () => {
    await using opened = await open()
    const { page } = opened
    for (const [choice, era] of [
      ['Legacy only', 'legacy'],
      ['Modern only', 'modern'],
      ['Auto', 'modern'],
    ] as const) {
      await page.getByLabel('Era').selectOption(choice)
      await page.locator(`header .badge.era-${era}`).waitFor()
    }
  })

  it('shows what became of the tools, live and after a reload, and keeps what was filled in', async () => {
    await using opened = await open()
    const { page, inspector } = opened
    const panel = await opened.tool('form')
    await panel.getByLabel('Full name').fill('Ada')
    const fresh = server.tool('brand-new', () => 'new')
    await panel.getByText('+ brand-new').waitFor()
    await panel.getByRole('option', { name: 'brand-new new' }).waitFor()
    await opened.picture('diff')
    await panel.getByRole('button', { name: 'Dismiss' }).click()
    fresh.remove()
    await panel.getByText('− brand-new').waitFor()
    await inspector.reload()
    expect(await panel.getByLabel('Full name').inputValue()).toBe('Ada')
    await page.getByText('Connected, revision').waitFor()
  })

  it('keeps the page when the program crashes, and shows the stack', async () => {
    await using opened = await open()
    const { page, inspector } = opened
    const panel = await opened.tool('form')
    inspector.stderr('ReferenceError: x is not defined\n')
    inspector.crashed('ReferenceError: x is not defined\n    at server.ts:3:9')
    await page.getByRole('alert').getByText('at server.ts:3:9').waitFor()
    expect(await panel.getByRole('heading', { name: 'form' }).count()).toBe(1)
    await opened.picture('crash')
    const log = await opened.tab('Log')
    await log.getByText('ReferenceError: x is not defined').waitFor()
    await inspector.reload()
    await page.getByText('Connected, revision').waitFor()
    expect(await page.getByRole('alert').getByText('server.ts:3:9').count()).toBe(0)
  })

  it('fits a narrow window without scrolling sideways', async () => {
    await using opened = await open()
    const { page } = opened
    await page.setViewportSize({ width: 400, height: 760 })
    await opened.result(await opened.tool('hostile'))
    for (const name of ['Tools', 'Resources', 'Prompts', 'Wire', 'Log', 'History', 'Server']) {
      await opened.tab(name)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect([name, width]).toEqual([name, 400])
    }
    await opened.tab('Tools')
    await opened.picture('narrow')
  })
})
