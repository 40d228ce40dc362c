import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { stdio } from '@parley/transports/stdio/client'
import type { Dial } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { commandPath, titleWith } from '../commands.ts'
import { openInspector } from '../inspector-page.ts'
import type { Opened } from '../inspector-page.ts'

const path = commandPath('chromium')
const echo = join(dirname(createRequire(import.meta.url).resolve('@parley/echo/package.json')), 'dist', 'main.js')

describe.skipIf(path === undefined)(titleWith('the inspector over apps/echo', 'chromium', path), () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  }, 120_000)
  afterAll(() => browser[Symbol.asyncDispose]())

  const clipboard = (opened: Opened): Promise<string> => opened.page.evaluate(() => navigator.clipboard.readText())

  describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
    let said: string[] = []
    const target: Dial = stdio(process.execPath, [echo], { stderr: (chunk) => said.push(chunk) })
    const open = (): Promise<Opened> => {
      said = []
      return openInspector(browser, target, { era, title: 'apps/echo' })
    }

    it('says what the server is and offers, and what its tools cost', async () => {
      await using opened = await open()
      const { page, complaints } = opened
      expect(await page.getByRole('tab').allTextContents()).toEqual(
        expect.arrayContaining(['Tools7', 'Resources3', 'Prompts3']),
      )
      await page.getByText(/7 tools · 1\.\d kB · ≈ \d+ tokens/).click()
      await page.getByText('One token is taken to be 4 characters').waitFor()
      const panel = await opened.tool('echo_tool')
      for (const hint of ['read-only', 'idempotent', 'closed world']) await panel.getByText(hint).waitFor()
      await opened.picture(`tools-${era}`)
      const server = await opened.tab('Server')
      await server.getByText('Call echo_tool to hear a message again.').waitFor()
      await server.getByRole('button', { name: 'Ping' }).click()
      await server.getByText(/Answered in/).waitFor()
      await opened.picture(`server-${era}`)
      expect(complaints).toEqual([])
    })

    it('calls a tool, and keeps it in the history to be run again', async () => {
      await using opened = await open()
      const { page } = opened
      const panel = await opened.tool('echo_tool')
      await panel.getByLabel('message').fill('Hello')
      await panel.getByLabel('message').press('Control+Enter')
      await panel.getByText('Tool echo: Hello').first().waitFor()
      await panel.getByRole('button', { name: 'Copy as CLI call' }).click()
      await panel.getByRole('button', { name: 'Copied' }).waitFor()
      expect(await clipboard(opened)).toBe(`parley call server.ts echo_tool '{"message":"Hello"}'`)
      await panel.getByLabel('message').fill('Other')
      const history = await opened.tab('History')
      await opened.picture(`history-${era}`)
      await history.getByRole('button', { name: 'Run again' }).click()
      await page.locator('#panel-tools').getByText('Tool echo: Hello').first().waitFor()
      expect(await panel.getByLabel('message').inputValue()).toBe('Hello')
      expect(await page.getByRole('tab', { name: /History/ }).textContent()).toBe('History2')
    })

    it.each(['text', 'json', 'image', 'audio', 'link', 'embedded'])('renders %s', async (format) => {
      await using opened = await open()
      const panel = await opened.tool('echo_as')
      await panel.getByLabel('message').fill('Hello')
      await panel.getByLabel('format').selectOption(format)
      const shown = await opened.result(panel)
      if (format === 'image') {
        await expect
          .poll(() => shown.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
          .toBeGreaterThan(0)
      } else if (format === 'audio') {
        await expect
          .poll(() => shown.locator('audio').evaluate((audio: HTMLAudioElement) => audio.duration))
          .toBeGreaterThan(0)
      } else if (format === 'link') {
        await shown.getByRole('button', { name: 'Read' }).click()
        await opened.page.locator('#panel-resources').getByText('Resource echo: Hello').waitFor()
      } else await shown.getByText('Hello').first().waitFor()
      await opened.picture(`result-${format}-${era}`)
      expect(opened.complaints).toEqual([])
    })

    it('shows progress as it comes, and stops at once', async () => {
      await using opened = await open()
      const panel = await opened.tool('echo_many')
      await panel.getByLabel('message').fill('Hello')
      await panel.getByLabel('times').fill('100')
      await panel.getByLabel('delay_ms').fill('100')
      await panel.getByRole('button', { name: 'Run' }).click()
      await panel.getByText(/^[2-9] of 100/).waitFor()
      await opened.picture(`progress-${era}`)
      await panel.getByRole('button', { name: 'Cancel' }).click()
      await panel.getByText('Cancelled', { exact: true }).waitFor()
    })

    it('answers what the server asks', async () => {
      await using opened = await open()
      const panel = await opened.tool('echo_ask')
      await panel.getByRole('button', { name: 'Run' }).click()
      await opened.page.getByRole('dialog').getByLabel('message').fill('Good evening')
      await opened.picture(`dialog-${era}`)
      await opened.page.keyboard.press('Control+Enter')
      await panel.getByText('You said: Good evening').first().waitFor()
    })

    it.each([
      ['tool_error', 'The tool failed'],
      ['exception', 'The tool failed'],
      ['protocol_error', 'Refused'],
    ])('shows how %s went', async (kind, how) => {
      await using opened = await open()
      const panel = await opened.tool('echo_fail')
      await panel.getByLabel('kind').selectOption(kind)
      const shown = await opened.result(panel)
      await shown.getByText(how, { exact: true }).waitFor()
      await opened.picture(`fail-${kind}-${era}`)
    })

    it('hears the log from the level that is asked for', async () => {
      await using opened = await open()
      const log = await opened.tab('Log')
      await log.getByLabel('Least level to hear').selectOption('error')
      const panel = await opened.tool('echo_log')
      await panel.getByLabel('message').fill('Listen')
      await opened.result(panel)
      await opened.tab('Log')
      await log.getByText('emergency', { exact: true }).waitFor()
      expect(await log.locator('.log-row .badge').allTextContents()).toEqual([
        'error',
        'critical',
        'alert',
        'emergency',
      ])
      await opened.picture(`log-${era}`)
      await log.getByRole('button', { name: 'Clear' }).click()
      await expect.poll(() => log.locator('.log-row').count()).toBe(0)
    })

    it('reads resources and templates, suggests values, and hears of updates', async () => {
      await using opened = await open()
      const panel = await opened.tool('echo_tool')
      await panel.getByLabel('message').fill('Hello there')
      await opened.result(panel)
      const resources = await opened.tab('Resources')
      await resources.getByRole('option', { name: 'recent' }).click()
      await resources.getByRole('button', { name: 'Subscribe' }).click()
      await resources.getByRole('button', { name: 'Unsubscribe' }).waitFor()
      const shown = await opened.result(resources, 'Read')
      await shown.getByText('Hello there').first().waitFor()
      await opened.tool('echo_tool')
      await panel.getByLabel('message').fill('Hello again')
      await panel.getByRole('button', { name: 'Run' }).click()
      await opened.tab('Resources')
      await resources.getByText(/Updated at/).waitFor()
      await resources.getByText('Hello again').first().waitFor()
      await opened.picture(`resources-${era}`)
      await resources.getByRole('option', { name: 'echo://{message}' }).click()
      await resources.getByLabel('message').fill('Hello t')
      await expect
        .poll(() =>
          resources.locator('datalist option').evaluateAll((all) => all.map((each) => each.getAttribute('value'))),
        )
        .toEqual(['Hello there'])
      await resources.getByLabel('message').fill('Hello there')
      const expanded = await opened.result(resources, 'Read')
      await expanded.getByText('Resource echo: Hello there').waitFor()
    })

    it('gets prompts, and suggests values', async () => {
      await using opened = await open()
      const panel = await opened.tool('echo_tool')
      await panel.getByLabel('message').fill('Suggest me')
      await opened.result(panel)
      const prompts = await opened.tab('Prompts')
      await prompts.getByRole('option', { name: 'echo_dialogue' }).click()
      await prompts.getByRole('button', { name: 'Get' }).click()
      await prompts.getByText('Required.').waitFor()
      await prompts.getByLabel('message').fill('Sug')
      await expect.poll(() => prompts.locator('datalist option').first().getAttribute('value')).toBe('Suggest me')
      const shown = await opened.result(prompts, 'Get')
      expect(await shown.locator('.role').allTextContents()).toEqual(['user', 'assistant'])
      await opened.picture(`prompts-${era}`)
    })

    it('shows, filters, copies and saves what went over the wire', async () => {
      await using opened = await open()
      const { page } = opened
      const wire = await opened.tab('Wire')
      await wire.getByLabel('Kind of message').selectOption('Results')
      await wire.getByLabel('Filter messages').fill('tools/list')
      await expect.poll(() => wire.locator('.wire-row').count()).toBe(1)
      await wire.locator('.wire-row summary').click()
      await wire
        .locator('.json-key')
        .getByText('inputSchema')
        .first()
        .waitFor({ state: 'attached' })
        .catch(() => undefined)
      await wire.getByText('jsonrpc: ').waitFor()
      await opened.picture(`wire-open-${era}`)
      await wire.locator('.bar').getByRole('button', { name: 'Copy' }).click()
      await expect.poll(() => clipboard(opened)).toContain('"method":"tools/list"')
      const saving = page.waitForEvent('download')
      await wire.getByRole('button', { name: 'Export' }).click()
      const lines = (await readFile(await (await saving).path(), 'utf8')).split('\n')
      expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
        { direction: 'in', kind: 'result', era, message: { jsonrpc: '2.0', result: {} } },
      ])
      await wire.getByRole('button', { name: 'Clear' }).click()
      await expect.poll(() => wire.locator('.wire-row').count()).toBe(0)
    })
  })
})
