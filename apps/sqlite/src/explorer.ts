import { ToolError } from '@parley/core'
import type { Context } from '@parley/server'
import { z } from 'zod'
import type { Cursors } from './cursor.ts'
import type { Catalogue, Database, Page, Params, QueryOptions } from './engine/engine.ts'
import { readable, verdictOf } from './failures.ts'
import type { Entry, Journal } from './journal.ts'
import type { Results } from './results.ts'

/** What the tools, resources and prompts stand on. */
export type Explorer = {
  /** The open databases by their aliases; the first is meant where none is named. */
  readonly databases: readonly [Database, ...Database[]]
  readonly journal: Journal
  readonly results: Results
  readonly cursors: Cursors
  /** The most rows of one answer. */
  readonly maxRows: number
  /** Whether rows are offered as resources. */
  readonly dataResources: boolean
  /** Milliseconds between two looks at a database that somebody listens to. */
  readonly pollInterval: number
}

/** The argument that says which database is meant. */
export const databaseArgument = ({ databases }: Explorer): z.ZodDefault<z.ZodEnum<Record<string, string>>> =>
  z
    .enum(databases.map(({ alias }) => alias))
    .default(databases[0].alias)
    .describe('Which database')

/** The database of an alias. */
export const databaseNamed = ({ databases }: Explorer, alias: unknown): Database => {
  const database = databases.find((each) => each.alias === alias)
  if (database === undefined) throw new ToolError(`There is no database ${JSON.stringify(alias)}.`)
  return database
}

/** The schema of a database; what keeps it from being read reaches the model as a tool's error. */
export const catalogueOf = async (database: Database, { signal }: Context): Promise<Catalogue> => {
  try {
    return await database.catalogue({ signal })
  } catch (error) {
    throw readable(error, '')
  }
}

/** A statement for a database. */
export type Statement = { readonly database: Database; readonly sql: string; readonly params?: Params | undefined }

const rowsOf = (result: unknown): number | null => {
  if (typeof result !== 'object' || result === null) return null
  if ('rowCount' in result && typeof result.rowCount === 'number') return result.rowCount
  if ('affected' in result && typeof result.affected === 'number') return result.affected
  return 'rows' in result && Array.isArray(result.rows) ? result.rows.length : null
}

/**
 * Runs a statement and writes it down, however it went.
 *
 * What the engine says of a bad one reaches the model as a tool's error.
 */
export const run = async <T>(
  { journal }: Explorer,
  ctx: Context,
  { database, sql, params }: Statement,
  work: () => Promise<T>,
  verdict: Entry['verdict'] = 'ok',
): Promise<T> => {
  const started = performance.now()
  const entry = (): Pick<Entry, 'database' | 'sql' | 'params' | 'ms'> => ({
    database: database.alias,
    sql,
    params,
    ms: Math.round((performance.now() - started) * 10) / 10,
  })
  let result: T
  try {
    result = await work()
  } catch (error) {
    const told = readable(error, sql)
    const why = told instanceof ToolError ? { why: told.message } : {}
    await journal.write(ctx, { ...entry(), rows: null, verdict: verdictOf(error), ...why })
    throw told
  }
  await journal.write(ctx, { ...entry(), rows: rowsOf(result), verdict })
  return result
}

/** Runs a statement that reads, as `run` does, for a page of its rows. */
export const readPage = (
  explorer: Explorer,
  ctx: Context,
  statement: Statement,
  part: Pick<QueryOptions, 'limit' | 'offset'> = {},
): Promise<Page> => {
  const { database, sql, params } = statement
  return run(explorer, ctx, statement, () => database.query(sql, params, { ...part, signal: ctx.signal }))
}
