import { ConnectionClosed, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { drain, failureOf, meet, modern, settled } from './script.ts'
import type { Handler, Script } from './script.ts'

const idKey = 'io.modelcontextprotocol/subscriptionId'

const acknowledge =
  (script: () => Script, kept?: JsonObject): Handler =>
  ({ notifications }, id) => {
    script().tell('notifications/subscriptions/acknowledged', {
      notifications: kept ?? notifications,
      _meta: { [idKey]: id },
    })
    return undefined
  }

const listening = (kept?: JsonObject): Script => {
  const script: Script = modern({ 'subscriptions/listen': acknowledge(() => script, kept) })
  return script
}

const idOf = (script: Script, index = 0): unknown => script.sent('subscriptions/listen')[index]?.['id']
const tell = (script: Script, id: unknown, method: string, params: JsonObject = {}): void =>
  script.tell(`notifications/${method}`, { ...params, _meta: { [idKey]: id } })

const all = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['a:1', 'a:2'],
}

afterEach(() => vi.useRealTimers())

describe('a modern subscription', () => {
  it('U2: is open once it is acknowledged, and says what is honoured', async () => {
    const script = listening({ toolsListChanged: true })
    await using client = await meet(script)
    const subscription = await client.listen(all)
    expect(subscription.acknowledged).toEqual({ toolsListChanged: true })
    expect(script.sent('subscriptions/listen')[0]?.['params']).toMatchObject({ notifications: all })
    await subscription.close()
  })

  it('U1, U3, T4: gives the changes that name it and that it asked for', async () => {
    const script = listening()
    await using client = await meet(script)
    const tools = await client.listen({ toolsListChanged: true })
    const reads = await client.listen({ resourceSubscriptions: ['file:///a'] })
    const [one, two] = [idOf(script, 0), idOf(script, 1)]
    tell(script, one, 'tools/list_changed')
    tell(script, one, 'prompts/list_changed')
    tell(script, two, 'resources/updated', { uri: 'file:///a' })
    tell(script, two, 'resources/updated', { uri: 'file:///a/b' })
    tell(script, two, 'resources/updated', { uri: 'file:///ab' })
    tell(script, two, 'resources/updated', { uri: 5 })
    tell(script, 'other', 'tools/list_changed')
    script.tell('notifications/tools/list_changed')
    script.send({ id: one, result: { resultType: 'complete', _meta: { [idKey]: one } } })
    script.send({ id: two, result: { resultType: 'complete', _meta: { [idKey]: two } } })
    expect(await drain(tools)).toEqual([{ type: 'toolsListChanged' }])
    expect(await drain(reads)).toEqual([
      { type: 'resourceUpdated', uri: 'file:///a' },
      { type: 'resourceUpdated', uri: 'file:///a/b' },
    ])
  })

  it('U4: ends when its result comes', async () => {
    const script = listening()
    await using client = await meet(script)
    const subscription = await client.listen(all)
    const drained = drain(subscription)
    await settled()
    script.send({ id: idOf(script), result: { resultType: 'complete', _meta: { [idKey]: idOf(script) } } })
    expect(await drained).toEqual([])
    expect(script.methods).not.toContain('notifications/cancelled')
  })

  it.each(['with', 'without'])('U5: ends when the server cancels it, %s a result', async (how) => {
    const script = listening()
    await using client = await meet(script)
    const subscription = await client.listen(all)
    tell(script, idOf(script), 'tools/list_changed')
    script.tell('notifications/cancelled', { requestId: idOf(script) })
    if (how === 'with') script.send({ id: idOf(script), result: { resultType: 'complete' } })
    expect(await drain(subscription)).toEqual([{ type: 'toolsListChanged' }])
  })

  it('U6: throws when the connection drops without a result', async () => {
    const script = listening()
    const client = await meet(script)
    const subscription = await client.listen(all)
    const failing = failureOf(drain(subscription))
    await settled()
    script.exit()
    expect(await failing).toBeInstanceOf(ConnectionClosed)
    await client.close()
  })

  it('throws when the server ends it with an error', async () => {
    const script = listening()
    await using client = await meet(script)
    const subscription = await client.listen(all)
    script.send({ id: idOf(script), error: { code: -32603, message: 'broken' } })
    expect(await failureOf(drain(subscription))).toMatchObject({ code: -32603 })
  })

  it('C4: is cancelled when it is closed, or left', async () => {
    const script = listening()
    await using client = await meet(script)
    const closed = await client.listen(all)
    await closed.close()
    expect(await drain(closed)).toEqual([])
    const left = await client.listen(all)
    tell(script, idOf(script, 1), 'tools/list_changed')
    for await (const change of left) {
      expect(change).toEqual({ type: 'toolsListChanged' })
      break
    }
    const cancelled = script
      .sent('notifications/cancelled')
      .map((message) => (message['params'] as JsonObject)['requestId'])
    expect(cancelled).toEqual([idOf(script, 0), idOf(script, 1)])
  })

  it('ends with its signal’s reason, before and after it is open', async () => {
    const script = listening()
    await using client = await meet(script)
    const stop = new AbortController()
    const subscription = await client.listen(all, { signal: stop.signal })
    const failing = failureOf(drain(subscription))
    await settled()
    stop.abort(new Error('enough'))
    expect(await failing).toMatchObject({ message: 'enough' })
    expect(await failureOf(client.listen(all, { signal: stop.signal }))).toMatchObject({ message: 'enough' })
    expect(script.sent('notifications/cancelled')).toHaveLength(1)
  })

  it('ends quietly when this side closes the client', async () => {
    const client = await meet(listening())
    const drained = drain(await client.listen(all))
    await settled()
    await client.close()
    expect(await drained).toEqual([])
  })

  it('L7: lives for ever once acknowledged, and must be acknowledged in time', async () => {
    vi.useFakeTimers()
    const script = listening()
    const client = await meet(script)
    const subscription = await client.listen(all)
    await vi.advanceTimersByTimeAsync(86_400_000)
    tell(script, idOf(script), 'tools/list_changed')
    const first = await subscription[Symbol.asyncIterator]().next()
    expect(first.value).toEqual({ type: 'toolsListChanged' })
    script.handlers['subscriptions/listen'] = () => undefined
    const failing = failureOf(client.listen(all))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await failing).toMatchObject({ name: 'TimeoutError' })
    expect(script.sent('notifications/cancelled').at(-1)).toMatchObject({ params: { requestId: idOf(script, 1) } })
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that is refused rejects with the error, and one that ends unacknowledged with InvalidResult', async () => {
    const script = modern({ 'subscriptions/listen': () => Promise.reject(new RpcError(-32603, 'full')) })
    await using client = await meet(script)
    expect(await failureOf(client.listen(all))).toMatchObject({ code: -32603, message: 'full' })
    script.handlers['subscriptions/listen'] = () => ({ resultType: 'complete' })
    expect(await failureOf(client.listen(all))).toMatchObject({ name: 'InvalidResult' })
  })

  it('T39: keeps each unread change once, however often it comes', async () => {
    const script = listening()
    await using client = await meet(script)
    const subscription = await client.listen({ ...all, resourceSubscriptions: ['a:1'] })
    for (let index = 0; index < 1000; index += 1) {
      tell(script, idOf(script), 'tools/list_changed')
      tell(script, idOf(script), 'resources/updated', { uri: 'a:1' })
    }
    script.send({ id: idOf(script), result: { resultType: 'complete' } })
    await client.ping()
    expect(await drain(subscription)).toEqual([{ type: 'toolsListChanged' }, { type: 'resourceUpdated', uri: 'a:1' }])
  })

  it('T39: cuts off a reader that is too far behind', async () => {
    const script = listening()
    await using client = await meet(script)
    const subscription = await client.listen({ resourceSubscriptions: ['a:'] })
    for (let index = 0; index <= 10_000; index += 1)
      tell(script, idOf(script), 'resources/updated', { uri: `a:/${index}` })
    await client.ping()
    expect(await failureOf(drain(subscription))).toMatchObject({ message: expect.stringContaining('unread') })
  })

  it('T39: cuts off a reader that is too far behind long changes, and not one that keeps up', async () => {
    const script = listening()
    await using client = await meet(script)
    const long = (index: number): string => `a:/${index}/${'x'.repeat(1_000_000)}`
    const keeping = await client.listen({ resourceSubscriptions: ['a:'] })
    const reader = keeping[Symbol.asyncIterator]()
    for (let index = 0; index < 8; index += 1) {
      tell(script, idOf(script), 'resources/updated', { uri: long(index) })
      expect((await reader.next()).value).toEqual({ type: 'resourceUpdated', uri: long(index) })
    }
    for (let index = 0; index < 8; index += 1) {
      tell(script, idOf(script), 'resources/updated', { uri: long(index % 2) })
      tell(script, idOf(script), 'resources/updated', { uri: long(index % 2) })
    }
    await client.ping()
    expect((await reader.next()).value).toEqual({ type: 'resourceUpdated', uri: long(0) })
    for (let index = 0; index < 5; index += 1) tell(script, idOf(script), 'resources/updated', { uri: long(index) })
    await client.ping()
    const rest = async (): Promise<void> => {
      for (let next = await reader.next(); next.done !== true; next = await reader.next());
    }
    expect(await failureOf(rest())).toMatchObject({ message: expect.stringContaining('characters') })
  })

  it('A4: drops what it spoils from the cache before it is read', async () => {
    const script = listening()
    script.handlers['tools/list'] = () => ({ tools: [], ttlMs: 60_000, cacheScope: 'public' })
    await using client = await meet(script)
    const subscription = await client.listen({ toolsListChanged: true })
    await client.listTools()
    await client.listTools()
    expect(script.sent('tools/list')).toHaveLength(1)
    tell(script, idOf(script), 'tools/list_changed')
    for await (const change of subscription) {
      expect(change.type).toBe('toolsListChanged')
      await client.listTools()
      break
    }
    expect(script.sent('tools/list')).toHaveLength(2)
  })
})
