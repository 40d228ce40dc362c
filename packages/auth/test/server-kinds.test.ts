import { introspectionVerifier, jwtVerifier, protect } from '@parley/auth/server'
import type { TokenFault, VerifiedToken } from '@parley/auth/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { headOf, issuer, makeSigner, now, resource, sign, statusOf } from './tokens.ts'
import type { Signer } from './tokens.ts'

describe('a token that is made for something else', () => {
  let signer: Signer
  beforeAll(async () => {
    signer = await makeSigner()
  })

  // Where the client and the server are one registration, as they may be at Entra ID, the audience tells nothing.
  it.each<[string, Record<string, unknown>]>([
    ['an ID token, by the hash of an access token', { at_hash: 'x' }],
    ['an ID token, by the hash of a code', { c_hash: 'x' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
    ['an ID token of Cognito', { token_use: 'id' }],
    ['a security event, such as a logout', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ])('is refused: %s', async (_, claims) => {
    const faults: TokenFault[] = []
    const authorize = protect({
      resource,
      audience: 'app',
      authorizationServers: [issuer],
      verifier: jwtVerifier({ issuer, jwks: { keys: [signer.jwk] }, now: () => now }),
      now: () => now,
      onRefused: (fault) => void faults.push(fault),
    })
    const token = await sign(signer, { aud: 'app', ...claims }, { typ: 'JWT' })
    expect(statusOf(await authorize(headOf(`Bearer ${token}`)))).toBe(401)
    expect(faults.map(({ check }) => check)).toEqual(['type'])
  })

  it.each<Record<string, unknown>>([{ typ: 'Bearer' }, { token_use: 'access' }, { nonce: 'n' }, {}])(
    'is not one that says %j',
    async (claims) => {
      const verify = jwtVerifier({ issuer, jwks: { keys: [signer.jwk] }, now: () => now })
      expect(await verify(await sign(signer, claims, { typ: 'JWT' }))).toMatchObject({ subject: 'ada' })
    },
  )
})

it('a verifier around another may name scopes otherwise, and loosens nothing', async () => {
  const signer = await makeSigner()
  const verify = jwtVerifier({ issuer, jwks: { keys: [signer.jwk] }, now: () => now })
  const authorize = protect({
    resource,
    audience: 'app',
    authorizationServers: [issuer],
    scopes: [`${resource}/files.read`],
    verifier: async (token) => {
      const found = await verify(token)
      return 'check' in found ? found : { ...found, scopes: found.scopes.map((scope) => `${resource}/${scope}`) }
    },
    now: () => now,
    onRefused: () => undefined,
  })
  const ask = async (claims: Record<string, unknown>) =>
    statusOf(await authorize(headOf(`Bearer ${await sign(signer, { scope: undefined, ...claims })}`)))
  expect(await ask({ aud: 'app', scp: 'files.read' })).toBe(200)
  expect(await ask({ aud: 'app', scp: 'files.write' })).toBe(403)
  expect(await ask({ aud: 'other', scp: 'files.read' })).toBe(401)
  expect(await ask({ aud: 'app', scp: 'files.read', exp: 1 })).toBe(401)
})

it.each([{ typ: 'Refresh' }, { typ: 'ID' }, { token_use: 'refresh' }])(
  'an authorization server that says %j of a token has not issued it for access',
  async (more) => {
    const answer = { active: true, sub: 'ada', aud: resource, exp: now / 1000 + 60, ...more }
    const verifier = introspectionVerifier({
      issuer,
      endpoint: `${issuer}/introspect`,
      clientId: 'files',
      clientSecret: 'secret',
      fetch: async () => Response.json(answer),
    })
    expect(await verifier('any')).toMatchObject({ check: 'type' })
  },
)

describe('the end of a token', () => {
  it('has to be a time: one that never comes is none', async () => {
    const good: VerifiedToken = { issuer, subject: 'ada', audience: [resource], scopes: [], expiresAt: Infinity }
    const faults: TokenFault[] = []
    const authorize = protect({
      resource,
      authorizationServers: [issuer],
      verifier: () => good,
      onRefused: (fault) => void faults.push(fault),
    })
    expect(statusOf(await authorize(headOf('Bearer any')))).toBe(401)
    expect(faults.map(({ check }) => check)).toEqual(['expiry'])
  })

  it.each([
    ['1e309', '1'],
    ['"2000000000"', '1'],
    ['2000000000', '"9999999999"'],
    ['2000000000', '1e309'],
  ])('is not read out of an answer that says exp %s and nbf %s', async (exp, nbf) => {
    const body = `{"active":true,"sub":"ada","aud":"${resource}","exp":${exp},"nbf":${nbf}}`
    const verifier = introspectionVerifier({
      issuer,
      endpoint: `${issuer}/introspect`,
      clientId: 'files',
      clientSecret: 'secret',
      fetch: async () => new Response(body),
    })
    const authorize = protect({ resource, authorizationServers: [issuer], verifier, onRefused: () => undefined })
    expect(statusOf(await authorize(headOf('Bearer any')))).toBe(401)
  })
})

describe('a clock that is set back', () => {
  it('makes no token good for longer', async () => {
    let time = now
    let isRevoked = false
    const good: VerifiedToken = { issuer, subject: 'ada', audience: [resource], scopes: [], expiresAt: now + 60_000 }
    const authorize = protect({
      resource,
      authorizationServers: [issuer],
      verifier: () => (isRevoked ? { check: 'known' } : good),
      now: () => time,
      onRefused: () => undefined,
    })
    expect(statusOf(await authorize(headOf('Bearer any')))).toBe(200)
    isRevoked = true
    time -= 3_600_000
    expect(statusOf(await authorize(headOf('Bearer any')))).toBe(401)
  })

  it('keeps nobody from asking for keys that could not be had', async () => {
    let time = now
    let isDown = true
    const signer = await makeSigner()
    const verify = jwtVerifier({
      issuer,
      jwks: `${issuer}/keys`,
      now: () => time,
      fetch: async () => (isDown ? new Response('', { status: 500 }) : Response.json({ keys: [signer.jwk] })),
    })
    const token = await sign(signer)
    await expect(verify(token)).rejects.toThrow(/HTTP 500/)
    isDown = false
    time -= 60_000
    expect(await verify(token)).toMatchObject({ subject: 'ada' })
  })
})
