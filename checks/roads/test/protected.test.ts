import { jwtVerifier, protect, staticTokens } from '@parley/auth/server'
import type { ProtectOptions } from '@parley/auth/server'
import { connect } from '@parley/client'
import type { Client } from '@parley/client'
import { Server } from '@parley/server'
import { http } from '@parley/transports/http/client'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'
import { httpSse } from '@parley/transports/http-sse/server'
import { serveWebSocket, webSocket } from '@parley/transports/websocket/node'
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { startIssuer } from './issuer.ts'

const resource = 'http://127.0.0.1:3000/mcp'
const issuer = await startIssuer()
afterAll(() => issuer.close())

const me = { name: 'visitor', version: '1.0.0' }
const versions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26']
const tokenOf = (sub: string, scope = ''): string => issuer.token({ sub, aud: resource, scope })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const guard = (options: Partial<ProtectOptions> = {}) =>
  protect({
    resource,
    authorizationServers: [issuer.url],
    verifier: jwtVerifier({ issuer: issuer.url }),
    onRefused: () => undefined,
    ...options,
  })

const entered: string[] = []
const makeServer = (): Server => {
  const server = new Server({ name: 'bank', version: '1.0.0' })
  server.tool('whoami', (_, ctx) => `${ctx.auth?.subject} by ${ctx.road}`)
  server.tool('erase', { scopes: ['write'] }, () => 'gone')
  server.tool('send', async (_, ctx) => {
    entered.push(ctx.auth?.subject ?? 'nobody')
    // Something to carry from one round to the next.
    await ctx.once('quote', () => 1)
    const { action } = await ctx.elicit({ message: 'Send it?', schema: z.object({ sure: z.boolean() }) })
    return action
  })
  server.tool(
    'wait',
    (_, ctx) =>
      new Promise((_resolve, reject) => {
        waiting.push(ctx.auth?.subject ?? '')
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))
      }),
  )
  return server
}
const waiting: string[] = []

/** Serves over HTTP in both eras and over HTTP+SSE. */
const serve = async (options: ServeHttpOptions = {}): Promise<HttpServer> => {
  const server = makeServer()
  const serving = await serveHttp(server, { port: 0, linger: 0, sse: httpSse(), authorize: guard(), ...options })
  onTestFinished(async () => {
    await server.close()
    await serving.close()
  })
  return serving
}

const textOf = async (client: Client, tool: string): Promise<unknown> => (await client.callTool(tool)).content

