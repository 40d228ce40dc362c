import type { Rule, Trouble } from '../errors.ts'
import type { Denial } from '../sql/policy.ts'

/** What went wrong in a worker, in words that survive the way to the caller. */
export type Complaint =
  | { readonly kind: 'sql'; readonly message: string; readonly position?: number }
  | { readonly kind: 'refused'; readonly rule: Rule; readonly message: string; readonly position?: number }
  | { readonly kind: 'unreadable'; readonly trouble: Trouble; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'stopped' | 'timeout' | 'memory' | 'size' }

/** A complaint on its way up inside a worker. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly complaint: Complaint

  constructor(complaint: Complaint) {
    super('message' in complaint ? complaint.message : complaint.kind)
    this.complaint = complaint
  }
}

/** Says what a denial means for the one who wrote the statement. */
export const denialComplaint = ({ kind, name }: Denial): Complaint => {
  if (kind === 'column') {
    const message = `The column ${name} is hidden here. Name the columns that you want, and not *.`
    return { kind: 'refused', rule: 'hidden', message }
  }
  const what = kind === 'action' ? 'What the statement does' : `The ${kind} ${name}`
  return { kind: 'refused', rule: 'access', message: `${what} is not allowed here. Leave it out.` }
}

const journal =
  'A rollback journal lies beside the database: a program was stopped while it wrote, or is writing now. ' +
  'Try again; if it stays, open the database once with a program that may write, so that it is rolled back.'

/** The words for each thing that can be wrong with a file. */
export const troubles: Readonly<Record<Trouble, string>> = {
  missing: 'The file of the database is not there. It was moved or deleted, or the path is wrong.',
  'not a database': 'The file is not an SQLite database, or it is encrypted.',
  journal,
  locked: 'Another program holds the database locked. Try again when it has finished.',
  damaged: 'The file of the database is damaged or was shortened. Restore it, or run its own integrity check.',
  unreadable: 'The file of the database cannot be read. Check that it is a file, and who may read it.',
  driver: 'What runs the statements ended unexpectedly. Try again.',
  hidden: 'A column that is to be hidden is not there.',
}

/** A complaint about the file, in its standing words unless there are better ones. */
export const troubleWith = (trouble: Trouble, message: string = troubles[trouble]): Failure =>
  new Failure({ kind: 'unreadable', trouble, message })

const byPrimaryCode: ReadonlyMap<number, Complaint> = new Map<number, Complaint>([
  [5, { kind: 'busy', message: troubles.locked }],
  [6, { kind: 'busy', message: troubles.locked }],
  [7, { kind: 'memory' }],
  [9, { kind: 'stopped' }],
  [10, { kind: 'unreadable', trouble: 'damaged', message: troubles.damaged }],
  [11, { kind: 'unreadable', trouble: 'damaged', message: troubles.damaged }],
  [14, { kind: 'unreadable', trouble: 'unreadable', message: troubles.unreadable }],
  [18, { kind: 'size' }],
  [26, { kind: 'unreadable', trouble: 'not a database', message: troubles['not a database'] }],
])

const READONLY_ROLLBACK = 776
const READONLY = 8
const CORRUPT_VTAB = 267

/** What one of SQLite's result codes, extended or not, means to the caller. */
export const complaintOf = (code: number, message: string, position?: number): Complaint => {
  if (code === READONLY_ROLLBACK) return { kind: 'unreadable', trouble: 'journal', message: journal }
  if ((code & 0xff) === READONLY) {
    return { kind: 'refused', rule: 'access', message: 'The database is only read here, and the statement writes.' }
  }
  const known = code === CORRUPT_VTAB ? undefined : byPrimaryCode.get(code & 0xff)
  if (known) return known
  return position === undefined || position < 0 ? { kind: 'sql', message } : { kind: 'sql', message, position }
}
