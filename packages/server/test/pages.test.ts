import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { ListPages } from '../src/pages.ts'
import { Registry } from '../src/registry.ts'
import { callOf, contextOf, FakeHost } from './fakes.ts'

describe('the pages that are kept', () => {
  const pagesOf = (count: number, pageSize: number) => {
    const host = new FakeHost()
    host.pageSize = pageSize
    const registry = new Registry<{ label: string; visible: undefined }, { label: string }>({
      kind: 'thing',
      duplicates: {},
      changed: () => undefined,
      remake: (old, changes) => ({ ...old, ...changes }),
    })
    const held = Array.from({ length: count }, (_, index) =>
      registry.add(String(index), { label: String(index), visible: undefined }),
    )
    let expanded = 0
    const pages = new ListPages(registry, host, { list: 'tools', key: 'tools' }, ({ label }) => {
      expanded += 1
      return [label, `${label}+`]
    })
    const page = async (cursor?: unknown): Promise<JsonObject> => {
      const call = callOf('tools/list', cursor === undefined ? {} : { cursor })
      return pages.answer(call, contextOf(call))
    }
    const walk = async (): Promise<JsonObject[]> => {
      const walked = [await page()]
      for (let next = walked[0]?.['nextCursor']; next !== undefined; next = walked.at(-1)?.['nextCursor'])
        walked.push(await page(next))
      return walked
    }
    return { host, held, page, walk, expanded: () => expanded }
  }

  it('are the same objects until something changes, and cost nothing meanwhile', async () => {
    const { host, held, walk, expanded } = pagesOf(5, 3)
    const first = await walk()
    expect(first.map(({ tools }) => tools)).toEqual([['0', '0+', '1'], ['1+', '2', '2+'], ['3', '3+', '4'], ['4+']])
    const work = expanded()
    const again = await walk()
    expect(again.every((page, index) => page === first[index])).toBe(true)
    expect(expanded()).toBe(work)
    expect(host.kept).toEqual(first.map((result) => ({ method: 'tools/list', result })))
    held[2]?.remove()
    const changed = await walk()
    expect(changed.some((page) => first.includes(page))).toBe(false)
    expect(changed.map(({ tools }) => tools)).toEqual([
      ['0', '0+', '1'],
      ['1+', '3', '3+'],
      ['4', '4+'],
    ])
  })

  it('A8: are those that the first leads to: a cursor that was made up is served, and takes up no room', async () => {
    const { host, page, walk } = pagesOf(5, 3)
    await walk()
    const kept = host.kept.length
    const forged = (place: string): string => Buffer.from(`tools:${place}`).toString('base64url')
    for (const place of ['1:0', '2:1', '0:77', '4:999999999']) {
      const made = await page(forged(place))
      expect(await page(forged(place))).toEqual(made)
      expect(await page(forged(place))).not.toBe(made)
      expect(Object.isFrozen(made)).toBe(false)
    }
    expect(host.kept).toHaveLength(kept)
    // The same place in other words is the same page.
    expect(await page(forged('00:000'))).toBe(await page())
    expect((await page(forged('2:1')))['tools']).toEqual(['2+', '3', '3+'])
  })

  it('A8: serve a cursor from before a change, too', async () => {
    const { held, page } = pagesOf(5, 3)
    const { nextCursor } = await page()
    held[0]?.disable()
    expect((await page(nextCursor))['tools']).toEqual(['1+', '2', '2+'])
    expect((await page())['tools']).toEqual(['1', '1+', '2'])
  })
})
