import { ConnectionClosed } from '@parley/core'
import type { Link } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accepted, answer, failureOf, Far, Hearer, refuse, settle, stream } from './http-client-fakes.ts'
import type { Seen } from './http-client-fakes.ts'

const version = '2025-11-25'

/** A server that forgets its sessions when told to. */
class Forgetful {
  session = 1
  version = version
  /** What a new handshake is answered with instead. */
  instead: ((seen: Seen) => Response | Promise<Response>) | undefined
  roads: ReturnType<typeof stream>[] = []

  readonly far = new Far((seen) => this.#play(seen))

  #play(seen: Seen): Response | Promise<Response> {
    const { method } = seen.body
    if (method === 'initialize') {
      if (this.instead !== undefined) return this.instead(seen)
      const result = { protocolVersion: this.version, capabilities: {}, serverInfo: {} }
      return answer(seen, result, { headers: { 'mcp-session-id': `s-${this.session}` } })
    }
    if (seen.headers.get('mcp-session-id') !== `s-${this.session}`) return refuse(seen, 404, -32_001, null)
    if (seen.method === 'GET') return this.roads.shift()?.response ?? new Response(null, { status: 405 })
    if (seen.body['id'] === undefined || method === undefined) return accepted()
    return answer(seen, { session: this.session })
  }

  async open(client = new Hearer()): Promise<Link> {
    const link = await this.far.dial({}, client)
    await link.request('initialize', { protocolVersion: version, capabilities: { roots: {} } })
    await link.notify('notifications/initialized')
    await settle()
    return link
  }

