import { ConnectionClosed, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { drain, everything, failureOf, legacy, meet } from './script.ts'
import type { Script } from './script.ts'

const all = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['a:1', 'a:2'],
}

describe('a legacy subscription', () => {
  const server = (capabilities = everything): Script =>
    legacy({ 'resources/subscribe': () => ({}), 'resources/unsubscribe': () => ({}), ping: () => ({}) }, capabilities)
  const uris = (script: Script, method: string): unknown[] =>
    script.sent(method).map((message) => (message['params'] as JsonObject)['uri'])

  it('L5: acknowledges what the server’s capabilities promise', async () => {
    const script = server({ tools: { listChanged: true }, prompts: {}, resources: { listChanged: true } })
    await using client = await meet(script)
    const subscription = await client.listen(all)
    expect(subscription.acknowledged).toEqual({ toolsListChanged: true, resourcesListChanged: true })
    expect(script.methods).not.toContain('resources/subscribe')
    await subscription.close()
  })

  it('L5: to nothing that the server promises is refused at once, with the reason', async () => {
    const script = server({ tools: {}, prompts: { listChanged: true }, resources: { listChanged: true } })
    await using client = await meet(script)
    expect(await failureOf(client.listen({ toolsListChanged: true, resourceSubscriptions: ['a:1'] }))).toMatchObject({
      kind: 'methodNotFound',
      message: expect.stringContaining('does not advertise tools.listChanged, resources.subscribe'),
    })
    expect(script.methods).not.toContain('resources/subscribe')
    expect((await client.listen({})).acknowledged).toEqual({})
  })

  it('U8: gives what was asked for and nothing else', async () => {
    const script = server()
    await using client = await meet(script)
    const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['a:1'] })
    script.tell('notifications/tools/list_changed')
    script.tell('notifications/prompts/list_changed')
    script.tell('notifications/resources/updated', { uri: 'a:1' })
    script.tell('notifications/resources/updated', { uri: 'a:1/part' })
    script.tell('notifications/resources/updated', { uri: 'a:2' })
    await client.ping()
    const iterator = subscription[Symbol.asyncIterator]()
    const read = [await iterator.next(), await iterator.next(), await iterator.next()].map(
      ({ value }) => value as unknown,
    )
    expect(read).toEqual([
      { type: 'toolsListChanged' },
      { type: 'resourceUpdated', uri: 'a:1' },
      { type: 'resourceUpdated', uri: 'a:1/part' },
    ])
    await subscription.close()
    expect(await iterator.next()).toMatchObject({ done: true })
  })

  it('U8: subscribes to a resource once for all its readers', async () => {
    const script = server()
    await using client = await meet(script)
    const [one, two] = await Promise.all([
      client.listen({ resourceSubscriptions: ['a:1', 'a:2', 'a:1'] }),
      client.listen({ resourceSubscriptions: ['a:2', 'a:3'] }),
    ])
    expect(new Set(uris(script, 'resources/subscribe'))).toEqual(new Set(['a:1', 'a:2', 'a:3']))
    expect(script.sent('resources/subscribe')).toHaveLength(3)
    await one.close()
    await one.close()
    expect(uris(script, 'resources/unsubscribe')).toEqual(['a:1'])
    await two[Symbol.asyncDispose]()
    expect(new Set(uris(script, 'resources/unsubscribe'))).toEqual(new Set(['a:1', 'a:2', 'a:3']))
  })

  it('that the server refuses in part is refused, and leaves nothing behind', async () => {
    const script = server()
    script.handlers['resources/subscribe'] = ({ uri }) => {
      if (uri === 'a:2') throw new RpcError(-32002, 'Resource not found', { uri })
      return {}
    }
    await using client = await meet(script)
    expect(await failureOf(client.listen({ resourceSubscriptions: ['a:1', 'a:2'] }))).toMatchObject({
      kind: 'resourceNotFound',
    })
    expect(uris(script, 'resources/unsubscribe')).toContain('a:1')
    script.handlers['resources/subscribe'] = () => ({})
    await (await client.listen({ resourceSubscriptions: ['a:2'] })).close()
  })

  it('U6: throws when the connection drops, and ends quietly when this side closes it', async () => {
    const script = server()
    const client = await meet(script)
    const failing = failureOf(drain(await client.listen({ toolsListChanged: true })))
    script.exit()
    expect(await failing).toBeInstanceOf(ConnectionClosed)
    const other = await meet(server())
    const drained = drain(await other.listen({ toolsListChanged: true }))
    await other.close()
    expect(await drained).toEqual([])
    expect(await failureOf(other.listen({ toolsListChanged: true }))).toBeInstanceOf(ConnectionClosed)
  })
})
