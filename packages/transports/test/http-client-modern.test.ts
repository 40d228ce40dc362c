import { ConnectionClosed, HttpFailure, InvalidResult, RpcError } from '@parley/core'
import { describe, expect, it, vi } from 'vitest'
import { Abort } from '../src/http/abort.ts'
import { http } from '../src/http/client.ts'
import { carrier } from '../src/http/web-carrier.ts'
import { accepted, answer, failureOf, Far, Hearer, json, modern, refuse, settle, stream } from './http-client-fakes.ts'

describe('a modern request', () => {
  it('H3: is one POST with one message, and its own id', async () => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.dial()
    await Promise.all([link.request('tools/list', modern()), link.request('tools/list', modern())])
    expect(far.seen.map(({ method, url }) => [method, url])).toEqual([
      ['POST', 'https://example.com/mcp'],
      ['POST', 'https://example.com/mcp'],
    ])
    expect(far.seen.map(({ body }) => body['jsonrpc'])).toEqual(['2.0', '2.0'])
    expect(new Set(far.seen.map(({ body }) => body['id'])).size).toBe(2)
  })

  it('H4: takes both kinds of reply, and says so', async () => {
    const far = new Far((seen, index) => {
      if (index === 0) return answer(seen, { first: true })
      const road = stream()
      road.send({ id: seen.body['id'], result: { second: true } })
      return road.response
    })
    await using link = await far.dial()
    expect(await link.request('tools/list', modern())).toEqual({ first: true })
    expect(await link.request('tools/list', modern())).toEqual({ second: true })
    expect(far.seen[0]?.headers.get('accept')).toBe('application/json, text/event-stream')
    expect(far.seen[0]?.headers.get('content-type')).toBe('application/json')
  })

  it('H7: names the revision of its body in its header', async () => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.dial()
    await link.request('tools/list', modern({}, '2031-01-01'))
    expect(far.seen[0]?.headers.get('mcp-protocol-version')).toBe('2031-01-01')
  })

  it.each([
    ['tools/call', { name: 'add' }, 'add'],
    ['prompts/get', { name: 'review' }, 'review'],
    ['resources/read', { uri: 'file:///a' }, 'file:///a'],
    ['tasks/get', { taskId: 't1' }, 't1'],
    ['tasks/update', { taskId: 't2' }, 't2'],
    ['tools/list', { name: 'no' }, null],
  ])('H8: %s has its method and name in headers', async (method, params, name) => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.dial()
    await link.request(method, modern(params))
    expect(far.seen[0]?.headers.get('mcp-method')).toBe(method)
    expect(far.seen[0]?.headers.get('mcp-name')).toBe(name)
  })

  it.each([
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['a b', 'a b'],
  ])('H10: the name %j goes as %j', async (name, header) => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.dial()
    await link.request('tools/call', modern({ name }))
    expect(far.seen[0]?.headers.get('mcp-name')).toBe(header)
  })

  it('carries the headers that were asked for, and not in place of its own', async () => {
    const far = new Far((seen) => answer(seen))
    let count = 0
    await using link = await far.dial({ headers: () => ({ 'X-Count': String(++count), Accept: 'text/html' }) })
    await link.request('tools/list', modern())
    await link.request('tools/list', modern())
    expect(far.seen.map(({ headers }) => headers.get('x-count'))).toEqual(['1', '2'])
    expect(far.seen[0]?.headers.get('accept')).toBe('application/json, text/event-stream')
  })

  it('goes by the fetch of a platform that has nothing of its own, even one that is replaced', async () => {
    const far = new Far((seen) => answer(seen, { by: 'platform' }))
    const own = carrier()
    vi.stubGlobal('fetch', far.fetch)
    const headers = new Map([['x-a', 'b']])
    const url = new URL('http://localhost:1/mcp')
    const { status } = await own.send({ method: 'POST', url, headers, body: '{}', abort: new Abort() })
    expect(status).toBe(200)
    expect(far.seen[0]?.headers.get('x-a')).toBe('b')
  })
})

