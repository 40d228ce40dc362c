import type { ConnectionClosed } from '@parley/core'
import type { Exchange } from '@parley/protocol'
import { connect } from 'node:net'
import { serveHttp } from '@parley/transports/http/node'
import { afterEach, describe, expect, it } from 'vitest'
import { Backlog } from '../src/http/backlog.ts'
import type { Holder } from '../src/http/backlog.ts'
import { calling, faces, posting } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { responder, signalled } from './peers.ts'

const open: { close: () => Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((face) => face.close()))
})

const text = 'x'.repeat(65_536)

const refusal = { name: 'ConnectionClosed' }

/** Notifies without ever waiting, all in one turn; gives how many were not refused. */
const flood = async (exchange: Exchange, method: string, count: number): Promise<number> => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: count }, async () => exchange.notify(method, { text })),
  )
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

/** Without waiting for what was taken: only whether it was refused at once. */
const refusedAt = async (exchange: Exchange, method: string, most: number): Promise<number | undefined> => {
  let first: number | undefined
  for (let count = 0; count < most; count += 1) {
    Promise.resolve(exchange.notify(method, { text })).catch(() => (first ??= count))
  }
  await Promise.resolve()
  await Promise.resolve()
  return first
}

describe('a backlog', () => {
  const made = (waiting: number): Holder & { cuts: ConnectionClosed[]; waiting: number } => {
    const cuts: ConnectionClosed[] = []
    return { waiting, cuts, before: undefined, after: undefined, cut: (reason) => void cuts.push(reason) }
  }

  it('cuts those with most of what waits, and no more of them than it must', () => {
    const backlog = new Backlog(1000)
    const holders = [made(100), made(500), made(300), made(150)]
    for (const holder of holders) backlog.open(holder)
    backlog.grow(1000)
    expect(holders.map(({ cuts }) => cuts.length)).toEqual([0, 0, 0, 0])
    backlog.grow(1)
    expect(holders.map(({ cuts }) => cuts.length)).toEqual([0, 1, 0, 0])
    expect([holders[1]?.cuts[0], backlog.size]).toMatchObject([refusal, 3])
  })

  it('cuts nobody where what was added has been taken', () => {
    const backlog = new Backlog(1000)
    const holder = made(10)
    backlog.open(holder)
    for (let turn = 0; turn < 100; turn += 1) backlog.grow(900)
    expect(holder.cuts).toEqual([])
  })

  it('forgets those that have ended', () => {
    const backlog = new Backlog(1000)
    const holder = made(5000)
    backlog.open(holder)
    backlog.close(holder)
    backlog.grow(5000)
    expect([holder.cuts, backlog.size]).toEqual([[], 0])
  })
})

