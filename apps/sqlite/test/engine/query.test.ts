import { describe, expect, it } from 'vitest'
import { databaseFile, endless, folder, opened, outcomeOf, places } from './drivers.ts'

describe.for(places.filter(({ isHere }) => isHere))('queries on $title', { timeout: 30_000 }, ({ options }) => {
  it('answers with columns, rows and where they come from', async () => {
    const database = await opened(await databaseFile(), options)
    const page = await database.query('SELECT title, year AS y, year + 1, title FROM film WHERE id = :id', { id: 1 })
    expect(page.columns).toEqual([
      { name: 'title', type: 'TEXT', table: 'film' },
      { name: 'y', type: 'INTEGER', table: 'film' },
      { name: 'year + 1', type: '' },
      { name: 'title', type: 'TEXT', table: 'film' },
    ])
    expect(page.rows).toEqual([['Alien', 1979, 1980, 'Alien']])
    expect(page).toMatchObject({ truncated: false, cutCells: 0, dataVersion: await database.dataVersion() })
    expect(page).not.toHaveProperty('nextOffset')
  })

  it('pages by rows, and by bytes', async () => {
    const database = await opened(await databaseFile(), { ...options, maxRows: 3 })
    const numbers = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) SELECT x FROM n'
    const first = await database.query(numbers, [], { limit: 1_000_000 })
    expect(first).toMatchObject({ rows: [[1], [2], [3]], truncated: true, cause: 'rows', nextOffset: 3 })
    const second = await database.query(numbers, [], { offset: 3 })
    expect(second).toMatchObject({ rows: [[4], [5]], truncated: false })
    expect(await database.query(numbers, [], { offset: 9 })).toMatchObject({ rows: [], truncated: false })
    const wide = `SELECT ${Array.from({ length: 99 }, () => "printf('%.4000c', 'x')").join()} FROM film`
    const bytes = await database.query(wide)
    expect(bytes).toMatchObject({ truncated: true, cause: 'bytes', nextOffset: 1 })
  })

  it('keeps every value exact, and shortens what is long', async () => {
    const database = await opened(await databaseFile(), options)
    const { rows } = await database.query(
      "SELECT 9223372036854775807, -9007199254740993, 9e999, -9e999, 1.5, x'00ff', NULL, 'é', ?1 = ?2, typeof(?3)",
      [{ $int: '9007199254740993' }, { $int: '9007199254740993' }, 5],
    )
    expect(rows).toEqual([
      [
        { $int: '9223372036854775807' },
        { $int: '-9007199254740993' },
        { $real: 'Infinity' },
        { $real: '-Infinity' },
        1.5,
        { $blob: 'AP8=', bytes: 2 },
        null,
        'é',
        1,
        'integer',
      ],
    ])
    const long = await database.query("SELECT printf('a%.5000c', 'é'), zeroblob(5000), ?", [{ $blob: 'AAEC' }])
    expect(long.cutCells).toBe(2)
    expect(long.rows[0]).toEqual([
      { $cut: `a${'é'.repeat(2047)}`, bytes: 10_001 },
      { $blob: Buffer.alloc(4096).toString('base64'), bytes: 5000 },
      { $blob: 'AAEC', bytes: 3 },
    ])
  })

  it('says where an error is, and which names are near', async () => {
    const database = await opened(await databaseFile(), options)
    await expect(database.query('SELECT titel FROM film')).rejects.toMatchObject({
      name: 'SqlError',
      message: expect.stringContaining('no such column: titel'),
      position: 7,
      near: ['title'],
    })
    await expect(database.query("SELECT 'é', f.* FROM flim f")).rejects.toMatchObject({
      message: expect.stringContaining('no such table: flim'),
      position: 21,
      near: ['film', 'films'],
    })
    await expect(database.query('SELECT 1 FRM film x')).rejects.toMatchObject({ name: 'SqlError', position: 13 })
  })

  it('explains a plan and warns of what is slow', async () => {
    const database = await opened(await databaseFile(), options)
    const plan = await database.explain('SELECT * FROM film ORDER BY year')
    expect(plan.steps.map(({ detail }) => detail)).toEqual(['SCAN film', 'USE TEMP B-TREE FOR ORDER BY'])
    expect(plan.warnings).toHaveLength(2)
    expect((await database.explain("SELECT id FROM film WHERE title = 'x'")).warnings).toEqual([])
    await expect(database.explain('EXPLAIN SELECT 1')).rejects.toMatchObject({ name: 'Refused' })
    const broken = database.explain('SELECT 1 AS nothing, 2')
    await expect(broken).rejects.toMatchObject({ name: 'SqlError', position: 12 })
    await expect(database.explain('SELECT titel FROM film')).rejects.toMatchObject({ position: 7, near: ['title'] })
  })

  it('draws the catalogue', async () => {
    const database = await opened(await databaseFile(), options)
    const { tables, truncated } = await database.catalogue()
    expect(truncated).toBe(false)
    expect(tables.map(({ name, kind }) => [name, kind])).toEqual([
      ['director', 'table'],
      ['film', 'table'],
      ['films', 'view'],
      ['log', 'table'],
    ])
    const key = { table: 'film', columns: ['director'], toTable: 'director', toColumns: ['id'] }
    const [director, film, view] = tables
    expect(director).toMatchObject({ referencedBy: [key], rowEstimate: 2, primaryKey: ['id'] })
    expect(director?.indexes).toMatchObject([{ unique: true, origin: 'unique', columns: ['name'] }])
    expect(film).toMatchObject({
      foreignKeys: [{ ...key, onDelete: 'CASCADE' }],
      indexes: [{ name: 'film_title', columns: ['title'], ddl: 'CREATE INDEX film_title ON film (title)' }],
      triggers: [{ name: 'film_log' }],
      rowEstimate: 3,
    })
    expect(film?.columns[1]).toEqual({
      name: 'title',
      type: 'TEXT',
      notNull: true,
      defaultValue: "'Untitled'",
      primaryKey: 0,
      generated: false,
    })
    expect(view).toMatchObject({ rowEstimate: null, ddl: expect.stringContaining('CREATE VIEW films') })
  })

  it('draws the rest of a catalogue in which one part is broken', async () => {
    const path = await databaseFile(
      'CREATE TABLE a(b); CREATE VIEW v AS SELECT b FROM a; CREATE TABLE "x "" y"("c ""d")',
    )
    const database = await opened(path, options)
    const { tables } = await database.catalogue()
    expect(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)])).toEqual([
      ['a', ['b']],
      ['v', ['b']],
      ['x " y', ['c "d']],
    ])
  })

  it('stops a statement at its time, and one that is cancelled, and answers the next', async () => {
    const database = await opened(await databaseFile(), options)
    await expect(database.query(endless, [], { timeout: 60 })).rejects.toMatchObject({ name: 'TimedOut' })
    expect((await database.query('SELECT 1')).rows).toEqual([[1]])
    const cancel = new AbortController()
    const running = database.query(endless, [], { signal: cancel.signal })
    setImmediate(() => cancel.abort(new Error('no longer wanted')))
    await expect(running).rejects.toThrow('no longer wanted')
    expect((await database.query('SELECT 2')).rows).toEqual([[2]])
    await expect(database.query('SELECT 3', [], { signal: cancel.signal })).rejects.toThrow('no longer wanted')
  })

  it('answers others while one runs, and closes with all that runs and waits', async () => {
    const database = await opened(await databaseFile(), options)
    const long = database.query(endless)
    const also = [long]
    expect((await database.query('SELECT 1')).rows).toEqual([[1]])
    also.push(database.query(endless), ...Array.from({ length: 64 }, () => database.query('SELECT 1')))
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ name: 'Busy' })
    const closing = database.close()
    for (const outcome of await Promise.allSettled(also)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'Closed' } })
    }
    await closing
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ name: 'Closed' })
    await expect(database.dataVersion()).rejects.toMatchObject({ name: 'Closed' })
  })

  it('leaves the queue when it is cancelled there', async () => {
    const database = await opened(await databaseFile(), options)
    const cancel = new AbortController()
    const running = [1, 2].map(() => outcomeOf(database.query(endless, [], { signal: cancel.signal })))
    const waiting = new AbortController()
    const third = database.query('SELECT 3', [], { signal: waiting.signal })
    waiting.abort(new Error('out of patience'))
    await expect(third).rejects.toThrow('out of patience')
    cancel.abort(new RangeError('enough'))
    expect(await Promise.all(running)).toEqual(['RangeError', 'RangeError'])
  })

  it('stops a statement that needs more memory than it may use', async () => {
    const database = await opened(await databaseFile(), { ...options, maxMemory: 32 })
    const greedy = `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000)
      SELECT x, randomblob(1000) AS r FROM n ORDER BY r`
    await expect(database.query(greedy)).rejects.toMatchObject({ name: 'TooLarge' })
    expect((await database.query('SELECT 1')).rows).toEqual([[1]])
  }, 20_000)

  it('rejects a path that is no database, and makes none', async () => {
    const missing = `${folder()}/missing.db`
    await expect(opened(missing, options)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'missing' })
    await expect(opened(missing, options)).rejects.not.toThrow(missing)
    await expect(opened(folder(), options)).rejects.toMatchObject({ trouble: 'unreadable' })
    await expect(opened(import.meta.filename, options)).rejects.toMatchObject({ trouble: 'not a database' })
  })
})

describe.for(places.filter(({ isHere, isWatched }) => isHere && isWatched))(
  'odd text on $title',
  { timeout: 30_000 },
  ({ options }) => {
    // Node 22's own SQLite ends a text at its first NUL.
    it('keeps a NUL in a text, a value and a name', async () => {
      const database = await opened(await databaseFile(), options)
      const page = await database.query("SELECT 'a' || char(0) || 'b', ?, length(CAST(? AS BLOB))", ['x\0y', 'x\0y'])
      expect(page.rows).toEqual([['a\0b', 'x\0y', 3]])
      await expect(database.query('SELECT "a\0b"')).rejects.toMatchObject({ name: 'SqlError' })
      await expect(database.query('SELECT 1\0')).rejects.toMatchObject({ name: 'Refused', rule: 'token' })
    })
  },
)
