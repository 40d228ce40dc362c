import type { Exchange } from '@parley/protocol'
import { serveWebSocket } from '@parley/transports/websocket/node'
import type { ServeWebSocketOptions, WebSocketServing } from '@parley/transports/websocket/node'
import { afterEach, describe, expect, it } from 'vitest'
import { responder, signalled } from './peers.ts'
import { raw } from './websocket-upgrade.ts'
import type { Raw } from './websocket-upgrade.ts'

const open: { serving: WebSocketServing; clients: Raw[] }[] = []

const start = async (server: ReturnType<typeof responder>, options: ServeWebSocketOptions = {}, count = 1) => {
  const serving = await serveWebSocket(server, { port: 0, linger: 0, flush: 50, ...options })
  const clients = await Promise.all(Array.from({ length: count }, () => raw(serving.url)))
  open.push({ serving, clients })
  return { serving, clients }
}

afterEach(async () => {
  for (const { serving, clients } of open.splice(0)) {
    for (const { ws } of clients) ws.terminate()
    await serving.close()
  }
})

const text = 'x'.repeat(65_536)

/** Notifies so often in one turn; gives how many were not refused until the first that was. */
const flood = async (exchange: Exchange, method: string, most: number): Promise<number | undefined> => {
  let first: number | undefined
  for (let count = 0; count < most; count += 1)
    Promise.resolve(exchange.notify(method, { text })).catch(() => (first ??= count))
  await Promise.resolve()
  await Promise.resolve()
  return first
}

const call = (client: Raw | undefined, method: string, id: number | string = 1): void =>
  client?.ws.send(JSON.stringify({ jsonrpc: '2.0', id, method }))

/** What comes until the answer, and the answer. */
const until = (client: Raw | undefined, id: number | string): Promise<{ method?: string; id?: unknown }[]> =>
  new Promise((resolve) => {
    const seen: { method?: string; id?: unknown }[] = []
    client?.ws.on('message', (frame: Buffer) => {
      const message = JSON.parse(frame.toString()) as { id?: unknown }
      seen.push(message)
      if (message.id === id) resolve(seen)
    })
  })

describe('what waits for clients over WebSockets', () => {
  it('is bounded for a sender that never waits: its client is cut', async () => {
    const outcome = signalled<unknown>()
    const server = responder(async (exchange) => {
      const first = await flood(exchange, 'notifications/progress', 1000)
      outcome.settle([first, exchange.signal.aborted])
      return {}
    })
    const { clients } = await start(server, { softLimit: Infinity, hardLimit: 500_000 })
    call(clients[0], 'a')
    expect(await outcome.promise).toEqual([8, true])
    expect((await clients[0]?.closed)?.[0]).toBe(1006)
  })

  it('drops log lines long before that, and ends nothing for them', async () => {
    const server = responder(async (exchange) => {
      const first = await flood(exchange, 'notifications/message', 100)
      return { first: first ?? 'none' }
    })
    const { clients } = await start(server, { softLimit: Infinity, hardLimit: 500_000 })
    const seen = until(clients[0], 1)
    call(clients[0], 'a')
    const messages = await seen
    expect(messages.at(-1)).toMatchObject({ result: { first: 'none' } })
    expect(messages).toHaveLength(5)
  })

  it('always has room for answers, which come whole and in order although they are sent in parts', async () => {
    const large = '\u00e4\u{1f600}'.repeat(200_000)
    const server = responder(({ request }) => ({ text: `${request.id}${large}` }))
    const { clients } = await start(server, { hardLimit: 1000 })
    const seen = until(clients[0], 'last')
    for (const id of ['a', 'b', 'c', 'last']) call(clients[0], 'x', id)
    expect(await seen).toEqual(
      ['a', 'b', 'c', 'last'].map((id) => ({ jsonrpc: '2.0', id, result: { text: `${id}${large}` } })),
    )
  })

  it('is bounded for all together: whoever has most of it is cut, and nobody else', async () => {
    const streams: Exchange[] = []
    const ready = signalled()
    const over = signalled()
    const server = responder(async (exchange) => {
      if (streams.push(exchange) === 2) ready.settle()
      await over.promise
      return { closing: true }
    })
    const limits = { softLimit: Infinity, hardLimit: Infinity, maxWaiting: 2_000_000 }
    const { clients } = await start(server, limits, 2)
    const [one, two] = clients
    const seen = [until(one, 1), until(two, 1)]
    for (const client of clients) call(client, 'hold')
    await ready.promise
    const [modest, greedy] = streams
    if (modest === undefined || greedy === undefined) throw new Error('both are open')
    const little = modest.notify('notifications/tools/list_changed')
    const first = await flood(greedy, 'notifications/progress', 1000)
    expect(first).toBe(30)
    await little
    expect([greedy.signal.aborted, modest.signal.aborted]).toEqual([true, false])
    over.settle()
    const heard = await Promise.race(seen)
    expect(heard).toMatchObject([{ method: 'notifications/tools/list_changed' }, { result: { closing: true } }])
  })
})

it('the clock of a client that takes nothing is not set back by what the client sends', async () => {
  const cut = signalled()
  const server = responder(async (exchange) => {
    if (exchange.request.method !== 'talk') return {}
    exchange.signal.addEventListener('abort', () => cut.settle())
    for (;;) await exchange.notify('notifications/progress', { text })
  })
  // Between the limits everything that comes is still read.
  const { clients } = await start(server, { softLimit: 100_000, hardLimit: Infinity, stall: 200 })
  const ws = clients[0]?.ws
  ws?.pause()
  call(clients[0], 'talk')
  const chatter = setInterval(() => ws?.send('{"jsonrpc":"2.0","method":"notifications/chatter"}'), 20)
  await cut.promise
  clearInterval(chatter)
})
