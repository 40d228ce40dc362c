import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/client.ts'
import type { CredentialStore, UserLogin } from '../src/client.ts'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const grants = (world: World): (string | null)[] =>
  world.to(`${issuer}/token`).map(({ form }) => form.get('grant_type'))

const loggedIn = async (world: World, store: CredentialStore = memoryStore()): Promise<UserLogin> => {
  const login = world.login({ store })
  await login.fetch(serverUrl)
  return login
}

describe('a token near its end', () => {
  it('is renewed ahead, with the resource, and the request meets no 401', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.time += 3_541_000
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(grants(world)).toEqual(['authorization_code', 'refresh_token'])
    const sent = Object.fromEntries(world.to(`${issuer}/token`)[1]?.form ?? [])
    expect(sent).toEqual({
      grant_type: 'refresh_token',
      refresh_token: expect.stringMatching(/^refresh-/),
      resource: serverUrl,
      client_id: 'client-1',
    })
    // One 401 at the very beginning, and one answer each.
    expect(world.to(serverUrl)).toHaveLength(3)
  })

  it('is left alone before that', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.time += 3_539_000
    await login.fetch(serverUrl)
    expect(grants(world)).toEqual(['authorization_code'])
  })

  it('with a short life is renewed when a tenth of it is left', async () => {
    const world = new World()
    world.lifetime = 10
    const login = await loggedIn(world)
    world.time += 8999
    await login.fetch(serverUrl)
    expect(grants(world)).toHaveLength(1)
    world.time += 1
    await login.fetch(serverUrl)
    expect(grants(world)).toHaveLength(2)
  })

  it('REL-OAUTH-1: is renewed once for all requests of all who share the store', async () => {
    const world = new World()
    const store = memoryStore()
    await loggedIn(world, store)
    const logins = Array.from({ length: 5 }, () => world.login({ store }))
    await Promise.all(logins.map((login) => login.fetch(serverUrl)))
    world.time += 3_550_000
    const calls = logins.flatMap((login) => Array.from({ length: 20 }, () => textOf(login.fetch(serverUrl))))
    const answers = await Promise.all(calls)
    expect(new Set(answers).size).toBe(1)
    expect(grants(world)).toEqual(['authorization_code', 'refresh_token'])
    expect(world.visits).toHaveLength(1)
  })

  it('stays in use while it is good, when it cannot be renewed', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.time += 3_550_000
    world.answers.set(`${issuer}/token`, () => new Response('', { status: 503 }))
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    // The authorization server is left alone for a moment.
    expect(grants(world)).toHaveLength(2)
    world.answers.delete(`${issuer}/token`)
    world.time += 5001
    await login.fetch(serverUrl)
    expect(grants(world)).toHaveLength(3)
    expect(world.visits).toHaveLength(1)
  })

  it('that is over and cannot be renewed for now is not thrown away', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.time += 3_600_001
    world.answers.set(`${issuer}/token`, () => new Response('', { status: 503 }))
    expect(await failureOf(login.fetch(serverUrl))).toMatchObject({ check: 'token' })
    world.answers.delete(`${issuer}/token`)
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits).toHaveLength(1)
  })

  it('keeps its refresh token where the answer names no other', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.answers.set(`${issuer}/token`, () => {
      const { refresh_token: _none, ...rest } = world.issue([])
      return Response.json(rest)
    })
    for (let round = 0; round < 3; round += 1) {
      world.time += 3_600_001
      await login.fetch(serverUrl)
    }
    const sent = world
      .to(`${issuer}/token`)
      .slice(1)
      .map(({ form }) => form.get('refresh_token'))
    expect(sent).toHaveLength(3)
    expect(new Set(sent).size).toBe(1)
  })

  it('without a refresh token is followed by a login once it is over', async () => {
    const world = new World()
    world.answers.set(`${issuer}/token`, () => {
      const { refresh_token: _none, ...rest } = world.issue([])
      return Response.json(rest)
    })
    const login = await loggedIn(world)
    world.time += 3_600_001
    await login.fetch(serverUrl)
    expect(world.visits).toHaveLength(2)
  })
})

