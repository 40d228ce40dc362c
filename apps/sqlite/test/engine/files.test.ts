import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { databaseFile, folder, opened, places } from './drivers.ts'
import { execPath, neighbour } from './neighbour.ts'

const count = 'SELECT count(*) FROM film'

describe.for(places.filter(({ isHere }) => isHere))('the file on $title', { timeout: 30_000 }, ({ options }) => {
  const isWasm = options.driver === 'wasm'

  it('is seen anew when another one takes its place, and missed when it is gone', async () => {
    const path = await databaseFile()
    const database = await opened(path, options)
    expect((await database.query(count)).rows).toEqual([[3]])
    const version = await database.dataVersion()
    const other = await databaseFile('CREATE TABLE film(id); INSERT INTO film VALUES (1)')
    renameSync(other, path)
    expect(await database.dataVersion()).not.toBe(version)
    expect((await database.query(count)).rows).toEqual([[1]])
    expect((await database.catalogue()).tables.map(({ name }) => name)).toEqual(['film'])
    rmSync(path)
    await expect(database.query(count)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'missing' })
    await expect(database.dataVersion()).rejects.toMatchObject({ trouble: 'missing' })
    copyFileSync(await databaseFile(), path)
    expect((await database.query(count)).rows).toEqual([[3]])
  })

  it('is not read when it was shortened or overwritten', async () => {
    const rows =
      'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 400) INSERT INTO film SELECT x, hex(randomblob(200)) FROM n'
    const path = await databaseFile(`CREATE TABLE film(id, title); ${rows}`)
    const database = await opened(path, options)
    expect((await database.query(count)).rows).toEqual([[400]])
    truncateSync(path, 20_000)
    await expect(database.query('SELECT sum(length(title)) FROM film')).rejects.toMatchObject({ trouble: 'damaged' })
    writeFileSync(path, 'This is no database any more, but a text of some length.'.repeat(100))
    await expect(database.query(count)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'not a database' })
  })

  it('may be empty, and may be reached by a link', async () => {
    const empty = `${folder()}/empty.db`
    writeFileSync(empty, '')
    const database = await opened(empty, options)
    expect((await database.catalogue()).tables).toEqual([])
    const link = `${folder()}/link.db`
    symlinkSync(await databaseFile(), link)
    expect((await (await opened(link, options)).query(count)).rows).toEqual([[3]])
  })

  it('is not read past a journal that a killed program has left', async () => {
    const path = await databaseFile()
    const database = await opened(path, options)
    // A journal with a valid head, as one lies there when a program was killed in the middle of a commit.
    const head = Buffer.alloc(512 + 4)
    Buffer.from('d9d505f920a163d7', 'hex').copy(head)
    head.writeUInt32BE(0xff_ff_ff_ff, 8)
    head.writeUInt32BE(1, 16)
    head.writeUInt32BE(512, 20)
    head.writeUInt32BE(8192, 24)
    writeFileSync(`${path}-journal`, head)
    const before = readFileSync(path)
    await expect(database.query(count)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'journal' })
    expect(readFileSync(path)).toEqual(before)
    rmSync(`${path}-journal`)
    expect((await database.query(count)).rows).toEqual([[3]])
  })

  it.runIf(execPath)('is read with what is only in the write-ahead log', async () => {
    const path = await databaseFile()
    const writer = await neighbour(path)
    await writer.run("PRAGMA journal_mode=WAL; INSERT INTO film(title) VALUES ('Heat')")
    const database = await opened(path, options)
    expect((await database.query(count)).rows).toEqual([[4]])
    const version = await database.dataVersion()
    expect((await database.query(count)).dataVersion).toBe(version)
    await writer.run("INSERT INTO film(title) VALUES ('Ran')")
    expect(await database.dataVersion()).not.toBe(version)
    expect((await database.query(count)).rows).toEqual([[5]])
    await writer.run('PRAGMA wal_checkpoint(TRUNCATE)')
    expect((await database.query(count)).rows).toEqual([[5]])
    await writer.run("INSERT INTO film(title) VALUES ('M')")
    await writer.kill()
    expect((await database.query(count)).rows).toEqual([[6]])
  })

  it.runIf(execPath)(
    'is read whole, or not at all, beside a program that writes all the time',
    async () => {
      const path = await databaseFile('CREATE TABLE pair(a INTEGER, b INTEGER)')
      const writer = await neighbour(path)
      const fill = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000)'
      await writer.run(`PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; ${fill} INSERT INTO pair SELECT 0, 0 FROM n`)
      const database = await opened(path, options)
      await writer.run('SELECT 1', 'UPDATE pair SET a = a + 1, b = b + 1')
      const seen = new Set<unknown>()
      for (let round = 0; round < 15; round++) {
        try {
          const { rows } = await database.query(
            'SELECT count(DISTINCT a), count(DISTINCT b), min(a) = max(b), min(a) FROM pair',
          )
          expect(rows[0]?.slice(0, 3)).toEqual([1, 1, 1])
          seen.add(rows[0]?.[3])
        } catch (error) {
          expect(error).toMatchObject({ name: 'Busy' })
        }
      }
      await writer.kill()
      expect((await database.query('SELECT min(a) = max(b) FROM pair')).rows).toEqual([[1]])
      if (!isWasm) expect(seen.size).toBeGreaterThan(1)
    },
    30_000,
  )

  it.runIf(execPath)(
    'is read as UTF-16 where the driver can, and refused with a sentence where it cannot',
    async () => {
      const path = `${folder()}/wide.db`
      const writer = await neighbour(path)
      await writer.run("PRAGMA encoding='UTF-16'; CREATE TABLE film(title); INSERT INTO film VALUES ('Ödön')")
      if (isWasm) {
        await expect(opened(path, options)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'driver' })
        return
      }
      const database = await opened(path, options)
      expect((await database.query("SELECT title FROM film WHERE title = 'Ödön'")).rows).toEqual([['Ödön']])
    },
  )

  it('has nothing beside it when all is done', async () => {
    const path = await databaseFile()
    const database = await opened(path, options)
    await database.query('SELECT title FROM film ORDER BY title')
    await database.catalogue()
    await database.close()
    expect(readdirSync(dirname(path))).toEqual(['films.db'])
  })
})

