import type { AuthHead, AuthRefusal, Authorize, Principal } from '@parley/core'
import { RpcError } from '@parley/core'
import type { Responder } from '@parley/protocol'
import { httpSse } from '@parley/transports/http-sse/server'
import type { HttpOptions } from '@parley/transports/http/server'
import { serveWebSocket } from '@parley/transports/websocket/node'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { calling, faces, posting } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { responderOf } from './http-legacy-rig.ts'

const place = '/.well-known/oauth-protected-resource/mcp'

/** Knows `reader` and `writer` by their names, publishes one document, and refuses in its own words. */
const authorize: Authorize = Object.assign(
  async (head: AuthHead): Promise<Principal | AuthRefusal> => {
    const subject = head.header('authorization')
    if (subject === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer' } }
    return { issuer: 'i', subject, scopes: subject === 'writer' ? ['write', 'more'] : ['read'] }
  },
  {
    documents: new Map([
      [
        place,
        (scopes: readonly string[]) => ({ body: JSON.stringify({ scopes }), headers: { 'cache-control': 'public' } }),
      ],
    ]),
    insufficient: (scopes: readonly string[]): AuthRefusal => ({
      status: 403,
      headers: { 'www-authenticate': `Bearer scope="${scopes.join(' ')}"` },
    }),
  },
)

const needs = new Map<unknown, readonly string[]>([
  ['write', ['write']],
  ['both', ['write', 'read']],
])

/** Tools `read`, which needs nothing, `write` and `both`; counts what it gets to serve. */
const serving = (): Responder & { served: unknown[] } => {
  const served: unknown[] = []
  const inner = responderOf(async ({ request }) => {
    served.push(request.params?.['name'] ?? request.method)
    return {}
  })
  return {
    served,
    respond: inner.respond,
    hear: inner.hear,
    scopes: ['write', 'read'],
    scopesFor: (method, params) => (method === 'tools/call' && needs.get(params['name'])) || [],
  }
}

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
}

let listeners = 0

/** Acknowledges whoever listens, and keeps them until they are gone. */
const listening = (): Responder =>
  responderOf(async (exchange) => {
    const { request, signal } = exchange
    if (request.method !== 'subscriptions/listen') return {}
    listeners += 1
    await exchange.notify('notifications/subscriptions/acknowledged', { notifications: {} })
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    listeners -= 1
    return {}
  })

