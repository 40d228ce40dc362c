import type { Principal } from '@parley/core'
import { jwtVerifier, protect } from '@parley/auth/server'
import type { JwtVerifierOptions, TokenFault } from '@parley/auth/server'
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { challengeOf, claimsOf, headOf, issuer, makeSigner, now, resource, sign, statusOf } from './tokens.ts'
import type { Signer } from './tokens.ts'

const rules = { resource, authorizationServers: [issuer], now: (): number => now }

describe('access tokens that are JWTs', () => {
  let es: Signer
  let rs: Signer
  let stranger: Signer
  const faults: TokenFault[] = []
  const guard = (options: Partial<JwtVerifierOptions> = {}) =>
    protect({
      ...rules,
      verifier: jwtVerifier({ issuer, jwks: { keys: [es.jwk, rs.jwk] }, now: () => now, ...options }),
      onRefused: (fault) => void faults.push(fault),
    })
  const present = async (token: string, options?: Partial<JwtVerifierOptions>) =>
    guard(options)(headOf(`Bearer ${token}`))

  beforeAll(async () => {
    es = await makeSigner('ES256', 'es')
    rs = await makeSigner('RS256', 'rs')
    stranger = await makeSigner('ES256', 'es')
  })

  it('Z15: become the principal, where they are good', async () => {
    const token = await sign(es, { scope: 'read write', tenant: 'blue' })
    expect(await present(token)).toEqual({
      issuer,
      subject: 'ada',
      clientId: 'cli',
      scopes: ['read', 'write'],
      expiresAt: now + 600_000,
      claims: { ...claimsOf({ scope: 'read write', tenant: 'blue' }) },
    })
  })

  it.each([
    ['an RSA key', {}, {}, 'rs'],
    ['a key that the token does not name', {}, { kid: undefined }, 'es'],
    ['the type that most servers give', {}, { typ: 'JWT' }, 'es'],
    ['no type', {}, { typ: undefined }, 'es'],
    ['scopes as a list', { scope: undefined, scp: ['read'] }, {}, 'es'],
    ['an expiry within what clocks may differ', { exp: now / 1000 - 29 }, {}, 'es'],
    ['a beginning within what clocks may differ', { nbf: now / 1000 + 29 }, {}, 'es'],
    [
      'keys and addresses of its own, which nobody looks at',
      {},
      { jku: 'https://evil.example/keys', x5u: 'https://evil.example/x' },
      'es',
    ],
  ])('are taken with %s', async (_, claims, header, by) => {
    const { kid, ...rest } = header as { kid?: undefined }
    const token = await sign(by === 'es' ? es : rs, claims, 'kid' in header ? ({ ...rest, kid } as object) : header)
    expect(await present(token)).toMatchObject({ subject: 'ada', scopes: ['read'] })
  })

  it('stand for the client where they have no subject', async () => {
    expect(await present(await sign(es, { sub: undefined }))).toMatchObject({ subject: 'cli', clientId: 'cli' })
  })

  it.each<[string, Record<string, unknown>, object, TokenFault['check']]>([
    ['expired', { exp: now / 1000 - 31 }, {}, 'expiry'],
    ['without an expiry', { exp: undefined }, {}, 'expiry'],
    ['with an expiry that is text', { exp: '9999999999' }, {}, 'expiry'],
    ['not yet valid', { nbf: now / 1000 + 31 }, {}, 'not-before'],
    ['of another issuer', { iss: 'https://accounts.example.org' }, {}, 'issuer'],
    ['of the issuer with a slash more', { iss: `${issuer}/` }, {}, 'issuer'],
    ['of no issuer', { iss: undefined }, {}, 'issuer'],
    ['of a list of issuers', { iss: [issuer] }, {}, 'issuer'],
    ['for nobody', { sub: undefined, client_id: undefined }, {}, 'subject'],
    ['bound to a key', { cnf: { jkt: 'x' } }, {}, 'binding'],
    ['with extensions that must be understood', {}, { crit: ['exp'], exp: 1 }, 'form'],
    ['that are proofs', {}, { typ: 'dpop+jwt' }, 'type'],
    ['that end sessions', {}, { typ: 'logout+jwt' }, 'type'],
    ['naming a key that the issuer has not', {}, { kid: 'two' }, 'key'],
    ['naming a key by a path', {}, { kid: '../../dev/null' }, 'key'],
    ['naming a key by a query', {}, { kid: "es' OR '1'='1" }, 'key'],
    ['naming a key by a member of every object', {}, { kid: '__proto__' }, 'key'],
  ])('are refused when %s (SEC-JWT-1)', async (_, claims, header, check) => {
    faults.length = 0
    // The signature is good each time: nothing but the claim is wrong.
    const { crit, ...rest } = header as { crit?: string[] }
    const signing = new SignJWT(claimsOf(claims)).setProtectedHeader({
      alg: 'ES256',
      kid: 'es',
      ...rest,
      ...(crit !== undefined && { crit }),
    })
    const token = await signing.sign(es.key, crit === undefined ? {} : { crit: { exp: true } })
    expect(statusOf(await present(token))).toBe(401)
    expect(faults).toEqual([expect.objectContaining({ check })])
  })

  it.each<[string, () => Promise<string>, TokenFault['check']]>([
    ['signed by another key of the same name', () => sign(stranger), 'signature'],
    ['signed with nothing', async () => new UnsecuredJWT(claimsOf()).encode(), 'algorithm'],
    [
      'signed with nothing, in other letters',
      async () => `${Buffer.from('{"alg":"nOnE"}').toString('base64url')}.${(await sign(es)).split('.')[1]}.`,
      'algorithm',
    ],
    [
      'signed with the public key as a secret (HS/RS confusion)',
      async () => {
        const key = await importJWK({ ...rs.jwk, alg: 'RS256' }, 'RS256')
        const secret = new TextEncoder().encode(await exportSPKI(key as Parameters<typeof exportSPKI>[0]))
        return new SignJWT(claimsOf()).setProtectedHeader({ alg: 'HS256', kid: 'rs' }).sign(secret)
      },
      'algorithm',
    ],
    ['with a key of its own', async () => sign(stranger, {}, { jwk: stranger.jwk }), 'signature'],
    ['with a signature cut off', async () => (await sign(es)).split('.').slice(0, 2).join('.'), 'form'],
    ['with an empty signature', async () => `${(await sign(es)).split('.').slice(0, 2).join('.')}.`, 'signature'],
    ['with claims of another', async () => splice(await sign(es), await sign(es, { sub: 'eve' })), 'signature'],
    ['of five parts', async () => `${await sign(es)}.a.b`, 'form'],
    ['that are no JSON', async () => 'YQ.YQ.YQ', 'form'],
    ['of one word', async () => 'opaque', 'form'],
  ])('are refused when %s', async (_, make, check) => {
    faults.length = 0
    const found = await present(await make())
    expect(challengeOf(found)).toBe(
      'Bearer error="invalid_token", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"',
    )
    expect(faults).toEqual([expect.objectContaining({ check })])
  })

  it('are refused where their algorithm is sound and not wanted here', async () => {
    expect(statusOf(await present(await sign(rs), { algorithms: ['ES256'] }))).toBe(401)
    expect(statusOf(await present(await sign(es), { algorithms: ['ES256'] }))).toBe(200)
  })

  it.each(['none', 'HS256', 'dir', 'RSA1_5', 'ES256K', ''])('cannot be set up with the algorithm %j', (algorithm) => {
    expect(() => jwtVerifier({ issuer, jwks: { keys: [] }, algorithms: [algorithm] })).toThrow(TypeError)
  })

  it('are not checked with a shared secret that stands among the keys', async () => {
    const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef')
    const jwk = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'es', alg: 'HS256' }
    const token = await new SignJWT(claimsOf()).setProtectedHeader({ alg: 'HS256', kid: 'es' }).sign(secret)
    expect(statusOf(await present(token, { jwks: { keys: [jwk] } }))).toBe(401)
  })

  it('may have been signed with any key of their kind, where they name none', async () => {
    const keys = [stranger.jwk, es.jwk].map(({ kid: _, ...rest }) => rest)
    const token = await new SignJWT(claimsOf()).setProtectedHeader({ alg: 'ES256' }).sign(es.key)
    expect(await present(token, { jwks: { keys } })).toMatchObject({ subject: 'ada' })
    const foreign = await new SignJWT(claimsOf()).setProtectedHeader({ alg: 'ES256' }).sign((await makeSigner()).key)
    expect(statusOf(await present(foreign, { jwks: { keys } }))).toBe(401)
  })
})

