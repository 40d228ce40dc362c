import type { JsonObject } from '@parley/core'
import { metaKeys } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { Relay } from '../src/watch/relay.ts'

const request = (id: number, method: string, params?: JsonObject): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
})

const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
const offer = { capabilities: { tools: { listChanged: true }, prompts: {} } }
const answer = (id: unknown, result: JsonObject = {}): JsonObject => ({ jsonrpc: '2.0', id, result })

const setUp = (): { relay: Relay; host: JsonObject[]; start: () => JsonObject[] } => {
  const host: JsonObject[] = []
  const relay = new Relay((message) => host.push(message))
  const start = (): JsonObject[] => {
    const server: JsonObject[] = []
    relay.serverStarted((message) => server.push(message))
    return server
  }
  return { relay, host, start }
}

const opened = (): ReturnType<typeof setUp> => {
  const up = setUp()
  up.start()
  up.relay.fromHost(request(0, 'initialize'))
  up.relay.fromServer(answer(0, offer))
  up.relay.fromHost(initialized)
  up.host.length = 0
  return up
}

/** Starts a second server, which answers the handshake that it is told. */
const restart = (up: ReturnType<typeof setUp>): JsonObject[] => {
  up.relay.serverGone()
  const server = up.start()
  up.relay.fromServer(answer(server[0]?.['id'], offer))
  return server
}

describe('a server that is started anew', () => {
  it('is told the handshake again, of which the host hears nothing but that lists may have changed', () => {
    const up = opened()
    const server = restart(up)
    expect(server).toEqual([{ ...request(0, 'initialize'), id: 'parley-reload-1' }, initialized])
    expect(up.host).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }])
  })

  it('is told the level of the log, and what is watched', () => {
    const up = opened()
    const level = request(1, 'logging/setLevel', { level: 'debug' })
    const watched = request(2, 'resources/subscribe', { uri: 'a:b' })
    const left = request(3, 'resources/subscribe', { uri: 'c:d' })
    for (const each of [level, watched, left, request(4, 'resources/unsubscribe', { uri: 'c:d' })]) {
      up.relay.fromHost(each)
      up.relay.fromServer(answer(each['id']))
    }
    up.host.length = 0
    const server = restart(up)
    expect(server.slice(2)).toEqual([
      { ...level, id: 'parley-reload-2' },
      { ...watched, id: 'parley-reload-3' },
    ])
    up.relay.fromServer(answer('parley-reload-2'))
    up.relay.fromServer(answer('parley-reload-3'))
    expect(up.host).toHaveLength(1)
  })

  it('answers what comes meanwhile; what the old one had begun is an error', () => {
    const up = opened()
    up.relay.fromHost(request(1, 'tools/call'))
    up.relay.serverGone()
    expect(up.host).toEqual([
      {
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32603, message: 'The server was reloaded while it answered; call again' },
      },
    ])
    up.relay.fromHost(request(2, 'tools/list'))
    const server = up.start()
    expect(server).toHaveLength(1)
    up.relay.fromServer(answer('parley-reload-1', offer))
    expect(server.slice(1)).toEqual([initialized, request(2, 'tools/list')])
  })

  it('takes back what the old one asked, and the answer to that reaches nobody', () => {
    const up = opened()
    up.relay.fromServer(request(7, 'elicitation/create'))
    up.host.length = 0
    const server = restart(up)
    expect(up.host[0]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 7 } })
    up.relay.fromHost(answer(7, { action: 'accept' }))
    expect(server).toHaveLength(2)
  })

  it('goes on with open listens, whose callers read one acknowledgement and the changes', () => {
    const up = setUp()
    const first = up.start()
    const listen = request(5, 'subscriptions/listen', { notifications: { toolsListChanged: true } })
    const acknowledged = {
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [metaKeys.subscriptionId]: 5 } },
    }
    up.relay.fromHost(listen)
    up.relay.fromServer(acknowledged)
    expect(first).toEqual([listen])
    expect(up.host).toEqual([acknowledged])
    up.relay.serverGone()
    const server = up.start()
    up.relay.fromServer(acknowledged)
    expect(server).toEqual([listen])
    expect(up.host.slice(1)).toEqual([
      {
        jsonrpc: '2.0',
        method: 'notifications/tools/list_changed',
        params: { _meta: { [metaKeys.subscriptionId]: 5 } },
      },
    ])
  })
})

describe('a server that does not start', () => {
  it('keeps a host waiting that is only connecting', () => {
    const up = setUp()
    up.start()
    up.relay.fromHost(request(0, 'initialize'))
    up.relay.serverGone('It ended')
    expect(up.host).toEqual([])
    const server = up.start()
    expect(server).toEqual([request(0, 'initialize')])
    up.relay.fromServer(answer(0, offer))
    expect(up.host).toEqual([answer(0, offer)])
  })

  it('has its calls answered with the reason', () => {
    const up = opened()
    up.relay.serverGone('It ended')
    up.relay.fromHost(request(1, 'tools/list'))
    expect(up.host).toEqual([{ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'It ended' } }])
  })
})
