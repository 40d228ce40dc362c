import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inspect } from '../src/index.ts'
import type { Inspector } from '../src/index.ts'
import { ask, enter, scripted, tokenOf } from './fixture.ts'

const server = scripted({ 'tools/list': () => ({ tools: [] }) })
let inspector: Inspector
let cookie: string
let host: string

beforeAll(async () => {
  inspector = await inspect({ target: server.dial, title: 'scripted', era: 'legacy' })
  cookie = await enter(inspector)
  host = new URL(inspector.url).host
})
afterAll(() => inspector.close())

describe('the inspector is reached', () => {
  it('by its loopback address, with a token in the fragment that no server ever sees', () => {
    const url = new URL(inspector.url)
    expect(url.hostname).toBe('127.0.0.1')
    expect(url.search).toBe('')
    expect(tokenOf(inspector)).toMatch(/^[\w-]{43}$/)
  })

  it('by a token of its own at each launch', async () => {
    await using other = await inspect({ target: server.dial, title: 'other', era: 'legacy' })
    expect(tokenOf(other)).not.toBe(tokenOf(inspector))
    const { status } = await ask(other, '/api/session', { body: { token: tokenOf(inspector) } })
    expect(status).toBe(401)
    const { status: withCookie } = await ask(other, '/api/ping', { body: {}, headers: { cookie } })
    expect(withCookie).toBe(401)
  })

  it('by the names of this machine only', async () => {
    const port = host.split(':')[1]
    for (const name of [host, `localhost:${port}`]) {
      expect((await ask(inspector, '/', { headers: { host: name } })).status).toBe(200)
    }
    for (const name of [`evil.test:${port}`, '127.0.0.1', `127.0.0.1.evil.test:${port}`, '127.0.0.1:1']) {
      expect((await ask(inspector, '/', { headers: { host: name } })).status).toBe(403)
      const got = await ask(inspector, '/api/session', { headers: { host: name }, body: { token: tokenOf(inspector) } })
      expect(got.status).toBe(403)
      expect(got.headers['set-cookie']).toBeUndefined()
    }
  })
})

describe('the token', () => {
  it('is exchanged for a cookie that no script reads and no other site sends', async () => {
    const { status, headers } = await ask(inspector, '/api/session', { body: { token: tokenOf(inspector) } })
    expect(status).toBe(204)
    expect(headers['set-cookie']?.[0]).toMatch(
      /^parley-inspector-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/api$/,
    )
    expect(headers['set-cookie']?.[0]).not.toContain(tokenOf(inspector))
  })

  it.each([{ token: 'wrong' }, { token: '' }, {}, { token: 1 }, { token: ['a'] }])('is not %j', async (body) => {
    const { status, headers } = await ask(inspector, '/api/session', { body })
    expect(status).toBe(401)
    expect(headers['set-cookie']).toBeUndefined()
  })

  it.each(['/api/events', '/api/run', '/api/answer', '/api/era', '/api/roots', '/api/clear', '/api/none'])(
    'is needed for %s',
    async (path) => {
      const asked = path === '/api/events' ? {} : { body: {} }
      expect((await ask(inspector, path, asked)).status).toBe(401)
      const stale = { ...asked, headers: { cookie: `${cookie.split('=')[0]}=guess` } }
      expect((await ask(inspector, path, stale)).status).toBe(401)
    },
  )
})

