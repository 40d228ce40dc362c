import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContentBlock } from '@parley/core'
import { afterAll, beforeAll, vi } from 'vitest'
import { Cursors } from '../src/cursor.ts'
import { inserts } from '../src/demo/rows.ts'
import { schema } from '../src/demo/schema.ts'
import type { Catalogue, Database, OpenOptions } from '../src/engine/engine.ts'
import { openDatabase } from '../src/engine/open.ts'
import { writeDatabase } from '../src/engine/sample.ts'
import type { Explorer } from '../src/explorer.ts'
import { Journal } from '../src/journal.ts'
import { Results } from '../src/results.ts'

// A database is a thread or a process, and these take their time to start where many things run at once.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** The modern revision, the newest of the legacy ones, and the oldest. */
export const versions: readonly string[] = ['2026-07-28', '2025-11-25', '2024-11-05']

/** The statements that make the sample database. */
export const demo: string = schema + inserts()

/** A folder until the tests of this file are over. */
export const folder = (): { readonly path: (name: string) => string } => {
  let where = ''
  beforeAll(async () => void (where = await mkdtemp(join(tmpdir(), 'parley-sqlite-test-'))))
  afterAll(() => rm(where, { recursive: true, force: true }))
  return { path: (name) => join(where, name) }
}

/** What a server needs to look at databases that are open. */
export const explorerOf = async (
  databases: readonly [Database, ...Database[]],
  changes: Partial<Explorer> = {},
): Promise<Explorer> => ({
  databases,
  journal: await Journal.open(),
  results: new Results(),
  cursors: new Cursors(),
  maxRows: 1000,
  dataResources: true,
  pollInterval: 1000,
  ...changes,
})

/** An explorer of one database that a script makes, open until the tests of this file are over. */
export const opened = (
  script: string,
  options: OpenOptions & { explorer?: Partial<Explorer> } = {},
): { readonly explorer: Explorer } => {
  const { path } = folder()
  let explorer: Explorer | undefined
  beforeAll(async () => {
    const { explorer: changes, ...own } = options
    const file = path(`${options.alias ?? 'main'}.db`)
    await writeDatabase(file, script)
    explorer = await explorerOf([await openDatabase(file, own)], changes)
  })
  afterAll(() => explorer?.databases[0].close())
  return {
    get explorer() {
      if (explorer === undefined) throw new Error('It is open only while tests run')
      return explorer
    },
  }
}

/** A database that only pretends: of no table, with versions that a test moves, and a count of the looks at them. */
export type Pretended = {
  readonly state: { data: number; schema: number; looks: number }
  readonly database: Database
}

const no = (): Promise<never> => Promise.reject(new Error('This is not asked here'))

/** A database of which nothing is known but its versions. */
export const pretended = (alias: string, { writable = false }: { writable?: boolean } = {}): Pretended => {
  const state = { data: 1, schema: 1, looks: 0 }
  const catalogue = async (): Promise<Catalogue> => ({
    tables: [],
    schemaVersion: state.schema,
    dataVersion: String(state.data),
    truncated: false,
  })
  const dataVersion = async (): Promise<string> => {
    state.looks += 1
    return String(state.data)
  }
  const closing = { close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
  const asked = { query: no, explain: no, change: no, catalogue, dataVersion }
  return { state, database: { alias, driver: 'wasm', writable, ...asked, ...closing } }
}

/** The text of a result. */
export const textOf = (content: readonly ContentBlock[]): string =>
  content.flatMap((block) => (block.type === 'text' ? block.text : [])).join('\n')

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