  methods(from: number): unknown[] {
    return this.far.seen.slice(from).map(({ method, body }) => body['method'] ?? method)
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

describe('a session that the server has forgotten', () => {
  it('G3: is opened anew without an id, and what was refused is sent again', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    const before = server.far.seen.length
    expect(await link.request('tools/call', { name: 'x' })).toEqual({ session: 2 })
    await settle()
    expect(server.methods(before)).toEqual([
      'tools/call',
      'initialize',
      'notifications/initialized',
      'GET',
      'tools/call',
    ])
    const again = server.far.calls('initialize')[1]
    expect(again?.headers.has('mcp-session-id')).toBe(false)
    expect(again?.headers.has('mcp-protocol-version')).toBe(false)
    expect(again?.body['params']).toEqual(server.far.calls('initialize')[0]?.body['params'])
    expect(server.far.seen.at(-1)?.headers.get('mcp-session-id')).toBe('s-2')
  })

  it('G3: is opened anew once, however many find it gone', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    const calls = Array.from({ length: 20 }, () => link.request('tools/call', { name: 'x' }))
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, () => ({ session: 2 })))
    expect(server.far.calls('initialize')).toHaveLength(2)
    expect(await link.request('tools/list', {})).toEqual({ session: 2 })
    expect(server.far.calls('initialize')).toHaveLength(2)
  })

  it('B2: uses no id twice', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    await link.request('logging/setLevel', { level: 'info' })
    server.session = 2
    await link.request('tools/list', {})
    server.session = 3
    await link.request('tools/list', {})
    const ids = server.far.calls('initialize').map(({ body }) => body['id'])
    expect(new Set(ids).size).toBe(3)
  })

  it('tells the new session what the old one was told', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    await link.request('logging/setLevel', { level: 'warning' })
    await link.request('resources/subscribe', { uri: 'a:1' })
    await link.request('resources/subscribe', { uri: 'a:2' })
    await link.request('resources/unsubscribe', { uri: 'a:1' })
    server.session = 2
    const before = server.far.seen.length
    await link.request('tools/list', {})
    const told = server.far.seen.slice(before).map(({ body }) => [body['method'], body['params']])
    expect(told).toContainEqual(['logging/setLevel', { level: 'warning' }])
    expect(told).toContainEqual(['resources/subscribe', { uri: 'a:2' }])
    expect(told).not.toContainEqual(['resources/subscribe', { uri: 'a:1' }])
  })

  it('tells it all, however much that is', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    const uris = Array.from({ length: 30 }, (_, index) => `a:${index}`)
    for (const uri of uris) await link.request('resources/subscribe', { uri })
    server.session = 2
    const before = server.far.seen.length
    await link.request('tools/list', {})
    const told = server.far.seen.slice(before).filter(({ body }) => body['method'] === 'resources/subscribe')
    expect(told.map(({ body }) => body['params'])).toEqual(uris.map((uri) => ({ uri })))
  })

  it('G3: is opened anew when its standing stream is gone, and listens again', async () => {
    const server = new Forgetful()
    const roads = [stream(), stream()]
    server.roads = [...roads]
    const client = new Hearer()
    await using link = await server.open(client)
    server.session = 2
    roads[0]?.cut()
    await pass(1000)
    expect(server.far.calls('initialize')).toHaveLength(2)
    expect(server.far.of('GET').at(-1)?.headers.get('mcp-session-id')).toBe('s-2')
    expect(server.far.of('GET').at(-1)?.headers.has('last-event-id')).toBe(false)
    roads[1]?.send({ method: 'notifications/tools/list_changed' })
    await client.until(1)
    expect(await link.request('tools/list', {})).toEqual({ session: 2 })
  })

  it('is not tried more than once for one message', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    server.instead = (seen) => answer(seen, { protocolVersion: version }, { headers: { 'mcp-session-id': 'other' } })
    expect(await failureOf(link.request('tools/list', {}))).toMatchObject({ name: 'HttpFailure', status: 404 })
    expect(server.far.calls('initialize')).toHaveLength(2)
  })

  it.each<[string, (server: Forgetful) => void]>([
    ['speaks another revision now', (server) => (server.version = '2025-06-18')],
    ['refuses the handshake', (server) => (server.instead = (seen) => refuse(seen, 400, -32_022))],
  ])('ends the connection when the server %s', async (_what, change) => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    change(server)
    const error = await failureOf(link.request('tools/list', {}))
    expect(error).toBeInstanceOf(ConnectionClosed)
    expect(String(error)).toContain('forgot the session')
    expect(await link.closed).toBeInstanceOf(ConnectionClosed)
    expect(await failureOf(link.request('tools/list', {}))).toBeInstanceOf(ConnectionClosed)
  })

  it('is tried again with the next request when the server was only away', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    server.instead = () => new Response(null, { status: 503 })
    expect(await failureOf(link.request('tools/list', {}))).toMatchObject({ status: 503 })
    server.instead = undefined
    expect(await link.request('tools/list', {})).toEqual({ session: 2 })
  })

  it('does not keep anybody waiting for ever', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    server.instead = () => new Promise(() => undefined)
    const result = failureOf(link.request('tools/list', {}, { timeout: Infinity }))
    await pass(60_100)
    expect(await result).toBeInstanceOf(ConnectionClosed)
    server.instead = undefined
    expect(await link.request('tools/list', {})).toEqual({ session: 2 })
  })

  it('2.3: is not opened anew when the server never named it', async () => {
    const far = new Far((seen) => {
      if (seen.body['method'] === 'initialize') return answer(seen, { protocolVersion: version })
      return seen.body['id'] === undefined ? accepted() : new Response('no', { status: 404 })
    })
    await using link = await far.dial({ listen: false })
    await link.request('initialize', {})
    expect(await failureOf(link.request('tools/list', {}))).toMatchObject({ name: 'HttpFailure', status: 404 })
    expect(far.calls('initialize')).toHaveLength(1)
  })

  it('C2: does not send again what was given up meanwhile', async () => {
    const server = new Forgetful()
    await using link = await server.open()
    server.session = 2
    let open: () => void = () => undefined
    server.instead = (seen) =>
      new Promise((resolve) => {
        open = () => {
          server.instead = undefined
          resolve(answer(seen, { protocolVersion: version }, { headers: { 'mcp-session-id': 's-2' } }))
        }
      })
    const abort = new AbortController()
    const options = { signal: abort.signal }
    const refused = failureOf(link.request('tools/call', { name: 'refused' }, options))
    await settle(100)
    const waiting = failureOf(link.request('tools/call', { name: 'waiting' }, options))
    await settle()
    abort.abort(new Error('enough'))
    await Promise.all([refused, waiting])
    open()
    await settle(200)
    expect(await link.request('tools/list', {})).toEqual({ session: 2 })
    expect(server.far.calls('tools/call').map(({ body }) => body['params'])).toEqual([{ name: 'refused' }])
  })
})
