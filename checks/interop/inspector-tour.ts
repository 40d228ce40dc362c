import { expect } from 'vitest'
import type { Opened } from '../web/inspector-page.ts'
import type { Cell } from './matrix.ts'

/** Gives the page. */
export type Look = () => Opened

type Locator = Awaited<ReturnType<Opened['tab']>>

const shows = (where: Locator, text: string | RegExp): Promise<void> => where.getByText(text).first().waitFor()

const suggested = (panel: Locator): Promise<(string | null)[]> =>
  panel.locator('datalist option').evaluateAll((all) => all.map((each) => each.getAttribute('value')))

/** Tools: the list, forms, and every kind of result. */
export const tools = (cell: Cell, look: Look): void => {
  cell('era and server', async () => {
    const at = look()
    await at.page.getByText('Connected, revision 2025-11-25').waitFor()
    expect(await at.page.locator('header .badge').textContent()).toBe('legacy')
    const panel = await at.tab('Server')
    await shows(panel, 'Everything Reference Server')
    await shows(panel, 'Everything Server – Server Instructions')
    await panel.getByRole('button', { name: 'Ping' }).click()
    await shows(panel, /Answered in/)
    await at.picture('everything-server')
  })
  cell('tools: list', async () => {
    const at = look()
    await at.tab('Tools')
    // Some of them are offered once the handshake is over.
    await expect.poll(() => at.page.getByRole('tab', { name: /^Tools/ }).textContent()).toBe('Tools17')
    await at.picture('everything-tools')
  })
  cell('tools: text and numbers', async () => {
    const at = look()
    const echo = await at.tool('echo')
    await echo.getByLabel('message').fill('Ahoy 👋')
    await shows(await at.result(echo), 'Echo: Ahoy 👋')
    const sum = await at.tool('get-sum')
    await sum.getByRole('button', { name: 'Run' }).click()
    await shows(sum, 'Required.')
    await sum.getByLabel('a *', { exact: true }).fill('2')
    await sum.getByLabel('b *', { exact: true }).fill('40')
    await shows(await at.result(sum), 'The sum of 2 and 40 is 42.')
  })
  cell('tools: structured result', async () => {
    const at = look()
    const panel = await at.tool('get-structured-content')
    await panel.getByLabel('location').selectOption('Chicago')
    const shown = await at.result(panel)
    await shows(shown, 'Light rain / drizzle')
    await at.picture('everything-structured')
  })
  cell('tools: an image', async () => {
    const at = look()
    const panel = await at.tool('get-annotated-message')
    await panel.getByLabel('messageType').selectOption('error')
    await panel.getByLabel('includeImage').check()
    const shown = await at.result(panel)
    await shows(shown, 'Error: Operation failed')
    const width = (): Promise<number> =>
      shown.locator('img').evaluate((image) => ('naturalWidth' in image ? Number(image.naturalWidth) : 0))
    await expect.poll(width).toBeGreaterThan(0)
    await at.picture('everything-annotated')
  })
  cell('tools: links', async () => {
    const at = look()
    const panel = await at.tool('get-resource-links')
    const shown = await at.result(panel)
    await shown.getByRole('button', { name: 'Read' }).nth(1).click()
    await shows(at.page.locator('#panel-resources'), /Resource 2: This is a plaintext resource created at/)
  })
  cell('progress and cancellation', async () => {
    const at = look()
    const panel = await at.tool('trigger-long-running-operation')
    await panel.getByLabel('duration').fill('10')
    await panel.getByLabel('steps').fill('50')
    await panel.getByRole('button', { name: 'Run' }).click()
    await shows(panel, /^\d+ of 50$/)
    expect(await panel.getByRole('progressbar').getAttribute('max')).toBe('50')
    await at.picture('everything-progress')
    await panel.getByRole('button', { name: 'Cancel' }).click()
    await panel.getByText('Cancelled', { exact: true }).waitFor()
    await panel.getByLabel('duration').fill('0.1')
    await panel.getByLabel('steps').fill('2')
    await shows(await at.result(panel), 'Long running operation completed. Duration: 0.1 seconds, Steps: 2.')
  })
}

