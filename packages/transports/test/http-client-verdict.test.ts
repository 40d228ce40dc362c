import { ConnectionClosed, HttpFailure, InvalidResult, receivedError, timedOut } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Link } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { http } from '../src/http/client.ts'
import { answer, failureOf, Far, Hearer, json, modern, refuse, stream, url } from './http-client-fakes.ts'
import type { Play } from './http-client-fakes.ts'

const status = (code: number, headers: Record<string, string> = {}, body = ''): HttpFailure =>
  new HttpFailure('no', { status: code, body, headers: new Headers(headers) })

const bearer = { 'www-authenticate': 'Bearer resource_metadata="x"' }

describe('the verdict on a probe', () => {
  it.each([
    ['-32020', receivedError(-32_020, ''), 'modern'],
    ['-32021', receivedError(-32_021, ''), 'modern'],
    ['-32022', receivedError(-32_022, ''), 'modern'],
    ['-32601 for server/discover itself', receivedError(-32_601, ''), 'legacy'],
    ['another JSON-RPC error', receivedError(-32_600, ''), 'legacy'],
    ['a draft code', receivedError(-32_004, ''), 'legacy'],
    ['an answer that is none', new InvalidResult('server/discover', ''), 'legacy'],
    ['400', status(400), 'legacy'],
    ['404', status(404), 'legacy'],
    ['405', status(405), 'legacy'],
    ['403', status(403), 'legacy'],
    ['403 with a Bearer challenge', status(403, bearer), 'none'],
    ['401', status(401), 'none'],
    ['401 with a Bearer challenge', status(401, bearer), 'none'],
    ['429', status(429), 'none'],
    ['a redirect elsewhere', status(302), 'none'],
    ['500', status(500), 'none'],
    ['503', status(503), 'none'],
    ['a broken connection', new ConnectionClosed('gone'), 'none'],
    ['silence', timedOut('late'), 'none'],
    ['what an authorizing fetch throws', new Error('log in'), 'none'],
  ])('2.3: %s', (_what, error, verdict) => {
    expect(http(url).verdict(error)).toBe(verdict)
  })

  // As it comes over the wire: status and body together.
  it.each<[string, Play, string]>([
    ['400 with -32022 and no id', (seen) => refuse(seen, 400, -32_022, null), 'modern'],
    ['400 with -32020', (seen) => refuse(seen, 400, -32_020), 'modern'],
    ['404 with -32601', (seen) => refuse(seen, 404, -32_601), 'legacy'],
    ['400 of an old server', (seen) => refuse(seen, 400, -32_000, null), 'legacy'],
    ['200 with -32602', (seen) => refuse(seen, 200, -32_602), 'legacy'],
    ['200 with a page', () => new Response('<p>', { headers: { 'content-type': 'text/html' } }), 'legacy'],
    ['500 with -32603 and no id', (seen) => refuse(seen, 500, -32_603, null), 'none'],
  ])('2.3: %s', async (_what, play, verdict) => {
    const far = new Far(play)
    await using link = await far.dial()
    const error = await failureOf(link.request('server/discover', modern()))
    expect(http(url).verdict(error)).toBe(verdict)
  })
})

describe('a server that was found to be an old one', () => {
  const old: Play = (seen) => {
    if (seen.method !== 'POST') return new Response(null, { status: 405 })
    if (seen.body['method'] === 'server/discover') return refuse(seen, 400, -32_000, null)
    return answer(seen, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} })
  }
  const open = async (link: Link): Promise<JsonObject> => {
    await failureOf(link.request('server/discover', modern()))
    return link.request('initialize', { protocolVersion: '2025-11-25' })
  }

  it('V6: is not probed by the next link of the same target', async () => {
    const far = new Far(old)
    const target = far.target()
    for (let count = 0; count < 3; count += 1) {
      await using link = await target.dial(new Hearer())
      await open(link)
    }
    expect(far.calls('server/discover')).toHaveLength(1)
    expect(far.calls('initialize')).toHaveLength(3)
  })

  it('V6: is remembered by that verdict, and probed for real when asked twice', async () => {
    const far = new Far(old)
    const target = far.target()
    await using first = await target.dial(new Hearer())
    await open(first)
    await using link = await target.dial(new Hearer())
    expect(target.verdict(await failureOf(link.request('server/discover', modern())))).toBe('legacy')
    expect(far.calls('server/discover')).toHaveLength(1)
    await failureOf(link.request('server/discover', modern()))
    expect(far.calls('server/discover')).toHaveLength(2)
  })

  it('V6: is probed again once that assumption has failed', async () => {
    let upgraded = false
    const far = new Far((seen, index) => {
      if (!upgraded) return old(seen, index)
      return seen.body['method'] === 'initialize' ? refuse(seen, 400, -32_022) : answer(seen)
    })
    const target = far.target()
    await using first = await target.dial(new Hearer())
    await open(first)
    upgraded = true
    await using second = await target.dial(new Hearer())
    expect(await failureOf(open(second))).toMatchObject({ code: -32_022 })
    await using third = await target.dial(new Hearer())
    expect(await third.request('server/discover', modern())).toEqual({ resultType: 'complete' })
  })

  it('V6: is remembered for its own target only', async () => {
    const far = new Far(old)
    for (let count = 0; count < 2; count += 1) {
      await using link = await far.dial()
      await open(link)
    }
    expect(far.calls('server/discover')).toHaveLength(2)
  })
})

