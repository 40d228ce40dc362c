import type { Change, PlanStep } from '../engine.ts'
import type { Answers, Job, Setting } from '../jobs.ts'
import { placeOfName } from '../sql/hints.ts'
import { deniedFunctions, deniedTables, makePolicy } from '../sql/policy.ts'
import type { Policy } from '../sql/policy.ts'
import { readSchema } from './catalogue.ts'
import type { Schema } from './catalogue.ts'
import { change } from './change.ts'
import type { Connection } from './connection.ts'
import { Failure } from './failure.ts'
import { checkHidden } from './hiding.ts'
import { numberFrom, readPlan, readRows } from './query.ts'
import type { Rows } from './query.ts'

/** An answer, but for how long it took and which version of the data it is from. */
export type Bare = Rows | Schema | readonly PlanStep[] | Omit<Change, 'elapsedMs' | 'dataVersion'> | null

const isList = (bare: Bare): bare is readonly PlanStep[] => Array.isArray(bare)

/** Adds to an answer how many milliseconds it took and which version of the data it is from. */
export const dated = (bare: Bare, milliseconds: number, dataVersion: string): Answers[keyof Answers] => {
  if (bare === null || isList(bare)) return bare
  return { ...bare, elapsedMs: Math.round(milliseconds * 10) / 10, dataVersion }
}

/** Where jobs are done, one after the other, on whichever connection is open. */
export interface Desk {
  readonly policy: Policy
  /** Does a job inside a transaction that is taken back, unless it is a change that is to stay. */
  perform(connection: Connection, job: Job): Bare
}

/** Runs one of the engine's own statements that has no rows. */
const execute = (connection: Connection, sql: string): void => {
  using cursor = connection.run(sql)
  cursor.step()
}

const answer = (connection: Connection, job: Job, policy: Policy, hidden: ReadonlySet<string>): Bare => {
  switch (job.kind) {
    case 'check':
      return null
    case 'catalogue':
      return policy.unwatched(() => readSchema(connection, hidden))
    case 'plan':
      return readPlan(connection, job.sql, job.bindings)
    case 'query': {
      using cursor = connection.run(job.sql, job.bindings)
      return readRows(cursor, job.limit, job.offset)
    }
    case 'change':
      return change(connection, job, policy)
  }
}

const refuseUnwatched = (sql: string): void => {
  const position = placeOfName(sql, [deniedTables, deniedFunctions])
  if (position === undefined) return
  const message = 'This name stands for something that is not allowed here. Leave it out.'
  throw new Failure({ kind: 'refused', rule: 'name', message, position })
}

/** Lays out a desk for a database. */
export const makeDesk = ({ hidden: wanted, write, ddl }: Setting): Desk => {
  const hidden = new Set(wanted)
  const policy = makePolicy({ hidden, write, ddl })
  const checked = new WeakMap<Connection, number>()
  const own = (connection: Connection, sql: string): void => policy.unwatched(() => execute(connection, sql))

  const check = (connection: Connection): void => {
    // The first read of the file: the snapshot that the transaction keeps, and the moment when trouble shows.
    const version = numberFrom(connection, 'PRAGMA schema_version')
    if (checked.get(connection) === version) return
    checkHidden(connection, wanted, hidden)
    checked.set(connection, version)
  }

  return {
    policy,
    perform: (connection, job) => {
      own(connection, job.kind === 'change' ? 'BEGIN IMMEDIATE' : 'BEGIN')
      try {
        policy.unwatched(() => check(connection))
        if ('sql' in job && !connection.isWatched) refuseUnwatched(job.sql)
        const done = answer(connection, job, policy, hidden)
        if (job.kind === 'change' && job.commit) own(connection, 'COMMIT')
        else own(connection, 'ROLLBACK')
        return done
      } catch (error) {
        // After some errors SQLite has already taken it back, and says so.
        try {
          own(connection, 'ROLLBACK')
        } catch {}
        throw error
      }
    },
  }
}
