import { InvalidResult, RpcError } from '@parley/core'
import type { JsonObject, ListToolsResult } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { eras, failureOf, meet, paged } from './script.ts'

describe.each(eras)('a list from a %s server', (_, server) => {
  it('A7: is followed to its end, and an empty cursor goes on', async () => {
    const script = server({
      'tools/list': paged({ start: { name: 'a', next: '' }, '': { name: 'b', next: 'c' }, c: { name: 'c' } }),
    })
    await using client = await meet(script)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    const cursors = script.sent('tools/list').map((message) => (message['params'] as JsonObject)['cursor'])
    expect(cursors).toEqual([undefined, '', 'c'])
  })

  it('A7: whose cursor comes twice is invalid', async () => {
    const script = server({ 'tools/list': paged({ start: { name: 'a', next: 'x' }, x: { name: 'b', next: 'x' } }) })
    await using client = await meet(script)
    expect(await failureOf(client.listTools())).toBeInstanceOf(InvalidResult)
    expect(script.sent('tools/list')).toHaveLength(2)
  })

  it('A7: without end is invalid after the most pages', async () => {
    let count = 0
    const script = server({ 'tools/list': () => ({ tools: [], nextCursor: `${(count += 1)}` }) })
    await using client = await meet(script, { maxPages: 3 })
    expect(await failureOf(client.listTools())).toBeInstanceOf(InvalidResult)
    expect(count).toBe(3)
  })

  it('A7: follows a thousand pages unless told otherwise', async () => {
    let count = 0
    const script = server({ 'prompts/list': () => ({ prompts: [], nextCursor: `${(count += 1)}` }) })
    await using client = await meet(script)
    expect(await failureOf(client.listPrompts())).toBeInstanceOf(InvalidResult)
    expect(count).toBe(1000)
  })

  it('A7, T39: that grows past its size is invalid, and one page may have any', async () => {
    const item = (index: number): JsonObject => ({ name: `p-${index}`, description: 'x'.repeat(1000) })
    let count = 0
    const script = server({ 'prompts/list': () => ({ prompts: [item(count)], nextCursor: `${(count += 1)}` }) })
    script.handlers['resources/list'] = () => ({ resources: [{ uri: 'a:1', ...item(0), title: 'x'.repeat(9000) }] })
    await using client = await meet(script, { maxListSize: 5000 })
    const failure = await failureOf(client.listPrompts())
    expect(failure).toMatchObject({ name: 'InvalidResult', message: expect.stringContaining('5000 characters') })
    expect(count).toBe(5)
    expect(await client.listResources()).toHaveLength(1)
  })

  it('A6: whose cursor fails is begun again, once', async () => {
    let stale = true
    const pages = paged({ start: { name: 'a', next: 'x' }, x: { name: 'b' } })
    const script = server({
      'tools/list': (params, id) => {
        if (!stale || params['cursor'] === undefined) return pages(params, id)
        stale = false
        throw new RpcError(-32602, 'Invalid cursor')
      },
    })
    await using client = await meet(script)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(script.sent('tools/list')).toHaveLength(4)
  })

  it('A6: whose cursor fails again is given up', async () => {
    const script = server({ 'tools/list': paged({ start: { name: 'a', next: 'x' } }) })
    await using client = await meet(script)
    expect(await failureOf(client.listTools())).toMatchObject({ code: -32602 })
    expect(script.sent('tools/list')).toHaveLength(4)
  })

  it('may be read page by page, and left early', async () => {
    const script = server({ 'tools/list': paged({ start: { name: 'a', next: 'x' }, x: { name: 'b' } }) })
    await using client = await meet(script)
    const pages: ListToolsResult[] = []
    for await (const page of client.toolPages()) {
      pages.push(page)
      break
    }
    expect(pages).toMatchObject([{ tools: [{ name: 'a' }], nextCursor: 'x' }])
    expect(script.sent('tools/list')).toHaveLength(1)
  })

  it('there is one of prompts, of resources and of templates', async () => {
    const script = server({
      'prompts/list': () => ({ prompts: [{ name: 'p' }] }),
      'resources/list': () => ({ resources: [{ uri: 'a:1', name: 'r' }] }),
      'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'a:{x}', name: 't' }] }),
    })
    await using client = await meet(script)
    expect(await client.listPrompts()).toEqual([{ name: 'p' }])
    expect(await client.listResources()).toEqual([{ uri: 'a:1', name: 'r' }])
    expect(await client.listResourceTemplates()).toEqual([{ uriTemplate: 'a:{x}', name: 't' }])
    for (const pages of [client.promptPages(), client.resourcePages(), client.resourceTemplatePages()]) {
      expect((await pages.next()).done).toBe(false)
    }
  })
})
