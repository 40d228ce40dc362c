import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/client.ts'
import { failureOf, issuer, redirectUri, serverUrl, textOf, World } from './world.ts'

const metadataUrl = 'https://app.example/client.json'
const prm = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const other = 'https://other.example'

const clientIds = (world: World): (string | null)[] => world.visits.map((url) => url.searchParams.get('client_id'))

describe('who the client is', () => {
  it('Z6: the one that was registered by hand, before all others', async () => {
    const world = new World()
    world.publish(issuer, { client_id_metadata_document_supported: true })
    const preregistered = [{ issuer, clientId: 'by-hand', clientSecret: 'secret-canary:%' }]
    await world.login({ identity: { preregistered, metadataUrl } }).fetch(serverUrl)
    expect(clientIds(world)).toEqual(['by-hand'])
    const basic = world.to(`${issuer}/token`)[0]?.headers.get('authorization')?.split(' ')
    expect([basic?.[0], atob(basic?.[1] ?? '')]).toEqual(['Basic', 'by-hand:secret-canary%3A%25'])
  })

  it('Z6, Z7: its metadata document, where such are supported', async () => {
    const world = new World()
    world.publish(issuer, { client_id_metadata_document_supported: true })
    await world.login({ identity: { metadataUrl } }).fetch(serverUrl)
    expect(clientIds(world)).toEqual([metadataUrl])
    expect(world.registrations).toEqual([])
  })

  it('Z6: one that registers itself, where they are not', async () => {
    const world = new World()
    await world.login({ identity: { metadataUrl } }).fetch(serverUrl)
    expect(clientIds(world)).toEqual(['client-1'])
  })

  it('Z6: one that the user is asked for, and asked once', async () => {
    const world = new World()
    world.publish(issuer, { registration_endpoint: undefined })
    const asked: string[] = []
    const ask = async (name: string) => {
      asked.push(name)
      return { clientId: 'typed-in' }
    }
    const store = memoryStore()
    await world.login({ identity: { ask }, store }).fetch(serverUrl)
    const again = world.login({ identity: { ask }, store })
    await again.forget()
    await again.fetch(serverUrl)
    expect(clientIds(world)).toEqual(['typed-in', 'typed-in'])
    expect(asked).toEqual([issuer])
  })

  it('Z6: nobody, and it says what to do', async () => {
    const world = new World()
    const { check, message } = await failureOf(world.login({ identity: { registration: false } }).fetch(serverUrl))
    expect([check, message]).toEqual(['identity', expect.stringContaining('preregistered')])
  })

  it.each([
    'http://app.example/client.json',
    'https://app.example',
    'https://app.example/',
    'https://app.example/a#b',
    'https://u:p@app.example/a',
    'https://app.example/a/../b',
    'client.json',
  ])('Z7: %s is no client id', (url) => {
    expect(() => new World().login({ identity: { metadataUrl: url } })).toThrow(TypeError)
  })
})

describe('a client that registers itself', () => {
  it('Z8, Z19: says what it is and what it wants', async () => {
    const world = new World()
    await world.login({ identity: { registration: { client_name: 'Mine', logo_uri: 'https://x/y' } } }).fetch(serverUrl)
    expect(world.registrations).toEqual([
      {
        client_name: 'Mine',
        logo_uri: 'https://x/y',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        application_type: 'native',
        token_endpoint_auth_method: 'none',
      },
    ])
  })

  it('Z8: a web program is one', async () => {
    const world = new World()
    await world.login({ redirect: 'https://app.example/back' }).begin()
    expect(world.registrations[0]?.['application_type']).toBe('web')
  })

  it('Z8: tries the other type where the first is refused for its redirect', async () => {
    const world = new World()
    world.answers.set(`${issuer}/register`, ({ body }) => {
      const { application_type: type } = JSON.parse(body) as { application_type: string }
      return type === 'native' ? Response.json({ error: 'invalid_redirect_uri' }, { status: 400 }) : undefined
    })
    expect(await textOf(world.login().fetch(serverUrl))).toContain('served')
  })

  it('Z8: tells why it was refused', async () => {
    const world = new World()
    const refusal = { error: 'invalid_redirect_uri', error_description: 'loopback is not allowed' }
    world.answers.set(`${issuer}/register`, () => Response.json(refusal, { status: 400 }))
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'registration', reason: 'invalid_redirect_uri' })
    expect(failure.message).toContain('loopback is not allowed')
    expect(failure.message).toContain(redirectUri)
    expect(world.to(`${issuer}/register`)).toHaveLength(2)
  })

  it('refuses to be registered with other redirect URIs', async () => {
    const world = new World()
    const answer = { client_id: 'x', redirect_uris: ['https://evil.example/back'] }
    world.answers.set(`${issuer}/register`, () => Response.json(answer, { status: 201 }))
    const expected = { check: 'registration', expected: redirectUri, actual: 'https://evil.example/back' }
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject(expected)
    expect(world.visits).toEqual([])
  })

  it('does so once, for all the resources of that issuer, until its secret has expired', async () => {
    const world = new World()
    const store = memoryStore()
    const answer = { client_id: 'mine', client_secret: 'secret', client_secret_expires_at: world.time / 1000 + 7200 }
    world.answers.set(`${issuer}/register`, () => Response.json(answer, { status: 201 }))
    await world.login({ store }).fetch(serverUrl)
    const again = world.login({ store })
    await again.forget()
    await again.fetch(serverUrl)
    expect(world.to(`${issuer}/register`)).toHaveLength(1)
    world.time += 7_200_001
    await again.forget()
    await again.fetch(serverUrl)
    expect(world.to(`${issuer}/register`)).toHaveLength(2)
  })

  it('does so again for another redirect URI', async () => {
    const world = new World()
    const store = memoryStore()
    await world.login({ store, redirect: 'https://app.example/one' }).begin()
    await world.login({ store, redirect: 'https://app.example/two' }).begin()
    expect(world.registrations.map((one) => one['redirect_uris'])).toEqual([
      ['https://app.example/one'],
      ['https://app.example/two'],
    ])
  })

  it.each<[string[] | undefined, string | undefined]>([
    [['client_secret_post', 'private_key_jwt'], 'client_secret_post'],
    [['client_secret_basic'], 'client_secret_basic'],
    [['client_secret_basic', 'none'], 'none'],
    [undefined, undefined],
  ])('asks for a way to authenticate that is offered: %j', async (offered, asked) => {
    const world = new World()
    world.publish(issuer, { token_endpoint_auth_methods_supported: offered })
    world.answers.set(`${issuer}/register`, ({ body }) => {
      world.registrations.push(JSON.parse(body) as Record<string, unknown>)
      return Response.json({ client_id: 'x', client_secret: 'y' }, { status: 201 })
    })
    await world.login().fetch(serverUrl)
    expect(world.registrations[0]?.['token_endpoint_auth_method']).toBe(asked)
    const [sent] = world.to(`${issuer}/token`)
    const used =
      sent?.headers.has('authorization') === true
        ? 'client_secret_basic'
        : sent?.form.has('client_secret') === true
          ? 'client_secret_post'
          : 'none'
    expect(used).toBe(asked ?? 'client_secret_basic')
  })
})