describe('falling back to HTTP+SSE', () => {
  const greeted = (endpoint: string, road = stream()): ReturnType<typeof stream> => {
    road.write(`event: endpoint\ndata: ${endpoint}\n\n`)
    return road
  }

  const sse =
    (road: ReturnType<typeof stream>, refusal: number, path = '/messages'): Play =>
    (seen) => {
      if (seen.method === 'GET') return road.response
      if (!seen.url.startsWith(new URL(path, url).href)) return new Response(null, { status: refusal })
      if (seen.body['id'] !== undefined) {
        const result = { protocolVersion: '2024-11-05', capabilities: {}, serverInfo: {} }
        road.send({ id: seen.body['id'], result })
      }
      return new Response('Accepted', { status: 202 })
    }

  it.each([400, 404, 405])(
    '2.3, K1, K2: after %i to initialize, over the endpoint that the stream names',
    async (refusal) => {
      const road = greeted('/messages?session=1')
      const far = new Far(sse(road, refusal))
      const client = new Hearer()
      const link = await far.dial({}, client)
      expect(await link.request('initialize', { protocolVersion: '2025-11-25' })).toMatchObject({
        protocolVersion: '2024-11-05',
      })
      expect(far.seen.map(({ method, url: to }) => `${method} ${new URL(to).pathname}`)).toEqual([
        'POST /mcp',
        'GET /mcp',
        'POST /messages',
      ])
      expect(far.of('GET')[0]?.headers.get('accept')).toBe('text/event-stream')
      await link.notify('notifications/initialized')
      road.send({ method: 'notifications/tools/list_changed' })
      road.write('event: endpoint\ndata: https://evil.example/\n\nevent: ping\ndata: x\n\ndata: rubbish\n\n')
      road.send({ id: 9, method: 'ping' })
      await link.request('tools/list', {})
      expect(client.heard.map(({ method }) => method)).toEqual(['notifications/tools/list_changed'])
      expect(client.asked).toEqual(['ping'])
      expect(far.seen.at(-1)?.url).toBe('https://example.com/messages?session=1')
      await link[Symbol.asyncDispose]()
      expect(far.of('GET')[0]?.signal.aborted).toBe(true)
      expect(far.of('DELETE')).toEqual([])
    },
  )

  it('K2: an endpoint on another origin is refused', async () => {
    const far = new Far(sse(greeted('https://evil.example/messages'), 405))
    await using link = await far.dial()
    expect(String(await failureOf(link.request('initialize', {})))).toContain('another origin: https://evil.example')
    expect(far.seen).toHaveLength(2)
  })

  it('2.3: is the first failure where the stream is another one, or none', async () => {
    const other = stream()
    other.send({ method: 'notifications/message' })
    for (const reply of [() => other.response, () => new Response(null, { status: 405 }), () => json('{}')]) {
      const far = new Far((seen) => (seen.method === 'GET' ? reply() : new Response('why', { status: 404 })))
      const link = await far.dial()
      expect(await failureOf(link.request('initialize', {}))).toMatchObject({
        name: 'HttpFailure',
        status: 404,
        body: 'why',
      })
      expect(far.of('POST')).toHaveLength(1)
      await link[Symbol.asyncDispose]()
    }
  })

  it.each([401, 403, 500])('2.3: is not tried after %i', async (refusal) => {
    const far = new Far(() => new Response(null, { status: refusal }))
    await using link = await far.dial()
    expect(await failureOf(link.request('initialize', {}))).toMatchObject({ status: refusal })
    expect(far.of('GET')).toEqual([])
  })

  it('2.3: is not tried after a modern error', async () => {
    const far = new Far((seen) => refuse(seen, 400, -32_022))
    await using link = await far.dial()
    expect(await failureOf(link.request('initialize', {}))).toMatchObject({ code: -32_022 })
    expect(far.of('GET')).toEqual([])
  })

  it.each(['cut', 'end'] as const)('2024-11-05: the stream’s %s is the end of the connection', async (over) => {
    const road = greeted('/messages')
    const far = new Far(sse(road, 405))
    await using link = await far.dial()
    await link.request('initialize', {})
    road[over]()
    expect(await link.closed).toBeInstanceOf(ConnectionClosed)
    expect(await failureOf(link.request('tools/list', {}))).toBeInstanceOf(ConnectionClosed)
  })
})
