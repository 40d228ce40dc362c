import { decodeJwt, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { clientCredentials, enterprise, memoryStore, workload } from '../src/client.ts'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const common = (world: World) => ({ fetch: world.fetch, metadataFetch: world.metadataFetch, now: () => world.time })
const form = (world: World, at = 0) => Object.fromEntries(world.to(`${issuer}/token`)[at]?.form ?? [])

describe('client credentials', () => {
  it('E1: with a secret, by the method that is offered', async () => {
    const world = new World()
    world.challenge += ', scope="a"'
    const client = { clientId: 'robot', clientSecret: 'secret-canary' }
    expect(await textOf(clientCredentials(serverUrl, { ...common(world), ...client }).fetch(serverUrl))).toContain(
      'served',
    )
    expect(form(world)).toEqual({ grant_type: 'client_credentials', resource: serverUrl, scope: 'a' })
    expect(world.to(`${issuer}/token`)[0]?.headers.get('authorization')).toBe(`Basic ${btoa('robot:secret-canary')}`)
    world.publish(issuer, { token_endpoint_auth_methods_supported: ['client_secret_post'] })
    await clientCredentials(serverUrl, { ...common(world), ...client }).fetch(serverUrl)
    expect(form(world, 1)).toMatchObject({ client_id: 'robot', client_secret: 'secret-canary' })
    expect(world.registrations).toEqual([])
  })

  it('E1: with a key', async () => {
    const world = new World()
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const pem = await exportPKCS8(privateKey)
    const login = clientCredentials(serverUrl, {
      ...common(world),
      clientId: 'robot',
      privateKey: { pem, alg: 'ES256' },
    })
    await login.fetch(serverUrl)
    const sent = form(world)
    expect(sent['client_assertion_type']).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const { payload } = await jwtVerify(sent['client_assertion'] ?? '', publicKey, {
      audience: issuer,
      issuer: 'robot',
    })
    expect(payload.sub).toBe('robot')
    expect(payload.jti).toBeTypeOf('string')
  })

  it('says nothing of a key that it cannot read', async () => {
    const world = new World()
    const privateKey = { pem: '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----', alg: 'ES256' }
    const failure = await failureOf(
      clientCredentials(serverUrl, { ...common(world), clientId: 'r', privateKey }).fetch(serverUrl),
    )
    expect(failure.check).toBe('identity')
    expect(`${failure.stack} ${String(failure.cause)}`).not.toContain('canary')
  })

  it('gets a new token when the old one is over', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, () => {
      const { refresh_token: _none, ...rest } = world.issue([])
      return Response.json(rest)
    })
    const login = clientCredentials(serverUrl, { ...common(world), clientId: 'robot', clientSecret: 's' })
    await login.fetch(serverUrl)
    world.time += 3_600_001
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.to(`${issuer}/token`)).toHaveLength(2)
  })

  it('Z9: goes to its own issuer and to no other', async () => {
    const world = new World()
    const client = { clientId: 'robot', clientSecret: 'secret-canary', issuer: 'https://right.example' }
    const failure = await failureOf(clientCredentials(serverUrl, { ...common(world), ...client }).fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'identity', expected: 'https://right.example', actual: issuer })
    expect(world.to(`${issuer}/token`)).toEqual([])
  })

  it('is kept apart from what a user got with the same store', async () => {
    const world = new World()
    const store = memoryStore()
    await world.login({ store }).fetch(serverUrl)
    await clientCredentials(serverUrl, { ...common(world), store, clientId: 'robot', clientSecret: 's' }).fetch(
      serverUrl,
    )
    expect(world.to(`${issuer}/token`)).toHaveLength(2)
  })
})

const idp = { issuer: 'https://idp.example', clientId: 'at-idp', clientSecret: 'idp-secret-canary' }
const idJag = 'urn:ietf:params:oauth:token-type:id-jag'

const company = (world: World, answer: Record<string, unknown> = {}): void => {
  world.publish('https://idp.example')
  world.answers.set('https://idp.example/token', () =>
    Response.json({
      access_token: 'jag-canary',
      token_type: 'N_A',
      issued_token_type: idJag,
      expires_in: 300,
      ...answer,
    }),
  )
}

const enterpriseLogin = (world: World) =>
  enterprise(serverUrl, {
    ...common(world),
    client: { clientId: 'at-as', clientSecret: 'as-secret' },
    idp,
    subjectToken: async () => 'id-token-canary',
  })

