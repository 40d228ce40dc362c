import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../apps/sqlite/src/engine/engine.ts'
import { databaseFile, endless, opened, outcomeOf, places } from '../../../apps/sqlite/test/engine/drivers.ts'
import { buildExplorer, line, percentile, timed } from '../sqlite.ts'

const rounds = Number(process.env['PARLEY_ROUNDS'] ?? 25)

const runaways: Readonly<Record<string, string>> = {
  'an endless recursion': endless,
  'a join of everything': `SELECT count(*) FROM ${'abcdefghijklmnopqrst'
    .split('')
    .map((name) => `film AS ${name}`)
    .join()}`,
  'functions of long texts':
    'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) ' +
    "SELECT sum(length(replace(hex(zeroblob(6000000)), '00', 'x'))) FROM n",
}

beforeAll(buildExplorer)

// A worker that was ended is started again meanwhile; that is no part of what a statement may take.
const warmed = async (database: Database): Promise<void> => {
  await Promise.all([database.query('SELECT 1'), database.query('SELECT 1')])
}

const once = async (database: Database, sql: string): Promise<{ gone: number; next: number }> => {
  await warmed(database)
  const cancel = new AbortController()
  const running = outcomeOf(database.query(sql, [], { signal: cancel.signal }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const gone = await timed(() => {
    cancel.abort(new Error('cancelled'))
    return running
  })
  expect(await running).toBe('Error')
  const next = await timed(() => database.query('SELECT count(*) FROM film'))
  return { gone, next }
}

describe.for(places.filter(({ isHere }) => isHere))('runaway queries on $title', ({ title, options }) => {
  it.for(Object.entries(runaways))('SEC-SQL-2: %s is gone within 100 ms of its cancel', async ([name, sql]) => {
    const database = await opened(await databaseFile(), options)
    const gone: number[] = []
    const next: number[] = []
    for (let round = 0; round < rounds; round++) {
      const figures = await once(database, sql)
      gone.push(figures.gone)
      next.push(figures.next)
    }
    console.log(
      line(`${title}, ${name}, cancelled`, {
        p50: percentile(gone, 50),
        most: Math.max(...gone),
        next: percentile(next, 50),
        'most next': Math.max(...next),
      }),
    )
    expect(percentile(gone, 95)).toBeLessThan(100)
  })

  it.for(Object.entries(runaways))('SEC-SQL-2: %s is gone within 100 ms of its limit', async ([name, sql]) => {
    const database = await opened(await databaseFile(), options)
    const over: number[] = []
    for (let round = 0; round < rounds; round++) {
      await warmed(database)
      const running = outcomeOf(database.query(sql, [], { timeout: 200 }))
      over.push((await timed(() => running)) - 200)
      expect(await running).toMatch(/^(TimedOut|TooLarge)$/)
    }
    console.log(line(`${title}, ${name}, past its limit`, { p50: percentile(over, 50), most: Math.max(...over) }))
    expect(percentile(over, 95)).toBeLessThan(100)
  })

  it('SEC-SQL-2: leaves other calls as quick as ever', async () => {
    const database = await opened(await databaseFile(), options)
    const stop = new AbortController()
    const running = outcomeOf(database.query(endless, [], { signal: stop.signal }))
    await database.query('SELECT 1')
    const others: number[] = []
    for (let count = 0; count < 1_000; count++) {
      others.push(await timed(() => database.query('SELECT * FROM film WHERE id = ?', [1 + (count % 3)])))
    }
    stop.abort(new Error('enough'))
    await running
    console.log(
      line(`${title}, beside a runaway`, {
        p50: percentile(others, 50),
        p99: percentile(others, 99),
        most: Math.max(...others),
      }),
    )
    expect(percentile(others, 99)).toBeLessThan(50)
  })
})