const splice = (one: string, other: string): string => {
  const [header, , signature] = one.split('.')
  return `${header}.${other.split('.')[1]}.${signature}`
}

describe('the keys of an issuer', () => {
  const jwks = `${issuer}/keys`
  let moment = now
  let one: Signer
  let two: Signer
  let published: object[]
  let status = 200
  const asked: string[] = []
  const fetch = async (url: URL): Promise<Response> => {
    asked.push(url.href)
    if (url.pathname === '/keys') return new Response(JSON.stringify({ keys: published }), { status })
    return new Response('', { status: 404 })
  }
  const guard = (options: Partial<JwtVerifierOptions> = {}) =>
    protect({
      ...rules,
      now: () => moment,
      remember: 0,
      verifier: jwtVerifier({ issuer, jwks, fetch, now: () => moment, ...options }),
      onRefused: () => undefined,
    })
  const at = async (authorize: ReturnType<typeof guard>, token: string): Promise<number> =>
    statusOf(await authorize(headOf(`Bearer ${token}`)))

  beforeAll(async () => {
    one = await makeSigner('ES256', 'one')
    two = await makeSigner('ES256', 'two')
  })
  const reset = (): void => {
    moment = now
    status = 200
    published = [one.jwk]
    asked.length = 0
  }

  it('are fetched once for all who come at once, and kept', async () => {
    reset()
    const authorize = guard()
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, each) => sign(one, { sub: `user ${each}` })))
    expect(await Promise.all(tokens.map((token) => at(authorize, token)))).toEqual(tokens.map(() => 200))
    expect(asked).toEqual([jwks])
  })

  it('are fetched for no token that could not be good anyway', async () => {
    reset()
    const authorize = guard()
    const hopeless = [await sign(one, { iss: 'https://evil.example' }), 'opaque', new UnsecuredJWT(claimsOf()).encode()]
    for (const token of [...hopeless, 'x'.repeat(20_000)]) expect(await at(authorize, token)).toBe(401)
    expect(asked).toEqual([])
  })

  it('are fetched again for one that is unknown, once in 30 seconds', async () => {
    reset()
    const authorize = guard()
    expect(await at(authorize, await sign(one))).toBe(200)
    published = [one.jwk, two.jwk]
    expect(await at(authorize, await sign(two))).toBe(401)
    expect(asked).toHaveLength(1)
    moment += 30_000
    expect(await at(authorize, await sign(two))).toBe(200)
    const flood = await Promise.all(Array.from({ length: 20 }, (_, each) => sign(one, {}, { kid: `unknown ${each}` })))
    expect(await Promise.all(flood.map((token) => at(authorize, token)))).toEqual(flood.map(() => 401))
    expect(asked).toHaveLength(2)
  })

  it('stay good while the issuer is down, however long', async () => {
    reset()
    const authorize = guard()
    expect(await at(authorize, await sign(one))).toBe(200)
    status = 500
    for (let hour = 1; hour < 4; hour += 1) {
      moment += 3_600_000
      expect(await at(authorize, await sign(one, { exp: moment / 1000 + 60 }))).toBe(200)
    }
    expect(asked).toHaveLength(4)
  })

  it('are looked at anew every ten minutes, so that one that was taken back ends', async () => {
    reset()
    const authorize = guard()
    expect(await at(authorize, await sign(one))).toBe(200)
    published = [two.jwk]
    moment += 600_000
    const late = { exp: moment / 1000 + 60 }
    // This one still finds the old keys, and has them fetched.
    expect(await at(authorize, await sign(one, late))).toBe(200)
    await vi.waitFor(async () => expect(await at(authorize, await sign(one, late))).toBe(401))
  })

  it('are no reason to call anyone a liar as long as there are none: 503, and no storm', async () => {
    reset()
    status = 500
    const authorize = guard()
    const found = await authorize(headOf(`Bearer ${await sign(one)}`))
    expect(found).toEqual({ status: 503, headers: { 'retry-after': '5' } })
    expect(await at(authorize, await sign(one, { sub: 'bea' }))).toBe(503)
    expect(asked).toHaveLength(1)
    status = 200
    moment += 2_000
    expect(await at(authorize, await sign(one))).toBe(200)
  })

  it.each([
    ['too many', () => ({ keys: Array.from({ length: 101 }, () => one.jwk) })],
    ['no list', () => ({ keys: {} })],
    ['no set', () => []],
  ])('are not used when they are %s', async (_, body) => {
    reset()
    const answer = async (): Promise<Response> => new Response(JSON.stringify(body()))
    expect(await at(guard({ fetch: answer }), await sign(one))).toBe(503)
  })

  it('are found by the metadata of the issuer, byte for byte its own (Z5)', async () => {
    reset()
    const pages = new Map<string, unknown>([
      [`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri: jwks }],
      [jwks, { keys: [one.jwk] }],
    ])
    const discovering = { jwks: undefined, fetch: async (url: URL): Promise<Response> => page(pages, url) }
    expect(await at(guard(discovering), await sign(one))).toBe(200)
    pages.set(`${issuer}/.well-known/oauth-authorization-server`, { issuer: `${issuer}/`, jwks_uri: jwks })
    expect(await at(guard(discovering), await sign(one))).toBe(503)
    pages.delete(`${issuer}/.well-known/oauth-authorization-server`)
    pages.set(`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri: 'http://127.0.0.1/keys' })
    expect(await at(guard(discovering), await sign(one))).toBe(503)
  })
})

const page = (pages: ReadonlyMap<string, unknown>, url: URL): Response => {
  const found = pages.get(url.href)
  return found === undefined ? new Response('', { status: 404 }) : new Response(JSON.stringify(found))
}

it('a principal is the same whatever verifier made it', async () => {
  const signer = await makeSigner()
  const authorize = protect({
    ...rules,
    verifier: jwtVerifier({ issuer, jwks: { keys: [signer.jwk] }, now: () => now }),
  })
  const found = (await authorize(headOf(`Bearer ${await sign(signer)}`))) as Principal
  expect([found.issuer, found.subject]).toEqual([issuer, 'ada'])
})