describe('a token that is refused', () => {
  it('before its time is renewed', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.tokens.clear()
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(grants(world)).toEqual(['authorization_code', 'refresh_token'])
    expect(world.visits).toHaveLength(1)
  })

  it('and cannot be renewed is followed by a login, with the scopes of before', async () => {
    const world = new World()
    world.challenge += ', scope="a b"'
    const login = await loggedIn(world)
    world.challenge = world.challenge.replace('a b', 'c')
    world.tokens.clear()
    world.refreshTokens.clear()
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits.map((url) => url.searchParams.get('scope'))).toEqual(['a b', 'a b c'])
  })

  it('once renewed as well, is followed by a login', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.tokens.clear()
    world.answers.set(`${issuer}/token`, ({ form }) => {
      if (form.get('grant_type') !== 'refresh_token') return undefined
      const issued = world.issue([])
      world.tokens.delete(issued.access_token)
      return Response.json(issued)
    })
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits).toHaveLength(2)
  })

  it('is not what another process has by now', async () => {
    const world = new World()
    const store = memoryStore()
    const slow = await loggedIn(world, store)
    const quick = world.login({ store })
    await quick.fetch(serverUrl)
    world.tokens.clear()
    await quick.fetch(serverUrl)
    expect(await textOf(slow.fetch(serverUrl))).toContain('served')
    expect(grants(world)).toEqual(['authorization_code', 'refresh_token'])
  })
})

describe('an invalid_grant', () => {
  it('REL-OAUTH-1: does not wipe what somebody else has stored meanwhile', async () => {
    const world = new World()
    const store = memoryStore()
    const login = await loggedIn(world, store)
    const key = [...(await keysOf(world, store))]
    // Another process without the lock is faster: it spends the refresh token and stores what it got.
    world.answers.set(`${issuer}/token`, async () => {
      world.answers.delete(`${issuer}/token`)
      const old = await store.read(key[0] ?? '')
      const { access_token: accessToken, refresh_token: refreshToken } = world.issue([])
      await store.write(key[0] ?? '', { ...old, accessToken, refreshToken, expiresAt: world.time + 3_600_000 })
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    })
    world.time += 3_550_000
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits).toHaveLength(1)
    expect(grants(world)).toHaveLength(2)
  })

  it('where nobody was faster leads to a login', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.refreshTokens.clear()
    world.time += 3_550_000
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.visits).toHaveLength(2)
  })

  it('of a client that is no longer known leads to a new one', async () => {
    const world = new World()
    const login = await loggedIn(world)
    world.answers.set(`${issuer}/token`, ({ form }) =>
      form.get('grant_type') === 'refresh_token'
        ? Response.json({ error: 'invalid_client' }, { status: 401 })
        : undefined,
    )
    world.time += 3_550_000
    await login.fetch(serverUrl)
    expect(world.to(`${issuer}/register`)).toHaveLength(2)
  })
})

/** The keys under which tokens are kept: what a lock is asked for. */
const keysOf = async (world: World, store: CredentialStore): Promise<Set<string>> => {
  const keys = new Set<string>()
  const spy: CredentialStore = {
    ...store,
    read: async (key) => {
      if (key.startsWith('["token"')) keys.add(key)
      return store.read(key)
    },
  }
  await world.login({ store: spy }).authorize()
  return keys
}

describe('what is kept', () => {
  it('T36, Z9: tokens lie under their issuer and resource, and nothing else leads to them', async () => {
    const world = new World()
    const store = memoryStore()
    await loggedIn(world, store)
    expect([...(await keysOf(world, store))]).toEqual([JSON.stringify(['token', issuer, serverUrl, ''])])
  })

  it('lets the next process in without a login or a 401', async () => {
    const world = new World()
    const store = memoryStore()
    await loggedIn(world, store)
    const before = world.seen.length
    await world.login({ store }).fetch(serverUrl)
    expect(world.trace.slice(before)).toEqual([`GET ${serverUrl}`])
  })

  it('keeps accounts apart', async () => {
    const world = new World()
    const store = memoryStore()
    await world.login({ store, account: 'one' }).fetch(serverUrl)
    await world.login({ store, account: 'two' }).fetch(serverUrl)
    expect(world.visits).toHaveLength(2)
  })

  it('counts as not there when it is damaged', async () => {
    const world = new World()
    const values = new Map<string, Record<string, unknown>>()
    const store: CredentialStore = {
      read: async (key) => values.get(key),
      write: async (key, value) => void values.set(key, value),
      delete: async (key) => void values.delete(key),
    }
    await loggedIn(world, store)
    for (const key of values.keys()) values.set(key, { accessToken: 7 })
    expect(await textOf(world.login({ store }).fetch(serverUrl))).toContain('served')
  })

  it('a store that fails once is asked again', async () => {
    const world = new World()
    const inner = memoryStore()
    let fails = true
    const read: CredentialStore['read'] = async (key) => {
      if (fails) throw new Error('disk')
      return inner.read(key)
    }
    const login = world.login({ store: { ...inner, read } })
    expect(await failureOf(login.fetch(serverUrl))).toMatchObject({ message: 'disk' })
    fails = false
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
  })
})