describe('a server that is protected', () => {
  it.each(versions)('knows who calls over HTTP, in %s, and refuses a call without its scopes', async (version) => {
    const { url } = await serve()
    for (const subject of ['ada', 'eve']) {
      const client = await connect(http(url, { headers: bearer(tokenOf(subject)) }), { ...me, versions: [version] })
      expect(await textOf(client, 'whoami')).toEqual([{ type: 'text', text: `${subject} by http` }])
      await expect(client.callTool('erase')).rejects.toMatchObject({ name: 'HttpFailure', status: 403 })
      const error: unknown = await client.callTool('erase').catch((reason: unknown) => reason)
      expect((error as { headers: Headers }).headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_scope", scope="write", resource_metadata="http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp"',
      )
      await client.close()
    }
    const client = await connect(http(url, { headers: bearer(tokenOf('ada', 'write')) }), {
      ...me,
      versions: [version],
    })
    expect(await textOf(client, 'erase')).toEqual([{ type: 'text', text: 'gone' }])
    await client.close()
  })

  it('knows who calls over HTTP+SSE', async () => {
    const { url } = await serve()
    const dial = http(new URL('/sse', url), { headers: bearer(tokenOf('ada')) })
    const client = await connect(dial, { ...me, versions: ['2024-11-05'] })
    expect(await textOf(client, 'whoami')).toEqual([{ type: 'text', text: 'ada by http' }])
    await expect(client.callTool('erase')).rejects.toMatchObject({ name: 'HttpFailure', status: 403 })
    await client.close()
    const alone = await fetch(new URL('/sse', url))
    expect([alone.status, alone.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer resource_metadata='),
    ])
  })

  it.each([...versions, '2024-11-05'])('knows who calls over WebSockets, in %s', async (version) => {
    const server = makeServer()
    const serving = await serveWebSocket(server, { port: 0, authorize: guard() })
    onTestFinished(async () => {
      await server.close()
      await serving.close()
    })
    const dial = webSocket(serving.url, { headers: bearer(tokenOf('ada')) })
    const client = await connect(dial, { ...me, versions: [version] })
    expect(await textOf(client, 'whoami')).toEqual([{ type: 'text', text: 'ada by websocket' }])
    await expect(client.callTool('erase')).rejects.toMatchObject({
      name: 'RpcError',
      code: -32600,
      data: { requiredScopes: ['write'] },
    })
    await client.close()
    await expect(connect(webSocket(serving.url), { ...me, versions: [version] })).rejects.toMatchObject({ status: 401 })
  })

  it('ends a WebSocket with 4401 when its token has expired, to the second', async () => {
    const token = 'a-token-that-ends-soon'
    const verifier = staticTokens([{ token, subject: 'ada', expiresAt: Date.now() + 100 }])
    const server = makeServer()
    const serving = await serveWebSocket(server, { port: 0, authorize: guard({ verifier }) })
    onTestFinished(() => serving.close())
    const client = await connect(webSocket(serving.url, { headers: bearer(token) }), me)
    expect(String(await client.closed)).toContain('4401')
    await client.close()
    await server.close()
  })

  it('T22: holds up one principal who asks too much, with 429 and a time, and no other', async () => {
    const { url } = await serve({ maxInFlightPerPrincipal: 1 })
    waiting.length = 0
    const stop = new AbortController()
    const [ada, eve] = [tokenOf('ada'), tokenOf('eve')]
    const call = (token: string, tool: string, signal?: AbortSignal): Promise<Response> =>
      post(url, bearer(token), modern('tools/call', { name: tool }), signal)
    const held = call(ada, 'wait', stop.signal).catch(() => undefined)
    await vi.waitFor(() => expect(waiting).toEqual(['ada']))
    const refused = await call(ada, 'whoami')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await call(eve, 'whoami')).status).toBe(200)
    // It is the principal that is counted, not the token.
    expect((await call(tokenOf('ada', 'more'), 'whoami')).status).toBe(429)
    stop.abort()
    await held
  })
})

const modern = (method: string, params: object): object => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
    },
    ...params,
  },
})

const post = (url: string, headers: Record<string, string>, body: object, signal?: AbortSignal): Promise<Response> => {
  const { method, params } = body as { method: string; params: { name?: string; _meta?: object } }
  const own = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const mirrored = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(params.name !== undefined && { 'mcp-name': params.name }),
  }
  const all = { ...own, ...(params._meta !== undefined && mirrored), ...headers }
  return fetch(url, {
    method: 'POST',
    headers: all,
    body: JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  })
}

