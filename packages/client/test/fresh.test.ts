import { RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failureOf, meet, modern as count, paged, tool } from './script.ts'

describe('a result that stays fresh', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0 }))
  afterEach(() => vi.useRealTimers())

  const fresh = { ttlMs: 1000, cacheScope: 'private' } as const

  it('A4: is kept until its time is over', async () => {
    const script = count({ 'tools/list': () => ({ tools: [tool('a')], ...fresh }) })
    const client = await meet(script)
    await client.listTools()
    await vi.advanceTimersByTimeAsync(999)
    expect(await client.listTools()).toEqual([tool('a')])
    expect(script.sent('tools/list')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await client.listTools()
    expect(script.sent('tools/list')).toHaveLength(2)
    await client.close()
  })

  it.each([{}, { ttlMs: 0 }, { ttlMs: -5 }])('A4: is not kept with %o', async (hints) => {
    const script = count({ 'tools/list': () => ({ tools: [], cacheScope: 'private', ...hints }) })
    await using client = await meet(script)
    await client.listTools()
    await client.listTools()
    expect(script.sent('tools/list')).toHaveLength(2)
  })

  it('A2: serves only the same method and params, whatever the envelope', async () => {
    const script = count({ 'resources/read': ({ uri }) => ({ contents: [{ uri, text: String(uri) }], ...fresh }) })
    await using client = await meet(script)
    expect((await client.readResource('a:1')).text()).toBe('a:1')
    expect((await client.readResource('a:2')).text()).toBe('a:2')
    expect((await client.readResource('a:1', { meta: { traceparent: 'x' } })).text()).toBe('a:1')
    expect(script.sent('resources/read')).toHaveLength(2)
  })

  it('A2: is not kept when it took answers', async () => {
    const script = count({
      'resources/read': (params) =>
        'inputResponses' in params
          ? { contents: [], ...fresh }
          : { resultType: 'input_required', inputRequests: { r: { method: 'roots/list' } } },
    })
    await using client = await meet(script, { roots: [] })
    await client.readResource('a:1')
    await client.readResource('a:1')
    expect(script.sent('resources/read')).toHaveLength(4)
  })

  it('A4: is dropped by its notification, the templates with the resources', async () => {
    const script = count({
      'tools/list': () => ({ tools: [], ...fresh }),
      'resources/list': () => ({ resources: [], ...fresh }),
      'resources/templates/list': () => ({ resourceTemplates: [], ...fresh }),
    })
    await using client = await meet(script)
    const all = () => Promise.all([client.listTools(), client.listResources(), client.listResourceTemplates()])
    await all()
    script.tell('notifications/resources/list_changed')
    await client.ping()
    await all()
    expect(script.sent('tools/list')).toHaveLength(1)
    expect(script.sent('resources/list')).toHaveLength(2)
    expect(script.sent('resources/templates/list')).toHaveLength(2)
  })

  it('A4: a read is dropped when it, or a part of it, was updated, and no other', async () => {
    const script = count({ 'resources/read': ({ uri }) => ({ contents: [{ uri, text: '' }], ...fresh }) })
    await using client = await meet(script)
    const all = async () => {
      for (const uri of ['file:///a', 'file:///b', 'file:///a/c']) await client.readResource(uri)
    }
    await all()
    script.tell('notifications/resources/updated', { uri: 'file:///a/c' })
    await client.ping()
    await all()
    const read = script.sent('resources/read').map((message) => (message['params'] as JsonObject)['uri'])
    expect(read.slice(3)).toEqual(['file:///a', 'file:///a/c'])
  })

  it('A4: is not kept when the change was heard of while it was on its way', async () => {
    const script = count({
      'tools/list': (_, id) => {
        script.tell('notifications/tools/list_changed')
        script.send({ id, result: { tools: [], ...fresh } })
        return undefined
      },
    })
    await using client = await meet(script)
    await client.listTools()
    await client.listTools()
    expect(script.sent('tools/list')).toHaveLength(2)
  })

  it('A6: goes with the whole list when a cursor fails', async () => {
    let broken = false
    const pages = paged({ start: { name: 'a', next: 'x' }, x: { name: 'b' } }, fresh)
    const script = count({
      'tools/list': (params, id) => {
        if (!broken || params['cursor'] === undefined) return pages(params, id)
        broken = false
        throw new RpcError(-32602, 'Invalid cursor')
      },
    })
    await using client = await meet(script)
    const first = client.toolPages()
    await first.next()
    broken = true
    expect(await failureOf(first.next())).toMatchObject({ code: -32602 })
    await client.listTools()
    expect(script.sent('tools/list')).toHaveLength(4)
  })

  it('is nobody else’s once it is handed out', async () => {
    const script = count({ 'tools/list': () => ({ tools: [tool('a')], ...fresh }) })
    await using client = await meet(script)
    for (const round of [1, 2, 3]) {
      const [first] = await client.listTools()
      expect(first?.name, `round ${round}`).toBe('a')
      if (first !== undefined) first.name = 'changed'
    }
  })

  it('is passed over where a call or a client says so', async () => {
    const script = count({ 'tools/list': () => ({ tools: [], ...fresh }) })
    await using client = await meet(script)
    await client.listTools()
    await client.listTools({ cache: false })
    expect(script.sent('tools/list')).toHaveLength(2)
    const other = count({ 'tools/list': () => ({ tools: [], ...fresh }) })
    await using careful = await meet(other, { cache: false })
    await careful.listTools()
    await careful.listTools()
    expect(other.sent('tools/list')).toHaveLength(2)
  })
})