describe('the reply to a modern request', () => {
  it('P1: hands progress to its own request, in order, and asks for it', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    await using link = await far.dial()
    const progress: unknown[] = []
    const result = link.request('tools/call', modern({ name: 'x' }), {
      onProgress: (params) => progress.push(params['progress']),
    })
    await settle()
    const id = far.seen[0]?.body['id']
    expect(far.seen[0]?.body).toMatchObject({ params: { _meta: { progressToken: id } } })
    for (const at of [1, 2, 3])
      road.send({ method: 'notifications/progress', params: { progressToken: id, progress: at } })
    road.send({ method: 'notifications/progress', params: { progressToken: 999, progress: 4 } })
    road.send({ id, result: { done: true } })
    road.end()
    expect(await result).toEqual({ done: true })
    expect(progress).toEqual([1, 2, 3])
  })

  it('P1: progress of another request on this stream is passed over', async () => {
    const roads = [stream(), stream()]
    const far = new Far((_seen, index) => roads[index]?.response ?? accepted())
    await using link = await far.dial()
    const heard: unknown[] = []
    const onProgress = (params: Record<string, unknown>): unknown => heard.push(params['progress'])
    const results = roads.map(() => link.request('tools/call', modern({ name: 'x' }), { onProgress }))
    await settle()
    const [one, two] = far.seen.map(({ body }) => body['id'])
    roads[0]?.send({ method: 'notifications/progress', params: { progressToken: two, progress: 'foreign' } })
    roads[0]?.send({ method: 'notifications/progress', params: { progressToken: one, progress: 'own' } })
    roads[0]?.send({ id: one, result: {} })
    roads[1]?.send({ id: two, result: {} })
    await Promise.all(results)
    expect(heard).toEqual(['own'])
  })

  it('hands other notifications to the request, or to whoever listens where that does not', async () => {
    const roads = [stream(), stream()]
    const far = new Far((_seen, index) => roads[index]?.response ?? accepted())
    const client = new Hearer()
    await using link = await far.dial({}, client)
    const own: string[] = []
    const results = [
      link.request('tools/call', modern({ name: 'x' }), { onNotification: ({ method }) => own.push(method) }),
      link.request('tools/call', modern({ name: 'x' })),
    ]
    await settle()
    for (const [index, road] of roads.entries()) {
      road.send({ method: 'notifications/message', params: { level: 'info', data: index } })
      road.send({ id: far.seen[index]?.body['id'], result: {} })
    }
    await Promise.all(results)
    expect(own).toEqual(['notifications/message'])
    expect(client.heard.map(({ params }) => params?.['data'])).toEqual([1])
  })

  it('H12: comments, empty events and events of other types are passed over', async () => {
    const far = new Far((seen) => {
      const road = stream()
      road.write(':\n\n: keep-alive\r\n\r\nid: 1\ndata:\n\nevent: ping\ndata: {}\n\nevent: message\n')
      road.send({ id: seen.body['id'], result: { heard: true } })
      return road.response
    })
    await using link = await far.dial()
    expect(await link.request('tools/list', modern())).toEqual({ heard: true })
  })

  it('T39: answers to other requests, requests, batches and rubbish are passed over, and none is answered', async () => {
    const far = new Far((seen) => {
      const road = stream()
      road.send({ id: 77, result: { wrong: true } })
      road.send({ id: String(seen.body['id']), result: { wrong: true } })
      road.send({ id: 78, error: { code: 1, message: 'wrong' } })
      road.send({ id: 5, method: 'roots/list' })
      road.write('data: not json\n\ndata: [1]\n\ndata: [{"jsonrpc":"2.0","id":1,"result":{}}]\n\ndata: null\n\n')
      road.send({ id: seen.body['id'], result: { right: true } })
      road.send({ id: seen.body['id'], result: { twice: true } })
      return road.response
    })
    const client = new Hearer()
    await using link = await far.dial({}, client)
    expect(await link.request('tools/list', modern())).toEqual({ right: true })
    expect(client.asked).toEqual([])
    expect(far.seen).toHaveLength(1)
  })

  it('T39: an answer to another request in JSON is no answer', async () => {
    const far = new Far(() => json({ jsonrpc: '2.0', id: 999, result: {} }))
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(InvalidResult)
  })

  it.each([
    ['not JSON', () => json('{"jsonrpc":'), 'Parse error: not valid JSON'],
    ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'text/html'],
    ['nothing', () => accepted(), 'HTTP 202 came without an answer'],
    ['a batch', () => json('[]'), 'not the answer'],
    ['too deep', () => json(`${'['.repeat(200)}${']'.repeat(200)}`), 'nested deeper'],
  ])('%s is an InvalidResult', async (_what, reply, message) => {
    const far = new Far(reply)
    await using link = await far.dial()
    const error = await failureOf(link.request('tools/list', modern()))
    expect(error).toBeInstanceOf(InvalidResult)
    expect(String(error)).toContain(message)
  })

  it('M: a body past the limit is not read on', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1
        controller.enqueue(new Uint8Array(1000).fill(0x20))
      },
    })
    const far = new Far(() => new Response(body, { headers: { 'content-type': 'application/json' } }))
    await using link = await far.dial({ maxMessage: 10_000 })
    expect(String(await failureOf(link.request('tools/list', modern())))).toContain('more than 10000 bytes')
    expect(sent).toBeLessThan(15)
  })

  it('M: an event past the limit is not read on', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    await using link = await far.dial({ maxMessage: 10_000 })
    const result = failureOf(link.request('tools/list', modern()))
    for (let index = 0; index < 20; index += 1) road.write(`data: ${'x'.repeat(1000)}\n`)
    expect(String(await result)).toContain('more than 10000 characters')
    await road.cancelled
  })

  it('bytes that are no UTF-8 are an InvalidResult', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('data: "'), 0xff, 0x22, 0x0a, 0x0a])
    const far = new Far(() => new Response(bytes, { headers: { 'content-type': 'text/event-stream' } }))
    await using link = await far.dial()
    expect(String(await failureOf(link.request('tools/list', modern())))).toContain('not UTF-8')
  })
})

