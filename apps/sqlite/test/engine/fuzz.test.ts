import { expect, it } from 'vitest'
import { Refused } from '../../src/engine/errors.ts'
import { tokensOf } from '../../src/engine/sql/tokens.ts'
import { tallyOf } from './compiler.ts'
import { makeStatements, randomness } from './statements.ts'

it('admits no statement of twenty thousand that SQLite would do more with than read', async () => {
  const { made, compiled, denied, wrong } = await tallyOf(makeStatements(1), 20_000)
  expect(wrong).toEqual([])
  expect(compiled).toBeGreaterThan(made / 3)
  for (const kind of Object.keys(denied)) expect(['table', 'function', 'column', 'pragma']).toContain(kind)
}, 30_000)

it('finds tokens in any text, or refuses it', () => {
  const next = randomness(2)
  const signs = [
    'a',
    '1',
    ' ',
    '\n',
    "'",
    '"',
    '`',
    '[',
    ']',
    '-',
    '/',
    '*',
    '$',
    '?',
    ':',
    'x',
    '.',
    'é',
    '\0',
    '\ud800',
    ';',
    'e',
    '_',
  ]
  for (let round = 0; round < 20_000; round++) {
    const sql = Array.from({ length: 1 + next() * 30 }, () => signs[Math.floor(next() * signs.length)]).join('')
    try {
      for (const { text, start } of tokensOf(sql)) expect(sql.slice(start, start + text.length)).toBe(text)
    } catch (error) {
      expect([sql, error]).toEqual([sql, expect.any(Refused)])
    }
  }
})
