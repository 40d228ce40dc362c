/** SQLite's own complaint about a statement. The message is SQLite's. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  /** Where in the statement, in UTF-16 units from 0; undefined where SQLite does not say. */
  readonly position: number | undefined
  /** Existing names that are nearest to the unknown one, best first. */
  readonly near: readonly string[]

  constructor(message: string, position?: number, near: readonly string[] = []) {
    super(message)
    this.position = position
    this.near = near
  }
}

/** What a statement was turned away for. */
export type Rule =
  | 'empty'
  | 'length'
  | 'token'
  | 'several'
  | 'verb'
  | 'name'
  | 'hidden'
  | 'access'
  | 'params'
  | 'write'
  | 'ddl'
  | 'expect'

/** The engine will not run the statement. The message is a sentence that says why and what to do. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly rule: Rule
  /** Where in the statement, in UTF-16 units from 0; undefined where it is not about one place. */
  readonly position: number | undefined

  constructor(rule: Rule, message: string, position?: number) {
    super(message)
    this.rule = rule
    this.position = position
  }
}

/** The statement ran for longer than it may, and was stopped. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'

  constructor(milliseconds: number) {
    super(
      `The statement was stopped after ${milliseconds} ms. Ask for less at once: add a WHERE, or select from fewer tables.`,
    )
  }
}

/** The statement needed more memory than it may use. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'

  constructor(message = 'The statement needs more memory than it may use. Sort, group or concatenate fewer rows.') {
    super(message)
  }
}

/** Nobody is free to run the statement, or another program keeps writing. It may be tried again. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/** What is wrong with a database's file. */
export type Trouble =
  | 'missing'
  | 'not a database'
  | 'journal'
  | 'locked'
  | 'damaged'
  | 'unreadable'
  | 'driver'
  | 'hidden'

/** The file cannot be read, at opening or later. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly trouble: Trouble

  constructor(trouble: Trouble, message: string) {
    super(message)
    this.trouble = trouble
  }
}

/** The database was closed before the call could be answered. */
export class Closed extends Error {
  override readonly name = 'Closed'

  constructor() {
    super('The database is closed.')
  }
}