describe('what belongs to one principal', () => {
  const bytesOf = async (answer: Response): Promise<unknown> => [
    answer.status,
    [...answer.headers].filter(([name]) => name !== 'date'),
    await answer.text(),
  ]
  const initialize = {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: me },
  }
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping', params: {} }

  it('G13: is for another as if it had never been: a session, on every verb (SEC-SES-2)', async () => {
    const { url } = await serve()
    const [ada, eve] = [bearer(tokenOf('ada')), bearer(tokenOf('eve'))]
    const id = (await post(url, ada, initialize)).headers.get('mcp-session-id') ?? ''
    const answers = async (session: string): Promise<unknown[]> => {
      const headers = { ...eve, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }
      const stream = { ...headers, accept: 'text/event-stream' }
      return Promise.all([
        post(url, headers, ping).then(bytesOf),
        post(url, headers, { jsonrpc: '2.0', method: 'notifications/initialized', params: {} }).then(bytesOf),
        fetch(url, { headers: stream }).then(bytesOf),
        fetch(url, { headers: { ...stream, 'last-event-id': 'p0-0' } }).then(bytesOf),
        fetch(url, { method: 'DELETE', headers }).then(bytesOf),
      ])
    }
    const foreign = await answers(id)
    expect(foreign).toEqual(await answers('A'.repeat(22)))
    expect(foreign.map((answer) => (answer as [number])[0])).toEqual([404, 404, 404, 404, 404])
    expect((await post(url, { ...ada, 'mcp-session-id': id }, ping)).status).toBe(200)
    // A new token of the same principal is as good as the old one.
    expect((await post(url, { ...bearer(tokenOf('ada', 'more')), 'mcp-session-id': id }, ping)).status).toBe(200)
    expect((await post(url, { 'mcp-session-id': id }, ping)).status).toBe(401)
  })

  it('G13: is for another as if it had never been: a stream of HTTP+SSE (SEC-SES-2)', async () => {
    const { url } = await serve()
    const stream = await fetch(new URL('/sse', url), { headers: bearer(tokenOf('ada')) })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    const path = /data: (\S+)/.exec((await reader?.read())?.value ?? '')?.[1] ?? ''
    const eve = bearer(tokenOf('eve'))
    const at = (place: string, headers: Record<string, string>): Promise<Response> =>
      post(new URL(place, url).href, headers, initialize)
    const foreign = await bytesOf(await at(path, eve))
    expect(foreign).toEqual(await bytesOf(await at(path.replace(/[^/]+$/, 'A'.repeat(22)), eve)))
    expect((foreign as unknown[])[0]).toBe(404)
    expect((await at(path, bearer(tokenOf('ada')))).status).toBe(202)
    await reader?.cancel()
  })

  it('I7: is refused from another: the state between two rounds, and the handler is not entered', async () => {
    const { url } = await serve()
    entered.length = 0
    const call = async (who: string, rest: object): Promise<{ error?: unknown; result?: Record<string, unknown> }> => {
      const answer = await post(url, bearer(tokenOf(who)), modern('tools/call', { name: 'send', ...rest }))
      return (await answer.json()) as { error?: unknown; result?: Record<string, unknown> }
    }
    const { result } = await call('ada', {})
    const { requestState, inputRequests } = result as { requestState: string; inputRequests: object }
    const [key = ''] = Object.keys(inputRequests)
    const rest = { requestState, inputResponses: { [key]: { action: 'accept', content: { sure: true } } } }
    const foreign = await call('eve', rest)
    expect(foreign.error).toMatchObject({ code: -32602 })
    expect(foreign.error).toEqual((await call('eve', { ...rest, requestState: 'garbage' })).error)
    expect(entered).toEqual(['ada'])
    expect((await call('ada', rest)).result).toMatchObject({ content: [{ type: 'text', text: 'accept' }] })
  })
})

describe('a token', () => {
  afterEach(() => vi.restoreAllMocks())

  it('Z14: goes no further than this server, and stands in nothing that it says', async () => {
    const said: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...parts) => void said.push(...parts))
    }
    const server = makeServer()
    server.tool('fail', (_, ctx) => {
      throw new Error(`for ${ctx.auth?.subject}`)
    })
    const authorize = protect({
      resource,
      authorizationServers: [issuer.url],
      verifier: jwtVerifier({ issuer: issuer.url }),
    })
    const serving = await serveHttp(server, { port: 0, linger: 0, authorize })
    onTestFinished(async () => {
      await server.close()
      await serving.close()
    })
    const good = tokenOf('ada')
    const bad = issuer.token({ sub: 'ada', aud: 'https://other.example.com' })
    const forged = `${good.slice(0, -8)}AAAAAAAA`
    const heard: string[] = []
    for (const token of [good, bad, forged]) {
      for (const tool of ['whoami', 'erase', 'fail', 'nothing']) {
        const answer = await post(serving.url, bearer(token), modern('tools/call', { name: tool }))
        heard.push(await answer.text(), JSON.stringify([...answer.headers]))
      }
      const query = await post(`${serving.url}?access_token=${token}`, {}, modern('tools/list', {}))
      expect(query.status).toBe(401)
      heard.push(await query.text(), JSON.stringify([...query.headers]))
    }
    expect(said.length).toBeGreaterThan(0)
    const all = [...heard, ...said.map(String), ...issuer.seen].join('\n')
    for (const token of [good, bad, forged]) {
      for (const part of token.split('.').slice(1)) expect(all).not.toContain(part)
    }
    expect(issuer.seen.join()).not.toMatch(/"authorization"/i)
  })
})
