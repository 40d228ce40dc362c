/**
 * The contract between the tools of this server and the database beneath them. `openDatabase` in `open.ts` makes a
 * `Database`; the types here say what it promises, whichever driver answers.
 */

/** A 64-bit integer that a JSON number cannot hold, in decimal. */
export type BigCell = { readonly $int: string }

/** A number that JSON has no word for. */
export type RealCell = { readonly $real: 'Infinity' | '-Infinity' }

/** Bytes in base64. `bytes` is the whole length; the base64 holds only the beginning where that is over the cap. */
export type BlobCell = { readonly $blob: string; readonly bytes: number }

/** The beginning of a text over the cap of a cell. `bytes` is the whole length in UTF-8. */
export type CutCell = { readonly $cut: string; readonly bytes: number }

/** A value of a row, as JSON can carry it. Integers beyond 2^53 and blobs are objects with one key that begins with `$`. */
export type Cell = null | number | string | BigCell | RealCell | BlobCell | CutCell

/** A value for a parameter of a statement: a big integer and a blob look as they do in a row. */
export type Value = null | boolean | number | string | { readonly $int: string } | { readonly $blob: string }

/** The parameters of a statement: a list for `?` and `?1`, or by name (without the `:`, `@` or `$`) for named ones. */
export type Params = readonly Value[] | Readonly<Record<string, Value>>

/** A column of a result. */
export type Column = {
  /** The name that the statement gives it; two columns may have the same. */
  readonly name: string
  /** The declared type where the value comes straight from a column of a table, and '' otherwise. */
  readonly type: string
  /** The table that the value comes straight from. */
  readonly table?: string
}

/** What every call may be told. */
export type CallOptions = {
  /** Ends the call, whether it waits or runs; it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Milliseconds that the statement may run; waiting in the queue does not count. @default the database's, 5,000 */
  readonly timeout?: number
}

/** How much of a result is wanted. */
export type QueryOptions = CallOptions & {
  /** The most rows; never more than the database's `maxRows`. @default 100 */
  readonly limit?: number
  /** Rows to step over first. The statement runs anew for each page. @default 0 */
  readonly offset?: number
}

/** A page of a result. */
export type Page = {
  readonly columns: readonly Column[]
  /** Rows as lists in the order of the columns. */
  readonly rows: readonly (readonly Cell[])[]
  /** There are more rows after these. */
  readonly truncated: boolean
  /** Why the page ended before the result did. */
  readonly cause?: 'rows' | 'bytes'
  /** The offset of the page after this, where there is one. */
  readonly nextOffset?: number
  /** Cells of this page that were shortened to the cap of a cell. */
  readonly cutCells: number
  /** Milliseconds from the statement's start to its end; not the time in the queue. */
  readonly elapsedMs: number
  /** The version of the data that the rows were read from: equal to `dataVersion()` as long as nobody writes. */
  readonly dataVersion: string
}

/** A step of a plan, as SQLite words it. */
export type PlanStep = { readonly id: number; readonly detail: string; readonly steps: readonly PlanStep[] }

/** How SQLite would run a statement. */
export type Plan = {
  readonly steps: readonly PlanStep[]
  /** Sentences about what will be slow: a table that is read whole, a sort with no index. */
  readonly warnings: readonly string[]
}

/** A column of a table or a view. */
export type TableColumn = {
  readonly name: string
  /** As declared; '' where nothing is. */
  readonly type: string
  readonly notNull: boolean
  /** The SQL of the default value. */
  readonly defaultValue: string | null
  /** Its place in the primary key, from 1; 0 where it is not part of it. */
  readonly primaryKey: number
  readonly generated: boolean
}

/** A foreign key, named from the table that holds it. */
export type ForeignKey = {
  /** The table whose columns refer. */
  readonly table: string
  readonly columns: readonly string[]
  /** The table that is referred to. */
  readonly toTable: string
  /** The columns referred to; empty where the database names none and they are not to be found. */
  readonly toColumns: readonly string[]
  readonly onUpdate: string
  readonly onDelete: string
}

/** An index of a table. */
export type Index = {
  readonly name: string
  readonly unique: boolean
  /** Only some rows are in it. */
  readonly partial: boolean
  /** Made by `CREATE INDEX`, or for a `UNIQUE` or `PRIMARY KEY` constraint. */
  readonly origin: 'index' | 'unique' | 'primary key'
  /** The columns in order; null stands for an expression. */
  readonly columns: readonly (string | null)[]
  /** Null for an index of a constraint, or where a hidden column is named in it. */
  readonly ddl: string | null
}

/** A trigger. */
export type Trigger = { readonly name: string; readonly table: string; readonly ddl: string | null }

