import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { binary } from '../../../../scripts/toolbox.mjs'
import type { Database, OpenOptions } from '../../src/engine/engine.ts'
import { openDatabase } from '../../src/engine/open.ts'
import { writeDatabase } from '../../src/engine/sample.ts'

/** A driver that runs here, or why it does not. */
export type Place = {
  readonly title: string
  readonly options: OpenOptions
  readonly isHere: boolean
  /** SQLite asks before it touches something. */
  readonly isWatched: boolean
}

const native = async (name: 'node22' | 'node24', line: number): Promise<Place> => {
  const isWatched = line >= 24
  try {
    const execPath = await binary(name)
    return { title: `native, Node ${line}`, options: { driver: 'native', execPath }, isHere: true, isWatched }
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : ''
    console.error(`The native driver is not tested on Node ${line}: ${why}`)
    return {
      title: `native, Node ${line}: not run, for ${why}`,
      options: { driver: 'native' },
      isHere: false,
      isWatched,
    }
  }
}

/** Every driver: the WebAssembly build on the Node that runs the tests, and Node's own SQLite on two lines of Node. */
export const places: readonly Place[] = [
  { title: 'wasm', options: { driver: 'wasm' }, isHere: true, isWatched: true },
  await native('node22', 22),
  await native('node24', 24),
]

/** A folder that is gone when the test is over. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'parley-sqlite-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The films of the tests. */
export const films = `
  CREATE TABLE director (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE film (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL DEFAULT 'Untitled',
    year INTEGER,
    director INTEGER REFERENCES director ON DELETE CASCADE,
    poster BLOB
  );
  CREATE TABLE log (at TEXT, what TEXT);
  CREATE INDEX film_title ON film (title);
  CREATE VIEW films AS SELECT film.title, director.name FROM film JOIN director ON director.id = film.director;
  CREATE TRIGGER film_log AFTER DELETE ON film BEGIN INSERT INTO log VALUES ('now', old.title); END;
  INSERT INTO director (name) VALUES ('Ridley Scott'), ('Terry Gilliam');
  INSERT INTO film (title, year, director) VALUES ('Alien', 1979, 1), ('Blade Runner', 1982, 1), ('Brazil', 1985, 2);
`

/** A new database of a script of SQL, in a folder of its own. */
export const databaseFile = async (sql: string = films): Promise<string> => {
  const path = join(folder(), 'films.db')
  await writeDatabase(path, sql)
  return path
}

/** A database that is closed when the test is over. */
export const opened = async (path: string, options: OpenOptions): Promise<Database> => {
  const database = await openDatabase(path, options)
  onTestFinished(() => database.close())
  return database
}

/** What became of a call: 'answered', or the name of its error. */
export const outcomeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'answered'
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

/** A statement that never ends by itself. */
export const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n'