describe.each(faces)('what waits for clients over $name', ({ open: openFace }) => {
  const start = async (...rest: Parameters<typeof openFace>): Promise<Face> => {
    const face = await openFace(...rest)
    open.push(face)
    return face
  }

  it('is bounded for a sender that never waits: its client is cut, and its request cancelled', async () => {
    const outcome = signalled<unknown>()
    const server = responder(async (exchange) => {
      const { signal } = exchange
      const first = await refusedAt(exchange, 'notifications/progress', 1000)
      outcome.settle([first, signal.aborted, signal.reason])
      return {}
    })
    const face = await start(server, { softLimit: Infinity, hardLimit: 500_000 })
    face.open(calling('tools/list')).catch(() => undefined)
    expect(await outcome.promise).toEqual([8, true, expect.objectContaining(refusal)])
  })

  it('drops log lines long before that, and ends nothing for them', async () => {
    const server = responder(async (exchange) => ({ fine: await flood(exchange, 'notifications/message', 100) }))
    const face = await start(server, { softLimit: 100_000, hardLimit: 500_000 })
    const live = await face.open(calling('tools/list'))
    let lines = 0
    let last = await live.message()
    for (; last?.['method'] !== undefined; last = await live.message()) lines += 1
    expect(last).toMatchObject({ result: { fine: 100 } })
    expect(lines).toBe(4)
  })

  it('always has room for an answer', async () => {
    const server = responder(async (exchange) => {
      void flood(exchange, 'notifications/progress', 2)
      return { text: text.repeat(10) }
    })
    const face = await start(server, { softLimit: 100_000, hardLimit: 100_000 })
    const live = await face.open(calling('tools/list'))
    expect([await live.message(), await live.message(), await live.message()]).toMatchObject([
      { method: 'notifications/progress' },
      { method: 'notifications/progress' },
      { result: { text: text.repeat(10) } },
    ])
    expect(await live.message()).toBeUndefined()
  })

  it('is bounded for all together: whoever has most of it is cut, and nobody else', async () => {
    const streams: Exchange[] = []
    const ready = signalled()
    const over = signalled()
    const server = responder(async (exchange) => {
      await exchange.notify('notifications/subscriptions/acknowledged')
      if (streams.push(exchange) === 2) ready.settle()
      await over.promise
      return { closing: true }
    })
    const face = await start(server, { softLimit: Infinity, hardLimit: Infinity, maxWaiting: 2_000_000 })
    const lives = [await face.open(calling('subscriptions/listen')), await face.open(calling('subscriptions/listen'))]
    await ready.promise
    const [modest, greedy] = streams
    if (modest === undefined || greedy === undefined) throw new Error('two streams were opened')
    const little = modest.notify('notifications/tools/list_changed')
    const first = await refusedAt(greedy, 'notifications/progress', 1000)
    expect(first).toBe(30)
    await little
    await modest.notify('notifications/tools/list_changed')
    over.settle()
    const heard = []
    for (let last = await lives[0]?.message(); last !== undefined; last = await lives[0]?.message()) heard.push(last)
    expect(heard).toMatchObject([
      { method: 'notifications/subscriptions/acknowledged' },
      { method: 'notifications/tools/list_changed' },
      { method: 'notifications/tools/list_changed' },
      { result: { closing: true } },
    ])
  })

  it('G11: a legacy client that was cut can come back for all of it', async () => {
    const go = signalled()
    const cut = signalled()
    const server = responder(async (exchange) => {
      const { request, session } = exchange
      if (request.method === 'initialize' && session !== undefined) {
        session.state.version = '2025-11-25'
        return { protocolVersion: '2025-11-25' }
      }
      await exchange.notify('notifications/progress', { first: true })
      await go.promise
      await flood(exchange, 'notifications/progress', 40)
      cut.settle()
      return { done: true }
    })
    const face = await start(server, { softLimit: 100_000, hardLimit: 500_000 })
    const params = { protocolVersion: '2025-11-25' }
    const first = await face.ask(posting({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, { host: face.host }))
    const own: Ask['headers'] = { host: face.host, 'mcp-session-id': first.header('mcp-session-id') }
    const live = await face.open(posting({ jsonrpc: '2.0', id: 1, method: 'tools/call' }, own))
    const id = /^id: (.+)$/m.exec((await live.next()) ?? '')?.[1]
    go.settle()
    await cut.promise
    const back = await face.open({
      method: 'GET',
      headers: { ...own, accept: 'text/event-stream', 'last-event-id': id },
    })
    let count = 0
    let last = await back.message()
    for (; last?.['method'] !== undefined; last = await back.message()) count += 1
    expect([count, last]).toMatchObject([41, { id: 1, result: { done: true } }])
  })
})

describe('the clock of a client that takes nothing', () => {
  it('is not set back by what the client sends', async () => {
    const cut = signalled()
    const server = responder(async (exchange) => {
      exchange.signal.addEventListener('abort', () => cut.settle())
      for (;;) await exchange.notify('notifications/progress', { text })
    })
    const http = await serveHttp(server, { port: 0, linger: 0, stall: 200, softLimit: 100_000 })
    open.push(http)
    const { hostname, port } = new URL(http.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.pause()
    const { headers, body } = calling('tools/list')
    const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    )
    const length = `content-length: ${(body as string).length}`
    socket.write(`POST /mcp HTTP/1.1\r\n${[...lines, length].join('\r\n')}\r\n\r\n${body as string}`)
    socket.write('POST /mcp HTTP/1.1\r\n')
    // The head of a second request, a letter at a time.
    const chatter = setInterval(() => socket.write('x'), 20)
    await cut.promise
    clearInterval(chatter)
    socket.destroy()
  })
})
