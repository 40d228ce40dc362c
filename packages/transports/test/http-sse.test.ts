import type { Principal } from '@parley/core'
import type { Responder } from '@parley/protocol'
import { httpSse } from '@parley/transports/http-sse/server'
import type { HttpOptions } from '@parley/transports/http/server'
import { httpHandler } from '@parley/transports/http/server'
import { serveHttp } from '@parley/transports/http/node'
import { describe, expect, it } from 'vitest'
import { calling, envelope, faces, posting } from './http-faces.ts'
import type { Ask, Face, Live, OpenFace } from './http-faces.ts'
import { gate, responderOf } from './http-legacy-rig.ts'

const listening = (face: Face, headers: Ask['headers'] = {}): Ask => ({
  method: 'GET',
  path: '/sse',
  headers: { host: face.host, accept: 'text/event-stream', ...headers },
})

const hello = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2024-11-05' } }

/** A client that knows nothing but HTTP+SSE. */
const visiting = async (face: Face, headers: Ask['headers'] = {}) => {
  const live = await face.open(listening(face, headers))
  const path = /^event: endpoint\ndata: (\S+)$/.exec((await live.next()) ?? '')?.[1] ?? 'none'
  const post = (value: unknown, more: Ask['headers'] = {}): Ask => ({
    ...posting(value, { host: face.host, accept: undefined, ...headers, ...more }),
    path,
  })
  const call = async (method: string, id: string | number = 1): Promise<number> =>
    (await face.ask(post({ jsonrpc: '2.0', id, method, params: {} }))).status
  return { live, path, post, call }
}

const serving = async (
  open: OpenFace,
  responder: Responder,
  run: (face: Face) => Promise<void>,
  options: HttpOptions = {},
): Promise<void> => {
  const face = await open(responder, { sse: httpSse(), linger: 0, ...options })
  try {
    await run(face)
  } finally {
    await face.close()
  }
}

const byToken = (head: { header: (name: string) => string | undefined }): Promise<Principal | { status: 401 }> => {
  const subject = head.header('authorization')
  return Promise.resolve(
    subject === undefined ? { status: 401 } : { issuer: 'https://issuer.example', subject, scopes: [] },
  )
}

const upTo = async (live: Live): Promise<unknown[]> => {
  const all: unknown[] = []
  for (let next = await live.message(); next !== undefined; next = await live.message()) all.push(next)
  return all
}