const move = (world: World): void => {
  world.documents.set(prm, { resource: serverUrl, authorization_servers: [other] })
  world.publish(other)
  for (const token of world.tokens.values()) token.expiresAt = 0
}

describe('a server that moves to another authorization server', () => {
  it('Z9: is logged in to anew, and the other one learns nothing of before', async () => {
    const world = new World()
    const login = world.login()
    await login.fetch(serverUrl)
    const before = [...world.tokens.keys(), ...world.refreshTokens.keys(), 'client-1']
    move(world)
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    const told = world.seen
      .filter(({ url }) => url.origin === other)
      .map(({ body, headers }) => `${body} ${[...headers].join(' ')}`)
    for (const secret of before) expect(told.join(' ')).not.toContain(secret)
    expect(world.visits.at(-1)?.origin).toBe(other)
    expect(clientIds(world).at(-1)).not.toBe('client-1')
    // The old refresh token is not spent either: it is the old issuer's, and no business of this server's.
    expect(world.to(`${issuer}/token`)).toHaveLength(1)
  })

  it('Z9: does not take a client along that was registered by hand', async () => {
    const world = new World()
    const preregistered = [{ issuer, clientId: 'by-hand', clientSecret: 'secret-canary' }]
    const login = world.login({ identity: { preregistered, registration: false } })
    await login.fetch(serverUrl)
    move(world)
    expect(await failureOf(login.fetch(serverUrl))).toMatchObject({
      check: 'identity',
      expected: issuer,
      actual: other,
    })
    expect(world.visits).toHaveLength(1)
  })

  it('Z9: nor one whose issuer was never named: the first it met is the only one', async () => {
    const world = new World()
    const identity = { preregistered: [{ clientId: 'by-hand', clientSecret: 'secret-canary' }] }
    const store = memoryStore()
    await world.login({ identity, store }).fetch(serverUrl)
    move(world)
    const failure = await failureOf(world.login({ identity, store }).fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'identity', expected: issuer, actual: other })
    expect(world.seen.filter(({ url, method }) => url.origin === other && method === 'POST')).toEqual([])
  })

  it('Z9: a metadata document goes along', async () => {
    const world = new World()
    world.publish(issuer, { client_id_metadata_document_supported: true })
    const login = world.login({ identity: { metadataUrl } })
    await login.fetch(serverUrl)
    move(world)
    world.publish(other, { client_id_metadata_document_supported: true })
    await login.fetch(serverUrl)
    expect(clientIds(world)).toEqual([metadataUrl, metadataUrl])
  })

  it('Z9: among several, the one that knows the client is chosen', async () => {
    const world = new World()
    world.documents.set(prm, { resource: serverUrl, authorization_servers: [issuer, other] })
    world.publish(other)
    const preregistered = [{ issuer: other, clientId: 'by-hand' }]
    await world.login({ identity: { preregistered } }).fetch(serverUrl)
    expect(world.visits[0]?.origin).toBe(other)
  })
})
