import { describe, expect, it } from 'vitest'
import { LinkedList } from '../src/index.ts'
import type { Linked } from '../src/index.ts'

class Item implements Linked<Item> {
  before: Item | undefined
  after: Item | undefined
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const filled = (names: string): { list: LinkedList<Item>; items: Item[] } => {
  const list = new LinkedList<Item>()
  const items = Array.from(names, (name) => new Item(name))
  for (const item of items) list.add(item)
  return { list, items }
}

const namesOf = (list: LinkedList<Item>): string =>
  list
    .all()
    .map(({ name }) => name)
    .join('')

const backwards = (list: LinkedList<Item>): string => {
  let names = ''
  for (let item = list.all().at(-1); item !== undefined; item = item.before) names += item.name
  return names
}

describe('LinkedList', () => {
  it('is empty at first', () => {
    const { list } = filled('')
    expect([list.first, list.all()]).toEqual([undefined, []])
    expect(list.has(new Item('a'))).toBe(false)
  })

  it('keeps the order in which items came', () => {
    const { list, items } = filled('abc')
    expect([namesOf(list), backwards(list)]).toEqual(['abc', 'cba'])
    expect(list.first).toBe(items[0])
  })

  it.each([
    [0, 'bc'],
    [1, 'ac'],
    [2, 'ab'],
  ])('takes out item %d, and nothing points from it or to it', (at, left) => {
    const { list, items } = filled('abc')
    const item = items[at] as Item
    expect(list.delete(item)).toBe(true)
    expect([namesOf(list), backwards(list)]).toEqual([left, [...left].toReversed().join('')])
    expect([item.before, item.after, list.has(item)]).toEqual([undefined, undefined, false])
    expect(items.some(({ before, after }) => before === item || after === item)).toBe(false)
    expect(list.delete(item)).toBe(false)
    expect(namesOf(list)).toBe(left)
  })

  it.each([
    [0, 'bca'],
    [1, 'acb'],
    [2, 'abc'],
  ])('puts item %d at the end when it comes again', (at, order) => {
    const { list, items } = filled('abc')
    list.add(items[at] as Item)
    expect([namesOf(list), backwards(list)]).toEqual([order, [...order].toReversed().join('')])
  })

  it('holds a lone item, lets it go and takes it back', () => {
    const { list, items } = filled('a')
    const item = items[0] as Item
    expect(list.has(item)).toBe(true)
    list.add(item)
    expect(namesOf(list)).toBe('a')
    list.delete(item)
    expect([list.first, list.all()]).toEqual([undefined, []])
    list.add(item)
    expect([list.first, list.all()]).toEqual([item, [item]])
  })

  it('gives all of one moment, whatever comes and goes after that', () => {
    const { list, items } = filled('abc')
    const all = list.all()
    for (const item of all) list.delete(item)
    list.add(new Item('d'))
    expect([all, namesOf(list)]).toEqual([items, 'd'])
  })
})