describe('enterprise-managed authorization', () => {
  it('E2: exchanges the identity for a grant, and the grant for a token', async () => {
    const world = new World()
    world.challenge += ', scope="a"'
    company(world)
    expect(await textOf(enterpriseLogin(world).fetch(serverUrl))).toContain('served')
    expect(Object.fromEntries(world.to('https://idp.example/token')[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: idJag,
      audience: issuer,
      resource: serverUrl,
      scope: 'a',
      subject_token: 'id-token-canary',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    })
    expect(form(world)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'jag-canary',
      resource: serverUrl,
      scope: 'a',
    })
    expect(world.to(`${issuer}/token`)[0]?.headers.get('authorization')).toBe(`Basic ${btoa('at-as:as-secret')}`)
    expect(world.visits).toEqual([])
  })

  it.each([{ issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }, { issued_token_type: undefined }])(
    'E2: anything but an ID-JAG goes nowhere: %j',
    async (answer) => {
      const world = new World()
      company(world, answer)
      expect(await failureOf(enterpriseLogin(world).fetch(serverUrl))).toMatchObject({
        check: 'token',
        expected: idJag,
      })
      expect(world.to(`${issuer}/token`)).toEqual([])
    },
  )

  it('E2: the user identity goes to the identity provider and nowhere else', async () => {
    const world = new World()
    company(world)
    await enterpriseLogin(world).fetch(serverUrl)
    const others = world.seen.filter(({ url }) => url.origin !== 'https://idp.example')
    expect(others.map(({ body, url }) => body + url.href).join(' ')).not.toMatch(/id-token-canary|idp-secret/)
  })
})

describe('a workload', () => {
  it('shows its assertion, and asks for a new one each time', async () => {
    const world = new World()
    let count = 0
    const login = workload(serverUrl, { ...common(world), clientId: 'w', assertion: () => `assertion-${(count += 1)}` })
    await login.fetch(serverUrl)
    await login.forget()
    await login.fetch(serverUrl)
    expect([form(world)['assertion'], form(world, 1)['assertion']]).toEqual(['assertion-1', 'assertion-2'])
  })

  it('tries nothing else after a refusal', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, () => Response.json({ error: 'invalid_grant' }, { status: 400 }))
    const login = workload(serverUrl, { ...common(world), clientId: 'w', assertion: () => 'assertion' })
    expect(await failureOf(login.fetch(serverUrl))).toMatchObject({ check: 'token', reason: 'invalid_grant' })
    expect(world.to(`${issuer}/token`)).toHaveLength(1)
  })
})

describe('DPoP', () => {
  const binding = (world: World): void => {
    world.publish(issuer, { dpop_signing_alg_values_supported: ['ES256'] })
    world.answers.set(`${issuer}/token`, ({ headers }) =>
      headers.has('dpop') ? Response.json({ ...world.issue([]), token_type: 'DPoP' }) : undefined,
    )
  }

  it('binds the token to a key, and proves it anew with each request', async () => {
    const world = new World()
    binding(world)
    const login = world.login({ dpop: true })
    await login.fetch(serverUrl, { method: 'POST', body: '{}' })
    await login.fetch(`${serverUrl}?x=1`, { method: 'POST', body: '{}' })
    const served = world.to(serverUrl).slice(1)
    expect(served.map(({ headers }) => headers.get('authorization')?.split(' ')[0])).toEqual(['DPoP', 'DPoP'])
    expect(served.map(({ body }) => body)).toEqual(['{}', '{}'])
    const proofs = served.map(({ headers }) => decodeJwt(headers.get('dpop') ?? ''))
    expect(proofs.map(({ htm, htu }) => [htm, htu])).toEqual([
      ['POST', serverUrl],
      ['POST', serverUrl],
    ])
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(2)
    expect(world.visits[0]?.searchParams.get('dpop_jkt')).toMatch(/^[\w-]{43}$/)
  })

  it('repeats a request once with the nonce that the server wants', async () => {
    const world = new World()
    binding(world)
    world.answers.set(serverUrl, ({ headers }) => {
      const proof = headers.get('dpop')
      if (proof === null || decodeJwt(proof)['nonce'] === 'n-1') return undefined
      const challenge = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' }
      return new Response('', { status: 401, headers: challenge })
    })
    const login = world.login({ dpop: true })
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.to(serverUrl)).toHaveLength(4)
    expect(world.visits).toHaveLength(1)
  })

  it('keeps its key with the token', async () => {
    const world = new World()
    binding(world)
    const store = memoryStore()
    await world.login({ dpop: true, store }).fetch(serverUrl)
    await world.login({ store }).fetch(serverUrl)
    const keys = world
      .to(serverUrl)
      .slice(1)
      .map(({ headers }) => headers.get('dpop')?.split('.')[0])
    expect(new Set(keys).size).toBe(1)
  })

  it('is left out where the authorization server binds nothing', async () => {
    const world = new World()
    expect(await textOf(world.login({ dpop: true }).fetch(serverUrl))).toContain('served')
    expect(world.seen.some(({ headers }) => headers.has('dpop'))).toBe(false)
  })
})
