import { describe, expect, it } from 'vitest'
import { redirectBy } from '../src/client.ts'
import { failureOf, issuer, redirectUri, serverUrl, textOf, withResolvers, World } from './world.ts'

describe('the first login', () => {
  it('Z10, Z11, Z13: asks with PKCE, state and resource, and redeems with the same', async () => {
    const world = new World()
    expect(await textOf(world.login().fetch(serverUrl))).toContain('served')
    const asked = Object.fromEntries(world.visits[0]?.searchParams ?? [])
    expect(asked).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      resource: serverUrl,
    })
    const [redeemed] = world.to(`${issuer}/token`)
    expect(Object.fromEntries(redeemed?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      code: expect.stringMatching(/^code-/),
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      resource: serverUrl,
    })
  })

  it.each([undefined, [], ['plain']])('Z10, T33: is refused where PKCE is %j', async (methods) => {
    const world = new World()
    world.publish(issuer, { code_challenge_methods_supported: methods })
    expect(await failureOf(world.login().fetch(serverUrl))).toMatchObject({ check: 'pkce', expected: 'S256' })
    expect([world.visits, world.registrations]).toEqual([[], []])
  })

  it('Z14: shows the token in the header of every request, and in no URL', async () => {
    const world = new World()
    const login = world.login()
    await login.fetch(serverUrl, {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'x-own': '1', authorization: 'Basic x' },
    })
    await login.fetch(serverUrl, { method: 'DELETE' })
    const served = world.to(serverUrl).slice(1)
    expect(served.map(({ headers }) => headers.get('authorization'))).toEqual([
      expect.stringMatching(/^Bearer access-/),
      expect.stringMatching(/^Bearer access-/),
    ])
    expect(served[0]?.body).toBe('{"a":1}')
    expect(served[0]?.headers.get('x-own')).toBe('1')
    expect(world.seen.map(({ url }) => url.href).join(' ')).not.toContain('canary')
  })

  it('is one for requests that meet 401 at once', async () => {
    const world = new World()
    const login = world.login()
    const answers = await Promise.all(Array.from({ length: 20 }, () => textOf(login.fetch(serverUrl))))
    expect(new Set(answers).size).toBe(1)
    expect(world.visits).toHaveLength(1)
    expect(world.to(`${issuer}/register`)).toHaveLength(1)
  })

  it('is one for logins that share a store', async () => {
    const world = new World()
    const first = world.login()
    await first.fetch(serverUrl)
    const { store, logins } = twins(world)
    await Promise.all(logins.map((login) => login.fetch(serverUrl)))
    expect(store).toBeDefined()
    expect(world.visits).toHaveLength(2)
  })

  it('goes on for others when one request is given up', async () => {
    const world = new World()
    const gate = withResolvers<void>()
    const opened = withResolvers<void>()
    const redirect = redirectBy(redirectUri, async (url) => {
      opened.resolve()
      await gate.promise
      return world.visit(url)
    })
    const login = world.login({ redirect })
    const stop = new AbortController()
    const impatient = failureOf(login.fetch(serverUrl, { signal: stop.signal }))
    const patient = textOf(login.fetch(serverUrl))
    await opened.promise
    stop.abort(new Error('enough'))
    expect(await impatient).toMatchObject({ message: 'enough' })
    gate.resolve()
    expect(await patient).toContain('served')
  })

  it('is given up when nobody waits for it any more', async () => {
    const world = new World()
    const ended = withResolvers<unknown>()
    const opened = withResolvers<void>()
    const redirect = redirectBy(redirectUri, (_url, signal) => {
      opened.resolve()
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          ended.resolve(signal.reason)
          reject(signal.reason as Error)
        })
      })
    })
    const stop = new AbortController()
    const outcome = failureOf(world.login({ redirect }).fetch(serverUrl, { signal: stop.signal }))
    await opened.promise
    stop.abort(new Error('enough'))
    await outcome
    expect(await ended.promise).toMatchObject({ message: 'enough' })
  })

  it('hands on what the underlying fetch rejects with', async () => {
    const world = new World()
    const fetch = async (): Promise<Response> => {
      throw new TypeError('fetch failed')
    }
    expect(await failureOf(world.login({ fetch }).fetch(serverUrl))).toBeInstanceOf(TypeError)
  })

  it('T36: sends nothing to another origin, and follows no redirect', async () => {
    const world = new World()
    const login = world.login()
    await login.fetch(serverUrl)
    const before = world.seen.length
    const failure = await failureOf(login.fetch('https://evil.example/mcp'))
    expect(failure).toMatchObject({ check: 'origin', expected: 'https://mcp.example', actual: 'https://evil.example' })
    expect(world.seen).toHaveLength(before)
    world.answers.set(
      serverUrl,
      () => new Response('', { status: 307, headers: { location: 'https://evil.example/' } }),
    )
    expect((await login.fetch(serverUrl)).status).toBe(307)
  })

  it.each(['http://mcp.example/mcp', 'ftp://mcp.example', 'file:///x'])('Z20: has no way to %s', (url) => {
    expect(() => new World().login({ url })).toThrow(TypeError)
  })

  it('sends a request once whose body is a stream', async () => {
    const world = new World()
    const body = new ReadableStream()
    const response = await world.login().fetch(serverUrl, { method: 'POST', body })
    expect(response.status).toBe(401)
    expect(world.seen).toHaveLength(1)
  })
})

