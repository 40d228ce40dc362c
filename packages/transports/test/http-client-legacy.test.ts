import { ConnectionClosed, InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Link } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accepted, answer, failureOf, Far, Hearer, json, refuse, settle, stream } from './http-client-fakes.ts'
import type { Play, Seen } from './http-client-fakes.ts'

const version = '2025-11-25'
const agreed = (seen: Seen, session?: string, protocolVersion = version): Response =>
  answer(
    seen,
    { protocolVersion, capabilities: {}, serverInfo: { name: 's', version: '1' } },
    session === undefined ? {} : { headers: { 'Mcp-Session-Id': session } },
  )

const noStream = (): Response => new Response(null, { status: 405 })

const plain: Play = (seen) => answer(seen)

/** A legacy server: `play` answers what is neither the handshake, nor a GET or DELETE. */
const legacy =
  (play: Play = plain, get: Play = noStream, session = 's-1'): Play =>
  (seen, index) => {
    if (seen.method === 'GET') return get(seen, index)
    if (seen.method === 'DELETE') return new Response(null, { status: 204 })
    if (seen.body['method'] === 'initialize') return agreed(seen, session)
    return seen.body['id'] === undefined || seen.body['method'] === undefined ? accepted() : play(seen, index)
  }

const open = async (link: Link, protocolVersion = version): Promise<JsonObject> => {
  const result = await link.request('initialize', { protocolVersion, capabilities: {} })
  await link.notify('notifications/initialized')
  return result
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

describe('a legacy session', () => {
  it('G2, G5: is named on everything after initialize, and so is its revision', async () => {
    const far = new Far(legacy())
    const link = await far.dial()
    await open(link)
    await link.request('tools/list', {})
    await link[Symbol.asyncDispose]()
    const [first, ...later] = far.seen
    expect(first?.headers.has('mcp-session-id')).toBe(false)
    expect(first?.headers.has('mcp-protocol-version')).toBe(false)
    expect(first?.headers.has('mcp-method')).toBe(false)
    expect(later.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'DELETE'])
    for (const { headers } of later) {
      expect(headers.get('mcp-session-id')).toBe('s-1')
      expect(headers.get('mcp-protocol-version')).toBe(version)
    }
  })

  it('G2: may have no name, and a name that is not visible ASCII is none', async () => {
    for (const session of [undefined, 'with space']) {
      const far = new Far((seen, index) =>
        seen.body['method'] === 'initialize' ? agreed(seen, session) : legacy()(seen, index),
      )
      const link = await far.dial()
      await open(link)
      await link.request('tools/list', {})
      await link[Symbol.asyncDispose]()
      expect(far.seen.some(({ headers }) => headers.has('mcp-session-id'))).toBe(false)
      expect(far.of('DELETE')).toEqual([])
    }
  })

  it('G2: is opened by an initialize that is answered in a stream, too', async () => {
    const far = new Far((seen, index) => {
      if (seen.body['method'] !== 'initialize') return legacy()(seen, index)
      const road = stream({ 'Mcp-Session-Id': 's-9' })
      road.write('id: 1\ndata:\n\n')
      road.send({ id: seen.body['id'], result: { protocolVersion: version } })
      road.end()
      return road.response
    })
    await using link = await far.dial()
    await open(link)
    expect(far.seen[1]?.headers.get('mcp-session-id')).toBe('s-9')
  })

  it('G4: is ended once, and a server that does not let it is left alone', async () => {
    const far = new Far((seen, index) => (seen.method === 'DELETE' ? noStream() : legacy()(seen, index)))
    const link = await far.dial()
    await open(link)
    await Promise.all([link[Symbol.asyncDispose](), link[Symbol.asyncDispose]()])
    expect(far.of('DELETE')).toHaveLength(1)
    expect(await link.closed).toBeUndefined()
  })

  it('G4: a server that does not answer is not waited for long', async () => {
    const far = new Far((seen, index) =>
      seen.method === 'DELETE' ? new Promise(() => undefined) : legacy()(seen, index),
    )
    const link = await far.dial()
    await open(link)
    let closed = false
    void link[Symbol.asyncDispose]().then(() => (closed = true))
    await pass(1900)
    expect(closed).toBe(false)
    await pass(200)
    expect(closed).toBe(true)
  })
})