describe('a modern request that fails', () => {
  it.each([
    [400, -32_602],
    [404, -32_601],
    [400, -32_021],
    [200, -32_603],
  ])('H11: HTTP %i with %i is that error', async (status, code) => {
    const far = new Far((seen) => refuse(seen, status, code))
    await using link = await far.dial()
    const error = await failureOf(link.request('tools/call', modern({ name: 'x' })))
    expect(error).toBeInstanceOf(RpcError)
    expect(error).toMatchObject({ code })
  })

  it('3.2 #24: a modern error without an id belongs to the request; an older one is the status', async () => {
    const far = new Far((seen, index) => refuse(seen, 400, index === 0 ? -32_022 : -32_000, null))
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/list', modern()))).toMatchObject({ name: 'RpcError', code: -32_022 })
    const failure = await failureOf(link.request('tools/list', modern()))
    expect(failure).toBeInstanceOf(HttpFailure)
    expect(failure).toMatchObject({ status: 400 })
    expect(String(failure)).toContain('code -32000')
  })

  it('T39: a status without a message is an HttpFailure with the beginning of its body, escaped', async () => {
    const body = `\u001b[31m${'x'.repeat(10_000)}`
    const far = new Far(() => new Response(body, { status: 503, headers: { 'retry-after': '7' } }))
    await using link = await far.dial()
    const failure = await failureOf(link.request('tools/list', modern()))
    expect(failure).toBeInstanceOf(HttpFailure)
    if (!(failure instanceof HttpFailure)) return
    expect(failure.status).toBe(503)
    expect(failure.body).toHaveLength(4000)
    expect(failure.headers.get('retry-after')).toBe('7')
    expect(failure.message).toContain('\\u001b[31mxxx')
    expect(failure.message.length).toBeLessThan(300)
  })

  it('is ConnectionClosed with its cause when the network fails', async () => {
    const far = new Far(() => Promise.reject(new TypeError('fetch failed')))
    await using link = await far.dial()
    const error = await failureOf(link.request('tools/list', modern()))
    expect(error).toBeInstanceOf(ConnectionClosed)
    expect(error).toMatchObject({ cause: { message: 'fetch failed' } })
  })

  it('is what an authorizing fetch threw, as it is', async () => {
    const own = new Error('please log in')
    const far = new Far(() => Promise.reject(own))
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/list', modern()))).toBe(own)
  })

  it.each(['end', 'cut'] as const)(
    'H14: a stream that breaks (%s) loses its request, and is not tried again',
    async (way) => {
      const road = stream()
      const far = new Far(() => road.response)
      await using link = await far.dial()
      const result = failureOf(link.request('tools/call', modern({ name: 'x' })))
      await settle()
      road.send({ method: 'notifications/message', params: { level: 'info', data: 1 } }, 'event-1')
      road[way]()
      expect(await result).toBeInstanceOf(ConnectionClosed)
      expect(far.seen).toHaveLength(1)
    },
  )
})

