import type { Change } from '../engine.ts'
import type { Job } from '../jobs.ts'
import { MAX_ROWS } from '../limits.ts'
import type { Policy } from '../sql/policy.ts'
import type { Connection } from './connection.ts'
import { Failure } from './failure.ts'
import { numberFrom, readRows } from './query.ts'

const disagreement = (expected: number, affected: number): Failure =>
  new Failure({
    kind: 'refused',
    rule: 'expect',
    message: `${expected} rows were agreed to, and ${affected} would change now. Nothing was changed. Try it again first.`,
  })

/** Runs a change inside the transaction that the desk has begun, and that it keeps or takes back. */
export const change = (
  connection: Connection,
  job: Extract<Job, { kind: 'change' }>,
  policy: Policy,
): Omit<Change, 'elapsedMs' | 'dataVersion'> => {
  const count = (sql: string): number => policy.unwatched(() => numberFrom(connection, sql))
  const before = count('SELECT total_changes()')
  const { columns, rows } = runToEnd(connection, job)
  const affectedInAll = count('SELECT total_changes()') - before
  // changes() keeps the number of an earlier statement where this one, as one that alters the schema, changed no row.
  const affected = affectedInAll === 0 ? 0 : count('SELECT changes()')
  if (job.expect !== null && job.expect !== affected) throw disagreement(job.expect, affected)
  return { committed: job.commit, affected, affectedInAll, columns, rows }
}

const runToEnd = (connection: Connection, job: Extract<Job, { kind: 'change' }>) => {
  using cursor = connection.run(job.sql, job.bindings)
  const { columns, rows } = readRows(cursor, MAX_ROWS, 0)
  // All rows of a RETURNING are made by the first step; the statement still has to come to its end.
  while (cursor.step()) continue
  return { columns, rows }
}
