import type { JsonObject } from '@parley/core'
import type { Exchange } from '@parley/protocol'
import { serveWebSocket } from '@parley/transports/websocket/node'
import type { ServeWebSocketOptions, WebSocketServing } from '@parley/transports/websocket/node'
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Pulse } from '../src/websocket/pulse.ts'
import { responder, signalled } from './peers.ts'
import { raw } from './websocket-upgrade.ts'
import type { Raw } from './websocket-upgrade.ts'

let serving: WebSocketServing | undefined
afterEach(async () => {
  await serving?.close()
  serving = undefined
})

const start = async (options: ServeWebSocketOptions = {}, server = responder()): Promise<Raw> => {
  serving = await serveWebSocket(server, { port: 0, linger: 0, ...options })
  return raw(serving.url)
}

const message = (size: number): string => {
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'a', params: { x: '' } })
  return text.replace('""', `"${'x'.repeat(size - text.length)}"`)
}

/** Settles once a request's signal aborts. */
const aborted = ({ signal }: Exchange): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()))

describe('frames from a client', () => {
  it('binary closes with 1003, and nothing of it is served', async () => {
    const served: unknown[] = []
    const { ws, closed } = await start(
      {},
      responder(({ request }) => ({ n: served.push(request) })),
    )
    ws.send(Buffer.from(message(100)))
    ws.send(message(100))
    expect((await closed)[0]).toBe(1003)
    expect(served).toEqual([])
  })

  it('longer than the limit closes with 1009; as long as it is served', async () => {
    const { ws, closed, next } = await start({ maxMessage: 1000 })
    ws.send(message(1000))
    expect(await next()).toMatchObject({ id: 1 })
    ws.send(message(1001))
    expect((await closed)[0]).toBe(1009)
  })

  it('counts all fragments of a message towards its limit', async () => {
    const { ws, closed, next } = await start({ maxMessage: 1000 })
    const whole = message(1000)
    ws.send(whole.slice(0, 500), { fin: false })
    ws.send(whole.slice(500), { fin: true })
    expect(await next()).toMatchObject({ id: 1 })
    ws.send('x'.repeat(600), { fin: false })
    ws.send('x'.repeat(600), { fin: false })
    expect((await closed)[0]).toBe(1009)
  })

  it.each([
    ['cut short', [0x22, 0xc3]],
    ['too long for its character', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('UTF-8 that is %s closes with 1007', async (_, bytes) => {
    const { ws, closed } = await start()
    ws.send(Buffer.from(bytes), { binary: false })
    expect((await closed)[0]).toBe(1007)
  })

  it('that are no messages are answered, but not without end', async () => {
    const { ws, closed, next } = await start()
    const answer = next()
    for (let n = 0; n < 500; n += 1) ws.send('no')
    expect(await answer).toMatchObject({ error: { code: -32700 } })
    ws.send(message(100))
    for (let n = 0; n < 1001; n += 1) ws.send('no')
    expect((await closed)[0]).toBe(1008)
  })

  it('nested too deeply are answered with an error', async () => {
    const { ws, next } = await start({ depth: 10 })
    ws.send(`{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":${'['.repeat(10)}${']'.repeat(10)}}}`)
    expect(await next()).toMatchObject({ error: { code: expect.any(Number) } })
  })
})

describe('limits of a connection', () => {
  const holding = () => {
    const begun = signalled<Exchange>()
    const held = signalled<JsonObject>()
    const server = responder((exchange) => {
      begun.settle(exchange)
      return exchange.request.method === 'hold' ? held.promise : {}
    })
    return { begun: begun.promise, release: held.settle, server }
  }

  it.each([
    ['one connection', { maxInFlightPerConnection: 1 }],
    ['all of them', { maxInFlight: 1 }],
  ])('refuses more requests at once than may be in flight on %s, with a hint to retry', async (_, options) => {
    const { server, begun, release } = holding()
    const { ws, ask, next } = await start(options, server)
    ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'first', method: 'hold' }))
    await begun
    expect(await ask('a')).toMatchObject({ id: 1, error: { code: -32603, data: { retry: true } } })
    release({ held: true })
    expect(await next()).toMatchObject({ id: 'first', result: { held: true } })
  })

  it('lets what is in flight finish when serving ends, takes no more, and says goodbye', async () => {
    const { server, begun, release } = holding()
    const { ws, ask, next, closed } = await start({ linger: 10_000 }, server)
    ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'first', method: 'hold' }))
    await begun
    const closing = serving?.close()
    // For longer than what is merely on its way would be waited for.
    for (const until = performance.now() + 50; performance.now() < until;) {
      expect(await ask('a')).toMatchObject({ error: { data: { retry: true } } })
    }
    const last = next()
    release({ held: true })
    expect(await last).toMatchObject({ id: 'first', result: { held: true } })
    expect(await closed).toEqual([1001, 'The server is closing'])
    await closing
    await serving?.closed
  })

  it('a client that is gone aborts its requests', async () => {
    const { server, begun } = holding()
    const { ws } = await start({}, server)
    ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'first', method: 'hold' }))
    const gone = aborted(await begun)
    ws.terminate()
    await gone
  })

  it('a client that takes nothing while more and more waits is cut off, and its senders are told', async () => {
    const outcome = signalled<unknown>()
    const server = responder(async (exchange) => {
      try {
        for (;;) await exchange.notify('notifications/message', { level: 'info', data: 'x'.repeat(100_000) })
      } catch (error) {
        outcome.settle(error)
        throw error
      }
    })
    const { ws } = await start({ stall: 50 }, server)
    ws.pause()
    ws.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'talk' }))
    expect(await outcome.promise).toMatchObject({ name: 'ConnectionClosed' })
    ws.terminate()
  })

  it('a client that asks and asks, and takes none of the answers, is read no further', async () => {
    let served = 0
    const large = { x: 'x'.repeat(500_000) }
    const server = responder(() => {
      served += 1
      return large
    })
    const { ws, closed } = await start({ stall: 200 }, server)
    ws.pause()
    for (let id = 0; id < 1000; id += 1) {
      ws.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'a', params: { pad: 'x'.repeat(2000) } }))
    }
    await vi.waitFor(() => expect(serving?.size).toBe(0), { timeout: 5000 })
    expect(served).toBeLessThan(500)
    ws.terminate()
    await closed
  })
})

