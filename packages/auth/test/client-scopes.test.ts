import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/client.ts'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const prm = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const publish = (world: World, scopes: string[]): void =>
  void world.documents.set(prm, { resource: serverUrl, authorization_servers: [issuer], scopes_supported: scopes })

const asked = (world: World): (string | null)[] => world.visits.map((url) => url.searchParams.get('scope'))

describe('the scopes of a first login', () => {
  it('Z16: the challenge has the first word', async () => {
    const world = new World()
    publish(world, ['a', 'b'])
    world.challenge += ', scope="c d c"'
    await world.login().fetch(serverUrl)
    expect(asked(world)).toEqual(['c d'])
  })

  it('Z16: then what the server publishes', async () => {
    const world = new World()
    publish(world, ['a', 'b'])
    await world.login().fetch(serverUrl)
    expect(asked(world)).toEqual(['a b'])
  })

  it('Z16: else none', async () => {
    const world = new World()
    await world.login().fetch(serverUrl)
    expect(asked(world)).toEqual([null])
  })

  it('adds what the program wants', async () => {
    const world = new World()
    world.challenge += ', scope="a"'
    await world.login({ scopes: ['b', 'a'] }).fetch(serverUrl)
    expect(asked(world)).toEqual(['a b'])
  })

  it('Z19: adds offline_access where the authorization server lists it, and asks for consent', async () => {
    const world = new World()
    world.publish(issuer, { scopes_supported: ['a', 'offline_access'] })
    world.challenge += ', scope="a"'
    await world.login().fetch(serverUrl)
    await world.login({ offline: false }).fetch(serverUrl)
    expect(asked(world)).toEqual(['a offline_access', 'a'])
    expect(world.visits.map((url) => url.searchParams.get('prompt'))).toEqual(['consent', null])
  })

  it('Z19: never adds offline_access elsewhere, nor where it would be alone', async () => {
    const world = new World()
    world.challenge += ', scope="a"'
    await world.login().fetch(serverUrl)
    const bare = new World()
    bare.publish(issuer, { scopes_supported: ['offline_access'] })
    await bare.login().fetch(serverUrl)
    expect([asked(world), asked(bare)]).toEqual([['a'], [null]])
  })

  it('drops what is no scope', async () => {
    const world = new World()
    publish(world, ['a', 'b c', 'd"', '', 'é'])
    await world.login().fetch(serverUrl)
    expect(asked(world)).toEqual(['a'])
  })
})

const write = { method: 'POST', body: 'write' }

const stepping = (): World => {
  const world = new World()
  world.challenge += ', scope="read"'
  world.needs = ({ body }) => (body === 'write' ? ['write'] : ['read'])
  return world
}

describe('stepping up', () => {
  it('Z17, Z18: asks for all that was asked for and what is missing, and repeats the request', async () => {
    const world = stepping()
    const login = world.login()
    await login.fetch(serverUrl)
    expect(await textOf(login.fetch(serverUrl, write))).toContain('served')
    expect(asked(world)).toEqual(['read', 'read write'])
    expect(world.to(serverUrl).map(({ body }) => body)).toEqual(['', '', 'write', 'write'])
  })

  it('Z18: remembers what was asked for in another process', async () => {
    const world = stepping()
    const store = memoryStore()
    await world.login({ store }).fetch(serverUrl)
    await world.login({ store }).fetch(serverUrl, write)
    expect(asked(world)).toEqual(['read', 'read write'])
  })

  it('T35: is done once for requests that need the same', async () => {
    const world = stepping()
    const login = world.login()
    await login.fetch(serverUrl)
    await Promise.all(Array.from({ length: 10 }, () => login.fetch(serverUrl, write)))
    expect(asked(world)).toEqual(['read', 'read write'])
  })

  it('T35: is not tried for scopes that the token has', async () => {
    const world = stepping()
    const login = world.login()
    await login.fetch(serverUrl)
    await login.fetch(serverUrl, write)
    for (const token of world.tokens.values()) token.scopes = []
    expect(await failureOf(login.fetch(serverUrl, write))).toMatchObject({ check: 'scope', expected: 'write' })
    expect(world.visits).toHaveLength(2)
  })

  it('T35: is not tried again for scopes that are not granted', async () => {
    const world = stepping()
    world.grants = (scopes) => scopes.filter((scope) => scope === 'read')
    const login = world.login()
    await login.fetch(serverUrl)
    const failure = await failureOf(login.fetch(serverUrl, write))
    expect(failure).toMatchObject({ check: 'scope', expected: 'write', actual: 'read' })
    await failureOf(login.fetch(serverUrl, write))
    expect(world.visits).toHaveLength(2)
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
  })

  it('Z18, T35: ends after three authorizations where every one leads to the next', async () => {
    const world = stepping()
    let count = 0
    world.needs = () => [`more-${(count += 1)}`]
    expect(await failureOf(world.login().fetch(serverUrl, write))).toMatchObject({ check: 'scope' })
    expect(asked(world)).toEqual(['read', 'read more-1', 'read more-1 more-2'])
  })

  it('T35: ends for all requests where every step leads to the next', async () => {
    const world = stepping()
    const login = world.login()
    await login.fetch(serverUrl)
    let count = 0
    world.needs = () => [`more-${(count += 1)}`]
    for (let round = 0; round < 5; round += 1) {
      expect(await failureOf(login.fetch(serverUrl, write))).toMatchObject({ check: 'scope' })
    }
    expect(world.visits).toHaveLength(4)
  })

  it('T35: is not tried where neither challenge nor server names a scope', async () => {
    const world = stepping()
    const login = world.login()
    await login.fetch(serverUrl)
    const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
    world.answers.set(serverUrl, () => new Response('', { status: 403, headers: challenge }))
    expect(await failureOf(login.fetch(serverUrl))).toMatchObject({ check: 'scope' })
    expect(world.visits).toHaveLength(1)
  })

  it('T35: a challenge without scopes is met once, with what the server publishes', async () => {
    const world = stepping()
    publish(world, ['read', 'write'])
    world.needs = () => []
    world.answers.set(serverUrl, ({ body, headers }) =>
      body === 'write' && headers.has('authorization')
        ? new Response('', { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } })
        : undefined,
    )
    expect(await failureOf(world.login().fetch(serverUrl, write))).toMatchObject({ check: 'scope' })
    expect(asked(world)).toEqual(['read', 'read write'])
  })
})