const twins = (world: World) => {
  const store = sharedStore()
  return { store, logins: [world.login({ store }), world.login({ store }), world.login({ store })] }
}

const sharedStore = () => {
  const values = new Map<string, string>()
  return {
    read: async (key: string) => {
      const text = values.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
    },
    write: async (key: string, value: Record<string, unknown>) => void values.set(key, JSON.stringify(value)),
    delete: async (key: string) => void values.delete(key),
  }
}

describe('a server that is never content', () => {
  it('is given up after one login', async () => {
    const world = new World()
    world.answers.set(
      serverUrl,
      () => new Response('', { status: 401, headers: { 'www-authenticate': world.challenge } }),
    )
    const failure = await failureOf(world.login().fetch(serverUrl))
    expect(failure).toMatchObject({ check: 'refused' })
    expect(world.visits).toHaveLength(1)
  })

  it('sends the user nowhere for a while, however often it asks', async () => {
    const world = new World()
    world.answers.set(serverUrl, ({ body }) =>
      body === 'call' ? new Response('', { status: 401, headers: { 'www-authenticate': world.challenge } }) : undefined,
    )
    const login = world.login()
    const call = () => login.fetch(serverUrl, { method: 'POST', body: 'call' })
    for (let round = 0; round < 5; round += 1) {
      expect(await failureOf(call())).toMatchObject({ check: 'refused' })
      expect((await login.fetch(serverUrl)).status).toBe(200)
    }
    expect(world.visits).toHaveLength(1)
    world.time += 300_001
    await failureOf(call())
    expect(world.visits).toHaveLength(2)
    world.answers.delete(serverUrl)
    // What the program asks for by itself is done at once.
    world.tokens.clear()
    world.refreshTokens.clear()
    await login.forget()
    await login.authorize()
    expect(world.visits).toHaveLength(3)
  })

  it('hands on a 403 that is not about scopes', async () => {
    const world = new World()
    world.answers.set(serverUrl, () => new Response('no', { status: 403 }))
    const response = await world.login().fetch(serverUrl)
    expect([response.status, await response.text()]).toEqual([403, 'no'])
    expect(world.visits).toEqual([])
  })
})

describe('authorize', () => {
  it('gets a token ahead, and only once', async () => {
    const world = new World()
    const login = world.login()
    await login.authorize()
    await login.authorize()
    expect(world.visits).toHaveLength(1)
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
    expect(world.to(serverUrl)).toHaveLength(2)
  })

  it('leaves a server alone that asks for nothing', async () => {
    const world = new World()
    world.answers.set(serverUrl, () => new Response('', { status: 405 }))
    world.documents.delete('https://mcp.example/.well-known/oauth-protected-resource/mcp')
    await world.login().authorize()
    expect(world.seen.every(({ method }) => method === 'GET')).toBe(true)
    expect(world.visits).toEqual([])
  })

  it('logs in at a server that could do without, but says where', async () => {
    const world = new World()
    world.answers.set(serverUrl, () => new Response('', { status: 405 }))
    await world.login().authorize()
    expect(world.visits).toHaveLength(1)
  })

  it('gets the scopes that are asked for', async () => {
    const world = new World()
    const login = world.login()
    await login.authorize()
    await login.authorize({ scopes: ['files:write'] })
    await login.authorize({ scopes: ['files:write'] })
    expect(world.visits.map((url) => url.searchParams.get('scope'))).toEqual([null, 'files:write'])
  })
})

describe('forget', () => {
  it('forgets the token and tells the authorization server', async () => {
    const world = new World()
    const login = world.login()
    await login.fetch(serverUrl)
    await login.forget()
    const [told] = world.to(`${issuer}/revoke`)
    expect(told?.form.get('token')).toMatch(/^refresh-/)
    await login.fetch(serverUrl)
    expect(world.visits).toHaveLength(2)
  })

  it('forgets as well where nobody can be told', async () => {
    const world = new World()
    const login = world.login()
    await login.fetch(serverUrl)
    world.answers.set(`${issuer}/revoke`, () => new Response('', { status: 500 }))
    await login.forget()
    await login.fetch(serverUrl)
    expect(world.visits).toHaveLength(2)
  })
})