/** What the server asks, answered in dialogs. */
export const questions = (cell: Cell, look: Look): void => {
  cell('elicitation: form', async () => {
    const at = look()
    const panel = await at.tool('trigger-elicitation-request')
    await panel.getByRole('button', { name: 'Run' }).click()
    const dialog = at.page.getByRole('dialog')
    await shows(dialog, 'Please provide inputs for the following fields:')
    expect(await dialog.getByLabel('Integer', { exact: true }).inputValue()).toBe('42')
    await dialog.getByLabel('Integer', { exact: true }).fill('101')
    await dialog.getByLabel('String *', { exact: true }).fill('Ada')
    await at.picture('everything-form')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await shows(dialog, /^At most 100/)
    await dialog.getByLabel('Integer', { exact: true }).fill('7')
    await dialog.getByLabel('Trout').check()
    await dialog.getByRole('button', { name: 'Send' }).click()
    await shows(panel, 'User provided the requested information!')
    await shows(panel, /- Name: Ada/)
    await shows(panel, /- Favorite Integer: 7/)
    await at.picture('everything-form-answered')
  })
  cell('elicitation: decline and cancel', async () => {
    const at = look()
    const panel = await at.tool('trigger-elicitation-request')
    await panel.getByRole('button', { name: 'Run' }).click()
    await at.page.getByRole('dialog').getByRole('button', { name: 'Decline' }).click()
    await shows(panel, /User declined/)
    await panel.getByRole('button', { name: 'Run' }).click()
    await at.page.getByRole('dialog').waitFor()
    await at.page.keyboard.press('Escape')
    await shows(panel, /User cancelled/)
  })
  cell('elicitation: URL', async () => {
    const at = look()
    const panel = await at.tool('trigger-url-elicitation')
    await panel.getByLabel('url').fill('https://example.com/consent')
    await panel.getByLabel('message').fill('Please consent')
    await panel.getByRole('button', { name: 'Run' }).click()
    const dialog = at.page.getByRole('dialog')
    await shows(dialog, 'https://example.com/consent')
    await at.picture('everything-url')
    await dialog.getByRole('button', { name: 'Agree', exact: true }).click()
    await shows(panel, /User completed the URL elicitation flow/)
  })
  cell('sampling', async () => {
    const at = look()
    const panel = await at.tool('trigger-sampling-request')
    await panel.getByLabel('prompt').fill('Write a haiku')
    await panel.getByRole('button', { name: 'Run' }).click()
    const dialog = at.page.getByRole('dialog')
    await shows(dialog, /context: Write a haiku/)
    await dialog.getByLabel('Your answer').fill('An old silent pond')
    await at.picture('everything-sampling')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await shows(panel, /An old silent pond/)
  })
  cell('roots', async () => {
    const at = look()
    const server = await at.tab('Server')
    await server.getByLabel('Roots').fill('file:///srv/new')
    await server.getByRole('button', { name: 'Save roots' }).click()
    await shows(server, 'Saved.')
    const shown = await at.result(await at.tool('get-roots-list'))
    await shows(shown, /URI: file:\/\/\/srv\/new/)
  })
}

