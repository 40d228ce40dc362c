import { writeFile } from 'node:fs/promises'
import sqlite3InitModule from '@sqlite.org/sqlite-wasm'

/** Writes a new database made by a script of SQL; rejects where the file exists. For the demo, and for tests. */
export const writeDatabase = async (path: string, sql: string): Promise<void> => {
  const sqlite = await sqlite3InitModule()
  const db = new sqlite.oo1.DB(':memory:')
  try {
    db.exec(sql)
    await writeFile(path, sqlite.capi.sqlite3_js_db_export(db), { flag: 'wx' })
  } finally {
    db.close()
  }
}
