import { ConnectionClosed, InvalidResult, RpcError, userRefused } from '@parley/core'
import type { JsonObject, Progress } from '@parley/core'
import { metaOf as readMeta } from '@parley/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eras, failureOf, legacy, meet, modern, handshake, MODERN, settled } from './script.ts'

const metaOf = (message: JsonObject | undefined): JsonObject => readMeta(message?.['params'] as JsonObject | undefined)
const text = (words: string): JsonObject => ({ content: [{ type: 'text', text: words }] })

afterEach(() => vi.useRealTimers())

describe.each(eras)('a call to a %s server', (era, server) => {
  it('of a tool gives content, structure and whether it failed', async () => {
    const script = server({
      'tools/call': (params) => ({ ...text(String(params['name'])), structuredContent: { a: 1 }, _meta: { x: 1 } }),
    })
    await using client = await meet(script)
    expect(client.era).toBe(era)
    expect(await client.callTool('add', { a: 1 })).toEqual({
      content: [{ type: 'text', text: 'add' }],
      structured: { a: 1 },
      isError: false,
      meta: { x: 1 },
    })
    expect(script.sent('tools/call')[0]?.['params']).toMatchObject({ name: 'add', arguments: { a: 1 } })
  })

  it('O7: of a tool that fails is an outcome, not a rejection', async () => {
    await using client = await meet(server({ 'tools/call': () => ({ ...text('No such account'), isError: true }) }))
    expect(await client.callTool('pay')).toMatchObject({ isError: true, content: [{ text: 'No such account' }] })
  })

  it('of a tool may have its structure checked and made by a schema of the caller', async () => {
    const script = server({ 'tools/call': () => ({ content: [], structuredContent: { total: 5 } }) })
    await using client = await meet(script)
    const output = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const
    const outcome = await client.callTool('sum', {}, { output })
    if (!outcome.isError) expect(outcome.structured.total + 1).toBe(6)
    const other = { type: 'object', properties: { total: { type: 'string' } } } as const
    expect(await failureOf(client.callTool('sum', {}, { output: other }))).toMatchObject({
      name: 'InvalidResult',
      message: expect.stringContaining('total'),
    })
  })

  it('of a prompt, of a resource and of a completion', async () => {
    const script = server({
      'prompts/get': () => ({ description: 'd', messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }] }),
      'resources/read': () => ({
        contents: [
          { uri: 'a:1', text: 'one' },
          { uri: 'a:2', text: 'two' },
        ],
      }),
      'completion/complete': () => ({ completion: { values: ['Ada'], hasMore: false } }),
    })
    await using client = await meet(script)
    expect(await client.getPrompt('p', { code: 'x' })).toMatchObject({ description: 'd', messages: [{ role: 'user' }] })
    const resource = await client.readResource('a:1')
    expect(resource.text()).toBe('one\ntwo')
    const values = await client.complete({ type: 'ref/prompt', name: 'p' }, { name: 'who', value: 'A' }, { lang: 'en' })
    expect(values).toEqual({ values: ['Ada'], hasMore: false })
    expect(script.sent('completion/complete')[0]?.['params']).toMatchObject({
      argument: { name: 'who', value: 'A' },
      context: { arguments: { lang: 'en' } },
    })
  })

  it('of a resource that is not text has no text', async () => {
    await using client = await meet(server({ 'resources/read': () => ({ contents: [{ uri: 'a:1', blob: 'AA==' }] }) }))
    const resource = await client.readResource('a:1')
    expect(() => resource.text()).toThrow(TypeError)
  })

  it.each([
    ['-32002', new RpcError(-32002, 'gone')],
    ['-32602 that names the URI', new RpcError(-32602, 'gone', { uri: 'a:1' })],
  ])('R2: knows a missing resource by %s', async (_, error) => {
    await using client = await meet(server({ 'resources/read': () => Promise.reject(error) }))
    expect(await failureOf(client.readResource('a:1'))).toMatchObject({ code: error.code, kind: 'resourceNotFound' })
  })

  it.each([
    ['tools/list', { tools: [{ name: 5 }] }],
    ['tools/call', { content: 'x' }],
    ['prompts/get', {}],
    ['resources/read', { contents: [{ uri: 'a:1' }] }],
  ])('T39: %s that gives something else is an InvalidResult', async (method, result) => {
    await using client = await meet(server({ [method]: () => result }))
    const calls: Record<string, () => Promise<unknown>> = {
      'tools/list': () => client.listTools(),
      'tools/call': () => client.callTool('x'),
      'prompts/get': () => client.getPrompt('x'),
      'resources/read': () => client.readResource('a:1'),
    }
    expect(await failureOf(calls[method]?.() ?? Promise.resolve())).toBeInstanceOf(InvalidResult)
  })

  it('that fails rejects with the error as it came', async () => {
    const script = server({ 'tools/call': () => Promise.reject(new RpcError(1234, 'odd', { why: 1 })) })
    await using client = await meet(script)
    expect(await failureOf(client.callTool('x'))).toMatchObject({
      name: 'RpcError',
      code: 1234,
      message: 'odd',
      data: { why: 1 },
    })
  })

  it.each([
    ['tools/list', (client: Awaited<ReturnType<typeof meet>>) => client.listTools()],
    ['tools/call', (client: Awaited<ReturnType<typeof meet>>) => client.callTool('x')],
    ['prompts/list', (client: Awaited<ReturnType<typeof meet>>) => client.listPrompts()],
    ['resources/read', (client: Awaited<ReturnType<typeof meet>>) => client.readResource('a:1')],
    ['logging/setLevel', (client: Awaited<ReturnType<typeof meet>>) => client.setLogLevel('info')],
    [
      'completion/complete',
      (client: Awaited<ReturnType<typeof meet>>) =>
        client.complete({ type: 'ref/prompt', name: 'p' }, { name: 'a', value: '' }),
    ],
  ])('L5: %s, which is not advertised, is refused here and not sent', async (method, call) => {
    const script = server({}, {})
    await using client = await meet(script)
    expect(await failureOf(call(client))).toMatchObject({
      kind: 'methodNotFound',
      code: -32601,
      message: expect.stringContaining(method),
    })
    expect(script.methods).not.toContain(method)
  })

  it('C1: that is cancelled says so, and rejects with the reason', async () => {
    const script = server({ 'tools/call': () => undefined })
    await using client = await meet(script)
    const stop = new AbortController()
    const failing = failureOf(client.callTool('x', {}, { signal: stop.signal }))
    await settled()
    stop.abort(new Error('enough'))
    expect(await failing).toMatchObject({ message: 'enough' })
    const { id } = script.sent('tools/call')[0] ?? {}
    expect(script.heard.at(-1)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: id, reason: 'enough' },
    })
  })

  it('C1: that is cancelled before it is made is not made', async () => {
    const script = server()
    await using client = await meet(script)
    expect(await failureOf(client.callTool('x', {}, { signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AbortError',
    })
    expect(script.methods).not.toContain('tools/call')
  })

  it('L7: that has no answer in time is cancelled, by its own clock or by the client’s', async () => {
    const script = server({ 'tools/call': () => undefined })
    const client = await meet(script, { timeout: 500 })
    vi.useFakeTimers()
    const failing = failureOf(client.callTool('x'))
    const sooner = failureOf(client.callTool('y', {}, { timeout: 100 }))
    await vi.advanceTimersByTimeAsync(100)
    expect(await sooner).toMatchObject({ name: 'TimeoutError' })
    expect(script.sent('notifications/cancelled')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(400)
    expect(await failing).toMatchObject({ name: 'TimeoutError' })
    expect(script.sent('notifications/cancelled')).toHaveLength(2)
    await client.close()
  })

  it('L7: whose progress is heard starts its clock anew, under a hard cap', async () => {
    const script = server({ 'tools/call': () => undefined })
    const client = await meet(script)
    vi.useFakeTimers()
    const heard: Progress[] = []
    const failing = failureOf(
      client.callTool('x', {}, { timeout: 100, maxTimeout: 250, onProgress: (progress) => heard.push(progress) }),
    )
    await settled()
    const { progressToken } = metaOf(script.sent('tools/call')[0])
    for (const progress of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(80)
      script.tell('notifications/progress', { progressToken, progress, total: 3, message: 'on' })
    }
    await vi.advanceTimersByTimeAsync(9)
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: 'on' })))
    await vi.advanceTimersByTimeAsync(2)
    expect(await failing).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('250') })
    await client.close()
  })

  it('survives a callback that throws, and tells onError', async () => {
    const onError = vi.fn()
    const broken = new Error('broken')
    const script = server({
      'tools/call': (params) => {
        const { progressToken } = params['_meta'] as JsonObject
        script.tell('notifications/progress', { progressToken, progress: 1 })
        script.tell('notifications/progress', { progressToken, progress: 'much' })
        return text('done')
      },
    })
    await using client = await meet(script, { onError })
    const onProgress = (): never => {
      throw broken
    }
    expect(await client.callTool('x', {}, { onProgress })).toMatchObject({ isError: false })
    expect(onError.mock.calls).toEqual([[broken]])
  })

  it('rejects when the connection closes first, and so does every later one', async () => {
    const script = server({ 'tools/call': () => undefined })
    const client = await meet(script)
    const failing = failureOf(client.callTool('x'))
    await settled()
    script.exit()
    expect(await failing).toBeInstanceOf(ConnectionClosed)
    await client.closed
    expect(await failureOf(client.callTool('x'))).toBeInstanceOf(ConnectionClosed)
  })

  it('of any other method goes as it is, and comes back checked', async () => {
    const script = server({ 'com.example/echo': (params) => ({ said: params['say'] }) })
    await using client = await meet(script)
    expect(await client.request('com.example/echo', { say: 'x' })).toMatchObject({ said: 'x' })
    const result = { type: 'object', properties: { said: { type: 'string' } }, required: ['said'] } as const
    expect((await client.request('com.example/echo', { say: 'x' }, { result })).said).toBe('x')
    expect(await failureOf(client.request('com.example/echo', { say: 5 }, { result }))).toBeInstanceOf(InvalidResult)
    await client.notify('com.example/news', { a: 1 })
    expect(script.heard.at(-1)).toMatchObject({ method: 'com.example/news', params: { a: 1 } })
  })

  it('closing settles what is under way, once', async () => {
    const script = server({ 'tools/call': () => undefined })
    const client = await meet(script)
    const failing = failureOf(client.callTool('x'))
    await settled()
    await Promise.all([client.close(), client.close(), client[Symbol.asyncDispose]()])
    expect(await failing).toBeInstanceOf(ConnectionClosed)
    expect(script.ends[0]?.closed).toBe(true)
  })
})

describe('a ping', () => {
  it('is a ping in the legacy era and a discover in the modern one', async () => {
    const old = legacy({ ping: () => ({}) })
    await using before = await meet(old)
    await before.ping()
    expect(old.methods.at(-1)).toBe('ping')
    const young = modern()
    await using after = await meet(young)
    await after.ping()
    await after.ping()
    expect(young.methods).toEqual(['server/discover', 'server/discover', 'server/discover'])
  })
})

describe('a client of the first revision', () => {
  it('P3: completes without a flag for it, which that revision does not have', async () => {
    const script = legacy({
      initialize: () => handshake({ protocolVersion: '2024-11-05', capabilities: { prompts: {} } }),
      'completion/complete': () => ({ completion: { values: ['x'] } }),
    })
    await using client = await meet(script)
    const { values } = await client.complete({ type: 'ref/prompt', name: 'p' }, { name: 'a', value: '' })
    expect(values).toEqual(['x'])
  })
})

it('a refusal of this side’s own never reaches a modern server', async () => {
  const script = modern({ 'tools/call': () => Promise.reject(userRefused()) })
  await using client = await meet(script)
  expect(await failureOf(client.callTool('x'))).toMatchObject({ code: -1 })
  expect(client.version).toBe(MODERN)
})
