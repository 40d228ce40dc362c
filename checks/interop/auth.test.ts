import { expect, onTestFinished, vi } from 'vitest'
import { startAuthorizationServer } from '../auth/authorization-server.ts'
import type { AuthorizationServer, AuthorizationServerOptions } from '../auth/authorization-server.ts'
import { serveProtected } from '../auth/protected.ts'
import type { Caller, Protected } from './auth-meeting.ts'
import { OfficialLogin, officialV1, officialV2 } from './auth-official-client.ts'
import { serveOfficial } from './auth-official-server.ts'
import { parley } from './auth-parley.ts'
import { openPart } from './matrix.ts'
import type { Cell } from './matrix.ts'
import { named } from './scripts.ts'
import { freePort, startEcho } from './serving.ts'

type Serve = (authorizationServer: AuthorizationServer) => Promise<Protected>
/** Brings a client that has never been there, and tells how often its person has had to log in. */
type Bring = (url: string) => Promise<{ caller: Caller; logins: () => number }>
type Meeting = { serve: Serve; bring: Bring; version?: string }

const meet = async ({ serve, bring, version }: Meeting, options?: AuthorizationServerOptions) => {
  const authorizationServer = await startAuthorizationServer(options)
  onTestFinished(() => authorizationServer.close())
  const server = await serve(authorizationServer)
  onTestFinished(() => server.close())
  const { caller, logins } = await bring(server.url)
  onTestFinished(() => caller.close())
  if (version !== undefined) expect(caller.version).toBe(version)
  return { authorizationServer, caller, logins }
}

const logIn = (cell: Cell, meeting: Meeting): void => {
  cell('first login', async () => {
    const { authorizationServer, caller, logins } = await meet(meeting)
    expect(await caller.call('whoami')).toBe('ada')
    expect(logins()).toBe(1)
    expect(authorizationServer.requests.map(({ grant }) => grant)).toEqual(['authorization_code'])
  })
}

const refresh = (cell: Cell, meeting: Meeting): void => {
  cell('a token that has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { authorizationServer, caller, logins } = await meet(meeting)
    for (const times of [1, 2]) {
      vi.setSystemTime(Date.now() + 4_000_000)
      expect(await caller.call('whoami')).toBe('ada')
      expect(authorizationServer.granted('refresh_token')).toBe(times)
    }
    expect(logins()).toBe(1)
  })
}

const stepUp = (cell: Cell, meeting: Meeting): void => {
  cell('a scope of one tool', async () => {
    // The official clients register for the scopes of their first request alone.
    const { caller, logins } = await meet(meeting, { bindsScopes: false })
    expect(await caller.call('write')).toBe('written')
    expect(logins()).toBe(2)
    expect(await caller.call('whoami')).toBe('ada')
  })
}

const v2 =
  (mode: Parameters<typeof officialV2>[2]): Bring =>
  async (url) => {
    const login = new OfficialLogin()
    return { caller: await officialV2(url, login, mode), logins: () => login.logins }
  }
const v1: Bring = async (url) => {
  const login = new OfficialLogin()
  return { caller: await officialV1(url, login), logins: () => login.logins }
}
const ours =
  (versions?: readonly string[]): Bring =>
  (url) =>
    parley(url, versions)

// Whoever is protected has to say under which address, before listening there.
const serveEcho: Serve = async ({ issuer }) =>
  startEcho(['--port', String(await freePort()), '--auth', '--issuer', issuer])

const theirClients = openPart(
  30,
  `Logging in: ${named('client')} and ${named('sdk')}, our server`,
  'The official clients at a protected server of ours, with `oidc-provider` as authorization server.',
)
const modern = '2026-07-28'
const legacy = '2025-11-25'
const clients: readonly [name: string, meeting: Omit<Meeting, 'serve'>][] = [
  ['client auto', { bring: v2('auto'), version: modern }],
  ['client legacy', { bring: v2('legacy'), version: legacy }],
  ['sdk', { bring: v1 }],
]
for (const [name, meeting] of clients) {
  theirClients(name, (cell) => {
    const here = { ...meeting, serve: (by: AuthorizationServer) => serveProtected(by) }
    logIn(cell, here)
    // In a session they refresh once for each request that is refused, the standing stream among them, and a server that
    // rotates takes the second for a theft.
    if (meeting.version === modern) refresh(cell, here)
    // Version 1.x asks for the new scopes alone, and gives up when what it had is missing.
    if (meeting.bring !== v1) stepUp(cell, here)
    cell('the echo server', async () => {
      const { authorizationServer, caller, logins } = await meet({ ...meeting, serve: serveEcho })
      expect(await caller.call('echo_whoami')).toContain('ada')
      expect(logins()).toBe(1)
      expect(authorizationServer.granted('authorization_code')).toBe(1)
    })
  })
}

const theirServer = openPart(
  31,
  `Logging in: our client, ${named('server')}`,
  `Our client at a server on the official SDK behind its own bearer middleware, with the same authorization server.`,
)
theirServer('negotiated', (cell) => {
  const meeting = { serve: serveOfficial, bring: ours(), version: modern }
  logIn(cell, meeting)
  refresh(cell, meeting)
  stepUp(cell, meeting)
})
theirServer(legacy, (cell) => {
  const meeting = { serve: serveOfficial, bring: ours([legacy]), version: legacy }
  logIn(cell, meeting)
  refresh(cell, meeting)
  stepUp(cell, meeting)
})