describe('giving up a modern request', () => {
  it('H13: closes its stream, sends nothing, and leaves the others', async () => {
    const roads = [stream(), stream()]
    const far = new Far((_seen, index) => roads[index]?.response ?? accepted())
    await using link = await far.dial()
    const abort = new AbortController()
    const given = failureOf(link.request('tools/call', modern({ name: 'x' }), { signal: abort.signal }))
    const kept = link.request('tools/call', modern({ name: 'y' }))
    await settle()
    abort.abort(new Error('enough'))
    expect(await given).toMatchObject({ message: 'enough' })
    expect(far.seen[0]?.signal.aborted).toBe(true)
    expect(far.seen[1]?.signal.aborted).toBe(false)
    roads[1]?.send({ id: far.seen[1]?.body['id'], result: { kept: true } })
    expect(await kept).toEqual({ kept: true })
    expect(far.seen).toHaveLength(2)
  })

  it('H13: closes a request that has no answer yet', async () => {
    const far = new Far(() => new Promise(() => undefined))
    await using link = await far.dial()
    const abort = new AbortController()
    const given = failureOf(link.request('tools/call', modern({ name: 'x' }), { signal: abort.signal }))
    await settle()
    abort.abort()
    expect(await given).toMatchObject({ name: 'AbortError' })
    expect(far.seen[0]?.signal.aborted).toBe(true)
  })

  it('sends nothing for a signal that has aborted already', async () => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.dial()
    expect(await failureOf(link.request('tools/list', modern(), { signal: AbortSignal.abort('no') }))).toBe('no')
    expect(far.seen).toEqual([])
  })

  it('L7: a silent one times out, progress puts that off, and the hard limit holds', async () => {
    vi.useFakeTimers()
    try {
      const road = stream()
      const far = new Far(() => road.response)
      const link = await far.dial()
      let over: unknown
      const options = { timeout: 1000, maxTimeout: 2500, onProgress: () => undefined }
      void failureOf(link.request('tools/call', modern({ name: 'x' }), options)).then((error) => (over = error))
      for (let spent = 0; spent < 2400; spent += 800) {
        await vi.advanceTimersByTimeAsync(800)
        road.send({ method: 'notifications/progress', params: { progressToken: 1, progress: spent } })
        await vi.advanceTimersByTimeAsync(0)
        expect(over).toBeUndefined()
      }
      await vi.advanceTimersByTimeAsync(200)
      expect(over).toMatchObject({ name: 'TimeoutError', message: 'tools/call had no answer within 2500 ms' })
      expect(far.seen[0]?.signal.aborted).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  it('closing the link rejects what is under way and closes its streams', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    const link = await far.dial()
    const result = failureOf(
      link.request('subscriptions/listen', modern(), { timeout: Infinity, maxTimeout: Infinity }),
    )
    await settle()
    await link[Symbol.asyncDispose]()
    expect(await result).toBeInstanceOf(ConnectionClosed)
    expect(far.seen[0]?.signal.aborted).toBe(true)
    expect(await link.closed).toBeUndefined()
    expect(await failureOf(link.request('tools/list', modern()))).toBeInstanceOf(ConnectionClosed)
    expect(await failureOf(link.notify('x/y'))).toBeInstanceOf(ConnectionClosed)
    expect(far.seen).toHaveLength(1)
  })
})

describe('listening', () => {
  it('U5: hears what comes until the result ends it', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    await using link = await far.dial()
    const heard: string[] = []
    const forever = { timeout: Infinity, maxTimeout: Infinity }
    const over = link.request('subscriptions/listen', modern(), {
      ...forever,
      onNotification: ({ method }) => heard.push(method),
    })
    await settle()
    road.send({ method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } })
    road.write(':\n\n')
    road.send({ method: 'notifications/tools/list_changed' })
    road.send({ id: 1, result: { resultType: 'complete' } })
    expect(await over).toEqual({ resultType: 'complete' })
    expect(heard).toEqual(['notifications/subscriptions/acknowledged', 'notifications/tools/list_changed'])
  })

  it('3.2 #3: ends with a cancelled notification, too', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    await using link = await far.dial()
    const over = failureOf(link.request('subscriptions/listen', modern(), { onNotification: () => undefined }))
    await settle()
    road.send({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(await over).toBeInstanceOf(ConnectionClosed)
  })
})

describe('a modern notification', () => {
  it('H5: is a POST that is accepted, or refused with a status', async () => {
    const far = new Far((_seen, index) => (index === 0 ? accepted() : new Response(null, { status: 400 })))
    await using link = await far.dial()
    await link.notify('vendor/hello', modern({ a: 1 }))
    expect(far.seen[0]?.headers.get('mcp-method')).toBe('vendor/hello')
    expect(far.seen[0]?.headers.get('mcp-protocol-version')).toBeNull()
    expect('id' in (far.seen[0]?.body ?? {})).toBe(false)
    expect(await failureOf(link.notify('vendor/hello'))).toMatchObject({ name: 'HttpFailure', status: 400 })
  })
})

describe('a URL', () => {
  it.each(['ftp://example.com/', 'https://me:secret@example.com/', 'nonsense'])('%s is refused', (given) => {
    expect(() => http(given)).toThrow(TypeError)
  })

  it('loses its fragment, and keeps its query', async () => {
    const far = new Far((seen) => answer(seen))
    await using link = await far.target({}, 'https://example.com/mcp?key=1#part').dial(new Hearer())
    await link.request('tools/list', modern())
    expect(far.seen[0]?.url).toBe('https://example.com/mcp?key=1')
  })
})
