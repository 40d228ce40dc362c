// Run by a Node that has SQLite with an authorizer, and that reads TypeScript: sends fuzzed statements through the
// tokenizer, compiles what it admits, and says as JSON what became of them.
import { createRequire } from 'node:module'
import { admitRead } from '../../apps/sqlite/src/engine/sql/admission.ts'
import { makePolicy } from '../../apps/sqlite/src/engine/sql/policy.ts'
import { makeStatements } from '../../apps/sqlite/test/engine/statements.ts'

type Sqlite = {
  readonly DatabaseSync: new (path: string) => {
    exec(sql: string): void
    prepare(sql: string): unknown
    setAuthorizer(ask: (action: number, first: string | null, second: string | null) => number): void
  }
}

const [, , films = '', count = '0', seed = '0'] = process.argv
const { DatabaseSync }: Sqlite = createRequire(import.meta.url)('node:sqlite')
const db = new DatabaseSync(':memory:')
db.exec(films)
const policy = makePolicy({})
db.setAuthorizer(policy.authorize)

const isAdmitted = (sql: string): boolean => {
  try {
    admitRead(sql)
    return true
  } catch {
    return false
  }
}

const isCompiled = (sql: string): boolean => {
  try {
    db.prepare(sql)
    return true
  } catch {
    return false
  }
}

const make = makeStatements(Number(seed))
const tally = { made: 0, admitted: 0, compiled: 0, wrong: [] as string[], denied: {} as Record<string, number> }
for (; tally.made < Number(count); tally.made++) {
  const sql = make()
  if (!isAdmitted(sql)) continue
  tally.admitted++
  if (isCompiled(sql)) tally.compiled++
  const denial = policy.denial()
  if (!denial) continue
  tally.denied[denial.kind] = (tally.denied[denial.kind] ?? 0) + 1
  if (denial.kind === 'action') tally.wrong.push(sql)
}
console.log(JSON.stringify(tally))