/** Resources and prompts. */
export const offers = (cell: Cell, look: Look): void => {
  cell('resources', async () => {
    const at = look()
    const panel = await at.tab('Resources')
    await panel.getByRole('option', { name: 'instructions.md' }).click()
    await shows(await at.result(panel, 'Read'), /Everything Server – Server Instructions/)
    await at.picture('everything-resources')
  })
  cell('resources: templates', async () => {
    const at = look()
    const panel = await at.tab('Resources')
    await panel.getByRole('option', { name: 'demo://resource/dynamic/text/{resourceId}' }).click()
    await panel.getByLabel('resourceId').fill('7')
    await expect.poll(() => suggested(panel)).toEqual(['7'])
    await shows(await at.result(panel, 'Read'), /^Resource 7: This is a plaintext resource created at/)
    await at.picture('everything-template')
  })
  cell('prompts and completion', async () => {
    const at = look()
    const panel = await at.tab('Prompts')
    await panel.locator('[role=option][data-key="args-prompt"]').click()
    await panel.getByLabel('city').fill('Paris')
    await panel.getByLabel('state').fill('Texas')
    await shows(await at.result(panel, 'Get'), "What's weather in Paris, Texas?")
    await panel.locator('[role=option][data-key="completable-prompt"]').click()
    await panel.getByLabel('department').fill('S')
    await expect.poll(() => suggested(panel)).toEqual(['Sales', 'Support'])
    await panel.getByLabel('department').fill('Sales')
    await panel.getByLabel('name').fill('E')
    await expect.poll(() => suggested(panel)).toContain('Eve')
    await at.picture('everything-prompts')
  })
  cell('subscription to a resource', async () => {
    const at = look()
    const panel = await at.tab('Resources')
    await panel.locator('[role=option]').filter({ hasText: 'architecture.md' }).click()
    await panel.getByRole('button', { name: 'Subscribe', exact: true }).click()
    await panel.getByRole('button', { name: 'Unsubscribe' }).waitFor()
    const toggle = await at.tool('toggle-subscriber-updates')
    await at.result(toggle)
    await at.tab('Resources')
    await shows(panel, /Updated at/)
    await at.tool('toggle-subscriber-updates')
    await toggle.getByRole('button', { name: 'Run' }).click()
    await shows(toggle, /Stopped/)
    await at.tab('Resources')
    await panel.getByRole('button', { name: 'Unsubscribe' }).click()
    await panel.getByRole('button', { name: 'Subscribe', exact: true }).waitFor()
  })
}

/** Logs, the wire, the history and the eras. */
export const rest = (cell: Cell, look: Look): void => {
  cell('logging', async () => {
    const at = look()
    const log = await at.tab('Log')
    const subscribe = async (): Promise<void> => {
      const resources = await at.tab('Resources')
      await resources.getByRole('button', { name: 'Subscribe', exact: true }).click()
      await resources.getByRole('button', { name: 'Unsubscribe' }).click()
      await resources.getByRole('button', { name: 'Subscribe', exact: true }).waitFor()
      await at.tab('Log')
    }
    await log.getByLabel('Least level to hear').selectOption('error')
    await log.getByRole('button', { name: 'Clear' }).click()
    await subscribe()
    await log.getByLabel('Least level to hear').selectOption('info')
    expect(await log.locator('.log-row').count()).toBe(0)
    await subscribe()
    await shows(log, /Received Subscribe Resource request/)
    expect(await log.locator('.log-row .badge').first().textContent()).toBe('info')
    await at.picture('everything-log')
  })
  cell('history and the wire', async () => {
    const at = look()
    const history = await at.tab('History')
    await shows(history, 'get-sum')
    await at.picture('everything-history')
    const wire = await at.tab('Wire')
    await wire.getByLabel('Filter messages').fill('elicitation/create')
    await expect.poll(() => wire.locator('.wire-row').count()).toBeGreaterThanOrEqual(8)
    await wire.locator('.wire-row summary').first().click()
    await at.picture('everything-wire')
  })
  cell('the other era', async () => {
    const at = look()
    await at.page.getByLabel('Era').selectOption('Modern only')
    await at.page.getByRole('alert').filter({ hasText: 'The connection failed.' }).waitFor()
    await at.picture('everything-modern')
    await at.page.getByLabel('Era').selectOption('Auto')
    await at.page.getByText('Connected, revision 2025-11-25').waitFor()
    expect(await at.page.getByRole('alert').filter({ hasText: 'The connection failed.' }).count()).toBe(0)
  })
}
