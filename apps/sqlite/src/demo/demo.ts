import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDatabase } from '../engine/sample.ts'
import { inserts } from './rows.ts'
import { schema } from './schema.ts'

/** A sample database in a folder of its own, until it is disposed of. */
export interface Demo extends AsyncDisposable {
  readonly path: string
}

/** Makes the sample database, a small bookshop; disposing of it removes it. */
export const createDemo = async (): Promise<Demo> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'))
  const path = join(folder, 'books.db')
  // The last chance, for a process that ends in a hurry.
  const hurried = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', hurried)
  const dispose = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    process.off('exit', hurried)
  }
  try {
    await writeDatabase(path, schema + inserts())
  } catch (error) {
    await dispose()
    throw error
  }
  return { path, [Symbol.asyncDispose]: dispose }
}
