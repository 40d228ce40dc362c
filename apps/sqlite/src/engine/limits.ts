/** The most characters of a statement. */
export const MAX_SQL: number = 100_000

/** The most rows of a page, whatever is asked for. */
export const MAX_ROWS: number = 1_000

/** The most bytes of a page's rows, as JSON. */
export const MAX_PAGE_BYTES: number = 256 * 1024

/** The most bytes of a cell; what is longer is shortened and marked. */
export const MAX_CELL_BYTES: number = 4 * 1024

/** The most bytes of a text or blob inside SQLite. */
export const MAX_VALUE_BYTES: number = 64 * 1024 * 1024

/** The most values that may come with a statement, and the highest number of a parameter. */
export const MAX_PARAMS: number = 1_000

/** The most tables and views of a catalogue. */
export const MAX_TABLES: number = 2_000

/** The most calls that wait for a worker. */
export const MAX_WAITING: number = 64

/** Milliseconds a statement may run. */
export const TIMEOUT: number = 5_000

/** Megabytes SQLite may use in one worker. */
export const MAX_MEMORY: number = 256

/** What can be limited. */
export type LimitName =
  | 'length'
  | 'sqlLength'
  | 'column'
  | 'exprDepth'
  | 'compoundSelect'
  | 'functionArg'
  | 'attach'
  | 'likePatternLength'
  | 'variableNumber'
  | 'triggerDepth'

/** What SQLite itself is told to hold to, by the names that Node gives to `sqlite3_limit`. */
export const SQLITE_LIMITS: Readonly<Record<LimitName, number>> = {
  length: MAX_VALUE_BYTES,
  sqlLength: 1_000_000,
  column: 2_000,
  exprDepth: 200,
  compoundSelect: 100,
  functionArg: 1_000,
  attach: 0,
  likePatternLength: 1_000,
  variableNumber: MAX_PARAMS,
  triggerDepth: 100,
}
