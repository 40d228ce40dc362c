import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Setting } from '../../src/engine/jobs.ts'
import { launchNative } from '../../src/engine/native/launch.ts'
import { Seat } from '../../src/engine/seat.ts'
import { launchWasm } from '../../src/engine/wasm/launch.ts'
import { databaseFile, outcomeOf, places } from './drivers.ts'

// What gets through where a database is only opened for reading. None of it may, even if the tokenizer let it pass.
const beneath = [
  'DELETE FROM film',
  'WITH x AS (SELECT 1) DELETE FROM film',
  'UPDATE film SET title = 1',
  'CREATE TABLE x(a)',
  'CREATE TEMP TABLE x(a)',
  'CREATE TEMP TABLE x AS SELECT * FROM film',
  'CREATE TEMP VIEW x AS SELECT 1',
  "VACUUM INTO 'copy.db'",
  'VACUUM',
  "ATTACH 'other.db' AS o",
  "ATTACH ':memory:' AS o",
  "ATTACH '' AS o",
  'DETACH main',
  'PRAGMA query_only=OFF',
  'PRAGMA writable_schema=ON',
  'PRAGMA journal_mode=WAL',
  'PRAGMA journal_mode=MEMORY',
  'PRAGMA user_version=7',
  'PRAGMA locking_mode=NORMAL',
  'PRAGMA hard_heap_limit=0',
  'PRAGMA trusted_schema=ON',
  'PRAGMA database_list',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT x',
  'REINDEX',
  'ANALYZE',
  'CREATE VIRTUAL TABLE x USING fts5(a)',
  "SELECT load_extension('x')",
  'SELECT * FROM sqlite_dbpage',
  'SELECT * FROM pragma_database_list',
]

const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

// Where nothing asks, as on Node 22, the tokenizer is what keeps these out.
describe.for(places.filter(({ isHere, isWatched }) => isHere && isWatched))(
  'beneath the tokenizer, $title',
  (place) => {
    it('refuses what is more than reading, and leaves nothing behind', async () => {
      const path = await databaseFile()
      const before = hash(path)
      const setting: Setting = { path, hidden: [], write: false, ddl: false, backup: null, maxMemory: 64 * 1024 * 1024 }
      const { driver, execPath } = place.options
      const seat = new Seat(driver === 'wasm' ? launchWasm(setting) : launchNative(setting, execPath))
      onTestFinished(() => seat.close())
      const run = (sql: string) =>
        seat.run({ kind: 'query', sql, bindings: [], limit: 10, offset: 0 }, { timeout: 5_000 })
      for (const sql of beneath) {
        expect([sql, await outcomeOf(run(sql))]).toEqual([sql, expect.stringMatching(/^(Refused|SqlError)$/)])
        expect([sql, (await run('SELECT count(*) FROM film')).rows]).toEqual([sql, [[3]]])
      }
      expect((await run('SELECT 1; DELETE FROM film')).rows).toEqual([[1]])
      await seat.close()
      expect(hash(path)).toBe(before)
      expect(readdirSync(dirname(path))).toEqual(['films.db'])
    })
  },
)
