import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../browser.ts'
import type { Browser } from '../browser.ts'
import { commandPath, titleWith } from '../commands.ts'
import { makeDatabase, openExplorer, startLook, startShared } from '../sqlite-page.ts'
import type { Explorer } from '../sqlite-page.ts'

const path = commandPath('chromium')
const hostile = '<img src=x onerror="document.title=`taken`">'
const endless = 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
const counted = (to: number): string =>
  `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${to}) SELECT i, 'row ' || i AS word, i * 7919 % 10007 AS mixed FROM n`

describe.skipIf(path === undefined)(titleWith('the SQLite page, in Chromium', 'chromium', path), () => {
  let browser: Browser
  let look: Explorer

  beforeAll(async () => {
    browser = await startBrowser(path ?? '')
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    look = await startLook('--demo', '--timeout', '60')
  }, 180_000)
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await look[Symbol.asyncDispose]()
  })

  it('is less than 200 kB in all, and less than 60 kB on a wire that compresses', async () => {
    const origin = new URL('/', look.url)
    const files = await Promise.all(['/', '/page.css', '/page.js'].map(async (file) => fetch(new URL(file, origin))))
    const texts = await Promise.all(files.map((file) => file.text()))
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    const packed = texts.reduce((sum, text) => sum + gzipSync(text).length, 0)
    console.log(`The SQLite page has ${bytes} bytes, ${packed} with gzip`)
    expect(bytes).toBeLessThan(200_000)
    expect(packed).toBeLessThan(60_000)
  })

  it('takes the token out of the address bar, stays open when it is reloaded, and asks for it where it is missing', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page, complaints } = opened
    const plain = new URL('/', look.url).href
    expect(page.url()).toBe(plain)
    await page.reload()
    await page.getByText('Connected, revision').waitFor()
    expect(complaints).toEqual([])
    const other = await browser.open(plain)
    await other.getByText('Open the URL that was printed').waitFor()
    await other.goto(`${plain}#token=wrong`)
    await other.reload()
    await other.getByText('The server does not answer this page').waitFor()
    await other.close()
  })

  it('shows tables with columns, keys in both directions, indexes and triggers, and follows keys', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    const tree = page.getByRole('tree', { name: 'Schema' })
    const tables = await tree
      .locator('.item[aria-level="2"]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-name')))
    expect(tables).toEqual(['authors', 'books', 'customers', 'order_lines', 'orders', 'sales'])
    const item = (name: string) => tree.locator(`.item[data-name="${name}"]`)
    await item('books').locator('.label').first().click()
    const words = await item('books').innerText()
    for (const part of [
      'author_id',
      'FK',
      'REAL not null',
      'author_id → authors.id',
      '← order_lines.book_id',
      'books_by_author',
      '(author_id)',
      'stock_never_negative',
    ]) {
      expect(words).toContain(part)
    }
    await item('author_id → authors.id').click()
    expect(await item('authors').getAttribute('aria-expanded')).toBe('true')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-name'))).toBe('authors')
    await opened.picture('tree')
    await page.getByRole('searchbox', { name: 'Filter tables' }).fill('email')
    expect(await tree.locator('.item[aria-level="2"]').count()).toBe(1)
  })

  it('runs a statement with values, and tells them apart', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page, grid } = opened
    await opened.editor.fill('SELECT :a AS a, typeof(:a) AS ta, typeof(:b) AS tb, typeof(:c) AS tc, typeof(@d) AS td')
    await page.getByLabel('Value of :a').fill('9007199254740993')
    await page.getByLabel('Value of :b').fill('7')
    await page.getByLabel('Kind of :b').selectOption('text')
    await page.getByLabel('Kind of :c').selectOption('NULL')
    await page.getByLabel('Value of @d').fill('1.5')
    await page.getByLabel('Value of @d').press('Enter')
    await grid.waitFor()
    expect(await grid.locator('.grid-row [role=gridcell]').allInnerTexts()).toEqual([
      '9007199254740993',
      'integer',
      'text',
      'null',
      'real',
    ])
    await opened.editor.fill('SELECT ? + ?2 AS sum')
    await page.getByLabel('Value of ?1').fill('3')
    await page.getByLabel('Value of ?2').fill('4')
    await opened.editor.press('Control+Enter')
    await grid.getByText('7', { exact: true }).waitFor()
    expect(opened.complaints).toEqual([])
  })

  it('marks the place of an error, and says what exists', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    await opened.run('SELECT id,\n  titel FROM books')
    const said = page.getByRole('alert')
    await said.getByText('The statement was not answered').waitFor()
    expect(await said.innerText()).toContain('Names that exist: title.')
    expect(await page.locator('.wrong').allInnerTexts()).toEqual(['titel'])
    expect(await opened.editor.getAttribute('aria-invalid')).toBe('true')
    await opened.picture('error')
    await said.getByRole('button', { name: 'Go to the place' }).click()
    expect(await opened.editor.evaluate((field) => field instanceof HTMLTextAreaElement && field.selectionStart)).toBe(
      13,
    )
    await opened.run('DELETE FROM books')
    await said.getByText('SELECT').first().waitFor()
    await opened.run('SELECT count(*) AS n FROM books')
    expect(await opened.grid.locator('.grid-row').innerText()).toContain('15')
  })

  it('ends a runaway statement with Escape, and answers the next one', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page, editor } = opened
    await editor.fill(endless)
    await editor.press('Control+Enter')
    await page.getByText(/^Running, \d/).waitFor()
    await opened.picture('running')
    await page.keyboard.press('Escape')
    await page.getByText('The statement was stopped.').waitFor()
    await page.locator('.ran').getByText('■ stopped').last().waitFor()
    await opened.run('SELECT 40 + 2 AS answer')
    await opened.grid.getByText('42', { exact: true }).waitFor()
    expect(opened.complaints).toEqual([])
  })

  it('pages through 20,000 rows with a bounded document, sorts them, and copies them', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page, grid } = opened
    await opened.run(counted(20_000))
    const status = page.getByRole('toolbar', { name: 'Result' }).getByRole('status')
    expect(await status.innerText()).toContain('200 rows, more follow')
    await grid.focus()
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Control+End')
          return status.innerText()
        },
        { timeout: 20_000, interval: 20 },
      )
      .toContain('20,000 rows,')
    await page.keyboard.press('Control+End')
    await grid.getByText('row 20000', { exact: true }).waitFor()
    expect(await grid.locator('.grid-row').count()).toBeLessThan(60)
    expect(await grid.getAttribute('aria-rowcount')).toBe('20001')
    await grid.getByRole('columnheader', { name: 'mixed' }).click()
    expect(await grid.getByRole('columnheader', { name: 'mixed' }).getAttribute('aria-sort')).toBe('ascending')
    await page.keyboard.press('Control+Home')
    await expect.poll(() => grid.locator('.grid-row').first().innerText()).toContain('row 10007')
    await opened.picture('paged')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Control+c')
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('row 10007')
    await page.getByRole('button', { name: 'Copy row' }).click()
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('10007,row 10007,0')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save all as CSV' }).click()
    const csv = await readFile((await (await download).path()) ?? '', 'utf8')
    expect(csv.split('\r\n').slice(0, 2)).toEqual(['i,word,mixed', '1,row 1,7919'])
    expect(csv.trimEnd().split('\r\n')).toHaveLength(20_001)
    expect(opened.complaints).toEqual([])
  })

  it('explains a statement, and says in words what is slow', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    await opened.editor.fill(
      'SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = :s ORDER BY c.name',
    )
    await page.getByRole('tab', { name: 'Plan' }).click()
    const plan = page.getByRole('region', { name: 'Plan of the statement' })
    await plan.getByText('⚠ full scan').waitFor()
    await plan.getByText('✓ by key').waitFor()
    await plan.getByText('⚠ sorts').waitFor()
    await opened.picture('plan')
  })

  it('suggests tables, columns by the alias of their table, and keywords', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page, editor } = opened
    const suggestions = page.getByRole('listbox', { name: 'Suggestions' })
    await editor.pressSequentially('SELECT * FROM ord')
    await suggestions.getByRole('option', { name: 'orders table' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await editor.pressSequentially(' o WHERE o.cu')
    await suggestions.getByRole('option', { name: 'customer_id' }).waitFor()
    await opened.picture('suggestions')
    await page.keyboard.press('Tab')
    await editor.pressSequentially(' < 3 ORD')
    await suggestions.getByRole('option', { name: 'ORDER keyword' }).waitFor()
    await page.keyboard.press('Tab')
    await editor.pressSequentially(' BY 1')
    await page.keyboard.press('Escape')
    expect(await editor.inputValue()).toMatch(
      /^SELECT \* FROM (?:orders|order_lines) o WHERE o\.customer_id < 3 ORDER BY 1$/,
    )
  })

  it('shows what a model runs on the same server, and takes it into the editor', async () => {
    await using shared = await startShared('--demo')
    await using opened = await openExplorer(browser, shared.url)
    const { page } = opened
    await page.getByText('What a model runs on this server shows up here').waitFor()
    const model = await connect(http(shared.models ?? ''), { name: 'a model', version: '1' })
    await model.callTool('query_data', { sql: 'SELECT title FROM books\nWHERE price > :least', params: { least: 20 } })
    await model.callTool('query_data', { sql: 'DROP TABLE books' })
    const log = page.getByRole('listbox', { name: /^Statements that were run/ })
    await log.getByText('⊘ refused').waitFor()
    expect(await log.locator('.who').allInnerTexts()).toEqual(['a model', 'a model'])
    await opened.run('SELECT 1 AS mine')
    await log.getByText('this page').waitFor()
    await opened.picture('log')
    await page.getByLabel('only by others').check()
    expect(await log.getByRole('option').filter({ visible: true }).count()).toBe(2)
    await log.getByRole('option').first().focus()
    await page.keyboard.press('Enter')
    expect(await opened.editor.inputValue()).toBe('SELECT title FROM books\nWHERE price > :least')
    await page.getByLabel('Value of :least').fill('20')
    await page.getByLabel('Value of :least').press('Enter')
    await opened.grid.waitFor()
    // What others run is for whoever sits at the page, and not for every caller.
    expect((await model.listResources()).map(({ uri }) => uri)).not.toContain('log://statements')
    await expect(model.readResource('log://statements')).rejects.toMatchObject({ kind: 'resourceNotFound' })
    await model.close()
    expect(opened.complaints).toEqual([])
  })

  it('takes what is in a database for text, and draws forty tables', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-page-'))
    const tables = Array.from({ length: 40 }, (_, index) => {
      const refers = index === 0 ? '' : `, t${index % 7}_id INTEGER REFERENCES t${Math.floor((index - 1) / 3)}(id)`
      return `CREATE TABLE t${index} (id INTEGER PRIMARY KEY, name TEXT, "made at" TEXT${refers});`
    })
    const odd = hostile.replaceAll('"', '""')
    await makeDatabase(
      join(folder, 'odd.db'),
      `${tables.join('\n')}\nCREATE TABLE "${odd}" ("${odd}" TEXT, line TEXT); INSERT INTO "${odd}" VALUES ('${hostile}', 'a' || char(10) || 'b');`,
    )
    await using own = await startLook(join(folder, 'odd.db'))
    await using opened = await openExplorer(browser, own.url)
    const { page } = opened
    await page.locator('.item[aria-level="2"]').first().press('Enter')
    await opened.grid.getByText(hostile).first().waitFor()
    expect(await opened.grid.getByText(String.raw`a\nb`).count()).toBe(1)
    await opened.picture('hostile')
    await page.getByRole('tab', { name: 'Diagram' }).click()
    const drawing = page.getByRole('group', { name: /^Tables and their foreign keys/ })
    await drawing.waitFor()
    expect(await drawing.getByRole('button').count()).toBe(41)
    expect(await drawing.locator('.d-edge').count()).toBe(39)
    await opened.picture('diagram-forty')
    expect(await page.locator('img, iframe').count()).toBe(0)
    expect(await page.title()).toBe('SQLite Explorer')
    expect(opened.complaints).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })

  it('says so when the server is gone', async () => {
    const gone = await startLook('--demo')
    await using opened = await openExplorer(browser, gone.url)
    await opened.run('SELECT 1 AS one')
    await gone[Symbol.asyncDispose]()
    await opened.page.getByText('The server does not answer; trying again').waitFor()
    await opened.run('SELECT 2 AS two')
    await opened.page.getByRole('alert').getByText('The server could not be reached').waitFor()
    await opened.picture('gone')
  })

  it('fits a page 400 pixels wide', async () => {
    await using opened = await openExplorer(browser, look.url)
    const { page } = opened
    await page.setViewportSize({ width: 400, height: 800 })
    await opened.run('SELECT * FROM sales')
    await opened.grid.waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
    await opened.picture('narrow')
    await page.getByRole('tab', { name: 'Diagram' }).click()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400)
  })
})
