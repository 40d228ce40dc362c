import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import { Refused } from '../../src/engine/errors.ts'
import { admitRead } from '../../src/engine/sql/admission.ts'
import { makePolicy } from '../../src/engine/sql/policy.ts'
import { tokensOf } from '../../src/engine/sql/tokens.ts'
import { films } from './drivers.ts'
import type { Maker } from './statements.ts'

/** What became of many statements. */
export type Tally = {
  readonly made: number
  readonly admitted: number
  readonly compiled: number
  /** Admitted, and then denied by SQLite's authorizer, by kind. */
  readonly denied: Readonly<Record<string, number>>
  /** Admitted, though SQLite would have done more than read with the whole text. Must be empty. */
  readonly wrong: readonly string[]
}

const isAdmitted = (sql: string): boolean => {
  try {
    admitRead(sql)
    return true
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}

const isNothing = (tail: string): boolean => tokensOf(tail).every(({ text }) => text === ';')

/**
 * Sends statements through the tokenizer, and what that admits to SQLite's compiler: it must use the whole text as one
 * statement that only reads, and the policy may deny a function, a column, a table or a pragma, and nothing else.
 */
export const tallyOf = async (make: Maker, count: number): Promise<Tally> => {
  const { capi, wasm, oo1 } = await sqlite3InitModule()
  const db = new oo1.DB(':memory:')
  db.exec(films)
  const policy = makePolicy({})
  capi.sqlite3_set_authorizer(
    db,
    (_context, action, first, second) => policy.authorize(action, first || null, second || null),
    0,
  )
  const wrong: string[] = []
  const denied: Record<string, number> = {}
  const compile = (sql: string): boolean => {
    const scope: number = wasm.scopedAllocPush()
    try {
      const text = wasm.scopedAllocCString(sql, false)
      // Two pointers that SQLite fills: the statement, and what is left of the text.
      const statementAt = wasm.scopedAlloc(8)
      const tailAt = statementAt + 4
      const code: number = capi.sqlite3_prepare_v2(db, text, -1, statementAt, tailAt)
      const denial = policy.denial()
      if (denial) denied[denial.kind] = (denied[denial.kind] ?? 0) + 1
      if (denial?.kind === 'action') wrong.push(sql)
      if (code !== 0) return false
      const handle = wasm.peekPtr(statementAt)
      const tail = wasm.cstrToJs(wasm.peekPtr(tailAt))
      if (!capi.sqlite3_stmt_readonly(handle) || tail === null || !isNothing(tail)) wrong.push(sql)
      capi.sqlite3_finalize(handle)
      return true
    } finally {
      wasm.scopedAllocPop(scope)
    }
  }
  let admitted = 0
  let compiled = 0
  for (let made = 0; made < count; made++) {
    const sql = make()
    if (!isAdmitted(sql)) continue
    admitted++
    if (compile(sql)) compiled++
  }
  db.close()
  return { made: count, admitted, compiled, denied, wrong }
}
