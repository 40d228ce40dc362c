import { describe, expect, it } from 'vitest'
import type { Cell, Table } from '../src/engine/engine.ts'
import { layOut } from '../src/look/page/layout.ts'
import { comparing } from '../src/look/page/order.ts'
import { valueOf } from '../src/look/page/params.ts'
import { tablesIn } from '../src/look/page/suggest.ts'
import { nameIn, parametersOf, tokensOf, written } from '../src/look/page/tokens.ts'
import { placeIn } from '../src/look/page/work.ts'

describe('the pieces of a statement', () => {
  it.each([
    'SELECT \'it\'\'s\', "a ""b""", [c d], `e` -- end\nFROM t /* a * b */ WHERE x >= 1.5e3 AND y = :name',
    "SELECT 'open",
    'SELECT "open',
    'SELECT /* open *',
    'SELECT ½ + ?1 /',
    '',
  ])('are all of it: %s', (sql) => {
    expect(
      tokensOf(sql)
        .map(({ text }) => text)
        .join(''),
    ).toBe(sql)
  })

  it('are told apart', () => {
    const kinds = tokensOf('select \'a\' "b" [c] -- d\n?1 :e 12 f').filter(({ kind }) => kind !== 'space')
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'keyword',
      'text',
      'name',
      'name',
      'comment',
      'param',
      'param',
      'number',
      'word',
    ])
    expect(kinds.map((token) => nameIn(token) ?? null)).toEqual([null, null, 'b', 'c', null, null, null, null, 'f'])
  })

  // Whatever took a time beyond linear would not be back before the test's own end.
  it('are found in the longest statement that a server takes', () => {
    for (const piece of ["'", '"', '/*', '/', '--', '[', '`', ':']) {
      expect(tokensOf(piece.repeat(100_000 / piece.length)).at(-1)?.to).toBe(100_000)
    }
  })

  it('hold parameters, each once, as SQLite counts them', () => {
    const labels = (sql: string): string[] => parametersOf(tokensOf(sql)).map(({ label }) => label)
    expect(labels("SELECT ?, ?, ?2, ':no', :a, @b, $a, :a -- ?")).toEqual(['?1', '?2', ':a', '@b'])
    expect(labels('SELECT ?5, ?')).toEqual(['?5', '?6'])
  })

  it('name tables, by their aliases too', () => {
    const found = tablesIn(
      tokensOf('SELECT * FROM a, b AS x JOIN "c d" y ON y.id = x.id LEFT JOIN e USING (id) WHERE f = 1'),
    )
    expect([...found]).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['x', 'b'],
      ['c d', 'c d'],
      ['y', 'c d'],
      ['e', 'e'],
    ])
  })

  it('are written so that SQL reads them', () => {
    expect(['plain', 'with space', 'a"b', 'Order', '1st'].map(written)).toEqual([
      'plain',
      '"with space"',
      '"a""b"',
      '"Order"',
      '"1st"',
    ])
  })
})

describe('what a server says', () => {
  it('names a place in the statement', () => {
    const message = 'SQLite: no such column: x\nAt line 2, character 3:\n    x\n    ^'
    expect(placeIn(message, 'SELECT\n  x')).toBe(9)
    expect(placeIn('SQLite: incomplete input', 'SELECT')).toBeUndefined()
  })
})

describe('values', () => {
  it('are read as they look, or as they are said to be', () => {
    expect(valueOf('12', 'auto', ':a')).toBe(12)
    expect(valueOf('-1.5e3', 'auto', ':a')).toBe(-1500)
    expect(valueOf('9007199254740993', 'auto', ':a')).toEqual({ $int: '9007199254740993' })
    expect(valueOf('0x10', 'auto', ':a')).toBe('0x10')
    expect(valueOf('', 'auto', ':a')).toBe('')
    expect(valueOf('12', 'text', ':a')).toBe('12')
    expect(valueOf('x', 'NULL', ':a')).toBeNull()
    expect(valueOf(' AQI= ', 'base64', ':a')).toEqual({ $blob: 'AQI=' })
    expect(() => valueOf('x', 'number', ':a')).toThrow(':a is no number: "x"')
  })

  it('are sorted as SQLite sorts them', () => {
    const cells: Cell[] = [
      'b',
      { $blob: 'AA==', bytes: 1 },
      { $int: '9007199254740993' },
      2,
      null,
      'a',
      { $real: '-Infinity' },
      -1,
      'B',
    ]
    const rising = cells.toSorted(comparing(false))
    expect(rising).toEqual([
      null,
      { $real: '-Infinity' },
      -1,
      2,
      { $int: '9007199254740993' },
      'B',
      'a',
      'b',
      { $blob: 'AA==', bytes: 1 },
    ])
    expect(cells.toSorted(comparing(true))).toEqual(rising.toReversed())
  })
})

const tableOf = (name: string, ...to: string[]): Table => ({
  name,
  kind: 'table',
  columns: ['id', ...to.map((other) => `${other}_id`), 'note'].map((column, index) => ({
    name: column,
    type: 'INTEGER',
    notNull: false,
    defaultValue: null,
    primaryKey: index === 0 ? 1 : 0,
    generated: false,
  })),
  primaryKey: ['id'],
  foreignKeys: to.map((toTable) => ({
    table: name,
    columns: [`${toTable}_id`],
    toTable,
    toColumns: ['id'],
    onUpdate: '',
    onDelete: '',
  })),
  referencedBy: [],
  indexes: [],
  triggers: [],
  rowEstimate: 0,
  withoutRowid: false,
  strict: false,
  ddl: null,
})

/** The tables with each key told to the other side, too. */
const related = (tables: readonly Table[]): Table[] =>
  tables.map((table) => ({
    ...table,
    referencedBy: tables.flatMap(({ foreignKeys }) => foreignKeys.filter(({ toTable }) => toTable === table.name)),
  }))

describe('the diagram', () => {
  it('puts what refers to the right of what it refers to', () => {
    const { boxes, edges } = layOut(
      related([tableOf('line', 'order', 'book'), tableOf('order'), tableOf('book', 'author'), tableOf('author')]),
    )
    const x = (name: string): number => boxes.find(({ table }) => table.name === name)?.x ?? -1
    expect(x('book')).toBeGreaterThan(x('author'))
    expect(x('line')).toBeGreaterThan(Math.max(x('book'), x('order')))
    expect(edges).toHaveLength(3)
  })

  it('lays circles and tables that refer to themselves, and no two boxes over one another', () => {
    const circle = [tableOf('a', 'b'), tableOf('b', 'c'), tableOf('c', 'a'), tableOf('self', 'self'), tableOf('alone')]
    const many = Array.from({ length: 40 }, (_, index) =>
      tableOf(`t${index}`, ...(index === 0 ? [] : [`t${index >> 1}`])),
    )
    for (const tables of [circle, many]) {
      const { boxes, edges, width, height } = layOut(related(tables))
      expect(boxes).toHaveLength(tables.length)
      expect(edges).toHaveLength(tables.reduce((sum, { foreignKeys }) => sum + foreignKeys.length, 0))
      for (const one of boxes) {
        expect(one.x + one.width <= width && one.y + one.height <= height).toBe(true)
        for (const other of boxes) {
          if (one === other) continue
          const isApart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y
          expect([one.table.name, other.table.name, isApart]).toEqual([one.table.name, other.table.name, true])
        }
      }
    }
  })

  it('draws nothing for nothing', () => {
    expect(layOut([])).toMatchObject({ boxes: [], edges: [] })
  })
})
