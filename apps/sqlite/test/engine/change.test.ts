import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { databaseFile, endless, folder, opened, outcomeOf, places } from './drivers.ts'
import { neighbour } from './neighbour.ts'

const natives = places.filter(({ isHere, options }) => isHere && options.driver === 'native')

it('needs the native driver', async () => {
  const path = await databaseFile()
  await expect(opened(path, { driver: 'wasm', allowWrite: true })).rejects.toMatchObject({ trouble: 'driver' })
  const database = await opened(path, { driver: 'wasm' })
  expect(database.writable).toBe(false)
  await expect(database.change('DELETE FROM film', [], { commit: true })).rejects.toMatchObject({ rule: 'write' })
})

describe.for(natives)('changes on $title', { timeout: 30_000 }, ({ options, isWatched }) => {
  const count = 'SELECT count(*) FROM film'

  it('are tried first, and stay when they are told to', async () => {
    const path = await databaseFile()
    const database = await opened(path, { ...options, allowWrite: true })
    const before = readFileSync(path)
    const tried = await database.change('DELETE FROM director WHERE id = ?', [1], { commit: false })
    expect(tried).toMatchObject({ committed: false, affected: 1, affectedInAll: 5 })
    expect(readFileSync(path)).toEqual(before)
    expect((await database.query(count)).rows).toEqual([[3]])
    const version = await database.dataVersion()
    const done = await database.change('DELETE FROM director WHERE id = ?', [1], { commit: true, expect: 1 })
    expect(done).toMatchObject({ committed: true, affected: 1, affectedInAll: 5 })
    expect(done.dataVersion).not.toBe(version)
    const page = await database.query(count)
    expect(page).toMatchObject({ rows: [[1]], dataVersion: done.dataVersion })
  })

  it('are taken back where other rows would change than were agreed to', async () => {
    const database = await opened(await databaseFile(), { ...options, allowWrite: true })
    const change = database.change('DELETE FROM film', [], { commit: true, expect: 2 })
    await expect(change).rejects.toMatchObject({ name: 'Refused', rule: 'expect' })
    expect((await database.query(count)).rows).toEqual([[3]])
  })

  it('answer with what RETURNING says', async () => {
    const database = await opened(await databaseFile(), { ...options, allowWrite: true })
    const sql = "INSERT INTO film(title) VALUES ('Heat'), ('Ran') RETURNING id, title"
    expect(await database.change(sql, [], { commit: true })).toMatchObject({
      affected: 2,
      columns: [{ name: 'id' }, { name: 'title' }],
      rows: [
        [4, 'Heat'],
        [5, 'Ran'],
      ],
    })
  })

  it('do not touch the schema unless that is allowed, and nothing else ever', async () => {
    const path = await databaseFile()
    const database = await opened(path, { ...options, allowWrite: true })
    await expect(database.change('DROP TABLE log', [], { commit: true })).rejects.toMatchObject({ rule: 'ddl' })
    await database.close()
    const free = await opened(path, { ...options, allowWrite: true, allowDdl: true })
    for (const sql of ['CREATE TABLE x(a)', 'ALTER TABLE x ADD COLUMN b', 'CREATE INDEX i ON x(a)', 'DROP TABLE x']) {
      expect([sql, await free.change(sql, [], { commit: true })]).toMatchObject([sql, { committed: true, affected: 0 }])
    }
    for (const sql of [
      "ATTACH 'x' AS x",
      "VACUUM INTO 'x'",
      'PRAGMA user_version=7',
      'CREATE TEMP TABLE x(a)',
      'COMMIT',
    ]) {
      expect([sql, await outcomeOf(free.change(sql, [], { commit: true }))]).toEqual([sql, 'Refused'])
    }
    if (!isWatched) return
    const schema = free.change('DELETE FROM sqlite_schema', [], { commit: true })
    await expect(schema).rejects.toSatisfy((error: Error) => ['Refused', 'SqlError'].includes(error.name))
  })

  it('say what SQLite says of a constraint, and leave nothing half done', async () => {
    const database = await opened(await databaseFile(), { ...options, allowWrite: true })
    const twice = database.change("UPDATE director SET name = 'x'", [], { commit: true })
    await expect(twice).rejects.toMatchObject({ name: 'SqlError', message: expect.stringContaining('UNIQUE') })
    const wrong = database.change("UPDATE film SET titel = 'x'", [], { commit: true })
    await expect(wrong).rejects.toMatchObject({ near: ['title'], position: 16 })
    expect((await database.query("SELECT count(*) FROM director WHERE name = 'x'")).rows).toEqual([[0]])
  })

  it('are taken back when they run for too long or are cancelled', async () => {
    const database = await opened(await databaseFile(), { ...options, allowWrite: true })
    const forever = `UPDATE film SET year = (${endless})`
    const late = database.change(forever, [], { commit: true, timeout: 50 })
    await expect(late).rejects.toMatchObject({ name: 'TimedOut' })
    expect((await database.query('SELECT year FROM film WHERE id = 1')).rows).toEqual([[1979]])
    expect(await database.change('UPDATE film SET year = 1', [], { commit: true })).toMatchObject({ affected: 3 })
  })

  it('leave a database that can be read at once, also when the writer was ended with pages already written', async () => {
    const database = await opened(await databaseFile(), { ...options, allowWrite: true })
    const flood =
      'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) INSERT INTO log SELECT hex(zeroblob(500)), x FROM n'
    const late = database.change(flood, [], { commit: true, timeout: 700 })
    await expect(late).rejects.toMatchObject({ name: 'TimedOut' })
    expect((await database.query('SELECT count(*) FROM log')).rows).toEqual([[0]])
  })

  it('wait for one another, and for no other program for long', async () => {
    const path = await databaseFile()
    const database = await opened(path, { ...options, allowWrite: true })
    const add = () => database.change('UPDATE film SET year = year + 1 WHERE id = 1', [], { commit: true })
    await Promise.all([add(), add(), add()])
    expect((await database.query('SELECT year FROM film WHERE id = 1')).rows).toEqual([[1982]])
    const writer = await neighbour(path)
    await writer.run('BEGIN IMMEDIATE')
    await expect(add()).rejects.toMatchObject({ name: 'Busy' })
  })

  it('are backed up once, before the first that stays', async () => {
    const path = await databaseFile()
    const backup = `${folder()}/backup.db`
    const database = await opened(path, { ...options, allowWrite: true, backup })
    await database.change('DELETE FROM film WHERE id = 1', [], { commit: false })
    expect(existsSync(backup)).toBe(false)
    await database.change('DELETE FROM film WHERE id = 1', [], { commit: true })
    await database.change('DELETE FROM film WHERE id = 2', [], { commit: true })
    expect((await (await opened(backup, options)).query(count)).rows).toEqual([[3]])
    expect((await database.query(count)).rows).toEqual([[1]])
    const again = await opened(path, { ...options, allowWrite: true, backup })
    const refused = again.change('DELETE FROM film', [], { commit: true })
    await expect(refused).rejects.toMatchObject({ name: 'Refused', message: expect.stringContaining('exists already') })
  })
})
