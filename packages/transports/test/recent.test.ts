import { expect, it } from 'vitest'
import { Recent } from '../src/http/recent.ts'
import { randomOf } from './random.ts'

type Kept = { readonly position: number; readonly text: string }

const all = (recent: Recent): Kept[] => [...recent.from(0)]

it('keeps the newest of one size, and positions that go on', () => {
  const recent = new Recent(3)
  for (const text of ['a', 'bb', '', 'dddd', 'e']) recent.add(text)
  expect(all(recent)).toEqual([
    { position: 3, text: '' },
    { position: 4, text: 'dddd' },
    { position: 5, text: 'e' },
  ])
  expect([recent.first, recent.next, recent.count, recent.size]).toEqual([3, 6, 3, 5])
  expect([...recent.from(5)]).toEqual([{ position: 5, text: 'e' }])
  expect([...recent.from(6)]).toEqual([])
})

it('keeps one at the least', () => {
  const recent = new Recent(0)
  for (const text of ['a', 'bb']) recent.add(text)
  recent.shrink(1)
  expect(all(recent)).toEqual([{ position: 2, text: 'bb' }])
})

it.each([1, 2, 7, Infinity])('does as a plain list would that holds %s', (most) => {
  const random = randomOf(42)
  const recent = new Recent(most)
  let kept: Kept[] = []
  let next = 1
  const size = (): number => kept.reduce((sum, { text }) => sum + text.length, 0)
  const steps = [
    (): void => {
      const text = 'x'.repeat(random(5))
      recent.add(text)
      kept.push({ position: next, text })
      next += 1
      kept = kept.slice(-Math.min(most, kept.length))
    },
    (): void => {
      const left = random(12)
      recent.shrink(left)
      while (size() > left && kept.length > 1) kept.shift()
    },
    (): void => {
      recent.clear()
      kept = []
    },
  ]
  for (let turn = 0; turn < 3000; turn += 1) {
    // Mostly texts come.
    steps[Math.max(0, random(20) - 17)]?.()
    expect(all(recent)).toEqual(kept)
    expect([recent.size, recent.count, recent.next]).toEqual([size(), kept.length, next])
    expect(recent.first).toBe(kept[0]?.position ?? next)
  }
})
