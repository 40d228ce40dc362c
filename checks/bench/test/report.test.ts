import { describe, expect, it } from 'vitest'
import type { Cell } from '../src/measure.ts'
import { figure, merged, rounded, sectionTable, seriesOf, spread, table, times, titled } from '../src/report.ts'
import type { Results, Section } from '../src/report.ts'

const cell = (rest: Partial<Cell>): Cell => ({ id: 'cell', title: 'a cell', unit: 'us', series: [], ...rest })

const section = (id: string, rest: Partial<Section> = {}): Section => ({ id, title: id, cells: [], ...rest })

describe('figure', () => {
  it.each([
    [1_234_567.8, '1,234,568'],
    [100, '100'],
    [99.94, '99.9'],
    [10, '10.0'],
    [9.994, '9.99'],
    [1, '1.00'],
    [0.1234, '0.123'],
    [0.5, '0.50'],
    [0.0004, '0.00'],
    [0, '0.00'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('writes %d as %s', (value, text) => {
    expect(figure(value)).toBe(text)
  })
})

describe('times', () => {
  it.each([
    [12.4, '12×'],
    [9.95, '10×'],
    [9.94, '9.9×'],
    [1, '1.0×'],
    [0.995, '1.0×'],
    [0.994, '0.99×'],
    [0.05, '0.05×'],
  ])('writes %d as %s', (middle, text) => {
    expect(times({ median: middle })).toBe(text)
  })
})

it('the spread is written from the least to the most', () => {
  expect(spread({ median: 1, least: 0.5, most: 1.25 })).toBe('0.50 to 1.25')
  expect(spread({ median: 1, least: 9.949, most: 12.6 })).toBe('9.95 to 13')
})

it('a title has its unit, unless it counts', () => {
  expect(titled(cell({ unit: 'us' }))).toBe('a cell, µs')
  expect(titled(cell({ unit: 'KiB' }))).toBe('a cell, KiB')
  expect(titled(cell({ unit: 'count' }))).toBe('a cell')
})

it('samples are kept with four digits, and all else as it is', () => {
  const measured = cell({ note: 'n', series: [{ subject: 'parley', samples: [1.234_567, 98_765.4, 0.000_123_46] }] })
  expect(rounded([measured])).toEqual([
    { ...measured, series: [{ subject: 'parley', samples: [1.235, 98_770, 0.000_123_5] }] },
  ])
})

it('a series is there if it has samples', () => {
  const measured = cell({
    series: [
      { subject: 'floor', samples: [] },
      { subject: 'parley', samples: [1] },
    ],
  })
  expect(seriesOf(measured, 'parley')).toEqual({ subject: 'parley', samples: [1] })
  expect(seriesOf(measured, 'floor')).toBeUndefined()
  expect(seriesOf(measured, 'tmcp')).toBeUndefined()
})

describe('a table', () => {
  it('has its first column to the left and the others to the right', () => {
    const body = [
      ['long name', '1'],
      ['b', '12,345'],
    ]
    expect(table(['', 'n'], body).split('\n')).toEqual([
      '|           |      n |',
      '| --------- | -----: |',
      '| long name |      1 |',
      '| b         | 12,345 |',
    ])
  })

  it('has columns of four at least, and may have no rows', () => {
    expect(table(['', 'n'], [])).toBe('|      |    n |\n| ---- | ---: |')
  })
})

describe('the table of a section', () => {
  it('gives each median with its ratio to the floor, subjects in their order', () => {
    const cells = [
      cell({
        title: 'one',
        series: [
          { subject: 'bare fetch', samples: [5] },
          { subject: 'official v2', samples: [60, 90, 30] },
          { subject: 'parley', samples: [2, 30, 4] },
          { subject: 'floor', samples: [1, 20, 3] },
        ],
      }),
    ]
    expect(sectionTable(section('s', { cells })).split('\n')).toEqual([
      '|         | floor |      parley | official v2 |  bare fetch |',
      '| ------- | ----: | ----------: | ----------: | ----------: |',
      '| one, µs |  3.00 | 4.00 (1.5×) |  60.0 (10×) | 5.00 (5.0×) |',
    ])
  })

  it('gives the figure alone where there is no floor, and a dash where there is nothing', () => {
    const cells = [
      cell({ title: 'one', unit: 'count', series: [{ subject: 'parley', samples: [7] }] }),
      cell({ title: 'two', unit: 'count', series: [{ subject: 'tmcp', samples: [8] }] }),
      cell({ title: 'three', unit: 'count', series: [{ subject: 'tmcp', samples: [] }] }),
    ]
    expect(sectionTable(section('s', { cells })).split('\n')).toEqual([
      '|       | parley | tmcp |',
      '| ----- | -----: | ---: |',
      '| one   |   7.00 |    – |',
      '| two   |      – | 8.00 |',
      '| three |      – |    – |',
    ])
  })

  it('lists the notes below', () => {
    const cells = [cell({ title: 'one', note: 'tmcp: refused' }), cell({ title: 'two' })]
    expect(sectionTable(section('s', { cells }))).toMatch(/\| two, µs \|\n\n- one: tmcp: refused$/)
  })
})

describe('results that are kept', () => {
  const about = { node: '20.1.0', machine: 'a machine', date: '2026-01-01' }
  const later: Results = { node: '20.2.0', machine: 'another', date: '2026-02-02', sections: [] }

  it('have a new section in place of the old one, and the others as they were', () => {
    const earlier = { ...about, sections: [section('a', { title: 'old a' }), section('b', { title: 'old b' })] }
    const now = { ...later, sections: [section('b', { title: 'new b' })] }
    expect(merged(earlier, now, ['a', 'b'])).toEqual({
      ...later,
      sections: [section('a', { title: 'old a' }), section('b', { title: 'new b' })],
    })
  })

  it('have their sections in the order of the tables, and none that is no longer measured', () => {
    const earlier = { ...about, sections: [section('gone'), section('c')] }
    const now = { ...later, sections: [section('b'), section('a')] }
    const ids = merged(earlier, now, ['a', 'b', 'c', 'd']).sections.map(({ id }) => id)
    expect(ids).toEqual(['a', 'b', 'c'])
  })

  it('are those of the run itself where none were kept', () => {
    const now = { ...later, sections: [section('a')] }
    expect(merged(undefined, now, ['a', 'b'])).toEqual(now)
  })
})
