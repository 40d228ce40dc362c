import type { AuthHead, AuthRefusal, Principal } from '@parley/core'
import { afterEach, describe, expect, it } from 'vitest'
import { calling, faces } from './http-faces.ts'
import type { Ask, Face } from './http-faces.ts'
import { responder } from './peers.ts'

const alice: Principal = { issuer: 'https://issuer.example', subject: 'alice', scopes: [] }

describe.each(faces)('the gate, over $name', ({ open }) => {
  const opened: Face[] = []
  const served: unknown[] = []
  const server = responder(({ request }) => {
    served.push(request.method)
    return {}
  })
  const start: typeof open = async (responding, options) => {
    const face = await open(responding, options)
    opened.push(face)
    return face
  }
  const statusOf = async (face: Face, ask: Ask): Promise<number> => (await face.ask(ask)).status
  const list = (headers: Ask['headers']): Ask => calling('tools/list', {}, headers)

  afterEach(async () => {
    served.length = 0
    await Promise.all(opened.splice(0).map((face) => face.close()))
  })

  describe('Host', () => {
    const port = (face: Face): string => face.host.split(':')[1] ?? ''

    it.each([
      ['localhost', 200],
      ['LOCALHOST', 200],
      ['127.0.0.1', 200],
      ['[::1]', 200],
      ['evil.example.com', 403],
      ['localhost.evil.example.com', 403],
      ['evil.example.com@localhost', 403],
      ['localhost.', 403],
      ['127.1', 403],
      ['2130706433', 403],
      ['0.0.0.0', 403],
      ['[::ffff:127.0.0.1]', 403],
      ['[::]', 403],
      ['local host', 403],
      ['localhost/', 403],
      ['localhost#', 403],
      ['ⓛocalhost', 403],
    ])('answers a request for %s with %i (SEC-WEB-1)', async (name, status) => {
      const face = await start(server)
      const host = Buffer.from(`${name}:${port(face)}`).toString('latin1')
      expect(await statusOf(face, list({ host }))).toBe(status)
      expect(served).toHaveLength(status === 200 ? 1 : 0)
    })

    it('lets in the hosts that are listed, with their port if one is given, and no others', async () => {
      const face = await start(server, { allowedHosts: ['mcp.example.com', 'other.example.com:8443'] })
      expect(await statusOf(face, list({ host: 'mcp.example.com' }))).toBe(200)
      expect(await statusOf(face, list({ host: 'MCP.example.com:9000' }))).toBe(200)
      expect(await statusOf(face, list({ host: 'other.example.com:8443' }))).toBe(200)
      expect(await statusOf(face, list({ host: 'other.example.com' }))).toBe(403)
      expect(await statusOf(face, list({ host: `localhost:${port(face)}` }))).toBe(403)
    })

    it('lets nobody in with an empty list (SEC-WEB-3)', async () => {
      const face = await start(server, { allowedHosts: [] })
      expect(await statusOf(face, list({}))).toBe(403)
    })

    it('leaves Host to a proxy that is said to be in front, but not to pages', async () => {
      const face = await start(server, { behindProxy: true })
      expect(await statusOf(face, list({ host: 'anything.example.com' }))).toBe(200)
      const page = { host: 'evil.example.com', origin: 'http://evil.example.com' }
      expect(await statusOf(face, list(page))).toBe(403)
    })

    it('takes no word of forwarded headers', async () => {
      const face = await start(server, { allowedHosts: ['mcp.example.com'] })
      const forwarded = {
        host: 'evil.example.com',
        'x-forwarded-host': 'mcp.example.com',
        forwarded: 'host=mcp.example.com',
      }
      expect(await statusOf(face, list(forwarded))).toBe(403)
    })
  })

  describe('Origin', () => {
    it.each([
      ['null', 403],
      ['http://evil.example.com', 403],
      ['https://app.example.com', 200],
      ['HTTPS://APP.example.com', 200],
      ['https://app.example.com:444', 403],
      ['http://app.example.com', 403],
      ['https://app.example.com.evil.example.com', 403],
      ['https://app.example.com/', 403],
      ['http://localhost', 403],
      ['http://localhost:1', 403],
      ['file://', 403],
      ['', 403],
      ['*', 403],
      ['vscode-webview://panel', 200],
    ])('H1: answers a page of %j with %i', async (origin, status) => {
      const face = await start(server, { allowedOrigins: ['https://app.example.com', 'vscode-webview://panel'] })
      expect(await statusOf(face, list({ origin }))).toBe(status)
      expect(served).toHaveLength(status === 200 ? 1 : 0)
    })

    it('H1: says in a body without an id why it refuses', async () => {
      const face = await start(server)
      const { status, json } = await face.ask(list({ origin: 'http://evil.example.com' }))
      expect(status).toBe(403)
      expect(json).toEqual({ jsonrpc: '2.0', error: { code: -32600, message: 'This Origin is not allowed' } })
    })

    it('lets in pages of its own', async () => {
      const face = await start(server)
      expect(await statusOf(face, list({ origin: `http://${face.host}` }))).toBe(200)
    })

    it.each([
      ['cross-site', undefined, 403],
      ['cross-site', 'https://app.example.com', 200],
      ['cross-site', 'http://evil.example.com', 403],
      ['same-site', undefined, 403],
      ['same-site', 'https://app.example.com', 200],
      ['same-origin', undefined, 200],
      ['none', undefined, 200],
    ])('answers Sec-Fetch-Site %s with Origin %s by %i', async (site, origin, status) => {
      const face = await start(server, { allowedOrigins: ['https://app.example.com'] })
      expect(await statusOf(face, list({ 'sec-fetch-site': site, origin }))).toBe(status)
    })

    it.each(['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'HEAD'])('H1: stands before %s', async (method) => {
      const face = await start(server)
      expect(await statusOf(face, { method, headers: { origin: 'http://evil.example.com' } })).toBe(403)
    })

    it('answers the preflight of a listed origin, mirrored arguments included', async () => {
      const face = await start(server, { allowedOrigins: ['https://app.example.com'] })
      const { status, header, text } = await face.ask({
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example.com',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type, mcp-param-region, x-evil',
        },
      })
      expect([status, text]).toEqual([204, ''])
      expect(header('access-control-allow-origin')).toBe('https://app.example.com')
      expect(header('access-control-allow-methods')).toBe('GET, POST, DELETE, OPTIONS')
      const allowed = header('access-control-allow-headers')?.split(', ')
      expect(allowed).toEqual(expect.arrayContaining(['mcp-method', 'mcp-name', 'mcp-session-id', 'mcp-param-region']))
      expect(allowed).not.toContain('x-evil')
      expect(header('vary')).toBe('Origin')
    })

    it('lets the page of a listed origin read answers and refusals, and no other page', async () => {
      const face = await start(server, { allowedOrigins: ['https://app.example.com'] })
      const good = await face.ask(list({ origin: 'https://app.example.com' }))
      expect(good.header('access-control-allow-origin')).toBe('https://app.example.com')
      expect(good.header('access-control-expose-headers')).toContain('Mcp-Session-Id')
      const refused = await face.ask(list({ origin: 'https://app.example.com', 'content-type': 'text/plain' }))
      expect([refused.status, refused.header('access-control-allow-origin')]).toEqual([415, 'https://app.example.com'])
      expect((await face.ask(list({}))).header('access-control-allow-origin')).toBeUndefined()
    })
  })

  describe('method and path', () => {
    it.each(['PUT', 'PATCH', 'HEAD', 'PROPFIND'])('answers %s with 405 and the methods there are', async (method) => {
      const face = await start(server)
      const { status, header } = await face.ask({ method, headers: {} })
      expect([status, header('allow')]).toEqual([405, 'GET, POST, DELETE, OPTIONS'])
    })

    it.each(['GET', 'DELETE'])('H15: answers %s with 405 where no sessions are kept (REL-405-1)', async (method) => {
      const face = await start(server, { sessions: false })
      const { status, header } = await face.ask({ method, headers: { accept: 'text/event-stream' } })
      expect([status, header('allow')]).toEqual([405, 'POST, OPTIONS'])
    })

    it('H15: answers a GET that names a modern revision with 405', async () => {
      const face = await start(server)
      const headers = { accept: 'text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': 'x' }
      expect(await statusOf(face, { method: 'GET', headers })).toBe(405)
    })

    it.each(['/', '/mcp/', '/MCP', '/mcp/x', '/mc', '//mcp'])('answers %s with 404', async (path) => {
      const face = await start(server)
      expect(await statusOf(face, { ...list({}), path })).toBe(404)
    })

    it('passes over the query', async () => {
      const face = await start(server)
      expect(await statusOf(face, { ...list({}), path: '/mcp?tenant=a' })).toBe(200)
    })

    it('says what may be asked to an OPTIONS that is no preflight', async () => {
      const face = await start(server)
      const { status, header } = await face.ask({ method: 'OPTIONS', headers: {} })
      expect([status, header('allow')]).toEqual([204, 'GET, POST, DELETE, OPTIONS'])
    })
  })

  describe('authorization', () => {
    const authorize = async (head: AuthHead): Promise<Principal | AuthRefusal> => {
      if (head.header('authorization') === 'Bearer alice') return alice
      return { status: 401, headers: { 'www-authenticate': 'Bearer resource_metadata="https://mcp.example.com/meta"' } }
    }

    it.each(['GET', 'POST', 'DELETE'])('refuses %s without good credentials, with the challenge', async (method) => {
      const face = await start(server, { authorize })
      const { status, header, text } = await face.ask({
        ...list({}),
        method,
        ...(method !== 'POST' && { body: undefined }),
      } as Ask)
      expect([status, text]).toEqual([401, ''])
      expect(header('www-authenticate')).toBe('Bearer resource_metadata="https://mcp.example.com/meta"')
      expect(served).toEqual([])
    })

    it('tells handlers who was verified, and what the headers said', async () => {
      const face = await start(
        responder(({ origin }) => ({ road: origin.road, who: origin.principal, lang: origin.header?.('X-Lang') })),
        { authorize },
      )
      const { json } = await face.ask(list({ authorization: 'Bearer alice', 'x-lang': 'de' }))
      expect(json['result']).toEqual({ road: 'http', who: alice, lang: 'de' })
    })

    it('gives handlers no header that only JavaScript has', async () => {
      const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
      const face = await start(responder(({ origin }) => ({ found: names.filter((name) => origin.header?.(name)) })))
      expect((await face.ask(list({}))).json['result']).toEqual({ found: [] })
    })

    it.each([
      [
        'throws',
        (): never => {
          throw new Error('no keys')
        },
      ],
      [
        'rejects',
        async (): Promise<never> => {
          throw new Error('no keys')
        },
      ],
      // Plain JavaScript can forget to answer, and that lets nobody in.
      ['says nothing', (): Promise<AuthRefusal> => Promise.resolve(JSON.parse('null'))],
    ])('answers with 503 when the check itself %s', async (_, broken) => {
      const face = await start(server, { authorize: broken })
      expect(await statusOf(face, list({}))).toBe(503)
      expect(served).toEqual([])
    })

    it('comes after the Host and before the media type', async () => {
      const face = await start(server, { authorize })
      expect(await statusOf(face, list({ host: 'evil.example.com' }))).toBe(403)
      expect(await statusOf(face, list({ 'content-type': 'text/plain' }))).toBe(401)
    })

    it('needs no credentials for a preflight', async () => {
      const face = await start(server, { authorize, allowedOrigins: ['https://app.example.com'] })
      const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
      expect(await statusOf(face, { method: 'OPTIONS', headers })).toBe(204)
    })
  })

  it.each(['https://app.example.com/', 'app.example.com', '*', 'https://*.example.com'])(
    'refuses %s as an allowed origin at the start',
    async (origin) => {
      await expect(start(server, { allowedOrigins: [origin] })).rejects.toThrow(TypeError)
    },
  )

  it.each(['https://mcp.example.com', 'mcp.example.com/', '*', 'a b'])(
    'refuses %s as an allowed host',
    async (host) => {
      await expect(start(server, { allowedHosts: [host] })).rejects.toThrow(TypeError)
    },
  )
})