describe.each(faces)('HTTP+SSE over $name', ({ open }) => {
  it('K1: the stream names the endpoint first, and carries messages from then on', () =>
    serving(
      open,
      responderOf(async (exchange) => {
        await exchange.notify('notifications/progress', { progress: 1 })
        return { road: exchange.origin.road, session: exchange.session?.state.version }
      }),
      async (face) => {
        const { live, path, post, call } = await visiting(face)
        expect([live.status, live.header('content-type')]).toEqual([200, 'text/event-stream'])
        expect([live.header('cache-control'), live.header('x-accel-buffering')]).toEqual([
          'no-cache, no-transform',
          'no',
        ])
        // 128 random bits as base64url.
        expect(path).toMatch(/^\/messages\/[\w-]{22}$/)
        const reply = await face.ask(post(hello))
        expect([reply.status, reply.text]).toEqual([202, ''])
        expect(await live.next()).toMatch(/^event: message\ndata: \{.*"protocolVersion":"2024-11-05".*\}$/)
        expect(await call('tools/list', 'a')).toBe(202)
        expect(await live.message()).toMatchObject({ method: 'notifications/progress' })
        expect(await live.message()).toEqual({
          jsonrpc: '2.0',
          id: 'a',
          result: { road: 'http', session: '2024-11-05' },
        })
        live.hangUp()
      },
    ))

  it('K1: a client is asked by its stream, and answers by POST', () =>
    serving(
      open,
      responderOf(async ({ ask }) => ({ told: (await ask?.('sampling/createMessage', {})) ?? 'nothing' })),
      async (face) => {
        const { live, post, call } = await visiting(face)
        await face.ask(post(hello))
        await live.message()
        await call('tools/call')
        const question = await live.message()
        expect(question).toMatchObject({ method: 'sampling/createMessage' })
        expect((await face.ask(post({ jsonrpc: '2.0', id: question?.['id'], result: { is: 'so' } }))).status).toBe(202)
        expect(await live.message()).toMatchObject({ id: 1, result: { told: { is: 'so' } } })
        live.hangUp()
      },
    ))

  it('K1: what one client is told no other hears, though they share ids', () =>
    serving(
      open,
      responderOf(({ session }) => ({ session: session?.id ?? '' })),
      async (face) => {
        const clients = await Promise.all([visiting(face), visiting(face), visiting(face)])
        expect(new Set(clients.map(({ path }) => path)).size).toBe(3)
        for (const { call } of clients) await call('a')
        for (const { live, path } of clients) {
          expect(await live.message()).toMatchObject({ id: 1, result: { session: path.slice('/messages/'.length) } })
          live.hangUp()
        }
      },
    ))

  it('H17: modern and legacy clients are served on the MCP endpoint beside it', () =>
    serving(
      open,
      responderOf(() => ({ resultType: 'complete' })),
      async (face) => {
        const { live, call } = await visiting(face)
        const host = { host: face.host }
        expect((await face.ask(calling('tools/list', {}, host))).json).toMatchObject({ id: 1, result: {} })
        const legacy = await face.ask(posting({ ...hello, params: { protocolVersion: '2025-11-25' } }, host))
        expect(legacy.header('mcp-session-id')).toMatch(/^[\w-]{22}$/)
        expect(await call('tools/list')).toBe(202)
        expect(await live.message()).toMatchObject({ id: 1 })
        live.hangUp()
        expect((await face.ask({ ...posting(hello, host), path: '/messages' })).status).toBe(404)
      },
    ))

  it('H1, K1: both endpoints check Host and Origin', () =>
    serving(
      open,
      responderOf(() => ({})),
      async (face) => {
        const { live, post } = await visiting(face)
        for (const bad of [{ origin: 'https://evil.example' }, { origin: 'null' }, { host: 'evil.example' }]) {
          expect((await face.ask(listening(face, bad))).status).toBe(403)
          expect((await face.ask(post(hello, bad))).status).toBe(403)
        }
        live.hangUp()
      },
    ))

  it('a listed page may read the stream and post, after asking', () =>
    serving(
      open,
      responderOf(() => ({})),
      async (face) => {
        const page = { origin: 'https://app.example' }
        const { live, path, post } = await visiting(face, page)
        expect(live.header('access-control-allow-origin')).toBe(page.origin)
        expect((await face.ask(post(hello))).header('access-control-allow-origin')).toBe(page.origin)
        const asking = { host: face.host, ...page, 'access-control-request-method': 'POST' }
        const preflight = await face.ask({ method: 'OPTIONS', path, headers: asking })
        expect([preflight.status, preflight.header('access-control-allow-methods')]).toEqual([204, 'POST, OPTIONS'])
        live.hangUp()
      },
      { allowedOrigins: ['https://app.example'] },
    ))

  it('G13: a stream that is another’s, has ended or never was gets the same answer', () =>
    serving(
      open,
      responderOf(() => ({})),
      async (face) => {
        expect((await face.ask(listening(face))).status).toBe(401)
        const alice = await visiting(face, { authorization: 'alice' })
        const answers = []
        for (const path of [alice.path, `/messages/${'A'.repeat(22)}`, '/messages/', '/messages/../sse']) {
          const { status, text } = await face.ask({ ...alice.post(hello, { authorization: 'bob' }), path })
          answers.push([status, text])
        }
        expect(answers.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => [404, expect.stringContaining('-32600')]))
        expect(new Set(answers.slice(0, 3).map(String)).size).toBe(1)
        expect((await face.ask(alice.post(hello))).status).toBe(202)
        expect((await face.ask(alice.post(hello, { authorization: undefined }))).status).toBe(401)
        alice.live.hangUp()
      },
      { authorize: byToken },
    ))

  it('what belongs to neither endpoint is refused', () =>
    serving(
      open,
      responderOf(() => ({})),
      async (face) => {
        const { live, path, post } = await visiting(face)
        const status = async (ask: Ask): Promise<unknown[]> => {
          const reply = await face.ask(ask)
          return [reply.status, reply.header('allow') ?? reply.json['error']]
        }
        const error = (code: number): unknown => expect.objectContaining({ code })
        expect(await status({ ...post(hello), path: '/sse' })).toEqual([405, 'GET, OPTIONS'])
        expect(await status({ ...listening(face), path })).toEqual([405, 'POST, OPTIONS'])
        expect(await status({ ...listening(face), method: 'DELETE' })).toEqual([405, 'GET, OPTIONS'])
        expect(await status(listening(face, { accept: 'application/json' }))).toEqual([406, error(-32600)])
        expect(await status(post(hello, { 'content-type': 'text/plain' }))).toEqual([415, error(-32600)])
        expect(await status(post(hello, { 'content-encoding': 'gzip' }))).toEqual([415, error(-32600)])
        expect(await status(post('{'))).toEqual([400, error(-32700)])
        expect(await status(post(' '.repeat(5000)))).toEqual([413, error(-32600)])
        live.hangUp()
      },
      { maxBody: 4096 },
    ))

  it('B5: an array is refused whole, and so is what has no place on this transport', () => {
    const responder = responderOf(() => ({}))
    return serving(open, responder, async (face) => {
      const { live, post } = await visiting(face)
      await face.ask(post({ ...hello, params: { protocolVersion: '2025-03-26' } }))
      await live.message()
      const modern = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: envelope() } }
      for (const bad of [[{ jsonrpc: '2.0', id: 1, method: 'a' }], [], modern, { jsonrpc: '2.0', id: 1 }]) {
        expect(await face.ask(post(bad))).toMatchObject({ status: 400, json: { error: { code: -32600 } } })
      }
      live.hangUp()
    })
  })

  it('a client that leaves has ended its session', () => {
    const ended = gate<unknown>()
    const began = gate()
    const responder = responderOf(async ({ signal }) => {
      signal.addEventListener('abort', () => ended.open(signal.reason))
      began.open()
      await ended.promise
      return {}
    })
    return serving(open, responder, async (face) => {
      const { live, post, call } = await visiting(face)
      expect(await call('wait')).toBe(202)
      await began.promise
      live.hangUp()
      expect(await ended.promise).toMatchObject({ name: 'ConnectionClosed' })
      expect((await face.ask(post(hello))).status).toBe(404)
    })
  })

  it('closing lets what is in flight be answered, and ends the streams', async () => {
    const go = gate()
    const began = gate()
    const responder = responderOf(async () => {
      began.open()
      await go.promise
      return { late: true }
    })
    const face = await open(responder, { sse: httpSse(), linger: 10_000 })
    const { live, call } = await visiting(face)
    await call('wait')
    await began.promise
    const closed = face.close()
    go.open()
    expect(await upTo(live)).toMatchObject([{ id: 1, result: { late: true } }])
    await closed
  })
})

describe('where HTTP+SSE is served', () => {
  it('K1: is for its options to say; a prefix that is taken off stands in the endpoint', async () => {
    const sse = httpSse({ path: '/old/events', messages: '/old', prefix: '/api' })
    const handler = httpHandler(
      responderOf(() => ({})),
      { sse },
    )
    const get = new Request('http://localhost/old/events', { headers: { accept: 'text/event-stream' } })
    const response = await handler(get)
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/\ndata: \/api\/old\/[\w-]{22}\n\n$/)
    await handler.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  it.each([{ path: 'sse' }, { path: '/a?b' }, { messages: '/m/' }, { prefix: '//evil.example' }, { path: '/a\nb' }])(
    '%j is refused',
    (options) => {
      expect(() => httpSse(options)).toThrow(TypeError)
    },
  )

  it('3.1 #6: shares no path with the MCP endpoint', async () => {
    const responder = responderOf(() => ({}))
    for (const path of ['/sse', '/messages/x']) {
      await expect(serveHttp(responder, { port: 0, path, sse: httpSse() })).rejects.toThrow(TypeError)
      expect(() => httpHandler(responder, { path, sse: httpSse() })).toThrow(path)
    }
  })
})
