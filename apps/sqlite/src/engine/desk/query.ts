import type { Cell, Page, PlanStep } from '../engine.ts'
import { MAX_CELL_BYTES, MAX_PAGE_BYTES } from '../limits.ts'
import type { Binding } from '../sql/parameters.ts'
import { cellOf, isCut } from './cells.ts'
import type { Connection, Cursor } from './connection.ts'
import { rowsOf, text } from './connection.ts'
import { Failure } from './failure.ts'

/** A page before it is known which version of the data it was read from. */
export type Rows = Omit<Page, 'elapsedMs' | 'dataVersion'>

type Filled = { readonly rows: readonly (readonly Cell[])[]; readonly cause?: 'rows' | 'bytes' }

const fill = (cursor: Cursor, limit: number): Filled => {
  const rows: (readonly Cell[])[] = []
  let bytes = 2
  while (cursor.step()) {
    if (rows.length === limit) return { rows, cause: 'rows' }
    const row = cursor.read(MAX_CELL_BYTES).map(cellOf)
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1
    // One row always fits: without it, no page would ever get past a wide one.
    if (bytes > MAX_PAGE_BYTES && rows.length > 0) return { rows, cause: 'bytes' }
    rows.push(row)
  }
  return { rows }
}

/** Reads a page of what a cursor yields. */
export const readRows = (cursor: Cursor, limit: number, offset: number): Rows => {
  const { columns } = cursor
  for (let skipped = 0; skipped < offset; skipped++) {
    if (!cursor.step()) return { columns, rows: [], truncated: false, cutCells: 0 }
  }
  const { rows, cause } = fill(cursor, limit)
  const cutCells = rows.reduce((sum, row) => sum + row.filter(isCut).length, 0)
  const more = cause === undefined ? {} : { cause, nextOffset: offset + rows.length }
  return { columns, rows, truncated: cause !== undefined, cutCells, ...more }
}

const asPlan = 'EXPLAIN QUERY PLAN '

// SQLite counts from the beginning of what it was given, and its caller from the beginning of the statement.
const openPlan = (connection: Connection, sql: string, bindings: readonly Binding[]): Cursor => {
  try {
    return connection.run(asPlan + sql, bindings)
  } catch (error) {
    if (!(error instanceof Failure) || error.complaint.kind !== 'sql') throw error
    const { position, ...complaint } = error.complaint
    if (position === undefined) throw error
    throw new Failure({ ...complaint, position: Math.max(0, position - asPlan.length) })
  }
}

/** The steps of a plan, each under the one that it belongs to. */
export const readPlan = (connection: Connection, sql: string, bindings: readonly Binding[]): readonly PlanStep[] => {
  // The statement was admitted, so nothing but its plan can come of it.
  using cursor = openPlan(connection, sql, bindings)
  type Step = { id: number; detail: string; steps: Step[] }
  const top: Step[] = []
  const byId = new Map<number, Step>()
  while (cursor.step()) {
    const [id, parent, , detail] = cursor.read(Infinity)
    const step = { id: Number(id), detail: text(detail ?? null), steps: [] }
    byId.set(step.id, step)
    const siblings = byId.get(Number(parent))?.steps ?? top
    siblings.push(step)
  }
  return top
}

/** A number that a statement of the engine's own yields. */
export const numberFrom = (connection: Connection, sql: string): number => Number(rowsOf(connection, sql)[0]?.[0] ?? 0)
