import type { Database, PreparedStatement, Sqlite3Static } from '@sqlite.org/sqlite-wasm'
import type { Column } from '../engine.ts'
import { SQLITE_LIMITS } from '../limits.ts'
import type { Binding } from '../sql/parameters.ts'
import { boundValue } from '../sql/parameters.ts'
import type { Policy } from '../sql/policy.ts'
import type { Connection, Cursor, Raw } from '../desk/connection.ts'
import { complaintOf, denialComplaint, Failure } from '../desk/failure.ts'
import { DATABASE, FILES } from './files.ts'

/** What a connection is held to. */
export type Bounds = {
  readonly policy: Policy
  /** Bytes. */
  readonly maxMemory: number
  /** Asked every thousand steps of SQLite's machine; true stops the statement. */
  readonly isOver: () => boolean
}

const STEPS_BETWEEN = 1_000

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const positionOf = (sqlite: Sqlite3Static, db: Database, sql: string): number | undefined => {
  const bytes: number = sqlite.capi.sqlite3_error_offset(db)
  // SQLite counts bytes of UTF-8; the caller counts UTF-16 units.
  return bytes < 0 ? undefined : Buffer.from(sql).subarray(0, bytes).toString().length
}

const failureFrom = (sqlite: Sqlite3Static, db: Database, policy: Policy, sql: string): Failure => {
  const { capi } = sqlite
  const denial = policy.denial()
  if (denial) return new Failure(denialComplaint(denial))
  const code: number = capi.sqlite3_extended_errcode(db)
  return new Failure(complaintOf(code, capi.sqlite3_errmsg(db), positionOf(sqlite, db, sql)))
}

const columnsOf = ({ capi }: Sqlite3Static, statement: PreparedStatement): readonly Column[] =>
  Array.from({ length: statement.columnCount }, (_, at) => {
    const table = capi.sqlite3_column_table_name(statement, at)
    const type = capi.sqlite3_column_decltype(statement, at) ?? ''
    const column = { name: capi.sqlite3_column_name(statement, at), type }
    return table ? { ...column, table } : column
  })

const bytesAt = ({ capi, wasm }: Sqlite3Static, statement: PreparedStatement, at: number, most: number) => {
  const start = capi.sqlite3_column_blob(statement, at)
  const length = capi.sqlite3_column_bytes(statement, at)
  return { length, head: wasm.heap8u().slice(start, start + Math.min(length, most)) }
}

const valueAt = (sqlite: Sqlite3Static, statement: PreparedStatement, at: number, most: number): Raw => {
  const { capi } = sqlite
  const type = capi.sqlite3_column_type(statement, at)
  if (type === capi.SQLITE_NULL) return null
  if (type === capi.SQLITE_INTEGER) return capi.sqlite3_column_int64(statement, at)
  if (type === capi.SQLITE_FLOAT) return capi.sqlite3_column_double(statement, at)
  const { head, length } = bytesAt(sqlite, statement, at, most)
  if (type === capi.SQLITE_BLOB) return head.length < length ? { head, bytes: length } : head
  if (head.length === length) return utf8.decode(head)
  // As a stream, so that a character cut in two at the end is left out. What it keeps of it must not reach another cell.
  return { head: new TextDecoder('utf-8', { ignoreBOM: true }).decode(head, { stream: true }), bytes: length }
}

const guard = (sqlite: Sqlite3Static, db: Database, { policy, maxMemory, isOver }: Bounds): void => {
  const { capi } = sqlite
  const setting = (option: number, value: 0 | 1): void => {
    capi.sqlite3_db_config(db, option as typeof capi.SQLITE_DBCONFIG_DEFENSIVE, value, 0)
  }
  // Without the shared memory of other processes, a write-ahead log is read in this mode only; it must come first.
  db.exec('PRAGMA locking_mode=EXCLUSIVE')
  for (const option of [capi.SQLITE_DBCONFIG_DEFENSIVE, capi.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE]) setting(option, 1)
  for (const option of [capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, capi.SQLITE_DBCONFIG_DQS_DML]) setting(option, 0)
  db.exec(`PRAGMA hard_heap_limit=${maxMemory}; PRAGMA cell_size_check=ON; PRAGMA query_only=ON`)
  const limits = [
    [capi.SQLITE_LIMIT_LENGTH, SQLITE_LIMITS.length],
    [capi.SQLITE_LIMIT_SQL_LENGTH, SQLITE_LIMITS.sqlLength],
    [capi.SQLITE_LIMIT_COLUMN, SQLITE_LIMITS.column],
    [capi.SQLITE_LIMIT_EXPR_DEPTH, SQLITE_LIMITS.exprDepth],
    [capi.SQLITE_LIMIT_COMPOUND_SELECT, SQLITE_LIMITS.compoundSelect],
    [capi.SQLITE_LIMIT_FUNCTION_ARG, SQLITE_LIMITS.functionArg],
    [capi.SQLITE_LIMIT_ATTACHED, SQLITE_LIMITS.attach],
    [capi.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SQLITE_LIMITS.likePatternLength],
    [capi.SQLITE_LIMIT_VARIABLE_NUMBER, SQLITE_LIMITS.variableNumber],
    [capi.SQLITE_LIMIT_TRIGGER_DEPTH, SQLITE_LIMITS.triggerDepth],
  ] as const
  for (const [limit, value] of limits) capi.sqlite3_limit(db, limit, value)
  capi.sqlite3_set_authorizer(
    db,
    (_context, action, first, second) => policy.authorize(action, first || null, second || null),
    0,
  )
  capi.sqlite3_progress_handler(db, STEPS_BETWEEN, () => (isOver() ? 1 : 0), 0)
}

/** Opens the one database that the file system below has, and holds the connection to its bounds. */
export const openWasm = (sqlite: Sqlite3Static, bounds: Bounds): Connection => {
  const db = new sqlite.oo1.DB({ filename: DATABASE, flags: 'r', vfs: FILES })
  const attempt = <T>(sql: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof sqlite.SQLite3Error)) throw error
      throw failureFrom(sqlite, db, bounds.policy, sql)
    }
  }
  const cursorOf = (sql: string, statement: PreparedStatement): Cursor => {
    let isOver = false
    return {
      columns: columnsOf(sqlite, statement),
      step: () => {
        // SQLite runs a statement that has come to its end once more.
        isOver ||= !attempt(sql, () => statement.step())
        return !isOver
      },
      read: (most) => Array.from({ length: statement.columnCount }, (_, at) => valueAt(sqlite, statement, at, most)),
      [Symbol.dispose]: () => {
        statement.finalize()
      },
    }
  }
  const run = (sql: string, bindings: readonly Binding[] = []): Cursor =>
    attempt(sql, () => {
      bounds.policy.denial()
      const statement = db.prepare(sql)
      try {
        for (const { index, value } of bindings) statement.bind(index, boundValue(value))
        return cursorOf(sql, statement)
      } catch (error) {
        statement.finalize()
        throw error
      }
    })
  try {
    attempt('', () => guard(sqlite, db, bounds))
  } catch (error) {
    db.close()
    throw error
  }
  return { isWatched: true, run, close: () => db.close() }
}