describe('signs of life', () => {
  it('pings, and keeps a client that answers', async () => {
    const { ws, ask } = await start({ keepAlive: 5 })
    for (let n = 0; n < 6; n += 1) await once(ws, 'ping')
    expect(await ask('a')).toMatchObject({ id: 1 })
  })

  it('gives up a client that answers none', async () => {
    serving = await serveWebSocket(responder(), { port: 0, keepAlive: 5 })
    const client = await raw(serving.url)
    // What a machine that is asleep does.
    client.ws.pause()
    await vi.waitFor(() => expect(serving?.size).toBe(0))
    client.ws.terminate()
  })

  it('has one timer for all, and none once they are gone', () => {
    vi.useFakeTimers()
    try {
      const pulse = new Pulse(1000)
      const hearts = [0, 1].map(() => ({ ping: vi.fn(), busy: vi.fn(() => false), fail: vi.fn() }))
      const [one, two] = hearts
      for (const heart of hearts) pulse.add(heart)
      expect([vi.getTimerCount(), pulse.size]).toEqual([1, 2])
      vi.advanceTimersByTime(2000)
      if (one !== undefined) pulse.touch(one)
      two?.busy.mockReturnValue(true)
      vi.advanceTimersByTime(1000)
      two?.busy.mockReturnValue(false)
      vi.advanceTimersByTime(1000)
      expect(hearts.map(({ ping, fail }) => [ping.mock.calls.length, fail.mock.calls.length])).toEqual([
        [4, 0],
        [3, 0],
      ])
      vi.advanceTimersByTime(1000)
      expect(hearts.map(({ fail }) => fail.mock.calls.length)).toEqual([1, 0])
      for (const heart of hearts) pulse.delete(heart)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