describe('a page of somebody else', () => {
  it.each(['https://evil.test', 'null', 'http://127.0.0.1', 'http://localhost:1'])(
    'is not let in from origin %s, cookie or not',
    async (origin) => {
      const { status, headers } = await ask(inspector, '/api/clear', {
        headers: { cookie, origin },
        body: { what: 'wire' },
      })
      expect(status).toBe(403)
      expect(headers['access-control-allow-origin']).toBeUndefined()
    },
  )

  it.each(['cross-site', 'same-site', 'none'])('is not let in when the browser says %s', async (site) => {
    const headers = { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
    expect((await ask(inspector, '/api/clear', { headers, body: { what: 'wire' } })).status).toBe(403)
    expect((await ask(inspector, '/api/events', { headers })).status).toBe(403)
    expect((await ask(inspector, '/page.js', { headers })).status).toBe(403)
  })

  it('may lead to the page in a tab of its own, and not in a frame', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect((await ask(inspector, '/', { headers: { ...headers, 'sec-fetch-dest': 'document' } })).status).toBe(200)
    expect((await ask(inspector, '/', { headers: { ...headers, 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
  })

  it.each(['text/plain', 'text/plain; application/json', 'application/x-www-form-urlencoded', ''])(
    'cannot command by a form of type %j',
    async (type) => {
      const body = JSON.stringify({ what: 'wire' })
      const got = await ask(inspector, '/api/clear', { headers: { cookie, 'content-type': type }, body })
      expect(got.status).toBe(415)
    },
  )

  it('is asked nothing by OPTIONS and told nothing', async () => {
    const headers = { origin: 'https://evil.test', 'access-control-request-method': 'POST' }
    const got = await ask(inspector, '/api/clear', { method: 'OPTIONS', headers })
    expect(got.status).toBe(403)
    expect(got.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('what is served', () => {
  it('forbids everything that the page does not need', async () => {
    const { headers } = await ask(inspector, '/')
    const policy = String(headers['content-security-policy'])
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "trusted-types 'none'",
      ]),
    )
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
  })

  it('holds neither the token nor a script of its own', async () => {
    const { body } = await ask(inspector, '/')
    expect(body).not.toContain(tokenOf(inspector))
    expect(body).not.toMatch(/<script(?![^>]*src=)/)
    expect(body).not.toMatch(/\son\w+=/)
  })

  it.each(['/package.json', '/..%2f..%2fpackage.json', '/page.css?x', '//evil.test/', '/api'])(
    'is not %s',
    async (path) => {
      const { status } = await ask(inspector, path.startsWith('//') ? `/.${path}` : path)
      expect(status).toBe(404)
    },
  )

  it('is not written to', async () => {
    expect((await ask(inspector, '/', { method: 'POST', body: '' })).status).toBe(405)
    expect((await ask(inspector, '/api/clear', { method: 'GET', headers: { cookie } })).status).toBe(405)
    expect((await ask(inspector, '/api/events', { body: {}, headers: { cookie } })).status).toBe(405)
  })
})

describe('a command', () => {
  it('is one of few: none takes a program to start, or an address to reach', async () => {
    const { commands } = await import('../src/commands.ts')
    const names = ['answer', 'cancel', 'clear', 'era', 'level', 'reconnect', 'refresh', 'roots', 'run', 'watch']
    expect([...commands.keys()].toSorted()).toEqual(names)
    const dials = server.dials()
    const body = { command: 'touch', args: ['/tmp/x'], url: 'http://127.0.0.1:1/', target: 'x' }
    for (const name of ['connect', 'spawn', 'open', 'constructor', '__proto__']) {
      expect((await ask(inspector, `/api/${name}`, { headers: { cookie }, body })).status).toBe(404)
    }
    expect(server.dials()).toBe(dials)
  })

  it.each<[string, object]>([
    ['run', {}],
    ['run', { id: 'a', job: { kind: 'spawn' } }],
    ['run', { id: 'a', job: { kind: 'tool' } }],
    ['run', { id: '', job: { kind: 'ping' } }],
    ['run', { id: 'a', job: { kind: 'prompt', name: 'p', arguments: { a: 1 } } }],
    ['run', { id: 'a', job: { kind: 'complete', ref: { type: 'ref/none' }, argument: {} } }],
    ['cancel', {}],
    ['answer', { number: 1 }],
    ['answer', { number: 99, answer: { action: 'accept' } }],
    ['level', { level: 'loud' }],
    ['era', { era: 'new' }],
    ['roots', { roots: 'file:///' }],
    ['roots', { roots: [{ uri: 'https://example.com' }] }],
    ['watch', {}],
    ['clear', { what: 'all' }],
  ])('%s %j is refused with a sentence', async (name, body) => {
    const got = await ask(inspector, `/api/${name}`, { headers: { cookie }, body: { ...body } })
    expect(got.status).toBe(422)
    expect(JSON.parse(got.body)).toEqual({ error: expect.stringMatching(/./) })
  })

  it.each(['', '[]', 'null', '{', '{"a":1}x'])('is no %j', async (body) => {
    const headers = { cookie, 'content-type': 'application/json' }
    expect((await ask(inspector, '/api/clear', { headers, body })).status).toBe(400)
  })

  it('is not longer than 4 MiB', async () => {
    const headers = { cookie, 'content-type': 'application/json' }
    const got = await ask(inspector, '/api/clear', { headers, body: `"${'x'.repeat(5_000_000)}"` }).catch(
      () => undefined,
    )
    // The answer may be lost to a connection that was closed in the middle of the body.
    expect([undefined, 413]).toContain(got?.status)
  })
})