describe.for(places.filter(({ isHere, options }) => isHere && options.driver === 'native'))(
  'a file that another program writes, on $title',
  { timeout: 30_000 },
  ({ options }) => {
    it.runIf(execPath)('is waited for while another program holds it locked', async () => {
      const path = await databaseFile()
      const writer = await neighbour(path)
      const database = await opened(path, options)
      await writer.run("BEGIN EXCLUSIVE; INSERT INTO film(title) VALUES ('Heat')")
      await expect(database.query(count)).rejects.toMatchObject({ name: 'Busy' })
      await writer.run('COMMIT')
      expect((await database.query(count)).rows).toEqual([[4]])
    })
  },
)

describe.for(places.filter(({ isHere, options }) => isHere && options.driver === 'wasm'))(
  'a file that another program writes, on $title',
  { timeout: 30_000 },
  ({ options }) => {
    it.runIf(execPath)('is not read in the middle of a commit of another program', async () => {
      const path = await databaseFile()
      const writer = await neighbour(path)
      const database = await opened(path, options)
      const fill = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 9997)'
      // With no room in its cache, it writes pages to the file long before it commits.
      await writer.run(`PRAGMA cache_size=1; BEGIN; ${fill} INSERT INTO film(title) SELECT hex(randomblob(50)) FROM n`)
      await expect(database.query(count)).rejects.toMatchObject({ name: 'Unreadable', trouble: 'journal' })
      await writer.run('COMMIT')
      expect((await database.query(count)).rows).toEqual([[10_000]])
    })
  },
)

describe.for(places.filter(({ isHere, options }) => isHere && options.driver === 'native'))(
  'the locks on $title',
  { timeout: 30_000 },
  ({ options }) => {
    it.runIf(execPath && process.platform === 'linux')('stay while the file is looked at', async () => {
      const path = await databaseFile()
      const isHeld = (): boolean => readFileSync('/proc/locks', 'utf8').includes(`:${statSync(path).ino} `)
      const writer = await neighbour(path)
      await writer.run("PRAGMA journal_mode=WAL; INSERT INTO film(title) VALUES ('Heat')")
      const database = await opened(path, options)
      for (let time = 0; time < 3; time += 1) expect((await database.query(count)).rows).toEqual([[4]])
      await writer.close()
      expect(isHeld()).toBe(true)
      await database.close()
      expect(isHeld()).toBe(false)
    })
  },
)
