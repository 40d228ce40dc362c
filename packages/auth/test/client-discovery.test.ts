import { describe, expect, it } from 'vitest'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const wellKnown = 'https://mcp.example/.well-known/oauth-protected-resource'

describe('where the resource metadata is looked for', () => {
  it('Z3: where the challenge says, and nowhere else once it is there', async () => {
    const world = new World()
    world.challenge = 'Bearer resource_metadata="https://mcp.example/elsewhere/.well-known/prm"'
    world.documents.set('https://mcp.example/elsewhere/.well-known/prm', {
      resource: serverUrl,
      authorization_servers: [issuer],
    })
    await textOf(world.login().fetch(serverUrl))
    expect(world.trace.filter((line) => line.includes('/.well-known/'))).toEqual([
      'GET https://mcp.example/elsewhere/.well-known/prm',
      'GET https://as.example/.well-known/oauth-authorization-server',
    ])
  })

  it('Z3: without one at the path, then at the root', async () => {
    const world = new World()
    world.challenge = 'Bearer'
    const document = world.documents.get(`${wellKnown}/mcp`)
    world.documents.delete(`${wellKnown}/mcp`)
    world.documents.set(wellKnown, document)
    await textOf(world.login().fetch(serverUrl))
    expect(world.trace.slice(0, 3)).toEqual([`GET ${serverUrl}`, `GET ${wellKnown}/mcp`, `GET ${wellKnown}`])
  })

  it('Z3: a page in place of a document counts as none', async () => {
    const world = new World()
    world.challenge = 'Bearer'
    const document = world.documents.get(`${wellKnown}/mcp`)
    world.documents.set(
      `${wellKnown}/mcp`,
      new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
    )
    world.documents.set(wellKnown, document)
    expect(await textOf(world.login().fetch(serverUrl))).toContain('served')
  })

  it('Z3: one that is out of reach is not passed over', async () => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, new Response('', { status: 503 }))
    world.documents.set(wellKnown, { resource: serverUrl, authorization_servers: ['https://evil.example'] })
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'document', actual: 'HTTP 503' })
    expect(world.to('https://evil.example/.well-known/oauth-authorization-server')).toEqual([])
  })

  it.each([
    'http://mcp.example/prm',
    'https://127.0.0.1/prm',
    'http://localhost:9/prm',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pw@mcp.example/prm',
    'prm',
  ])('T30: a challenge that points to %s is followed nowhere', async (place) => {
    const world = new World()
    world.challenge = `Bearer resource_metadata="${place}"`
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'address' })
    expect(world.seen).toHaveLength(1)
  })

  it('Z2: without any, it says what is missing', async () => {
    const world = new World()
    world.documents.clear()
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'resource-metadata' })
  })

  it('Z2: without an authorization server in it, it says so', async () => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, { resource: serverUrl, authorization_servers: [] })
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'resource-metadata' })
  })
})

describe('which resource a server may call itself', () => {
  it.each([
    ['https://mcp.example/mcp', true],
    ['https://mcp.example', true],
    ['https://mcp.example/', true],
    ['HTTPS://MCP.example/mcp', true],
    ['https://mcp.example:443/mcp', true],
    ['https://mcp.example/mc', false],
    ['https://mcp.example/mcp/sub', false],
    ['https://mcp.example/other', false],
    ['https://mcp.example/mcp#part', false],
    ['https://mcp.example/mcp#', false],
    ['https://user@mcp.example/mcp', false],
    ['https://evil.example@mcp.example/mcp', false],
    ['https://mcp.example:8443/mcp', false],
    ['http://mcp.example/mcp', false],
    ['https://evil.example/mcp', false],
    ['https://mcp.example.evil.example/mcp', false],
    ['mcp.example/mcp', false],
  ])('Z3: %s: %s', async (resource, isTaken) => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, { resource, authorization_servers: [issuer] })
    const outcome = world.login().fetch(serverUrl)
    if (isTaken) {
      await outcome
      // Z11: exactly as published, in both requests.
      expect(world.visits[0]?.searchParams.getAll('resource')).toEqual([resource])
      expect(world.to(`${issuer}/token`)[0]?.form.getAll('resource')).toEqual([resource])
    } else {
      expect(await failureOf(outcome)).toMatchObject({ check: 'resource', expected: serverUrl, actual: resource })
      expect(world.trace.filter((line) => line.includes('as.example'))).toEqual([])
    }
  })

  it('Z3: none at all is refused', async () => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, { authorization_servers: [issuer] })
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'resource-metadata' })
  })
})

const prmFor = (name: string) => ({ resource: serverUrl, authorization_servers: [name] })

const metadataOf = (name: string) => ({
  issuer: name,
  authorization_endpoint: `${name}/authorize`,
  token_endpoint: `${name}/token`,
  registration_endpoint: `${name}/register`,
  code_challenge_methods_supported: ['S256'],
})

