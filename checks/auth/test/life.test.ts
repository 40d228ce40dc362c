import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startAuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationServer, AuthorizationServerOptions } from '../authorization-server.ts'
import { watchOutput } from '../canary.ts'
import { forThisTest } from '../lifetime.ts'
import { serveProtected } from '../protected.ts'
import type { Protected, ProtectedOptions } from '../protected.ts'
import { connectBy, visitor } from '../visitor.ts'
import type { Visitor, VisitorOptions } from '../visitor.ts'

watchOutput()

type Meeting = {
  readonly authorizationServer: AuthorizationServer
  readonly server: Protected
  readonly someone: Visitor
  /** Calls a tool and gives its text. */
  readonly call: (tool: string) => Promise<string>
}

type MeetingOptions = {
  readonly versions: readonly string[]
  readonly issuing?: AuthorizationServerOptions
  readonly serving?: ProtectedOptions
  readonly visiting?: VisitorOptions
}

const meet = async ({ versions, issuing, serving, visiting }: MeetingOptions): Promise<Meeting> => {
  const authorizationServer = forThisTest(await startAuthorizationServer(issuing))
  const server = forThisTest(await serveProtected(authorizationServer, serving))
  const someone = visitor(server.url, visiting)
  const client = forThisTest(await connectBy(server.url, someone, { versions }))
  expect(client.version).toBe(versions[0])
  const call = async (tool: string): Promise<string> => {
    const { content } = await client.callTool(tool)
    return content.map((block) => (block.type === 'text' ? block.text : block.type)).join()
  }
  return { authorizationServer, server, someone, call }
}

const later = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

const grantsOf = ({ requests }: AuthorizationServer): string[] => requests.map(({ grant }) => grant)
const scopeOf = (url: URL | undefined): string[] => (url?.searchParams.get('scope') ?? '').split(' ').toSorted()
// Asked for where it is listed (Z19).
const offline = 'offline_access'

