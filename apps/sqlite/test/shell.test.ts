import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { binary } from '../../../scripts/toolbox.mjs'
import { writeDatabase } from '../src/engine/sample.ts'
import { runShell } from '../src/shell/shell.ts'
import { run } from './process.ts'
import { folder, opened } from './sqlite.ts'

const found: string | Error = await binary('node24').catch((error: Error) => error)
const { path } = folder()

const typed = (...lines: string[]): string => `${lines.join('\n')}\n`

it('answers what is piped into it, statements over several lines among them', () => {
  const { status, stdout, stderr } = run(['--demo', 'shell'], {
    input: typed(
      'SELECT id,',
      '  title',
      'FROM books LIMIT 2;',
      String.raw`\limit 1`,
      'SELECT 1 UNION SELECT 2;',
      String.raw`\more`,
    ),
  })
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout.replaceAll(/[\d.]+ ms/g, 'N ms')).toBe(
    typed(
      'id  title',
      '──  ────────────',
      ' 1  Frankenstein',
      ' 2  The Last Man',
      '(2 rows, N ms)',
      '1',
      '─',
      '1',
      String.raw`(1 row, N ms, \more has the rest)`,
      '1',
      '─',
      '2',
      '(1 row, N ms)',
    ),
  )
})

it('shows tables, a table, its columns, a plan, where a text is, and CSV', () => {
  const { status, stdout } = run(['--demo', 'shell'], {
    input:
      typed('.tables', String.raw`\d books`, String.raw`\profile orders`, String.raw`\search Genji`) +
      typed(String.raw`\explain SELECT * FROM books`, String.raw`\csv SELECT name, born FROM authors WHERE id = 6`) +
      typed(String.raw`\schema`, String.raw`\help`),
  })
  expect(status).toBe(0)
  for (const line of [
    'order_lines  table  ?            order_id, book_id, quantity, price',
    'order_lines (book_id) -> books (id)',
    'status       TEXT         0         3  open        sent        sent (349), returned (32), open (19)',
    'books  id = 11  title   The Tale of Genji',
    'Warning: ',
    'name,born\r\nMurasaki Shikibu,\r',
    'CREATE INDEX orders_by_customer ON orders(customer_id);',
    '\\quit',
  ])
    expect(stdout).toContain(line)
  expect(stdout).not.toMatch(/data-[\da-f]{12}/)
})

it('says what is wrong, goes on, and tells a script in the end', () => {
  const { status, stdout, stderr } = run(['--demo', 'shell'], {
    input: typed(
      'SELECT titl FROM books;',
      String.raw`\nope`,
      String.raw`\use x`,
      String.raw`\change DELETE FROM books`,
      'SELECT 1',
      ';',
    ),
  })
  expect(status).toBe(1)
  expect(stderr).toContain('SQLite: no such column: titl')
  expect(stderr).toContain(String.raw`There is no \nope.`)
  expect(stderr).toContain('There are: main.')
  expect(stderr).toContain('Nothing may be changed here. Start it with --allow-write')
  expect(stdout).toContain('(1 row, ')
})

it('is steered by nothing that a database holds', async () => {
  await writeDatabase(
    path('evil.db'),
    `CREATE TABLE t ("\u001b[2J" TEXT); INSERT INTO t VALUES (char(27) || ']0;x' || char(7))`,
  )
  const input = typed('SELECT * FROM t;', '.tables', String.raw`\d t`, '.schema', String.raw`\search x`, '.profile t')
  const { stdout, stderr } = run(['shell', path('evil.db')], { input })
  expect(stdout + stderr).toContain(String.raw`\u{1b}]0;x\u{7}`)
  // eslint-disable-next-line no-control-regex
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
})

it.skipIf(found instanceof Error)('asks before it changes anything, and takes no silence for a yes', async () => {
  await writeDatabase(path('rw.db'), 'CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (1)')
  const change = String.raw`\change UPDATE t SET x = x + 1`
  const shell = (...lines: string[]) =>
    run(['shell', path('rw.db'), '--allow-write'], { input: typed(...lines), node: String(found) })
  const yes = shell(change, 'y', 'SELECT x FROM t;')
  expect(yes.stdout).toContain('The model wants to change main. It would change 1 row:\n\nUPDATE t SET x = x + 1\n')
  expect(yes.stdout).toMatch(/Done: 1 row changed\.\nx\n─\n2\n/)
  const no = shell(change, 'n', 'SELECT x FROM t;')
  expect(no.stdout).toMatch(/The person said no\. Nothing was changed\.\nx\n─\n2\n/)
  expect(shell(change).stdout).toContain('The person closed the question. Nothing was changed.')
})

describe('at a terminal, Ctrl-C', () => {
  const book = opened('CREATE TABLE t (x)')

  /** A terminal that a test types at, and waits for words on. */
  const terminal = () => {
    const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
    const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    const errors = new PassThrough()
    let shown = ''
    let look: () => void = () => undefined
    for (const stream of [screen, errors]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        shown += chunk
        look()
      })
    }
    /** Settles once the screen has shown a text since this was last asked. */
    const shows = (words: string): Promise<void> =>
      new Promise((resolve) => {
        look = () => {
          if (!shown.includes(words)) return
          shown = shown.slice(shown.indexOf(words) + words.length)
          look = () => undefined
          resolve()
        }
        look()
      })
    return {
      shell: runShell(book.explorer, { input: keys, output: screen, errors }),
      type: (text: string) => keys.write(text),
      shows,
    }
  }
  const ctrlC = '\u0003'
  const ctrlD = '\u0004'

  it('ends the statement that runs, and not the shell', async () => {
    const { shell, type, shows } = terminal()
    await shows('main> ')
    type('WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;\r')
    await shows('FROM n;')
    type(ctrlC)
    await shows('Cancelled.')
    await shows('main> ')
    type('SELECT 41 + 1 AS sum;\r')
    await shows(' 42')
    type(ctrlD)
    expect(await shell).toBe(0)
  })

  it('drops what was being typed, lines before it too', async () => {
    const { shell, type, shows } = terminal()
    await shows('main> ')
    type('SELECT 1,\r')
    await shows('...> ')
    type('2')
    type(ctrlC)
    await shows('main> ')
    type('SELECT 7 AS seven;\r')
    await shows('seven\n─────\n    7')
    await shows('(1 row')
    type(ctrlD)
    expect(await shell).toBe(0)
  })
})
