import { introspectionVerifier, protect, staticTokens } from '@parley/auth/server'
import type { ProtectOptions, SafeFetch, TokenFault, TokenVerifier, VerifiedToken } from '@parley/auth/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { challengeOf, headOf, isRefusal, issuer, now, resource, statusOf } from './tokens.ts'

const good: VerifiedToken = { issuer, subject: 'ada', audience: [resource], scopes: ['read'], expiresAt: now + 60_000 }
const place = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'

const guard = (options: Partial<ProtectOptions> = {}) =>
  protect({
    resource,
    authorizationServers: [issuer],
    verifier: () => good,
    now: () => now,
    onRefused: () => undefined,
    ...options,
  })

describe('the challenge', () => {
  it('Z2: says where the metadata is, and nothing of an error to whoever shows no token', async () => {
    for (const authorization of [undefined, 'Basic YWRhOnNlY3JldA==', 'Bearerx y', 'DPoP abc']) {
      const found = await guard({ scopes: ['mcp'] })(headOf(authorization))
      expect(statusOf(found)).toBe(401)
      expect(challengeOf(found)).toBe(`Bearer scope="mcp", resource_metadata="${place}"`)
    }
  })

  it.each<[string, VerifiedToken | TokenFault]>([
    ['expired', { ...good, expiresAt: now - 30_000 }],
    ['without an expiry that is one', { ...good, expiresAt: Number.NaN }],
    ['not valid yet', { ...good, notBefore: now + 30_001 }],
    ['for somebody else', { ...good, audience: ['https://other.example.com'] }],
    ['of nobody', { ...good, subject: undefined }],
    ['unknown', { check: 'known' }],
  ])('is the same for every token that is not good: %s', async (_, found) => {
    const refusal = await guard({ verifier: () => found })(headOf('Bearer abc'))
    expect(refusal).toEqual({
      status: 401,
      headers: { 'www-authenticate': `Bearer error="invalid_token", resource_metadata="${place}"` },
    })
  })

  it('Z17: names every scope that the operation needs, those of all requests included', async () => {
    const authorize = guard({ scopes: ['mcp'] })
    const first = await authorize(headOf('Bearer abc'))
    expect(first).toEqual({
      status: 403,
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="mcp", resource_metadata="${place}"` },
    })
    expect(authorize.insufficient(['files:write', 'mcp'])).toEqual({
      status: 403,
      headers: {
        'www-authenticate': `Bearer error="insufficient_scope", scope="mcp files:write", resource_metadata="${place}"`,
      },
    })
  })

  it.each(['a b', 'a"b', 'a\\b', '', 'é', 'a\nb', 'offline_access'])('cannot ask for the scope %j', (scope) => {
    expect(() => guard({ scopes: [scope] })).toThrow(TypeError)
  })
})

describe('a token', () => {
  it('is taken from the header whatever the letters of the scheme', async () => {
    const seen: string[] = []
    const verifier: TokenVerifier = (token) => {
      seen.push(token)
      return good
    }
    const authorize = guard({ verifier, remember: 0 })
    for (const text of ['Bearer a.b-c_d~e+f/g==', 'bearer abc', 'BEARER   abc', 'Bearer abc ']) {
      expect(statusOf(await authorize(headOf(text)))).toBe(200)
    }
    expect(seen).toEqual(['a.b-c_d~e+f/g==', 'abc', 'abc', 'abc'])
  })

  it.each([
    ['empty', 'Bearer '],
    ['absent', 'Bearer'],
    ['two words', 'Bearer abc def'],
    ['two headers', 'Bearer abc, Bearer def'],
    ['quoted', 'Bearer "abc"'],
    ['padded within', 'Bearer a=b'],
    ['no ASCII', 'Bearer ábc'],
    ['longer than 16 KiB', `Bearer ${'a'.repeat(16_385)}`],
  ])('is refused without anybody being asked when it is %s', async (_, text) => {
    const verifier = vi.fn<TokenVerifier>(() => good)
    expect(statusOf(await guard({ verifier })(headOf(text)))).toBe(401)
    expect(verifier).not.toHaveBeenCalled()
  })

  it('may have 16 KiB', async () => {
    expect(statusOf(await guard()(headOf(`Bearer ${'a'.repeat(16_384)}`)))).toBe(200)
  })

  it('has the scopes that its scopes include, however far', async () => {
    const implied = { admin: ['write', 'audit'], write: ['read', 'admin'] }
    const found = await guard({ implied, scopes: ['read'], verifier: () => ({ ...good, scopes: ['admin'] }) })(
      headOf('Bearer a'),
    )
    expect(found).toMatchObject({ scopes: ['admin', 'write', 'audit', 'read'] })
  })

  it('may be known to the second of two verifiers', async () => {
    const unknown: TokenVerifier = () => ({ check: 'known' })
    const broken: TokenVerifier = () => Promise.reject(new Error('down'))
    expect(statusOf(await guard({ verifier: [unknown, () => good] })(headOf('Bearer a')))).toBe(200)
    expect(statusOf(await guard({ verifier: [broken, () => good] })(headOf('Bearer a')))).toBe(200)
    expect(statusOf(await guard({ verifier: [broken, unknown] })(headOf('Bearer a')))).toBe(503)
    expect(statusOf(await guard({ verifier: [broken, () => ({ check: 'signature' })] })(headOf('Bearer a')))).toBe(401)
    expect(statusOf(await guard({ verifier: [] })(headOf('Bearer a')))).toBe(401)
  })
})

describe('a token that was good a moment ago', () => {
  const counted = (token: Partial<VerifiedToken> = {}, options: Partial<ProtectOptions> = {}) => {
    const clock = { now }
    const verifier = vi.fn<TokenVerifier>(async () => ({ ...good, ...token }))
    const authorize = guard({ verifier, now: () => clock.now, ...options })
    return { clock, verifier, ask: (name = 'abc') => authorize(headOf(`Bearer ${name}`)) }
  }

  it('is not checked again, and is answered at once', async () => {
    const { ask, clock, verifier } = counted()
    const first = await ask()
    expect(ask()).toBe(first)
    clock.now += 4_999
    expect(ask()).toBe(first)
    clock.now += 1
    await ask()
    expect(verifier).toHaveBeenCalledTimes(2)
  })

  it('is checked once for all who come with it at once', async () => {
    const { ask, verifier } = counted()
    await Promise.all(Array.from({ length: 20 }, async () => ask()))
    expect(verifier).toHaveBeenCalledTimes(1)
  })

  it('is not remembered beyond its expiry', async () => {
    const { ask, clock } = counted({ expiresAt: now - 28_000 })
    expect(statusOf(await ask())).toBe(200)
    clock.now += 2_000
    expect(statusOf(await ask())).toBe(401)
  })

  it('is forgotten for newer ones, and not for those that are not good', async () => {
    const bad: TokenVerifier = (token) => (token.startsWith('bad') ? { check: 'known' } : good)
    const verifier = vi.fn(bad)
    const authorize = guard({ verifier, maxRemembered: 2 })
    const ask = async (token: string): Promise<unknown> => authorize(headOf(`Bearer ${token}`))
    for (const token of ['a', 'bad1', 'bad2', 'bad3', 'b', 'a', 'b']) await ask(token)
    expect(verifier.mock.calls.map(([token]) => token)).toEqual(['a', 'bad1', 'bad2', 'bad3', 'b'])
    for (const token of ['c', 'b', 'a']) await ask(token)
    expect(verifier.mock.calls.slice(5).map(([token]) => token)).toEqual(['c', 'a'])
  })
})

describe('the metadata document (RFC 9728)', () => {
  it('Z2: stands at both well-known places, and says who lets in', () => {
    const { documents } = guard({
      scopes: ['mcp'],
      metadata: { resource_name: 'Bank', resource: 'https://evil.example' },
    })
    expect([...documents.keys()]).toEqual([
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-protected-resource',
    ])
    const document = documents.get('/.well-known/oauth-protected-resource/mcp')?.(['files:write', 'mcp'])
    expect(JSON.parse(document?.body ?? '')).toEqual({
      resource_name: 'Bank',
      resource,
      authorization_servers: [issuer],
      scopes_supported: ['mcp', 'files:write'],
      bearer_methods_supported: ['header'],
    })
    expect(document?.headers).toEqual({ 'cache-control': 'public, max-age=300' })
  })

  it.each([
    ['https://mcp.example.com', '', ['/.well-known/oauth-protected-resource']],
    ['https://mcp.example.com/', '', ['/.well-known/oauth-protected-resource']],
    [
      'https://mcp.example.com/a/b/',
      '/a/b/',
      [
        '/.well-known/oauth-protected-resource/a/b/',
        '/.well-known/oauth-protected-resource/a/b',
        '/.well-known/oauth-protected-resource',
      ],
    ],
    [
      'http://127.0.0.1:3000/mcp',
      '/mcp',
      ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
    ],
  ])('of %s keeps what was given, to the letter', async (own, path, paths) => {
    const authorize = guard({ resource: own })
    expect([...authorize.documents.keys()]).toEqual(paths)
    expect(JSON.parse(authorize.documents.get(paths[0] ?? '')?.([]).body ?? '')).toMatchObject({ resource: own })
    const origin = own.startsWith('http:') ? 'http://127.0.0.1:3000' : 'https://mcp.example.com'
    expect(challengeOf(await authorize(headOf()))).toBe(
      `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource${path}"`,
    )
  })
})

it('a server without an authorization server publishes nothing', async () => {
  const authorize = guard({ authorizationServers: [], scopes: ['mcp'] })
  expect(authorize.documents.size).toBe(0)
  expect(challengeOf(await authorize(headOf()))).toBe('Bearer scope="mcp"')
  expect(challengeOf(await guard({ authorizationServers: [] })(headOf()))).toBe('Bearer')
})

describe('static tokens', () => {
  const token = 'correct-horse-battery'
  const authorize = guard({ verifier: staticTokens([{ token, subject: 'robot', scopes: ['read'] }]) })

  it('let in who holds one', async () => {
    expect(await authorize(headOf(`Bearer ${token}`))).toEqual({ issuer: 'static', subject: 'robot', scopes: ['read'] })
    for (const other of [`${token}x`, token.slice(0, -1), token.toUpperCase(), 'x'.repeat(token.length)]) {
      expect(statusOf(await authorize(headOf(`Bearer ${other}`)))).toBe(401)
    }
  })

  it('may end', async () => {
    const ending = staticTokens([{ token, subject: 'robot', expiresAt: now - 30_000 }])
    expect(statusOf(await guard({ verifier: ending })(headOf(`Bearer ${token}`)))).toBe(401)
  })

  it('cannot be short, misspelt or there twice, and are in no error', () => {
    const made = (tokens: string[]) => () => staticTokens(tokens.map((each) => ({ token: each, subject: 'a' })))
    for (const tokens of [['hunter2'], ['with space within it'], [token, token]]) {
      expect(made(tokens)).toThrow(TypeError)
      expect(made(tokens)).not.toThrow(tokens[0])
    }
  })
})

describe('introspection (RFC 7662)', () => {
  const endpoint = `${issuer}/introspect`
  const answering = (answer: unknown, status = 200) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    const fetch = vi.fn<SafeFetch>(async () => new Response(text, { status }))
    const verifier = introspectionVerifier({
      issuer,
      endpoint,
      clientId: 'mcp:server',
      clientSecret: 's e/cret',
      fetch,
    })
    return { fetch, authorize: guard({ verifier }) }
  }
  const active = {
    active: true,
    sub: 'ada',
    aud: resource,
    exp: now / 1000 + 60,
    scope: 'read write',
    client_id: 'cli',
  }

  it('asks once, with the credentials of this server', async () => {
    const { authorize, fetch } = answering(active)
    expect(await authorize(headOf('Bearer abc+d'))).toEqual({
      issuer,
      subject: 'ada',
      clientId: 'cli',
      scopes: ['read', 'write'],
      expiresAt: now + 60_000,
      claims: active,
    })
    await authorize(headOf('Bearer abc+d'))
    expect(fetch).toHaveBeenCalledTimes(1)
    const [url, init] = fetch.mock.calls[0] ?? []
    expect(url?.href).toBe(endpoint)
    expect(init?.body).toBe('token=abc%2Bd&token_type_hint=access_token')
    expect(atob(init?.headers?.['authorization']?.split(' ')[1] ?? '')).toBe('mcp%3Aserver:s+e%2Fcret')
  })

  it.each<[string, object]>([
    ['not active', { ...active, active: false }],
    ['active only in a manner of speaking', { ...active, active: 'true' }],
    ['of another issuer', { ...active, iss: 'https://accounts.example.org' }],
    ['for another server', { ...active, aud: 'https://mcp.example.com/' }],
    ['for nobody', { ...active, aud: undefined }],
    ['for a list that is none', { ...active, aud: [[resource]] }],
    ['expired', { ...active, exp: now / 1000 - 30 }],
    ['without an expiry', { ...active, exp: undefined }],
    ['not valid yet', { ...active, nbf: now / 1000 + 31 }],
    ['of another kind', { ...active, token_type: 'DPoP' }],
    ['bound to a key', { ...active, cnf: {} }],
    ['a refresh token', { ...active, token_type: 'refresh_token' }],
  ])('refuses a token that is %s', async (_, answer) => {
    expect(statusOf(await answering(answer).authorize(headOf('Bearer abc')))).toBe(401)
  })

  it.each<[string, unknown, number]>([
    ['fails', active, 500],
    ['does not know this server', active, 401],
    ['sends elsewhere', active, 302],
    ['answers with a page', '<html>', 200],
    ['answers with a list', [active], 200],
  ])('gives no verdict where the authorization server %s', async (_, answer, status) => {
    const found = await answering(answer, status).authorize(headOf('Bearer abc'))
    expect(found).toEqual({ status: 503, headers: { 'retry-after': '5' } })
  })

  it.each(['accounts', 'http://accounts.example.com/introspect', 'https://a:b@accounts.example.com/'])(
    'sends no token to %s',
    (where) => {
      expect(() => introspectionVerifier({ issuer, endpoint: where, clientId: 'a', clientSecret: 'b' })).toThrow(
        'endpoint',
      )
    },
  )
})