describe('a legacy request', () => {
  it('G6: its stream brings notifications and requests, and the answers to those are POSTed', async () => {
    const road = stream()
    const client = new Hearer()
    const far = new Far(legacy(() => road.response))
    await using link = await far.dial({}, client)
    await open(link)
    const progress: unknown[] = []
    const result = link.request(
      'tools/call',
      { name: 'x' },
      { onProgress: (params) => progress.push(params['progress']) },
    )
    await settle()
    const id = far.seen.at(-1)?.body['id']
    road.send({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } })
    road.send({ method: 'notifications/message', params: { level: 'info', data: 'hello' } })
    road.send({ id: 'q1', method: 'elicitation/create', params: {} })
    await settle()
    expect(far.seen.at(-1)?.body).toEqual({ jsonrpc: '2.0', id: 'q1', result: { answered: 'elicitation/create' } })
    expect(far.seen.at(-1)?.headers.get('mcp-session-id')).toBe('s-1')
    road.send({ id, result: { done: true } })
    expect(await result).toEqual({ done: true })
    expect(progress).toEqual([1])
    expect(client.heard.map(({ method }) => method)).toEqual(['notifications/message'])
  })

  it('G11: is cancelled by saying so, and its stream is let go after that', async () => {
    const road = stream()
    const far = new Far(legacy(() => road.response))
    await using link = await far.dial()
    await open(link)
    const abort = new AbortController()
    const given = failureOf(link.request('tools/call', { name: 'x' }, { signal: abort.signal }))
    await settle()
    const call = far.seen.at(-1)
    abort.abort(new Error('enough'))
    expect(call?.signal.aborted).toBe(false)
    expect(await given).toMatchObject({ message: 'enough' })
    await pass(0)
    expect(far.seen.at(-1)?.body).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: call?.body['id'], reason: 'enough' },
    })
    expect(call?.signal.aborted).toBe(true)
  })

  it.each([
    [400, -32_602, { code: -32_602 }],
    [404, -32_601, { code: -32_601 }],
    [200, -32_603, { code: -32_603 }],
  ])('3.1 #2: HTTP %i with %i and its id is that error, and no lost session', async (status, code, error) => {
    const far = new Far(legacy((seen) => refuse(seen, status, code)))
    await using link = await far.dial()
    await open(link)
    expect(await failureOf(link.request('tools/call', { name: 'x' }))).toMatchObject(error)
    expect(far.calls('initialize')).toHaveLength(1)
  })

  it('is an InvalidResult when another answer comes back', async () => {
    const far = new Far(legacy(() => json({ jsonrpc: '2.0', id: 99, result: {} })))
    await using link = await far.dial()
    await open(link)
    expect(await failureOf(link.request('tools/list', {}))).toBeInstanceOf(InvalidResult)
  })

  it.each(['json', 'stream'])('G12: 2025-03-26 may answer in a batch (%s)', async (way) => {
    const client = new Hearer()
    const far = new Far((seen, index) => {
      if (seen.method === 'GET') return noStream()
      if (seen.body['method'] === 'initialize') return agreed(seen, 's', '2025-03-26')
      if (seen.body['id'] === undefined || Array.isArray(seen.body)) return accepted()
      const batch = JSON.stringify([
        { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: index } },
        { jsonrpc: '2.0', id: 'p', method: 'ping' },
        { jsonrpc: '2.0', id: seen.body['id'], result: { batched: true } },
      ])
      if (way === 'json') return json(batch)
      const road = stream()
      road.write(`data: ${batch}\n\n`)
      return road.response
    })
    await using link = await far.dial({}, client)
    await open(link, '2025-03-26')
    expect(await link.request('tools/list', {})).toEqual({ batched: true })
    await settle()
    expect(client.heard).toHaveLength(1)
    expect(client.asked).toEqual(['ping'])
    expect(JSON.parse(far.seen.at(-1)?.text ?? '')).toEqual([{ jsonrpc: '2.0', id: 'p', result: { answered: 'ping' } }])
  })

  it('B5: other revisions have no batches', async () => {
    const far = new Far(legacy((seen) => json([{ jsonrpc: '2.0', id: seen.body['id'], result: {} }])))
    await using link = await far.dial()
    await open(link)
    expect(await failureOf(link.request('tools/list', {}))).toBeInstanceOf(InvalidResult)
    expect(far.of('POST')).toHaveLength(3)
  })

  it('T39: what cannot be read is passed over, and not answered', async () => {
    const road = stream()
    const far = new Far(legacy(() => road.response))
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/list', {})
    await settle()
    road.write('data: rubbish\n\ndata: {"jsonrpc":"1.0"}\n\ndata: [1,2]\n\n')
    road.send({ id: 50, result: {} })
    road.send({ id: far.seen.at(-1)?.body['id'], result: { right: true } })
    expect(await result).toEqual({ right: true })
    expect(far.of('POST')).toHaveLength(3)
  })

  it('an answer that the server does not take is not sent in other words', async () => {
    const road = stream()
    const far = new Far((seen, index) => {
      if (seen.body['result'] !== undefined) return new Response(null, { status: 400 })
      return legacy(() => road.response)(seen, index)
    })
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    road.send({ id: 'q', method: 'ping' })
    await pass(0)
    road.send({ id, result: {} })
    await result
    expect(far.seen.filter(({ body }) => body['id'] === 'q')).toHaveLength(1)
  })
})

