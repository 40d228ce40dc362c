import { expect, it } from 'vitest'
import { inTurn } from '../src/measure.ts'
import type { Cell, Settings } from '../src/measure.ts'

const cell = (id: string): Cell => ({ id, title: id, unit: 'us', series: [] })

it('things are measured one after another, each announced, their cells in one list', async () => {
  const events: string[] = []
  const settings: Settings = { quick: true, node: 'node', say: (text) => void events.push(text) }
  const measureOne = async (thing: number, given: Settings): Promise<Cell[]> => {
    expect(given).toBe(settings)
    await Promise.resolve()
    events.push(`measured ${thing}`)
    return [cell(`${thing}/a`), cell(`${thing}/b`)]
  }
  const cells = await inTurn([1, 2], (thing) => `thing ${thing}`, measureOne, settings)
  expect(cells).toEqual(['1/a', '1/b', '2/a', '2/b'].map(cell))
  expect(events).toEqual(['  thing 1', 'measured 1', '  thing 2', 'measured 2'])
})