describe.each(faces)('a protected server, over $name', ({ open }) => {
  const opened: Face[] = []
  const start = async (server: Responder, options: HttpOptions = {}): Promise<Face> => {
    const face = await open(server, { authorize, ...options })
    opened.push(face)
    return face
  }
  afterEach(() => Promise.all(opened.splice(0).map((face) => face.close())))

  const fetching = (headers: Ask['headers'] = {}, method = 'GET', path = place): Ask => ({ method, path, headers })

  it('Z2: publishes its document to everyone, with the scopes of what it serves', async () => {
    const face = await start(serving())
    const { status, header, json } = await face.ask(fetching())
    expect([status, json]).toEqual([200, { scopes: ['write', 'read'] }])
    expect(header('content-type')).toBe('application/json')
    expect(header('cache-control')).toBe('public')
    expect(header('access-control-allow-origin')).toBe('*')
  })

  it('publishes it to the pages of any origin, and nothing else', async () => {
    const face = await start(serving())
    for (const headers of [{ origin: 'https://app.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await face.ask(fetching(headers))).status).toBe(200)
      expect((await face.ask(calling('tools/list', {}, { ...headers, authorization: 'reader' }))).status).toBe(403)
    }
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    const asked = await face.ask(fetching(preflight, 'OPTIONS'))
    expect(asked.status).toBe(204)
    expect(asked.header('access-control-allow-origin')).toBe('*')
    expect(asked.header('access-control-allow-methods')).toBe('GET, OPTIONS')
    expect(asked.header('access-control-allow-headers')).toContain('mcp-protocol-version')
    expect((await face.ask(fetching(preflight, 'OPTIONS', '/mcp'))).status).toBe(403)
  })

  it('publishes it under the hosts that it answers to, and by GET alone', async () => {
    const face = await start(serving())
    expect((await face.ask(fetching({ host: 'evil.example' }))).status).toBe(403)
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, header } = await face.ask(fetching({}, method))
      expect([status, header('allow')]).toEqual([405, 'GET, OPTIONS'])
    }
    for (const path of [`${place}/`, `${place}2`, '/.well-known/oauth-protected-resource']) {
      expect((await face.ask(fetching({}, 'GET', path))).status).toBe(404)
    }
  })

  it('Z14: takes no token from the query (threat T2)', async () => {
    const face = await start(serving())
    const ask = calling('tools/list')
    expect((await face.ask({ ...ask, path: '/mcp?access_token=reader' })).status).toBe(401)
  })

  it('Z17: refuses a call without its scopes with 403, all of them named, before it is served', async () => {
    const server = serving()
    const face = await start(server)
    const call = async (name: string, who: string) => {
      const { status, header, text } = await face.ask(calling('tools/call', { name }, { authorization: who }))
      return [status, header('www-authenticate'), status === 403 ? text : '']
    }
    expect(await call('read', 'reader')).toEqual([200, undefined, ''])
    expect(await call('write', 'writer')).toEqual([200, undefined, ''])
    expect(await call('write', 'reader')).toEqual([403, 'Bearer scope="write"', ''])
    expect(await call('both', 'reader')).toEqual([403, 'Bearer scope="write read"', ''])
    expect(await call('both', 'writer')).toEqual([403, 'Bearer scope="write read"', ''])
    expect(server.served).toEqual(['read', 'write'])
  })

  it('Z15: ends a stream with the token that it was opened by', async () => {
    const brief: Authorize = () => ({ issuer: 'i', subject: 'reader', scopes: [], expiresAt: Date.now() + 150 })
    const face = await start(listening(), { authorize: brief })
    const modern = await face.open(calling('subscriptions/listen', { notifications: {} }))
    expect(await modern.message()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' })
    expect(await modern.message()).toBeUndefined()
    const session = await face.ask(posting(initialize))
    const headers = { accept: 'text/event-stream', 'mcp-session-id': session.header('mcp-session-id') }
    const legacy = await face.open({ method: 'GET', path: '/mcp', headers })
    expect(legacy.status).toBe(200)
    expect(await legacy.message()).toBeUndefined()
    await expect.poll(() => listeners).toBe(0)
  })

  it('Z17: has a challenge where the check of its callers has none of its own', async () => {
    const plain: Authorize = (head) => ({ issuer: 'i', subject: head.header('authorization') ?? '', scopes: [] })
    const face = await start(serving(), { authorize: plain })
    const { status, header } = await face.ask(calling('tools/call', { name: 'both' }, { authorization: 'a' }))
    expect([status, header('www-authenticate')]).toEqual([403, 'Bearer error="insufficient_scope", scope="write read"'])
  })

  it.each(['2025-11-25', '2025-06-18', '2025-03-26'])('Z17: does so in a session of %s', async (version) => {
    const server = serving()
    const face = await start(server)
    const opening = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: version } }
    const hello = await face.ask(posting(opening, { authorization: 'reader' }))
    const headers = { authorization: 'reader', 'mcp-session-id': hello.header('mcp-session-id') }
    const call = (name: string, id = 1) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })
    expect((await face.ask(posting(call('read'), headers))).status).toBe(200)
    expect((await face.ask(posting(call('write'), headers))).status).toBe(403)
    // Found out before the session is looked for, so that it tells nothing about sessions.
    const foreign = { ...headers, 'mcp-session-id': 'A'.repeat(22) }
    expect((await face.ask(posting(call('write'), foreign))).status).toBe(403)
    expect(server.served).toEqual(['read'])
  })

  it('Z17: refuses a batch as a whole, with the scopes of all its requests', async () => {
    const server = serving()
    const face = await start(server)
    const opening = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-03-26' } }
    const hello = await face.ask(posting(opening, { authorization: 'reader' }))
    const headers = { authorization: 'reader', 'mcp-session-id': hello.header('mcp-session-id') }
    const batch = ['read', 'write', 'both'].map((name, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name },
    }))
    const { status, header } = await face.ask(posting(batch, headers))
    expect([status, header('www-authenticate')]).toEqual([403, 'Bearer scope="write read"'])
    expect((await face.ask(posting(batch.slice(0, 1), headers))).status).toBe(200)
    expect(server.served).toEqual(['read'])
  })

  it('Z17: does so without sessions, and over HTTP+SSE', async () => {
    const server = serving()
    const lone = await start(server, { sessions: false })
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'write' } }
    expect((await lone.ask(posting(call, { authorization: 'reader' }))).status).toBe(403)
    const face = await start(server, { sse: httpSse() })
    const headers = { host: face.host, authorization: 'reader' }
    const live = await face.open({ method: 'GET', path: '/sse', headers: { ...headers, accept: 'text/event-stream' } })
    const path = /data: (\S+)/.exec((await live.next()) ?? '')?.[1] ?? ''
    const { status, header } = await face.ask({ ...posting(call, headers), path })
    expect([status, header('www-authenticate')]).toEqual([403, 'Bearer scope="write"'])
    live.hangUp()
    expect(server.served).toEqual([])
  })

  it('answers with 503 when its check says nothing, throws or rejects', async () => {
    const checks = [
      () => undefined,
      async () => undefined,
      () => {
        throw new RpcError(1, 'no')
      },
      () => Promise.reject(new Error('no')),
    ]
    for (const check of checks) {
      const face = await start(serving(), { authorize: check as unknown as Authorize })
      expect((await face.ask(calling('tools/list'))).status).toBe(503)
    }
  })

  it('answers at once when its check does', async () => {
    const face = await start(serving(), { authorize: () => ({ issuer: 'i', subject: 's', scopes: [] }) })
    expect((await face.ask(calling('tools/list'))).status).toBe(200)
  })
})

it('a protected server publishes its document where it takes WebSockets alone', async () => {
  const serves = await serveWebSocket(serving(), { port: 0, authorize })
  onTestFinished(() => serves.close())
  const { host } = new URL(serves.url)
  const found = await fetch(`http://${host}${place}`, { headers: { origin: 'https://app.example' } })
  expect([found.status, found.headers.get('access-control-allow-origin'), await found.json()]).toEqual([
    200,
    '*',
    { scopes: ['write', 'read'] },
  ])
  expect((await fetch(`http://${host}/mcp`)).status).toBe(426)
  expect((await fetch(`http://${host}${place}`, { method: 'POST' })).status).toBe(405)
})