describe('a broken legacy stream', () => {
  const resuming = (roads: ReturnType<typeof stream>[], refusals: (Response | Error)[] = []): Far => {
    const [first, ...rest] = roads
    return new Far(
      legacy(
        () => first?.response ?? accepted(),
        ({ headers }) => {
          if (!headers.has('last-event-id')) return noStream()
          const refusal = refusals.shift()
          if (refusal instanceof Error) throw refusal
          return refusal ?? rest.shift()?.response ?? noStream()
        },
      ),
    )
  }
  const resumptions = (far: Far): (string | null)[] =>
    far.of('GET').flatMap(({ headers }) => (headers.has('last-event-id') ? [headers.get('last-event-id')] : []))

  it.each(['end', 'cut'] as const)('G8: is resumed by GET from its own last event (%s)', async (way) => {
    const roads = [stream(), stream()]
    const far = resuming(roads)
    await using link = await far.dial()
    await open(link)
    const heard: unknown[] = []
    const result = link.request('tools/call', { name: 'x' }, { onProgress: ({ progress }) => heard.push(progress) })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    roads[0]?.write('id: a-0\ndata:\n\n')
    roads[0]?.send({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } }, 'a-1')
    await pass(0)
    roads[0]?.[way]()
    await pass(1000)
    expect(resumptions(far)).toEqual(['a-1'])
    const resumed = far.seen.at(-1)
    expect(resumed?.headers.get('accept')).toBe('text/event-stream')
    expect(resumed?.headers.get('mcp-session-id')).toBe('s-1')
    expect(resumed?.headers.get('mcp-protocol-version')).toBe(version)
    roads[1]?.send({ method: 'notifications/progress', params: { progressToken: id, progress: 2 } }, 'a-2')
    roads[1]?.send({ id, result: { resumed: true } }, 'a-3')
    expect(await result).toEqual({ resumed: true })
    expect(heard).toEqual([1, 2])
  })

  it('G9: waits exactly as long as retry says, each time, and polls on', async () => {
    const roads = [stream(), stream(), stream()]
    const far = resuming(roads)
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    roads[0]?.write('retry: 4000\nid: p-0\ndata:\n\n')
    roads[0]?.end()
    await pass(3990)
    expect(resumptions(far)).toEqual([])
    await pass(20)
    expect(resumptions(far)).toEqual(['p-0'])
    roads[1]?.write('id: p-1\ndata:\n\n')
    roads[1]?.end()
    await pass(3980)
    expect(resumptions(far)).toEqual(['p-0'])
    await pass(30)
    expect(resumptions(far)).toEqual(['p-0', 'p-1'])
    roads[2]?.send({ id, result: {} })
    expect(await result).toEqual({})
  })

  it('G9: comes back sooner than by itself where retry says so', async () => {
    const roads = [stream(), stream()]
    const far = resuming(roads)
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    roads[0]?.write('retry: 100\nid: p-0\ndata:\n\n')
    roads[0]?.end()
    await pass(110)
    expect(resumptions(far)).toEqual(['p-0'])
    roads[1]?.send({ id, result: {} })
    expect(await result).toEqual({})
  })

  it('6.1: counts only the failures in a row', async () => {
    const roads = [stream(), stream(), stream()]
    const failures = (): TypeError[] => Array.from({ length: 10 }, () => new TypeError('fetch failed'))
    const answers: (Response | Error)[] = [...failures(), roads[1]?.response ?? noStream(), ...failures()]
    const far = resuming(
      [roads[0], roads[2]].flatMap((road) => road ?? []),
      answers,
    )
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' }, { timeout: Infinity, maxTimeout: Infinity })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    roads[0]?.write('id: a\ndata:\n\n')
    roads[0]?.cut()
    roads[1]?.cut()
    await pass(1_000_000)
    roads[2]?.send({ id, result: { patient: true } })
    expect(await result).toEqual({ patient: true })
    expect(resumptions(far)).toHaveLength(22)
  })

  it('H14: that never had an event id is lost at once', async () => {
    const roads = [stream()]
    const far = resuming(roads)
    await using link = await far.dial()
    await open(link)
    const result = failureOf(link.request('tools/call', { name: 'x' }))
    await settle()
    roads[0]?.cut()
    expect(await result).toBeInstanceOf(ConnectionClosed)
    expect(resumptions(far)).toEqual([])
  })

  it('G8: that the server does not resume is lost', async () => {
    const roads = [stream()]
    const far = resuming(roads, [new Response(null, { status: 405 })])
    await using link = await far.dial()
    await open(link)
    const result = failureOf(link.request('tools/call', { name: 'x' }))
    await settle()
    roads[0]?.write('id: a\ndata:\n\n')
    roads[0]?.cut()
    await pass(1000)
    expect(await result).toMatchObject({ name: 'ConnectionClosed', cause: { status: 405 } })
  })

  it('G8: that belongs to a session that is gone is lost, and resumed in no other', async () => {
    const own = stream()
    const standing = stream()
    let sessions = 0
    let streams = 0
    const far = new Far((seen) => {
      if (seen.method === 'DELETE') return new Response(null, { status: 204 })
      if (seen.method === 'GET') {
        streams += 1
        if (streams === 2) return new Response(null, { status: 404 })
        return streams === 1 ? standing.response : stream().response
      }
      if (seen.body['method'] === 'initialize') return agreed(seen, `s-${(sessions += 1)}`)
      return seen.body['method'] === 'tools/call' ? own.response : accepted()
    })
    await using link = await far.dial()
    await open(link)
    const result = failureOf(link.request('tools/call', { name: 'x' }))
    await settle()
    own.write('id: a\ndata:\n\n')
    standing.cut()
    await pass(5000)
    expect(sessions).toBe(2)
    own.cut()
    await pass(5000)
    expect(await result).toMatchObject({
      name: 'ConnectionClosed',
      cause: { message: expect.stringContaining('gone') },
    })
    expect(far.of('GET').filter(({ headers }) => headers.get('last-event-id') === 'a')).toEqual([])
  })

  it('6.1: tries ten times at growing distance, then gives up', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const roads = [stream()]
    const far = resuming(
      roads,
      Array.from({ length: 20 }, () => new TypeError('fetch failed')),
    )
    await using link = await far.dial()
    await open(link)
    const result = failureOf(link.request('tools/call', { name: 'x' }, { timeout: Infinity, maxTimeout: Infinity }))
    await settle()
    const times: number[] = []
    const start = Date.now()
    roads[0]?.write('id: a\ndata:\n\n')
    roads[0]?.cut()
    for (let count = 0, now = 0; now < 300_000; now += 500) {
      await pass(500)
      if (resumptions(far).length > count) times.push(Date.now() - start)
      count = resumptions(far).length
    }
    const error = await result
    expect(error).toMatchObject({ name: 'ConnectionClosed', cause: { cause: { message: 'fetch failed' } } })
    expect(times).toEqual([500, 1500, 3500, 7500, 15_500, 31_500, 61_500, 91_500, 121_500, 151_500, 181_500])
  })

  it('6.1: heeds Retry-After', async () => {
    const roads = [stream(), stream()]
    const far = resuming(roads, [new Response(null, { status: 503, headers: { 'retry-after': '20' } })])
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    roads[0]?.write('id: a\ndata:\n\n')
    roads[0]?.cut()
    await pass(1000)
    expect(resumptions(far)).toHaveLength(1)
    await pass(19_000)
    expect(resumptions(far)).toHaveLength(1)
    await pass(2000)
    expect(resumptions(far)).toHaveLength(2)
    roads[1]?.send({ id, result: {} })
    expect(await result).toEqual({})
  })

  it('is not resumed for a request that was given up', async () => {
    const roads = [stream()]
    const far = resuming(roads)
    await using link = await far.dial()
    await open(link)
    const abort = new AbortController()
    const result = failureOf(link.request('tools/call', { name: 'x' }, { signal: abort.signal }))
    await settle()
    roads[0]?.write('id: a\ndata:\n\n')
    roads[0]?.cut()
    await pass(0)
    abort.abort()
    await result
    await pass(60_000)
    expect(resumptions(far)).toEqual([])
  })
})

