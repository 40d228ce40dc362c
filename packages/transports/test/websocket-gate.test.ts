import type { AuthHead, AuthRefusal, Principal } from '@parley/core'
import { toNodeHandler } from '@parley/transports/http/node'
import { serveWebSocket, webSocketHandler } from '@parley/transports/websocket/node'
import type { ServeWebSocketOptions, WebSocketServing } from '@parley/transports/websocket/node'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { responder, signalled } from './peers.ts'
import { raw, upgrade } from './websocket-upgrade.ts'

const alice: Principal = { issuer: 'https://auth.example.com', subject: 'alice', scopes: [] }

let serving: WebSocketServing | undefined
afterEach(async () => {
  await serving?.close()
  serving = undefined
})

const start = async (options: ServeWebSocketOptions = {}, server = responder()): Promise<WebSocketServing> => {
  serving = await serveWebSocket(server, { port: 0, ...options })
  return serving
}

const statusOf = async (url: string, headers: Parameters<typeof upgrade>[1], method?: string): Promise<number> =>
  (await upgrade(url, headers, method)).status

describe('the gate of an upgrade', () => {
  it('lets in what a program on this machine sends, and speaks mcp without compression', async () => {
    const { url } = await start()
    const { status, header } = await upgrade(url, { 'sec-websocket-extensions': 'permessage-deflate' })
    expect(status).toBe(101)
    expect(header('sec-websocket-protocol')).toBe('mcp')
    expect(header('sec-websocket-extensions')).toBeUndefined()
  })

  it.each([
    ['another host', { host: 'evil.example.com' }],
    ['another port', { host: 'localhost:1' }],
    ['no such host', { host: 'evil.example.com@localhost' }],
    ['another origin', { origin: 'https://evil.example.com' }],
    ['an opaque origin', { origin: 'null' }],
    ['an extension', { origin: 'chrome-extension://abcdef' }],
    ['another port of this machine', { origin: 'http://localhost:1' }],
    ['another site without an origin', { 'sec-fetch-site': 'cross-site' }],
  ])('T11: refuses %s with 403, cookies or not', async (_, headers) => {
    const { url } = await start()
    expect(await statusOf(url, headers)).toBe(403)
    expect(await statusOf(url, { ...headers, cookie: 'session=1' })).toBe(403)
    expect(serving?.size).toBe(0)
  })

  it('lets in listed origins and its own pages', async () => {
    const { url } = await start({ allowedOrigins: ['https://app.example.com'] })
    expect(await statusOf(url, { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' })).toBe(101)
    expect(await statusOf(url, { origin: new URL(url).origin.replace('ws:', 'http:') })).toBe(101)
  })

  it('an empty list of hosts lets nobody in', async () => {
    const { url } = await start({ allowedHosts: [] })
    expect(await statusOf(url, {})).toBe(403)
  })

  it.each([
    ['another path', '/other', {}, 'GET', 404],
    ['another method', '/mcp', {}, 'POST', 405],
    ['no subprotocol', '/mcp', { 'sec-websocket-protocol': undefined }, 'GET', 400],
    ['another subprotocol', '/mcp', { 'sec-websocket-protocol': 'graphql, mcp2' }, 'GET', 400],
    ['another kind of upgrade', '/mcp', { upgrade: 'h2c' }, 'GET', 400],
    ['no key', '/mcp', { 'sec-websocket-key': undefined }, 'GET', 400],
    ['another version', '/mcp', { 'sec-websocket-version': '12' }, 'GET', 400],
    ['a header twice', '/mcp', { origin: ['https://a.example', 'https://a.example'] }, 'GET', 400],
  ])('refuses %s', async (_, path, headers, method, status) => {
    const { url } = await start()
    expect(await statusOf(new URL(path, url).href, headers, method)).toBe(status)
    expect(serving?.size).toBe(0)
  })

  it('answers what is no upgrade with 426', async () => {
    const { url } = await start()
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(426)
  })

  it('refuses to listen beyond this machine without a word on who may call', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', '0', '']) await expect(start({ host })).rejects.toThrow(TypeError)
  })

  it('takes no more connections than it may, and room that was left is room again', async () => {
    const { url } = await start({ maxConnections: 1 })
    const first = await raw(url)
    const { status, header } = await upgrade(url)
    expect([status, header('retry-after')]).toEqual([503, '1'])
    await first.ask('a')
    first.ws.close()
    await first.closed
    expect((await (await raw(url)).ask('a'))['result']).toEqual({ echo: {} })
  })
})

describe('connections of one principal', () => {
  it('are no more than they may be, whatever others have', async () => {
    const authorize = async (head: AuthHead): Promise<Principal> => ({
      ...alice,
      subject: head.header('authorization') ?? '',
    })
    const { url } = await start({ authorize, maxConnectionsPerPrincipal: 2 })
    const [first] = [await raw(url, { authorization: 'a' }), await raw(url, { authorization: 'a' })]
    const { status, header } = await upgrade(url, { authorization: 'a' })
    expect([status, header('retry-after')]).toEqual([503, '60'])
    expect(await statusOf(url, { authorization: 'b' })).toBe(101)
    first.ws.close()
    await first.closed
    await expect.poll(() => statusOf(url, { authorization: 'a' })).toBe(101)
  })

  it('are not counted for those whom nobody has verified', async () => {
    const { url } = await start({ maxConnectionsPerPrincipal: 1 })
    await raw(url)
    expect(await statusOf(url, {})).toBe(101)
  })
})

describe('authorization of an upgrade', () => {
  const authorize = async (head: AuthHead): Promise<AuthRefusal | Principal> =>
    head.header('authorization') === 'Bearer alice'
      ? alice
      : { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } }

  it('refuses with the challenge, whatever cookies there are', async () => {
    const seen: unknown[] = []
    const { url } = await start({
      authorize: (head) => {
        seen.push(head.header('cookie'))
        return authorize(head)
      },
    })
    const { status, header, text } = await upgrade(url, { cookie: 'authorization=alice' })
    expect([status, header('www-authenticate'), text]).toEqual([401, 'Bearer realm="x"', ''])
    expect(seen).toEqual([undefined])
  })

  it('comes after the Host, and is 503 where it could not be found out', async () => {
    const { url } = await start({ authorize: () => Promise.reject(new Error('no keys')) })
    expect(await statusOf(url, { host: 'evil.example.com' })).toBe(403)
    expect(await statusOf(url, {})).toBe(503)
  })

  it('tells handlers who was verified, what the headers said, and the road; no cookie', async () => {
    const server = responder(({ origin }) => ({
      road: origin.road,
      who: origin.principal,
      found: [
        origin.header?.('X-Lang') ?? null,
        origin.header?.('Cookie') ?? null,
        origin.header?.('toString') ?? null,
      ],
    }))
    const { url } = await start({ authorize }, server)
    const { ask, ws } = await raw(url, { authorization: 'Bearer alice', 'x-lang': 'de', cookie: 'a=b' })
    expect((await ask('a'))['result']).toEqual({ road: 'websocket', who: alice, found: ['de', null, null] })
    ws.close()
  })

  it('is 503 where serving ended while the credentials were looked at', async () => {
    const asked = signalled()
    const verdict = signalled<Principal>()
    const { url } = await start({
      authorize: () => {
        asked.settle()
        return verdict.promise
      },
    })
    const opening = raw(url).catch((error: unknown) => error)
    await asked.promise
    const closing = serving?.close()
    verdict.settle(alice)
    expect(await opening).toMatchObject({ message: expect.stringContaining('503') })
    await closing
  })

  it('closes with 4401 once the credentials have expired, and not before', async () => {
    let visits = 0
    const { url } = await start({
      authorize: async () => {
        visits += 1
        // Prolonged once; then no longer good.
        return visits === 3 ? { status: 401 } : { ...alice, expiresAt: Date.now() + 20 }
      },
    })
    const { closed } = await raw(url)
    expect(await closed).toEqual([4401, 'The credentials have expired'])
    expect(visits).toBe(3)
  })

  it('closes with 4401 where the same credentials are now somebody else’s, or as old as before', async () => {
    const expiresAt = Date.now() + 20
    const bob = { ...alice, subject: 'bob' }
    for (const later of [bob, { ...alice, expiresAt }]) {
      let visits = 0
      const { url } = await start({ authorize: async () => ((visits += 1) === 1 ? { ...alice, expiresAt } : later) })
      expect((await (await raw(url)).closed)[0]).toBe(4401)
      expect(visits).toBe(2)
      await serving?.close()
    }
  })
})

it('stands beside HTTP on one port', async () => {
  const handler = webSocketHandler(responder(), { path: '/mcp' })
  const http = createServer(toNodeHandler(responder()))
  http.on('upgrade', handler)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`
  const { ask, closed } = await raw(url)
  expect((await ask('a'))['result']).toEqual({ echo: {} })
  expect(handler.size).toBe(1)
  await handler.close()
  expect(await closed).toEqual([1001, 'The server is closing'])
  expect([handler.size, (await upgrade(url)).status]).toEqual([0, 503])
  http.close()
})
