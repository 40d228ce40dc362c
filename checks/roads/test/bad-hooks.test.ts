import { metaKeys } from '@parley/protocol'
import type { Exchange } from '@parley/protocol'
import { Server } from '@parley/server'
import { describe, expect, it } from 'vitest'
import { frames } from './raw-road.ts'

const meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }

/** A listen whose caller never takes what it is sent. */
const stuck = (id: number): Exchange => ({
  request: {
    kind: 'request',
    id,
    method: 'subscriptions/listen',
    params: { _meta: meta, notifications: { toolsListChanged: true } },
  },
  signal: new AbortController().signal,
  origin: { road: 'stuck' },
  notify: () => new Promise(() => undefined),
})

describe('listeners that take nothing', () => {
  it('T15: hold a place from the moment they ask', async () => {
    const server = new Server({ name: 'full', version: '1' }, { listen: { total: 2 } })
    server.tool('x', () => 'x')
    void server.respond(stuck(1))
    void server.respond(stuck(2))
    expect(await server.respond(stuck(3))).toMatchObject({
      kind: 'error',
      error: { code: -32603, message: 'Too many subscriptions are open', data: { retry: true } },
    })
  })
})

describe('a hook that is asynchronous and fails', () => {
  it('is reported where it hears notifications, and ends no process where it hears errors', async () => {
    const heard: unknown[] = []
    const failure = new Error('the hook')
    // Nothing in the types of the options keeps these from being async.
    const onNotification = (): unknown => Promise.reject(failure)
    const onError = (error: unknown): unknown => {
      heard.push(error)
      return Promise.reject(new Error('the reporter'))
    }
    const server = new Server({ name: 'hooked', version: '1' }, { onNotification, onError })
    const road = frames(server)
    road.send('{"jsonrpc":"2.0","method":"notifications/anything"}')
    road.send({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: meta } })
    expect((await road.answer(1)).result).toMatchObject({ resultType: 'complete' })
    await road.close()
    expect(heard).toEqual([failure])
  })
})