describe('the standing stream', () => {
  it('G1, G6: is opened after the handshake and brings what belongs to no request, but no responses', async () => {
    const road = stream()
    const client = new Hearer()
    const far = new Far(legacy(plain, () => road.response))
    await using link = await far.dial({}, client)
    await link.request('initialize', { protocolVersion: version })
    expect(far.of('GET')).toEqual([])
    await link.notify('notifications/initialized')
    await settle()
    expect(far.of('GET')).toHaveLength(1)
    expect(far.of('GET')[0]?.headers.get('accept')).toBe('text/event-stream')
    road.send({ method: 'notifications/tools/list_changed' })
    road.send({ id: 7, method: 'roots/list' })
    road.send({ id: 3, result: { smuggled: true } })
    await client.until(1)
    await settle()
    expect(client.asked).toEqual(['roots/list'])
    expect(far.seen.at(-1)?.body).toEqual({ jsonrpc: '2.0', id: 7, result: { answered: 'roots/list' } })
    await link[Symbol.asyncDispose]()
    expect(far.of('GET')[0]?.signal.aborted).toBe(true)
  })

  it('G6: answers nobody, not even a request that is under way', async () => {
    const standing = stream()
    const own = stream()
    const far = new Far(
      legacy(
        () => own.response,
        () => standing.response,
      ),
    )
    await using link = await far.dial()
    await open(link)
    const result = link.request('tools/call', { name: 'x' })
    await settle()
    const id = far.seen.at(-1)?.body['id']
    standing.send({ id, result: { smuggled: true } })
    await pass(0)
    own.send({ id, result: { own: true } })
    expect(await result).toEqual({ own: true })
  })

  it('G1: is there when the handshake is over, unless the server takes long over it', async () => {
    const road = stream()
    const far = new Far(
      legacy(plain, async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 300)
        })
        return road.response
      }),
    )
    await using link = await far.dial()
    let over = 0
    void open(link).then(() => (over += 1))
    await pass(290)
    expect(over).toBe(0)
    await pass(20)
    expect(over).toBe(1)
    await using slow = await new Far(legacy(plain, () => new Promise(() => undefined))).dial()
    void open(slow).then(() => (over += 1))
    await pass(510)
    expect(over).toBe(2)
  })

  it.each([400, 404, 405, 501])('G1: need not be offered (%i)', async (status) => {
    const far = new Far(legacy(plain, () => new Response(null, { status })))
    await using link = await far.dial()
    await open(link)
    await pass(100)
    expect(await link.request('tools/list', {})).toEqual({ resultType: 'complete' })
    expect(far.calls('initialize')).toHaveLength(1)
    if (status < 500) expect(far.of('GET')).toHaveLength(1)
  })

  it('is not asked for when nobody wants it', async () => {
    const far = new Far(legacy())
    await using link = await far.dial({ listen: false })
    await open(link)
    await settle()
    expect(far.of('GET')).toEqual([])
  })

  it('G9: comes back from where it broke off, without end, further and further apart', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const roads = [stream(), stream()]
    let up = true
    const far = new Far(
      legacy(plain, () => {
        if (!up) throw new TypeError('fetch failed')
        return roads.shift()?.response ?? noStream()
      }),
    )
    const client = new Hearer()
    await using link = await far.dial({}, client)
    const [first, second] = roads
    await open(link)
    await settle()
    first?.send({ method: 'notifications/tools/list_changed' }, 'g-1')
    await client.until(1)
    up = false
    first?.cut()
    await pass(600_000)
    const tries = far.of('GET').length
    expect(tries).toBeGreaterThan(20)
    expect(tries).toBeLessThan(30)
    up = true
    await pass(30_000)
    expect(far.of('GET').at(-1)?.headers.get('last-event-id')).toBe('g-1')
    second?.send({ method: 'notifications/prompts/list_changed' }, 'g-2')
    await client.until(2)
    expect(client.heard.map(({ method }) => method)).toEqual([
      'notifications/tools/list_changed',
      'notifications/prompts/list_changed',
    ])
  })

  it('6.1: is soon back again after an outage that is over', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const roads = [stream(), stream()]
    let tries = 0
    const far = new Far(
      legacy(plain, () => {
        tries += 1
        if (tries < 8) throw new TypeError('fetch failed')
        return roads.shift()?.response ?? noStream()
      }),
    )
    const client = new Hearer()
    await using link = await far.dial({}, client)
    const [first] = roads
    await open(link)
    await pass(100_000)
    expect(tries).toBe(8)
    first?.send({ method: 'notifications/tools/list_changed' })
    await client.until(1)
    first?.cut()
    await pass(510)
    expect(tries).toBe(9)
  })

  it('is let go when the link is closed while it waits to come back', async () => {
    const far = new Far(legacy(plain, () => new Response(null, { status: 503 })))
    const link = await far.dial()
    await open(link)
    await settle()
    await link[Symbol.asyncDispose]()
    await pass(600_000)
    expect(far.of('GET')).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
