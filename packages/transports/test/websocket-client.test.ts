import { HttpFailure } from '@parley/core'
import type { Dial } from '@parley/protocol'
import { webSocket as platformWebSocket } from '@parley/transports/websocket'
import type { WebSocketLike } from '@parley/transports/websocket'
import { serveWebSocket, webSocket } from '@parley/transports/websocket/node'
import type { WebSocketServing } from '@parley/transports/websocket/node'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { responder, signalled } from './peers.ts'

const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanup.splice(0).toReversed()) await undo()
})

const start = async (...options: Parameters<typeof serveWebSocket>): Promise<WebSocketServing> => {
  const serving = await serveWebSocket(options[0], { port: 0, linger: 0, ...options[1] })
  cleanup.push(() => serving.close())
  return serving
}

/** A server of others, that does as it likes with every connection. */
const strange = async (greet: (ws: WebSocket) => void, speaks: 'mcp' | false = 'mcp'): Promise<string> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => speaks })
  server.on('connection', (ws) => {
    ws.on('error', () => undefined)
    greet(ws)
  })
  await once(server, 'listening')
  cleanup.push(() => {
    for (const ws of server.clients) ws.terminate()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const clients: [string, (url: string, options?: { maxMessage?: number; openTimeout?: number }) => Dial, number][] = [
  ['for Node', webSocket, 0],
  // Programs may not send the protocol's own codes.
  ['of the platform', (url, options) => platformWebSocket(url, { WebSocket, ...options }), 3000],
]

describe.each(clients)('the client %s', (_, dialOf, shift) => {
  it.each(['http://localhost/', 'localhost:80', 'ws://me:secret@localhost/', ''])('refuses the address %j', (url) => {
    expect(() => dialOf(url)).toThrow(TypeError)
  })

  it('rejects with ConnectionClosed where nothing listens', async () => {
    const serving = await start(responder())
    await serving.close()
    expect(await outcome(dialOf(serving.url)(responder()))).toMatchObject({ name: 'ConnectionClosed' })
  })

  it.each(['gives up opening when it is told to', 'gives up opening when it takes too long'])('%s', async (title) => {
    const reached = signalled()
    const mute = createServer((socket) => {
      socket.on('error', () => undefined)
      reached.settle()
    })
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    cleanup.push(() => mute.close())
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/`
    const controller = new AbortController()
    const isTold = title.endsWith('told to')
    const opening = outcome(dialOf(url, { openTimeout: isTold ? 10_000 : 20 })(responder(), controller.signal))
    await reached.promise
    if (isTold) controller.abort(new Error('enough'))
    expect(await opening).toMatchObject(isTold ? { message: 'enough' } : { name: 'ConnectionClosed' })
  })

  it('rejects with the reason, and opens nothing, where it was told beforehand', async () => {
    const serving = await start(responder())
    const reason = new Error('never mind')
    expect(await outcome(dialOf(serving.url)(responder(), AbortSignal.abort(reason)))).toBe(reason)
    expect(serving.size).toBe(0)
  })

  it('takes no server that does not speak mcp', async () => {
    const url = await strange(() => undefined, false)
    expect(await outcome(dialOf(url)(responder()))).toMatchObject({ name: 'ConnectionClosed' })
  })

  it.each([
    ['a binary frame', 1003, (ws: WebSocket) => ws.send(Buffer.from('{}'))],
    ['a message that is too long', 1009, (ws: WebSocket) => ws.send('x'.repeat(1001))],
  ])('closes a connection that brings %s, with %i', async (_title, code, act) => {
    const closed = signalled<number>()
    const url = await strange((ws) => {
      ws.on('close', closed.settle)
      ws.on('message', () => act(ws))
    })
    const link = await dialOf(url, { maxMessage: 1000 })(responder())
    expect(await outcome(link.request('a', {}))).toMatchObject({ name: 'ConnectionClosed' })
    expect(await closed.promise).toBe(code + shift)
    expect(await link.closed).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('tells why the server closed, quoted, and rejects what was pending', async () => {
    const url = await strange((ws) => ws.on('message', () => ws.close(4401, 'expired\n')))
    const link = await dialOf(url)(responder())
    const asked = outcome(link.request('a', {}))
    const message = 'The far side closed the connection with 4401: "expired\\n"'
    expect(await asked).toMatchObject({ name: 'ConnectionClosed', message })
    expect(await link.closed).toMatchObject({ message })
    expect(await outcome(link.notify('n'))).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('notices that a connection is cut, and everything settles', async () => {
    const url = await strange((ws) => ws.on('message', () => ws.terminate()))
    const link = await dialOf(url)(responder())
    expect(await outcome(link.request('a', {}))).toMatchObject({ name: 'ConnectionClosed' })
    expect(await link.closed).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('hears what the server says in the very bytes that open the connection', async () => {
    const url = await strange((ws) => ws.send('{"jsonrpc":"2.0","method":"hello"}'))
    const mine = responder()
    const link = await dialOf(url)(mine)
    await vi.waitFor(() => expect(mine.heard).toMatchObject([{ method: 'hello' }]))
    await link[Symbol.asyncDispose]()
  })

  it('closes in an orderly way, and leaves neither connection nor timer behind', async () => {
    const codes: number[] = []
    const closed = signalled()
    const url = await strange((ws) => {
      ws.on('close', (code) => {
        codes.push(code)
        closed.settle()
      })
    })
    const link = await dialOf(url)(responder())
    await link[Symbol.asyncDispose]()
    await closed.promise
    expect(codes).toEqual([1000])
    expect(await link.closed).toBeUndefined()
  })
})

describe('the client for Node', () => {
  it('sends headers, made anew for each dial, and tells a refusal as HttpFailure', async () => {
    let count = 0
    const serving = await start(
      responder(({ origin }) => ({ token: origin.header?.('authorization') ?? null })),
      {
        authorize: async (head) =>
          head.header('authorization') === 'Bearer 2'
            ? { issuer: 'i', subject: 's', scopes: [] }
            : { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } },
      },
    )
    const dial = webSocket(serving.url, { headers: () => ({ authorization: `Bearer ${(count += 1)}` }) })
    const failure = await outcome(dial(responder()))
    expect(failure).toBeInstanceOf(HttpFailure)
    expect(failure).toMatchObject({ status: 401 })
    expect((failure as HttpFailure).headers.get('www-authenticate')).toBe('Bearer realm="x"')
    const link = await dial(responder())
    expect(await link.request('a', {})).toEqual({ token: 'Bearer 2' })
    await link[Symbol.asyncDispose]()
  })

  it('gives up a server that shows no sign of life', async () => {
    const url = await strange((ws) => ws.pause())
    const link = await webSocket(url, { keepAlive: 5 })(responder())
    expect(await link.closed).toMatchObject({ name: 'ConnectionClosed' })
  })
})

it('a platform that tells of an error alone is believed', async () => {
  class Failing implements WebSocketLike {
    readonly protocol = ''
    readonly bufferedAmount = 0
    send(): void {}
    close(): void {}
    addEventListener(type: string, listener: (event: { type: string }) => void): void {
      if (type === 'error') queueMicrotask(() => listener({ type }))
    }
  }
  const dialled = platformWebSocket('ws://localhost/', { WebSocket: Failing })(responder())
  expect(await outcome(dialled)).toMatchObject({
    name: 'ConnectionClosed',
    message: 'The WebSocket could not be opened',
  })
})

it('a platform that opens without the subprotocol is not believed', async () => {
  const closed = signalled<number | undefined>()
  class Lax implements WebSocketLike {
    readonly protocol = ''
    readonly bufferedAmount = 0
    #end: (event: { type: string; code: number }) => void = () => undefined
    send(): void {}
    close(code?: number): void {
      closed.settle(code)
      this.#end({ type: 'close', code: 1005 })
    }
    addEventListener(type: string, listener: (event: { type: string }) => void): void {
      if (type === 'open') queueMicrotask(() => listener({ type }))
      if (type === 'close') this.#end = listener
    }
  }
  const dialled = platformWebSocket('ws://localhost/', { WebSocket: Lax, flush: 10 })(responder())
  expect(await outcome(dialled)).toMatchObject({ name: 'ConnectionClosed', message: expect.stringContaining('mcp') })
  expect(await closed.promise).toBe(4008)
})

describe('a WebSocket that takes nothing', () => {
  /** A WebSocket whose buffer is emptied by hand. */
  class Stuck implements WebSocketLike {
    readonly protocol = 'mcp'
    bufferedAmount = 0
    readonly #listeners = new Map<string, (event: { type: string; code?: number }) => void>()

    constructor() {
      queueMicrotask(() => this.#listeners.get('open')?.({ type: 'open' }))
    }

    send(text: string): void {
      this.bufferedAmount += text.length
    }

    close(): void {
      this.#listeners.get('close')?.({ type: 'close', code: 1006 })
    }

    addEventListener(type: string, listener: (event: { type: string; code?: number }) => void): void {
      const before = this.#listeners.get(type)
      this.#listeners.set(type, (event) => {
        before?.(event)
        listener(event)
      })
    }
  }

  const open = async () => {
    const kept: Stuck[] = []
    class Kept extends Stuck {
      constructor() {
        super()
        kept.push(this)
      }
    }
    const link = await platformWebSocket('ws://localhost/', { WebSocket: Kept, stall: 30_000 })(responder())
    return { link, socket: kept[0] as Stuck }
  }

  it('makes senders wait at 1 MiB, and goes on when there is room', async () => {
    vi.useFakeTimers()
    cleanup.push(() => vi.useRealTimers())
    const { link, socket } = await open()
    const states: string[] = []
    const send = (size: number): Promise<unknown> =>
      link.notify('n', { x: 'x'.repeat(size) }).then(() => states.push('sent'))
    await send(500_000)
    const waiting = send(600_000)
    await vi.advanceTimersByTimeAsync(29_000)
    expect([states, vi.getTimerCount()]).toEqual([['sent'], 1])
    socket.bufferedAmount = 1_048_576
    await vi.advanceTimersByTimeAsync(20)
    await waiting
    expect(vi.getTimerCount()).toBe(0)
    await link[Symbol.asyncDispose]()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is cut off after 30 s without progress, however much is sent meanwhile, and every sender is told', async () => {
    vi.useFakeTimers()
    cleanup.push(() => vi.useRealTimers())
    const { link, socket } = await open()
    const sends = [outcome(link.notify('n', { x: 'x'.repeat(1_100_000) }))]
    await vi.advanceTimersByTimeAsync(20_000)
    socket.bufferedAmount -= 10
    for (let second = 0; second < 29; second += 1) {
      sends.push(outcome(link.notify('n', { x: 'x'.repeat(1000) })))
      await vi.advanceTimersByTimeAsync(1000)
    }
    const state = await Promise.race([link.closed, Promise.resolve('open')])
    expect(state).toBe('open')
    await vi.advanceTimersByTimeAsync(1100)
    for (const error of await Promise.all(sends)) expect(error).toMatchObject({ name: 'ConnectionClosed' })
    expect(await link.closed).toMatchObject({ message: expect.stringContaining('took nothing for 30000 ms') })
    expect(vi.getTimerCount()).toBe(0)
  })
})