/** A table or a view with all that belongs to it. Hidden columns are in none of its parts. */
export type Table = {
  readonly name: string
  readonly kind: 'table' | 'view' | 'virtual' | 'shadow'
  readonly columns: readonly TableColumn[]
  /** The names of the columns of the primary key, in its order. */
  readonly primaryKey: readonly string[]
  /** From this table to others. */
  readonly foreignKeys: readonly ForeignKey[]
  /** From other tables (or itself) to this one. */
  readonly referencedBy: readonly ForeignKey[]
  readonly indexes: readonly Index[]
  readonly triggers: readonly Trigger[]
  /** About how many rows, from statistics or the highest rowid; null where it would have to be counted. */
  readonly rowEstimate: number | null
  readonly withoutRowid: boolean
  readonly strict: boolean
  /** The statement that made it; with columns hidden it is written anew without them. Null where there is none. */
  readonly ddl: string | null
  /** Why the columns are not to be had, for a view or virtual table that does not work; SQLite's message. */
  readonly broken?: string
}

/** The whole schema. */
export type Catalogue = {
  /** Ordered by name. */
  readonly tables: readonly Table[]
  /** Changes when the schema does. */
  readonly schemaVersion: number
  readonly dataVersion: string
  /** More tables exist than are listed here. */
  readonly truncated: boolean
}

/** Whether a change is to stay. */
export type ChangeOptions = CallOptions & {
  /** False tries the change and takes it back. */
  readonly commit: boolean
  /** The number of rows that a person has agreed to; the change is taken back with a `Refused` where it differs. */
  readonly expect?: number
}

/** What a change did, or would do. */
export type Change = {
  readonly committed: boolean
  /** Rows that the statement itself inserts, updates or deletes. */
  readonly affected: number
  /** The same with those of triggers and foreign keys. */
  readonly affectedInAll: number
  /** The first rows of a `RETURNING` clause; no columns where there is none. */
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly elapsedMs: number
  /** The version after it. */
  readonly dataVersion: string
}

/** What runs the statements: the WebAssembly build of SQLite in a thread, or Node's own in a process. */
export type Driver = 'wasm' | 'native'

/** How a database is opened. */
export type OpenOptions = {
  /** The name that stands for the path. @default 'main' */
  readonly alias?: string
  /** @default 'native' where this Node has all that it needs (24 and later), 'wasm' elsewhere */
  readonly driver?: Driver
  /** The Node that runs the native driver's processes. @default the one that runs this */
  readonly execPath?: string
  /** Lets `change` write. Needs the native driver. @default false */
  readonly allowWrite?: boolean
  /** Lets `change` alter the schema too. @default false */
  readonly allowDdl?: boolean
  /** Where the database is copied to before the first change that stays; that file must not exist. @default no copy */
  readonly backup?: string
  /** Columns that nothing may see, as `table.column`. Opening fails where one is not there or cannot be hidden. @default none */
  readonly deny?: readonly string[]
  /** The most rows of a page, up to 1,000. @default 1,000 */
  readonly maxRows?: number
  /** Milliseconds that a statement may run. @default 5,000 */
  readonly timeout?: number
  /** Megabytes that SQLite may use, for each of the two workers. @default 256 */
  readonly maxMemory?: number
}

/**
 * An open database: one file, looked at and, where that was asked for, changed.
 *
 * Calls may run at the same time: two do, 64 wait, and one more rejects with `Busy`. Every call rejects with one of
 * the errors of `errors.ts`, or with the reason of its signal; none leaves a trace in the file. No error and no result
 * holds the path.
 */
export interface Database extends AsyncDisposable {
  readonly alias: string
  readonly driver: Driver
  /** `change` may write. */
  readonly writable: boolean
  /** Runs one `SELECT`, `VALUES`, `WITH … SELECT` or `EXPLAIN` and reads a page of its rows. */
  query(sql: string, params?: Params, options?: QueryOptions): Promise<Page>
  /** The plan of one `SELECT`, `VALUES` or `WITH … SELECT`; nothing is run. */
  explain(sql: string, params?: Params, options?: CallOptions): Promise<Plan>
  /** The schema, read anew each time the data version has changed. */
  catalogue(options?: CallOptions): Promise<Catalogue>
  /** A text that changes whenever a commit does, by whomever. It may also change without one, as after a checkpoint. */
  dataVersion(options?: CallOptions): Promise<string>
  /** Runs one statement that writes, and keeps or takes back what it did. Rejects with `Refused` unless `writable`. */
  change(sql: string, params: Params | undefined, options: ChangeOptions): Promise<Change>
  /** Ends what runs, rejects what waits with `Closed`, and settles when no thread or process is left. */
  close(): Promise<void>
}
