import type { JsonObject, Principal } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { ListPages } from '../src/pages.ts'
import { isOffered, Registry } from '../src/registry.ts'
import type { Entry, RegistryOptions, Visibility } from '../src/registry.ts'
import { alice, callOf, contextOf, FakeHost } from './fakes.ts'

type Item = { readonly visible: Visibility | undefined; readonly label: string }

const item = (label: string, visible?: Visibility): Item => ({ label, visible })

const registryOf = (duplicates: RegistryOptions = {}) => {
  const changes: number[] = []
  const registry = new Registry<Item, { label?: string }>({
    kind: 'thing',
    duplicates,
    changed: () => changes.push(changes.length),
    remake: (old, update) => ({ ...old, ...update }),
  })
  return { registry, changes }
}

const labels = (registry: Registry<Item, { label?: string }>, principal?: Principal): string[] => {
  const entries: Entry<Item>[] = []
  const all = registry.entries()
  for (let next = all.next(); next.done !== true; next = all.next()) entries.push(next.value)
  return entries.filter((entry) => isOffered(entry, principal)).map((entry) => entry.item.label)
}

describe('a registration', () => {
  it('updates, hides, shows and removes its item, and publishes each change', () => {
    const { registry, changes } = registryOf()
    const held = registry.add('a', item('one'))
    held.update({ label: 'two' })
    expect(registry.get('a', undefined)?.label).toBe('two')
    held.disable()
    expect(registry.get('a', undefined)).toBeUndefined()
    held.disable()
    held.enable()
    expect(labels(registry)).toEqual(['two'])
    held.remove()
    held.remove()
    expect(labels(registry)).toEqual([])
    // Added, updated, disabled, enabled, removed; what changes nothing is not published.
    expect(changes).toHaveLength(5)
  })

  it('removes its item when it is disposed of', () => {
    const { registry } = registryOf()
    {
      using held = registry.add('a', item('one'))
      expect(held.name).toBe('a')
      expect(labels(registry)).toEqual(['one'])
    }
    expect(labels(registry)).toEqual([])
  })

  it('does nothing to the item that came after its own', () => {
    const { registry } = registryOf({ onDuplicate: 'replace' })
    const first = registry.add('a', item('one'))
    registry.add('a', item('two'))
    first.update({ label: 'no' })
    first.disable()
    first.remove()
    expect(labels(registry)).toEqual(['two'])
  })
})

describe('a duplicate', () => {
  it('O3: is refused by default', () => {
    const { registry } = registryOf()
    registry.add('a', item('one'))
    expect(() => registry.add('a', item('two'))).toThrow('The thing "a" is already registered')
  })

  it('O2: takes the place of the first in the order when it replaces it', () => {
    const { registry } = registryOf({ onDuplicate: 'replace' })
    registry.add('a', item('one'))
    registry.add('b', item('other'))
    registry.add('a', item('two'))
    expect(labels(registry)).toEqual(['two', 'other'])
  })

  it('is dropped under `ignore`, and its registration holds nothing', () => {
    const { registry, changes } = registryOf({ onDuplicate: 'ignore' })
    registry.add('a', item('one'))
    registry.add('a', item('two')).remove()
    expect(labels(registry)).toEqual(['one'])
    expect(changes).toHaveLength(1)
  })

  it('replaces and says so under `warn`', () => {
    const warnings: string[] = []
    const { registry } = registryOf({ onDuplicate: 'warn', warn: (message) => warnings.push(message) })
    registry.add('a', item('one'))
    registry.add('a', item('two'))
    expect(labels(registry)).toEqual(['two'])
    expect(warnings).toEqual(['The thing "a" is registered again; the new one replaces it'])
  })
})

describe('a list', () => {
  const listed = async (
    registry: Registry<Item, { label?: string }>,
    cursor: unknown,
    list = 'tools',
  ): Promise<JsonObject> => {
    const host = new FakeHost()
    host.pageSize = 2
    host.listHints = { ttlMs: 1_000, cacheScope: 'public' }
    const pages = new ListPages(registry, host, { list, key: 'items' }, (each) => [each.label])
    const call = callOf('any', cursor === undefined ? {} : { cursor })
    return pages.answer(call, contextOf(call))
  }

  it('A8: keeps its cursors through additions and removals', async () => {
    const { registry } = registryOf()
    const [, , third] = ['a', 'b', 'c', 'd', 'e'].map((name) => registry.add(name, item(name)))
    const first = await listed(registry, undefined)
    expect(first['items']).toEqual(['a', 'b'])
    registry.add('f', item('f'))
    third?.remove()
    const second = await listed(registry, first['nextCursor'])
    expect(second['items']).toEqual(['d', 'e'])
    const last = await listed(registry, second['nextCursor'])
    expect(last).toEqual({ items: ['f'], ttlMs: 1_000, cacheScope: 'public' })
  })

  it.each(['', 'x', 'dG9vbHM6OTk6MA', 'dG9vbHM6LTE6MA', '====', 'dG9vbHM6MA', 'é'])(
    'A8: refuses the cursor %j',
    async (cursor) => {
      const { registry } = registryOf()
      registry.add('a', item('a'))
      await expect(listed(registry, cursor)).rejects.toMatchObject({ code: -32602, message: 'Invalid cursor' })
    },
  )

  it('A8, O2: pages through an item that was replaced in its old place', async () => {
    const { registry } = registryOf({ onDuplicate: 'replace' })
    for (const name of ['a', 'b', 'c', 'd']) registry.add(name, item(name))
    registry.add('a', item('A'))
    const first = await listed(registry, undefined)
    const second = await listed(registry, first['nextCursor'])
    expect([first['items'], second['items']]).toEqual([
      ['A', 'b'],
      ['c', 'd'],
    ])
  })

  it('A8: refuses a cursor of another list', async () => {
    const { registry } = registryOf()
    for (const name of ['a', 'b', 'c']) registry.add(name, item(name))
    const { nextCursor } = await listed(registry, undefined, 'tools')
    await expect(listed(registry, nextCursor, 'prompts')).rejects.toMatchObject({ code: -32602 })
  })

  it('A5: has one scope on all pages, private once anything is for some only', async () => {
    const { registry } = registryOf()
    for (const name of ['a', 'b', 'c']) registry.add(name, item(name))
    registry.add(
      'secret',
      item('secret', (principal) => principal?.subject === 'alice'),
    )
    const first = await listed(registry, undefined)
    const second = await listed(registry, first['nextCursor'])
    expect(first).toMatchObject({ items: ['a', 'b'], cacheScope: 'private', ttlMs: 1_000 })
    expect(second).toEqual({ items: ['c'], cacheScope: 'private', ttlMs: 1_000 })
    expect(labels(registry, alice)).toEqual(['a', 'b', 'c', 'secret'])
  })
})
