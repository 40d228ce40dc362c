import { metaKeys } from '@parley/protocol'
import { Server } from '@parley/server'
import type { ServerOptions } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { open, shakeHands } from './wire.ts'
import type { Wire } from './wire.ts'

const info = { name: 'notes', version: '1.0.0' }
const everything = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['note://1'],
}

/** A server that has tools and resources, and no prompts yet. */
const notes = (options: ServerOptions = {}): Server => {
  const server = new Server(info, options)
  server.tool('one', () => 'one')
  server.resource('note://1', () => 'one')
  return server
}

const listen = (wire: Wire, id: string | number, notifications: object): Promise<void> =>
  wire.ask(id, 'subscriptions/listen', { notifications })

describe('a server that is listened to', () => {
  it.each(['sub', 7])('U2, U3: acknowledges first, with what it honours and the id %j', async (id) => {
    const server = notes()
    const wire = open(server)
    await listen(wire, id, everything)
    server.tool('two', () => 'two')
    const { promptsListChanged: _, ...honoured } = everything
    expect(await wire.next()).toEqual({
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [metaKeys.subscriptionId]: id }, notifications: honoured },
    })
    expect(await wire.next()).toEqual({
      method: 'notifications/tools/list_changed',
      params: { _meta: { [metaKeys.subscriptionId]: id } },
    })
    await wire.close()
  })

  it('U1: sends nothing outside the filter', async () => {
    const server = notes()
    const wire = open(server)
    await listen(wire, 1, { toolsListChanged: true, resourceSubscriptions: ['note://1'] })
    await wire.next()
    server.resource('note://2', () => 'two')
    server.resourceUpdated('note://2')
    expect(await wire.sofar()).toEqual([])
    server.tool('two', () => 'two')
    server.resourceUpdated('note://1')
    const methods = (await wire.sofar()).map(({ method, params }) => [method, params?.['uri']])
    expect(methods).toEqual([
      ['notifications/tools/list_changed', undefined],
      ['notifications/resources/updated', 'note://1'],
    ])
    await wire.close()
  })

  it('U3, U4, U5: that closes answers each listen with its id, and then cancels it', async () => {
    const server = notes()
    const wire = open(server)
    await listen(wire, 'sub', { toolsListChanged: true })
    await wire.next()
    await server.close()
    expect(await wire.next()).toMatchObject({
      id: 'sub',
      result: { resultType: 'complete', _meta: { [metaKeys.subscriptionId]: 'sub' } },
    })
    expect(await wire.next()).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 'sub' } })
    await wire.close()
  })

  it('R6: has no subscriptions to resources without the flag, in either era', async () => {
    const server = notes({ capabilities: { resources: { listChanged: true } } })
    const wire = open(server)
    await listen(wire, 1, everything)
    const { params } = await wire.next()
    expect(params?.['notifications']).toEqual({ toolsListChanged: true, resourcesListChanged: true })
    server.resourceUpdated('note://1')
    expect(await wire.sofar()).toEqual([])
    await wire.close()
    const old = open(server)
    await shakeHands(old)
    await old.askPlainly(2, 'resources/subscribe', { uri: 'note://1' })
    expect(await old.next()).toEqual({ id: 2, code: -32601 })
    await old.close()
  })
})

describe('a legacy session', () => {
  it('U8: hears of lists, and of the resources that it subscribed to, until it takes that back', async () => {
    const server = notes()
    const wire = open(server)
    await shakeHands(wire)
    await wire.askPlainly(2, 'resources/subscribe', { uri: 'note://1' })
    expect(await wire.next()).toEqual({ id: 2, result: {} })
    server.resourceUpdated('note://2')
    server.resourceUpdated('note://1')
    server.tool('two', () => 'two')
    expect(await wire.sofar()).toEqual([
      { method: 'notifications/resources/updated', params: { uri: 'note://1' } },
      { method: 'notifications/tools/list_changed' },
    ])
    await wire.askPlainly(3, 'resources/unsubscribe', { uri: 'note://1' })
    expect(await wire.next()).toEqual({ id: 3, result: {} })
    server.resourceUpdated('note://1')
    expect(await wire.sofar()).toEqual([])
    await wire.close()
  })

  it('U8: hears nothing before it has said that it is initialized', async () => {
    const server = notes()
    const wire = open(server)
    server.tool('two', () => 'two')
    expect(await wire.sofar()).toEqual([])
    await wire.close()
  })
})
