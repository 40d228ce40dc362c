import { describe, expect, it } from 'vitest'
import type { Series } from '../src/measure.ts'
import { median, quantile, ratio } from '../src/stats.ts'

const series = (...samples: number[]): Series => ({ subject: 'anyone', samples })

describe('quantile', () => {
  it('takes a value that lies at the share itself', () => {
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20)
  })

  it('goes in proportion between two neighbours', () => {
    expect(quantile([0, 100], 0.99)).toBe(99)
    expect(quantile([10, 20, 40], 0.75)).toBe(30)
  })

  it('has the least and the most at its ends', () => {
    expect([quantile([7, 3, 5], 0), quantile([7, 3, 5], 1)]).toEqual([3, 7])
  })

  it('is the one value where there is no other', () => {
    expect([0, 0.5, 0.99, 1].map((share) => quantile([8], share))).toEqual([8, 8, 8, 8])
  })

  it('is no number where there is no value', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })
})

describe('median', () => {
  it('orders by size and not by digits', () => {
    expect(median([100, 9, 20])).toBe(20)
  })

  it('is the middle of the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('leaves what it was given in its order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('ratio', () => {
  it('compares round by round, whatever slowed a round down', () => {
    // A round of the first was ten times as slow for both.
    expect(ratio(series(2, 30, 3), series(1, 10, 1))).toEqual({ median: 3, least: 2, most: 3 })
    expect(ratio(series(20, 3, 1), series(10, 1, 1))).toEqual({ median: 2, least: 1, most: 3 })
  })

  it('leaves out a round that the other has no sample of', () => {
    expect(ratio(series(2, 3, 900), series(1, 1))).toEqual({ median: 2.5, least: 2, most: 3 })
    expect(ratio(series(2), series(1, 0.001))).toEqual({ median: 2, least: 2, most: 2 })
  })

  it('leaves out a round in which the other took nothing', () => {
    expect(ratio(series(5, 4), series(0, 2))).toEqual({ median: 2, least: 2, most: 2 })
  })

  it('is nothing where no round can be compared', () => {
    expect(ratio(series(), series(1))).toBeUndefined()
    expect(ratio(series(1), series())).toBeUndefined()
    expect(ratio(series(1), series(0))).toBeUndefined()
  })
})
