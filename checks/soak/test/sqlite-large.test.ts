import { beforeAll, describe, expect, it } from 'vitest'
import { opened, outcomeOf, places } from '../../../apps/sqlite/test/engine/drivers.ts'
import { buildExplorer, line, manyFilms, percentile, resident, timed } from '../sqlite.ts'

const rows = Number(process.env['PARLEY_ROWS'] ?? 10_000_000)
const here = places.filter(({ isHere }) => isHere)
const node = here.find(({ options }) => options.execPath)?.options.execPath

describe.runIf(node)('a table of ten million rows', () => {
  let path = ''
  beforeAll(async () => {
    buildExplorer()
    path = await manyFilms(node ?? '', rows)
  })

  it.for(here)('is shown by its first page at once, in bounded memory, by $title', async ({ title, options }) => {
    const before = resident()
    let open = performance.now()
    const database = await opened(path, { ...options, maxMemory: 64, timeout: 60_000 })
    open = performance.now() - open
    const first = await timed(() => database.query('SELECT * FROM film'))
    const pages: number[] = []
    for (let count = 0; count < 50; count++)
      pages.push(await timed(() => database.query('SELECT * FROM film', [], { offset: count })))
    const catalogue = await timed(() => database.catalogue())
    const scan = await timed(() => database.query('SELECT count(*), sum(year) FROM film'))
    const top = await timed(() => database.query('SELECT * FROM film ORDER BY title DESC LIMIT 10'))
    let grown = resident() - before
    const watch = setInterval(() => {
      grown = Math.max(grown, resident() - before)
    }, 20)
    const sorted = await outcomeOf(database.query('SELECT * FROM film ORDER BY title'))
    clearInterval(watch)
    console.log(
      line(title, {
        open,
        first,
        p99: percentile(pages, 99),
        catalogue,
        scan,
        'top ten': top,
        'megabytes more': grown,
      }),
      `sorting it all: ${sorted}`,
    )
    expect(percentile([first, ...pages], 99)).toBeLessThan(50)
    // Two workers of 64 MB for SQLite, and what a thread or process of Node takes by itself.
    expect(grown).toBeLessThan(2 * (64 + 90))
    expect((await database.query('SELECT 1')).rows).toEqual([[1]])
  })
})
