import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { tallyOf } from '../../../apps/sqlite/test/engine/compiler.ts'
import { films } from '../../../apps/sqlite/test/engine/drivers.ts'
import { execPath } from '../../../apps/sqlite/test/engine/neighbour.ts'
import { makeStatements } from '../../../apps/sqlite/test/engine/statements.ts'

const count = Number(process.env['PARLEY_STATEMENTS'] ?? 1_000_000)
const listed = ['column', 'function', 'pragma', 'table']

it('admits, of a million statements, none that the WebAssembly build would do more with than read', async () => {
  const { admitted, compiled, denied, wrong } = await tallyOf(makeStatements(20_261), count)
  console.log(`wasm: ${count} made, ${admitted} admitted, ${compiled} compiled, denied ${JSON.stringify(denied)}`)
  expect(wrong).toEqual([])
  expect(compiled).toBeGreaterThan(count / 3)
  expect(listed).toEqual(expect.arrayContaining(Object.keys(denied)))
})

it.runIf(execPath)('admits, of a million statements, none that the authorizer of Node 24 denies', async () => {
  const script = fileURLToPath(new URL('../sqlite-authorizer.ts', import.meta.url))
  const args = ['--no-warnings', script, films, String(count), '20262']
  const { stdout } = await promisify(execFile)(execPath ?? '', args, { maxBuffer: 64 * 1024 * 1024 })
  const { admitted, compiled, denied, wrong } = JSON.parse(stdout)
  console.log(`Node 24: ${count} made, ${admitted} admitted, ${compiled} compiled, denied ${JSON.stringify(denied)}`)
  expect(wrong).toEqual([])
  expect(compiled).toBeGreaterThan(count / 3)
  expect(listed).toEqual(expect.arrayContaining(Object.keys(denied)))
})
