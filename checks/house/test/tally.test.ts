import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../../scripts/tally.mjs', import.meta.url))

/** What the sum says about a folder with these files: its last line and its exit code. */
const tally = (files: Record<string, string>) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tally-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const { stdout, status } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' })
    return { last: stdout.trimEnd().split('\n').at(-1), status }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const report = (...tests: string[]): string =>
  JSON.stringify({
    numPassedTests: tests.filter((status) => status === 'passed').length,
    testResults: [
      {
        name: 'a.test.ts',
        status: tests.includes('failed') ? 'failed' : 'passed',
        assertionResults: tests.map((status, at) => ({ status, fullName: `test ${at}` })),
      },
    ],
  })

it('adds tests and gates', () => {
  const files = { 'test.exit': '0', 'test.json': report('passed', 'passed'), 'lint.exit': '0', 'types.exit': '2' }
  expect(tally(files)).toEqual({ last: '3 passed, 1 failed', status: 1 })
})

it('is content when all is well', () => {
  expect(tally({ 'test.exit': '0', 'test.json': report('passed') })).toEqual({ last: '1 passed, 0 failed', status: 0 })
})

it.each(['failed', 'skipped', 'pending', 'todo'])('counts a %s test as failed', (status) => {
  const files = { 'test.exit': '0', 'test.json': report('passed', status) }
  expect(tally(files)).toEqual({ last: '1 passed, 1 failed', status: 1 })
})

it('excuses a test that cannot run for want of the specification texts, and no failure', () => {
  const one = (status: string) => ({ status, fullName: 'the examples (skipped without ../shared) one' })
  const file = {
    name: 'a.test.ts',
    status: 'passed',
    assertionResults: [one('skipped'), one('pending'), one('failed')],
  }
  const files = { 'test.exit': '1', 'test.json': JSON.stringify({ numPassedTests: 2, testResults: [file] }) }
  expect(tally(files)).toEqual({ last: '2 passed, 1 failed', status: 1 })
})

it('counts a file that cannot be imported', () => {
  const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] }
  const files = { 'test.exit': '1', 'test.json': JSON.stringify({ numPassedTests: 3, testResults: [broken] }) }
  expect(tally(files)).toEqual({ last: '3 passed, 1 failed', status: 1 })
})

it('believes the exit code where the report is all green', () => {
  const files = { 'test.exit': '1', 'test.json': report('passed') }
  expect(tally(files)).toEqual({ last: '1 passed, 1 failed', status: 1 })
})

it.each([
  ['a suite without a report', { 'test.exit': '1', 'test.json': '{}' }],
  ['a suite in which nothing ran', { 'test.exit': '0', 'test.json': report() }],
  ['a folder in which no gate left anything', {}],
])('fails %s', (_, files) => {
  expect(tally(files)).toEqual({ last: '0 passed, 1 failed', status: 1 })
})