// Tokens are issued, kept and verified by one clock, which the tests move.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each([
  ['the modern era', ['2026-07-28']],
  ['a legacy session', ['2025-11-25']],
  ['a legacy session of 2025-06-18', ['2025-06-18']],
])('against a real authorization server, in %s', (_, versions) => {
  it('Z11: logs in once, and says in both requests for which server', async () => {
    const { authorizationServer, server, someone, call } = await meet({ versions })
    expect(await call('whoami')).toBe('ada')
    expect(await call('whoami')).toBe('ada')
    expect(someone.opened.map((url) => url.searchParams.get('resource'))).toEqual([server.url])
    expect(scopeOf(someone.opened[0])).toEqual(['echo:read', offline])
    expect(authorizationServer.requests).toMatchObject([{ grant: 'authorization_code', resource: server.url }])
    expect(new Set(server.presented).size).toBe(1)
  })

  it('refreshes what has expired, each time with the newest refresh token', async () => {
    const { authorizationServer, server, someone, call } = await meet({ versions })
    for (const times of [1, 2, 3]) {
      later(4000)
      expect(await call('whoami')).toBe('ada')
      expect(authorizationServer.granted('refresh_token')).toBe(times)
    }
    expect(authorizationServer.requests.filter(({ error }) => error !== undefined)).toEqual([])
    expect(authorizationServer.requests.map(({ resource }) => resource)).toEqual(
      Array.from({ length: 4 }, () => server.url),
    )
    expect(someone.opened.length).toBe(1)
    expect(new Set(server.presented).size).toBe(4)
  })

  it('refreshes once for many calls at once', async () => {
    const { authorizationServer, call } = await meet({ versions })
    later(4000)
    const told = await Promise.all(Array.from({ length: 20 }, () => call('whoami')))
    expect(told).toEqual(Array.from({ length: 20 }, () => 'ada'))
    expect(grantsOf(authorizationServer)).toEqual(['authorization_code', 'refresh_token'])
  })

  it('Z18: steps up to what a tool needs, with what it had, and keeps its session', async () => {
    const { authorizationServer, someone, call } = await meet({ versions })
    expect(await call('write')).toBe('written')
    expect(someone.opened.map(scopeOf)).toEqual([
      ['echo:read', offline],
      ['echo:read', 'echo:write', offline],
    ])
    expect(await call('admin')).toBe('done')
    expect(scopeOf(someone.opened[2])).toEqual(['echo:admin', 'echo:read', 'echo:write', offline])
    expect(await call('whoami')).toBe('ada')
    expect(await call('write')).toBe('written')
    expect(grantsOf(authorizationServer)).toEqual(Array.from({ length: 3 }, () => 'authorization_code'))
    expect(authorizationServer.registered.length).toBe(1)
  })

  it('T35: asks the user once for what many calls at once need', async () => {
    const { authorizationServer, someone, call } = await meet({ versions })
    const told = await Promise.all(Array.from({ length: 10 }, () => call('write')))
    expect(told).toEqual(Array.from({ length: 10 }, () => 'written'))
    expect(someone.opened.length).toBe(2)
    expect(grantsOf(authorizationServer)).toEqual(['authorization_code', 'authorization_code'])
  })

  it('T35: tells that a scope was not granted, and does not ask for it again', async () => {
    const { someone, call } = await meet({ versions, issuing: { scopes: ['echo:read'] } })
    await expect(call('write')).rejects.toMatchObject({ name: 'AuthError' })
    const asked = someone.opened.length
    expect(asked).toBeLessThanOrEqual(4)
    await expect(call('write')).rejects.toMatchObject({ name: 'AuthError' })
    expect(someone.opened.length).toBeLessThanOrEqual(asked + 1)
    expect(await call('whoami')).toBe('ada')
  })

  it('logs in again when everything was taken back', async () => {
    const issuing = { format: 'opaque' } as const
    const { authorizationServer, someone, call } = await meet({ versions, issuing, serving: { by: 'introspection' } })
    expect(await call('whoami')).toBe('ada')
    authorizationServer.revoke()
    // For so long it may go on by what was found out before.
    later(60)
    expect(await call('whoami')).toBe('ada')
    expect(someone.opened.length).toBe(2)
    expect(grantsOf(authorizationServer)).toEqual(['authorization_code', 'refresh_token', 'authorization_code'])
    expect(authorizationServer.requests[1]?.error).toBe('invalid_grant')
    // It is the same client that comes back.
    expect(authorizationServer.registered.length).toBe(1)
  })

  it('registers again when the authorization server has forgotten it', async () => {
    const { authorizationServer, someone, call } = await meet({ versions })
    authorizationServer.forgetClients()
    later(4000)
    expect(await call('whoami')).toBe('ada')
    expect(authorizationServer.registered.length).toBe(2)
    expect(someone.opened.length).toBe(2)
  })

  it('Z7: comes with a client-id metadata document where that is taken', async () => {
    const id = 'https://client.example/metadata.json'
    const document = {
      client_id: id,
      client_name: 'visitor',
      redirect_uris: ['http://127.0.0.1:9/callback'],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }
    const issuing = { documents: { [id]: document } }
    const { authorizationServer, call } = await meet({ versions, issuing, visiting: { identity: { metadataUrl: id } } })
    expect(await call('whoami')).toBe('ada')
    expect(authorizationServer.registered).toEqual([])
    expect(authorizationServer.requests.map(({ clientId }) => clientId)).toEqual([id])
  })
})

it('logs in over the transport of 2024-11-05, and refreshes under its stream', async () => {
  const authorizationServer = forThisTest(await startAuthorizationServer())
  const server = forThisTest(await serveProtected(authorizationServer, { of: 'origin' }))
  const someone = visitor(server.sseUrl)
  const client = await connectBy(server.sseUrl, someone, { versions: ['2024-11-05'] })
  const whoami = async (): Promise<unknown> => (await client.callTool('whoami')).content
  expect(await whoami()).toEqual([{ type: 'text', text: 'ada' }])
  expect((await client.callTool('write')).content).toEqual([{ type: 'text', text: 'written' }])
  later(3580)
  expect(await whoami()).toEqual([{ type: 'text', text: 'ada' }])
  expect(grantsOf(authorizationServer)).toEqual(['authorization_code', 'authorization_code', 'refresh_token'])
  expect(someone.opened.length).toBe(2)
  await client.close()
})
