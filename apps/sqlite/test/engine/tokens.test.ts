import { describe, expect, it } from 'vitest'
import { Refused } from '../../src/engine/errors.ts'
import { admitRead, admitWrite } from '../../src/engine/sql/admission.ts'
import { nearest } from '../../src/engine/sql/nearest.ts'
import { bindingsOf } from '../../src/engine/sql/parameters.ts'
import { nameOf, tokensOf } from '../../src/engine/sql/tokens.ts'

const texts = (sql: string): string[] => tokensOf(sql).map(({ text }) => text)

const refusal = (work: () => unknown): Refused => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
  throw new Error('It was not refused.')
}

describe('tokens', () => {
  it.for<[string, string[]]>([
    ['SELECT a.b, 1', ['SELECT', 'a', '.', 'b', ',', '1']],
    ['\'it\'\'s\' "a""b" `c``d` [e f]', ["'it''s'", '"a""b"', '`c``d`', '[e f]']],
    ["x'00FF' X'' x", ["x'00FF'", "X''", 'x']],
    ['1 1.5 .5 1e3 1.e-3 0x1F 1_000', ['1', '1.5', '.5', '1e3', '1.e-3', '0x1F', '1_000']],
    ['? ?12 :a @b $c', ['?', '?12', ':a', '@b', '$c']],
    ['a->b->>c||d<>e!=f<<g', ['a', '->', 'b', '->>', 'c', '||', 'd', '<>', 'e', '!=', 'f', '<<', 'g']],
    ['1 -- a\n2 /* b */ 3 --', ['1', '2', '3']],
    ['é日本 a$b _c', ['é日本', 'a$b', '_c']],
    ['', []],
  ])('of %s', ([sql, expected]) => {
    expect(texts(sql)).toEqual(expected)
  })

  it('have the names inside their quotes', () => {
    expect(tokensOf('"a""b" `c``d` [e""f] g').map(nameOf)).toEqual(['a"b', 'c`d', 'e""f', 'g'])
  })

  it.for<[string, number]>([
    ["SELECT 'a", 7],
    ['SELECT "a', 7],
    ['SELECT /* a', 7],
    ["SELECT x'0'", 7],
    ['SELECT 1a', 7],
    ['SELECT 1\0', 8],
    ['SELECT $a(b)', 7],
    ['SELECT #1', 7],
    ['SELECT 1\u000b', 8],
  ])('are refused with the position: %j', ([sql, position]) => {
    expect(refusal(() => tokensOf(sql))).toMatchObject({ rule: 'token', position })
  })

  it('are found in time linear to the length', () => {
    const hard = [
      "'".repeat(99_999),
      '/*'.repeat(49_999),
      '"a" '.repeat(24_999),
      '('.repeat(99_999),
      '$'.repeat(99_999),
    ]
    const began = performance.now()
    for (const sql of hard) expect(() => admitRead(sql)).toThrow(Refused)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(refusal(() => tokensOf(' '.repeat(100_001)))).toMatchObject({ rule: 'length' })
  })
})

describe('admission', () => {
  it.for([
    'SELECT 1',
    'select 1;',
    'VALUES (1) ; ;',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'WITH RECURSIVE a(b) AS NOT MATERIALIZED (SELECT (1)), "c" AS (VALUES (2)) VALUES (3)',
    'EXPLAIN SELECT 1',
    'explain query plan with a as (select 1) select * from a',
    'SELECT "DELETE", \'; DROP TABLE x\', [a;b]',
  ])('admits %s', (sql) => {
    expect(['SELECT', 'VALUES']).toContain(admitRead(sql).verb)
  })

  it.for<[string, string, number | undefined]>([
    ['', 'empty', undefined],
    [';', 'empty', undefined],
    ['SELECT 1; SELECT 2', 'several', 8],
    ['DELETE FROM a', 'verb', 0],
    ['WITH a AS (SELECT 1) DELETE FROM b', 'verb', 21],
    ['EXPLAIN DELETE FROM a', 'verb', 8],
    ['(SELECT 1)', 'verb', 0],
    ['"SELECT" 1', 'verb', 0],
  ])('refuses %j', ([sql, rule, position]) => {
    expect(refusal(() => admitRead(sql))).toMatchObject({ rule, position })
  })

  it('admits what writes for a change only, and the schema only where that is allowed', () => {
    expect(admitWrite('WITH a AS (SELECT 1) DELETE FROM b', false).verb).toBe('DELETE')
    expect(refusal(() => admitWrite('DROP TABLE a', false)).rule).toBe('ddl')
    expect(admitWrite('DROP TABLE a', true).verb).toBe('DROP')
    for (const sql of [
      'CREATE TEMP TABLE a(b)',
      'CREATE VIRTUAL TABLE a USING fts5(b)',
      'VACUUM',
      'ATTACH x AS y',
      'SELECT 1',
    ]) {
      expect([sql, refusal(() => admitWrite(sql, true)).rule]).toEqual([sql, 'verb'])
    }
  })
})

describe('parameters', () => {
  it('have the numbers that SQLite gives them', () => {
    const bindings = bindingsOf(tokensOf('SELECT ?, :a, ?5, @b, :a, ?'), [1, 2, 3, 4, 5, 6, 7])
    expect(bindings.map(({ index, name }) => [index, name])).toEqual([
      [1, null],
      [2, ':a'],
      [5, '?5'],
      [6, '@b'],
      [7, null],
    ])
  })

  it('are refused where values are missing or too many', () => {
    const tokens = tokensOf('SELECT :a, :b')
    expect(refusal(() => bindingsOf(tokens, { a: 1 }))).toMatchObject({ rule: 'params', position: 11 })
    expect(refusal(() => bindingsOf(tokens, { a: 1, b: 2, c: 3 })).message).toContain(':c')
    expect(refusal(() => bindingsOf(tokens, [1])).message).toContain('2 parameters, and 1 values')
    expect(refusal(() => bindingsOf(tokens, [1, { $int: '9223372036854775808' }])).rule).toBe('params')
    expect(refusal(() => bindingsOf(tokens, { a: 1, b: { $blob: '*' } })).rule).toBe('params')
    expect(bindingsOf(tokens, { a: true, b: { $int: '-9223372036854775808' } })).toHaveLength(2)
  })
})

it('finds the names that a mistyped one may have meant', () => {
  const names = ['title', 'director', 'year', 'id']
  expect(nearest('titel', names)).toEqual(['title'])
  expect(nearest('film_title', names)).toEqual(['title'])
  expect(nearest('directr', names)).toEqual(['director'])
  expect(nearest('zzz', names)).toEqual([])
})
