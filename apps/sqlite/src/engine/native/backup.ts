import { existsSync } from 'node:fs'
import { Failure } from '../desk/failure.ts'
import type { NodeSqlite } from './node-sqlite.ts'

const failed = (message: string): Failure => new Failure({ kind: 'refused', rule: 'write', message })

/** Copies a database as it is now to a file that does not exist yet. Throws a `Failure`. */
export const backUp = ({ DatabaseSync }: NodeSqlite, path: string, target: string): void => {
  if (existsSync(target)) throw failed('The file for the backup exists already, and nothing was changed. Name another.')
  // A connection of its own: the one that runs statements may not attach a file, and this does.
  const db = new DatabaseSync(path, { readOnly: true, allowExtension: false, timeout: 500 })
  try {
    const steps = db.prepare('VACUUM INTO ?').iterate(target)
    while (!steps.next().done) continue
  } catch {
    throw failed('The backup could not be written, and nothing was changed. Check the folder and its free space.')
  } finally {
    db.close()
  }
}
