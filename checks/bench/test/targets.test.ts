import { describe, expect, it } from 'vitest'
import type { Cell, Unit } from '../src/measure.ts'
import { judge, targets, wording } from '../src/targets.ts'
import type { Target } from '../src/targets.ts'

/** A cell by its id, with the samples of each subject. */
const cell = (id: string, samples: Readonly<Record<string, readonly number[]>>, unit: Unit = 'us'): Cell => ({
  id,
  title: `the cell ${id}`,
  unit,
  series: Object.entries(samples).map(([subject, own]) => ({ subject, samples: own })),
})

const target = (cells: string, most: number, rest: Partial<Target> = {}): Target => ({
  title: 'Target',
  cells,
  most,
  ...rest,
})

const reached = (of: Target, ...cells: Cell[]): boolean[] => judge(of, cells).map((verdict) => verdict.reached)

describe('a target against another subject', () => {
  const againstFloor = target('call/*/cpu', 1.5, { against: 'floor' })

  it('is judged by the median of the ratios, and says how far the rounds lie apart', () => {
    const measured = cell('call/64/cpu', { floor: [10, 10, 10], parley: [12, 14, 90] })
    expect(judge(againstFloor, [measured])).toEqual([
      { title: 'Target: the cell call/64/cpu, µs', found: '1.4×', spread: '1.20 to 9.00', reached: true },
    ])
  })

  it('is reached by what is just as much, and not by more', () => {
    expect(reached(againstFloor, cell('call/1/cpu', { floor: [2], parley: [3] }))).toEqual([true])
    expect(reached(againstFloor, cell('call/1/cpu', { floor: [2], parley: [3.01] }))).toEqual([false])
  })

  it('is judged in every cell that fits, in their order', () => {
    const cells = [
      cell('call/1/cpu', { floor: [1], parley: [1] }),
      cell('call/1/p50', { floor: [1], parley: [1] }),
      cell('call/64/cpu', { floor: [1], parley: [2] }),
      cell('call/64/cpu/more', { floor: [1], parley: [1] }),
      cell('cpu', { floor: [1], parley: [1] }),
    ]
    const verdicts = judge(againstFloor, cells)
    expect(verdicts.map(({ title, reached: is }) => [title, is])).toEqual([
      ['Target: the cell call/1/cpu, µs', true],
      ['Target: the cell call/64/cpu, µs', false],
    ])
  })

  it('is not judged where either of the two has no samples', () => {
    expect(judge(againstFloor, [cell('call/1/cpu', { parley: [1] })])).toEqual([])
    expect(judge(againstFloor, [cell('call/1/cpu', { floor: [], parley: [1] })])).toEqual([])
    expect(judge(againstFloor, [cell('call/1/cpu', { floor: [1], parley: [] })])).toEqual([])
    expect(judge(againstFloor, [cell('call/1/cpu', { floor: [1], 'official v2': [1] })])).toEqual([])
  })
})

describe('a target for the figure itself', () => {
  it('is judged by the median of ours alone, in its unit', () => {
    const measured = cell('import/wall', { 'official v2': [900], parley: [11, 12, 40] }, 'ms')
    expect(judge(target('import/wall', 12), [measured])).toEqual([
      { title: 'Target: the cell import/wall, ms', found: '12.0', spread: '11.0 to 40.0', reached: true },
    ])
    expect(reached(target('import/wall', 11.9), measured)).toEqual([false])
  })

  it('can be nothing at all', () => {
    const none = target('import/ajv', 0)
    expect(judge(none, [cell('import/ajv', { parley: [0] }, 'count')])).toEqual([
      { title: 'Target: the cell import/ajv', found: '0.00', spread: '0.00 to 0.00', reached: true },
    ])
    expect(reached(none, cell('import/ajv', { parley: [1] }, 'count'))).toEqual([false])
  })

  it('is not reached by what is no number', () => {
    expect(judge(target('import/wall', 12), [cell('import/wall', { parley: [Number.NaN] })])).toEqual([
      { title: 'Target: the cell import/wall, µs', found: '–', spread: '– to –', reached: false },
    ])
  })
})

describe('a target for what is more than another takes', () => {
  const beyondFloor = target('idle/stream', 4, { beyond: 'floor' })

  it('is judged by the difference in each round', () => {
    const measured = cell('idle/stream', { floor: [3, 5, 4], parley: [7, 8, 9] }, 'KiB')
    expect(judge(beyondFloor, [measured])).toEqual([
      { title: 'Target: the cell idle/stream, KiB', found: '4.00', spread: '3.00 to 5.00', reached: true },
    ])
  })

  it('leaves out rounds that the other has no sample of', () => {
    expect(reached(beyondFloor, cell('idle/stream', { floor: [3], parley: [6, 90, 90] }))).toEqual([true])
    expect(judge(beyondFloor, [cell('idle/stream', { parley: [6] })])).toEqual([])
  })
})

describe('a target against ours in another cell', () => {
  const toFew = target('lists/*/1000/*/cpu', 1.15, { base: 'lists/*/3/*/cpu' })

  it('finds the cell in which each star stands for the same', () => {
    const cells = [
      cell('lists/new/3/call/cpu', { floor: [1], parley: [10, 10] }),
      cell('lists/old/3/call/cpu', { parley: [1, 1] }),
      cell('lists/new/3/list/cpu', { parley: [2, 2] }),
      cell('lists/new/1000/call/cpu', { floor: [1], parley: [11, 12] }),
    ]
    expect(judge(toFew, cells)).toEqual([
      { title: 'Target: the cell lists/new/1000/call/cpu, µs', found: '1.1×', spread: '1.10 to 1.20', reached: true },
    ])
  })

  it('is not judged where that cell was not measured, or not of ours', () => {
    const many = cell('lists/new/1000/call/cpu', { parley: [11] })
    expect(judge(toFew, [many])).toEqual([])
    expect(judge(toFew, [many, cell('lists/new/3/call/cpu', { floor: [1] })])).toEqual([])
  })
})

it('a run in which nothing of it was measured has no verdict', () => {
  expect(targets.flatMap((each) => judge(each, []))).toEqual([])
})

describe('wording', () => {
  it.each([
    [target('a', 1.5, { against: 'floor' }), '≤ 1.5 × floor'],
    [target('a', 0.167, { against: 'official v2' }), '≤ 0.167 × official v2'],
    [target('a', 4, { beyond: 'floor' }), '≤ 4 more than floor'],
    [target('a', 1.15, { base: 'b' }), '≤ 1.15 ×'],
    [target('a', 12), '≤ 12'],
    [target('a', 0), '≤ 0'],
    [target('a', 5_000_000), '≤ 5,000,000'],
  ])('of %j is %s', (of, words) => {
    expect(wording(of)).toBe(words)
  })
})

describe('the table', () => {
  it('compares each target in one way only', () => {
    const ways = ({ against, beyond, base }: Target): number =>
      [against, beyond, base].filter((way) => way !== undefined).length
    expect(targets.filter((each) => ways(each) > 1)).toEqual([])
  })

  it('has as many stars in a base as in the cells that are held to it', () => {
    const stars = (pattern: string): number => pattern.split('/').filter((part) => part === '*').length
    const odd = targets.filter(({ cells, base }) => base !== undefined && stars(base) !== stars(cells))
    expect(odd).toEqual([])
  })

  it('says nothing twice', () => {
    const lines = targets.map((each) => `${each.cells} ${wording(each)}`)
    expect(lines.filter((line, at) => lines.indexOf(line) !== at)).toEqual([])
  })
})
