import { describe, expect, it } from 'vitest'
import { IdTable } from '../src/id-table.ts'
import type { Keyed } from '../src/id-table.ts'
import type { RequestId } from '../src/index.ts'

class Item implements Keyed<Item> {
  before: Item | undefined
  after: Item | undefined
  readonly id: RequestId

  constructor(id: RequestId) {
    this.id = id
  }
}

const filled = (ids: readonly RequestId[]): { table: IdTable<Item>; items: Item[] } => {
  const table = new IdTable<Item>()
  const items = ids.map((id) => new Item(id))
  for (const item of items) table.add(item)
  return { table, items }
}

const idsOf = (table: IdTable<Item>): RequestId[] => table.all().map(({ id }) => id)

describe('IdTable', () => {
  it('finds nothing where nothing is', () => {
    const { table } = filled([])
    expect([table.get(1), table.get('a'), table.all()]).toEqual([undefined, undefined, []])
    table.delete(new Item(1))
    expect(table.all()).toEqual([])
  })

  it('tells a number from its digits, and ids that end alike', () => {
    const ids: RequestId[] = [1, '1', '', -1, 0, 2 ** 53 - 1, 1.5, 'a-request', 'b-request', 'request']
    const { table, items } = filled(ids)
    expect(ids.map((id) => table.get(id))).toEqual(items)
    expect(table.get('c-request')).toBeUndefined()
  })

  it.each([undefined, null, {}, [1], true])('has nothing under %s, which is no id', (id) => {
    const { table } = filled([1, 'true', 'undefined'])
    expect(table.get(id)).toBeUndefined()
  })

  it('finds each of a thousand, also while every second one leaves', () => {
    const ids = Array.from({ length: 1000 }, (_, at) => (at % 3 === 0 ? `id-${at}` : at))
    const { table, items } = filled(ids)
    expect(table.all()).toHaveLength(1000)
    for (const item of items.filter((_, at) => at % 2 === 0)) table.delete(item)
    expect(ids.map((id) => table.get(id))).toEqual(items.map((item, at) => (at % 2 === 0 ? undefined : item)))
    expect(new Set(table.all())).toEqual(new Set(items.filter((_, at) => at % 2 === 1)))
    expect(items.filter((_, at) => at % 2 === 0).every(({ after }) => after === undefined)).toBe(true)
  })

  it('keeps several under one id, each of which leaves by itself', () => {
    const { table, items } = filled([7, 7, 39, 7])
    const [first, second, , last] = items as [Item, Item, Item, Item]
    table.delete(second)
    expect(table.get(7)).toBe(first)
    table.delete(last)
    expect(table.get(7)).toBe(first)
    table.delete(first)
    expect(table.get(7)).toBeUndefined()
    expect(idsOf(table)).toEqual([39])
  })

  it('takes one out once', () => {
    const { table, items } = filled([1, 33, 65])
    table.delete(items[1] as Item)
    table.delete(items[1] as Item)
    expect(idsOf(table)).toEqual([1, 65])
  })
})
