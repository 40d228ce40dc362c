import { SQLITE_LIMITS } from '../limits.ts'
import type { Binding } from '../sql/parameters.ts'
import { boundValue } from '../sql/parameters.ts'
import type { Policy } from '../sql/policy.ts'
import type { Connection, Cursor } from '../desk/connection.ts'
import { complaintOf, denialComplaint, Failure } from '../desk/failure.ts'
import type { NodeDatabase, NodeSqlite, NodeStatement, NodeValue } from './node-sqlite.ts'

/** Milliseconds to wait for another program's lock. */
const LOCKED_FOR = 500

/** How a connection is opened. */
export type NativeOptions = { readonly path: string; readonly write: boolean; readonly policy: Policy }

const failureFrom = (error: unknown, policy: Policy): unknown => {
  const denial = policy.denial()
  if (denial) return new Failure(denialComplaint(denial))
  if (!(error instanceof Error) || !('errcode' in error)) return error
  return new Failure(complaintOf(Number(error.errcode), error.message))
}

type Attempt = <T>(work: () => T) => T

/** Does what SQLite may refuse to do; what it says then becomes a `Failure`. */
const attempting =
  (policy: Policy): Attempt =>
  (work) => {
    try {
      return work()
    } catch (error) {
      throw failureFrom(error, policy)
    }
  }

const bound = (bindings: readonly Binding[]): readonly (NodeValue | Readonly<Record<string, NodeValue>>)[] => {
  const named = bindings.filter(({ name }) => name !== null)
  const bare = bindings.filter(({ name }) => name === null).toSorted((a, b) => a.index - b.index)
  const values = bare.map(({ value }) => boundValue(value))
  if (named.length === 0) return values
  // Each name begins with the sign of a parameter, so none is a property that objects have.
  return [Object.fromEntries(named.map(({ name, value }) => [name, boundValue(value)])), ...values]
}

const cursorOf = (statement: NodeStatement, bindings: readonly Binding[], attempt: Attempt): Cursor => {
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const rows = attempt(() => statement.iterate(...bound(bindings)))
  let row: readonly NodeValue[] = []
  let isOver = false
  return {
    columns: statement.columns().map(({ name, type, table }) => {
      const column = { name, type: type ?? '' }
      return table === null ? column : { ...column, table }
    }),
    step: () => {
      // SQLite runs a statement that has come to its end once more: a change would be made twice.
      if (isOver) return false
      const next = attempt(() => rows.next())
      isOver = next.done === true
      row = next.done ? [] : next.value
      return !isOver
    },
    read: () => row,
    // Without it the statement would go on holding its lock.
    [Symbol.dispose]: () => {
      rows.return?.()
    },
  }
}

const guard = (db: NodeDatabase, write: boolean, policy: Policy): void => {
  db.exec('PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA cache_size=-8000')
  if (!write) db.exec('PRAGMA query_only=ON')
  db.enableDefensive?.(true)
  if (db.limits) Object.assign(db.limits, SQLITE_LIMITS)
  db.setAuthorizer?.(policy.authorize)
}

/** Opens a database with Node's own SQLite. */
export const openNative = ({ DatabaseSync }: NodeSqlite, { path, write, policy }: NativeOptions): Connection => {
  const attempt = attempting(policy)
  const db = attempt(() => new DatabaseSync(path, { readOnly: !write, allowExtension: false, timeout: LOCKED_FOR }))
  attempt(() => guard(db, write, policy))
  return {
    isWatched: db.setAuthorizer !== undefined,
    run: (sql, bindings = []) => {
      policy.denial()
      return cursorOf(
        attempt(() => db.prepare(sql)),
        bindings,
        attempt,
      )
    },
    close: () => db.close(),
  }
}