describe('what the operator hears', () => {
  afterEach(() => vi.restoreAllMocks())
  const canary = 'canary-4e1c9a77'

  it('is which check failed, once a minute for each, in one line', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const clock = { now }
    const audience = ['https://evil.example\u001B[2J\n']
    const verifier: TokenVerifier = (token) => (token === 'other' ? { check: 'signature' } : { ...good, audience })
    const authorize = protect({ resource, authorizationServers: [issuer], verifier, now: () => clock.now })
    for (const token of ['a', 'b', 'other', 'c']) await authorize(headOf(`Bearer ${token}`))
    expect(warned.mock.calls).toEqual([
      [`A token was refused: audience (expected "${resource}", got "https://evil.example?[2J?")`],
      ['A token was refused: signature'],
    ])
    clock.now += 60_000
    await authorize(headOf('Bearer a'))
    expect(warned).toHaveBeenCalledTimes(3)
  })

  it('is never the token, whatever a verifier of one’s own says (threat T2)', async () => {
    const said: unknown[] = []
    const listening = { onRefused: (fault: TokenFault) => void said.push(fault) }
    const verifiers: TokenVerifier[] = [
      () => Promise.reject(new Error(`cannot read ${canary}`)),
      () => ({ check: 'known' }),
      staticTokens([{ token: 'correct-horse-battery', subject: 'robot' }]),
    ]
    for (const verifier of verifiers) {
      const found = await guard({ verifier, ...listening })(headOf(`Bearer ${canary}`))
      expect(JSON.stringify(found)).not.toContain(canary)
    }
    await guard({ ...listening })(headOf(`Bearer ${canary} ${canary}`))
    expect(said).toHaveLength(4)
    expect(JSON.stringify(said)).not.toContain(canary)
  })

  it('changes nothing when hearing it fails', async () => {
    const onRefused = (): void => {
      throw new Error('no')
    }
    const found = await guard({ verifier: () => ({ check: 'known' }), onRefused })(headOf('Bearer abc'))
    expect(isRefusal(found) && found.status).toBe(401)
  })
})