describe('where the metadata of an authorization server is looked for', () => {
  it.each<[string, string[]]>([
    [
      'https://as.example/tenant',
      [
        'https://as.example/.well-known/oauth-authorization-server/tenant',
        'https://as.example/.well-known/openid-configuration/tenant',
        'https://as.example/tenant/.well-known/openid-configuration',
      ],
    ],
    [
      'https://as.example',
      [
        'https://as.example/.well-known/oauth-authorization-server',
        'https://as.example/.well-known/openid-configuration',
      ],
    ],
    [
      'https://as.example/tenant/',
      [
        'https://as.example/.well-known/oauth-authorization-server/tenant',
        'https://as.example/.well-known/openid-configuration/tenant',
        'https://as.example/tenant/.well-known/openid-configuration',
      ],
    ],
  ])('Z4: for %s, in order', async (name, places) => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, prmFor(name))
    world.documents.delete('https://as.example/.well-known/oauth-authorization-server')
    world.documents.set(places.at(-1) ?? '', metadataOf(name))
    await world.login().fetch(serverUrl)
    const asked = world.seen.filter(({ url }) => url.origin === 'https://as.example').map(({ url }) => url.href)
    expect(asked.slice(0, places.length)).toEqual(places)
  })

  it.each([
    'https://as.example/',
    'https://AS.example',
    'https://as.example:443',
    'https://evil.example',
    'https://as.example/tenant',
    '',
  ])('Z5: a document by %j is not one by https://as.example', async (named) => {
    const world = new World()
    world.publish(issuer, { issuer: named })
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({
      check: 'issuer',
      expected: issuer,
      actual: named === '' ? undefined : named,
    })
    expect(world.seen.every(({ method }) => method === 'GET')).toBe(true)
    expect(world.visits).toEqual([])
  })

  it('Z5: the right document at a later place is taken', async () => {
    const world = new World()
    const name = 'https://as.example/tenant'
    world.documents.set(`${wellKnown}/mcp`, prmFor(name))
    world.documents.set(
      'https://as.example/.well-known/oauth-authorization-server/tenant',
      metadataOf('https://as.example'),
    )
    world.documents.set('https://as.example/tenant/.well-known/openid-configuration', metadataOf(name))
    expect(await textOf(world.login().fetch(serverUrl))).toContain('served')
  })

  it.each([
    'http://as.example',
    'https://localhost',
    'https://[::1]',
    'https://as.example?x=1',
    'https://as.example#x',
    'ftp://as.example',
  ])('Z20: %s is no issuer', async (name) => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, prmFor(name))
    const { check } = await failureOf(world.login().fetch(serverUrl))
    expect(['address', 'issuer']).toContain(check)
    expect(world.trace.filter((line) => !line.includes('mcp.example'))).toEqual([])
  })

  it.each(['authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'revocation_endpoint'])(
    'T31, Z20: a %s that is not https is gone to by nobody',
    async (endpoint) => {
      for (const url of [
        'http://as.example/x',
        'javascript:alert(1)',
        'file:///etc/passwd',
        'https://127.0.0.1/x',
        'data:,x',
      ]) {
        const world = new World()
        world.publish(issuer, { [endpoint]: url })
        expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'address' })
        expect(world.visits).toEqual([])
        expect(world.seen.every(({ method }) => method === 'GET')).toBe(true)
      }
    },
  )

  it('allows http on loopback where the server is on loopback', async () => {
    const world = new World()
    const [url, name] = ['http://127.0.0.1:8000/mcp', 'http://localhost:9000']
    world.challenge = 'Bearer'
    world.documents.set('http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp', {
      resource: url,
      authorization_servers: [name],
    })
    world.publish(name)
    expect(await textOf(world.login({ url }).fetch(url))).toContain('served')
  })
})

describe('a server of 2025-03-26', () => {
  it('Z21: has its endpoints at the origin, where that was asked for', async () => {
    const world = new World()
    world.documents.clear()
    const login = world.login({ legacyFallback: true })
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits[0]?.origin).toBe('https://mcp.example')
    expect(world.visits[0]?.pathname).toBe('/authorize')
    expect(world.to('https://mcp.example/register')).toHaveLength(1)
    expect(world.to('https://mcp.example/token')).toHaveLength(1)
  })

  it('Z21: has metadata at the root, under the origin for an issuer', async () => {
    const world = new World()
    world.documents.clear()
    world.documents.set('https://mcp.example/.well-known/oauth-authorization-server', metadataOf('https://mcp.example'))
    expect(await textOf(world.login({ legacyFallback: true }).fetch(serverUrl))).toContain('served')
    world.documents.set(
      'https://mcp.example/.well-known/oauth-authorization-server',
      metadataOf('https://evil.example'),
    )
    expect(await failureOf(world.login({ legacyFallback: true }).fetch(serverUrl))).toMatchObject({ check: 'issuer' })
  })

  it('Z21: one with resource metadata is none, and a server that fails is not taken for one', async () => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, new Response('', { status: 500 }))
    expect(await failureOf(world.login({ legacyFallback: true }).fetch(serverUrl))).toMatchObject({ check: 'document' })
    expect(world.visits).toEqual([])
  })
})
