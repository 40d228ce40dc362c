import type { Column } from '../engine.ts'
import type { Binding } from '../sql/parameters.ts'

/** A value as a driver hands it out. A text or blob may come as its beginning only. */
export type Raw = null | number | bigint | string | Uint8Array | Beginning

/** The beginning of a long text or blob. */
export type Beginning = { readonly head: string | Uint8Array; readonly bytes: number }

/** A statement that runs, row by row. */
export interface Cursor extends Disposable {
  readonly columns: readonly Column[]
  /** Moves to the next row; false after the last, however often it is asked. */
  step(): boolean
  /** The row that was moved to. Of a text or blob over `most` bytes a driver may hand out the beginning only. */
  read(most: number): readonly Raw[]
}

/** An open SQLite connection. Nothing here waits: the thread or process does nothing else meanwhile. */
export interface Connection {
  /** SQLite asks the policy before it touches something. */
  readonly isWatched: boolean
  /** Compiles one statement and binds its values. Throws a `Failure`. */
  run(sql: string, bindings?: readonly Binding[]): Cursor
  close(): void
}

/** Runs a statement of the engine's own and collects its rows. */
export const rowsOf = (connection: Connection, sql: string, values: readonly string[] = []): readonly Raw[][] => {
  const bindings = values.map((value, at) => ({ index: at + 1, name: null, value }))
  using cursor = connection.run(sql, bindings)
  const rows: Raw[][] = []
  while (cursor.step()) rows.push([...cursor.read(Infinity)])
  return rows
}

/** A value that is a text by all rights; anything else that a file put there, as something harmless. */
export const text = (raw: Raw | undefined): string => (typeof raw === 'string' ? raw : '')
