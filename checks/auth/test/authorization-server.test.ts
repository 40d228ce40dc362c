import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { introspector, startAuthorizationServer } from '../authorization-server.ts'
import type { AuthorizationServer, AuthorizationServerOptions } from '../authorization-server.ts'
import { Browser } from '../browser.ts'
import type { BrowserOptions } from '../browser.ts'
import { watchOutput } from '../canary.ts'
import { forThisTest } from '../lifetime.ts'

watchOutput()

const resource = 'http://127.0.0.1:9/mcp'
const redirect = 'http://127.0.0.1:9/callback'
type Answer = { readonly [name: string]: string }

const start = async (options?: AuthorizationServerOptions): Promise<AuthorizationServer> =>
  forThisTest(await startAuthorizationServer(options))

const post = async (url: string, fields: Answer): Promise<{ status: number; body: Answer }> => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  const body = await response.text()
  return { status: response.status, body: body === '' ? {} : (JSON.parse(body) as Answer) }
}

const register = async ({ issuer }: AuthorizationServer): Promise<string> => {
  const metadata = {
    application_type: 'native',
    redirect_uris: [redirect],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${issuer}/reg`, { method: 'POST', headers, body: JSON.stringify(metadata) })
  expect(response.status).toBe(201)
  return ((await response.json()) as { client_id: string }).client_id
}

const authorize = async (
  { issuer }: AuthorizationServer,
  client: string,
  scope = 'echo:read',
  person: BrowserOptions = {},
): Promise<{ answer: URLSearchParams; verifier: string }> => {
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL('/auth', issuer)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const asked = { client_id: client, response_type: 'code', redirect_uri: redirect, scope, resource, state: 's' }
  url.search = String(new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: 'S256' }))
  const back = await new Browser(person).authorize(url)
  expect(`${back.origin}${back.pathname}`).toBe(redirect)
  return { answer: back.searchParams, verifier }
}

const logIn = async (server: AuthorizationServer, client: string, scope?: string): Promise<Answer> => {
  const { answer, verifier } = await authorize(server, client, scope)
  expect(answer.get('iss')).toBe(server.issuer)
  expect(answer.get('state')).toBe('s')
  const code = answer.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', redirect_uri: redirect, client_id: client, resource }
  const { status, body } = await post(`${server.issuer}/token`, { ...grant, code, code_verifier: verifier })
  expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  return body
}

const refresh = (server: AuthorizationServer, client: string, token: string) =>
  post(`${server.issuer}/token`, { grant_type: 'refresh_token', client_id: client, refresh_token: token, resource })

const introspect = async ({ issuer }: AuthorizationServer, token: string): Promise<unknown> =>
  (await post(`${issuer}/token/introspection`, { ...introspector, token })).body

afterEach(() => {
  vi.useRealTimers()
})

describe('the real authorization server', () => {
  it('registers, logs in, and issues a JWT for the resource', async () => {
    const server = await start()
    const client = await register(server)
    const { access_token: token = '', refresh_token: renewing = '', scope } = await logIn(server, client)
    const keys = createRemoteJWKSet(new URL('/jwks', server.issuer))
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: server.issuer, audience: resource })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(payload).toMatchObject({ sub: 'ada', aud: resource, client_id: client, scope: 'echo:read' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    expect(scope).toBe('echo:read')
    expect(server.registered).toEqual([client])
    expect(server.granted('authorization_code')).toBe(1)
    expect(server.requests).toMatchObject([{ grant: 'authorization_code', clientId: client, resource }])
    for (const secret of [token, renewing]) expect(server.secrets).toContain(secret)
    // The code, its verifier, two tokens, and what the registration may be changed with.
    expect(server.secrets.size).toBe(5)
  })

  it('says what it can in both discovery documents', async () => {
    const { issuer } = await start({ documents: {} })
    const documents = await Promise.all(
      ['oauth-authorization-server', 'openid-configuration'].map(async (name) =>
        (await fetch(`${issuer}/.well-known/${name}`)).json(),
      ),
    )
    for (const document of documents) {
      expect(document).toMatchObject({
        issuer,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: true,
        registration_endpoint: `${issuer}/reg`,
        scopes_supported: ['openid', 'offline_access', 'echo:read', 'echo:write', 'echo:admin'],
      })
    }
  })

  it('rotates refresh tokens, and takes back the grant when one comes twice', async () => {
    const server = await start()
    const client = await register(server)
    const first = await logIn(server, client)
    const second = await refresh(server, client, first['refresh_token'] ?? '')
    expect(second.status).toBe(200)
    expect(second.body['refresh_token']).not.toBe(first['refresh_token'])
    const replayed = await refresh(server, client, first['refresh_token'] ?? '')
    expect(replayed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    // The one that was good a moment ago is gone with its grant.
    const after = await refresh(server, client, second.body['refresh_token'] ?? '')
    expect(after).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(server.granted('refresh_token')).toBe(1)
    expect(server.requests.map(({ error }) => error)).toEqual([undefined, undefined, 'invalid_grant', 'invalid_grant'])
  })

  it('issues tokens that expire when they are told to, by the clock of this process', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const server = await start({ format: 'opaque', seconds: 60 })
    const token = (await logIn(server, await register(server)))['access_token'] ?? ''
    expect(await introspect(server, token)).toMatchObject({
      active: true,
      sub: 'ada',
      aud: resource,
      scope: 'echo:read',
    })
    vi.setSystemTime(Date.now() + 61_000)
    expect(await introspect(server, token)).toEqual({ active: false })
  })

  it('takes back tokens one by one and all at once', async () => {
    const server = await start({ format: 'opaque' })
    const client = await register(server)
    const [one, other] = [await logIn(server, client), await logIn(server, client)]
    const taken = await post(`${server.issuer}/token/revocation`, {
      token: one['access_token'] ?? '',
      client_id: client,
    })
    expect(taken.status).toBe(200)
    expect(await introspect(server, one['access_token'] ?? '')).toEqual({ active: false })
    expect(await introspect(server, other['access_token'] ?? '')).toMatchObject({ active: true })
    server.revoke()
    expect(await introspect(server, other['access_token'] ?? '')).toEqual({ active: false })
    expect(await refresh(server, client, other['refresh_token'] ?? '')).toMatchObject({ status: 400 })
  })

  it('grants no more than was asked for, and nothing when the person says no', async () => {
    const server = await start()
    const client = await register(server)
    expect((await logIn(server, client, 'echo:read echo:write'))['scope']).toBe('echo:read echo:write')
    const { answer } = await authorize(server, client, 'echo:admin', { consents: false })
    expect(Object.fromEntries(answer)).toMatchObject({ error: 'access_denied', state: 's', iss: server.issuer })
  })

  it('takes a client-id metadata document for an identity', async () => {
    const id = 'https://client.example/metadata.json'
    const document = { client_id: id, client_name: 'Parley', redirect_uris: [redirect], application_type: 'native' }
    const grants = { grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'none' }
    const server = await start({ documents: { [id]: { ...document, ...grants } }, registration: false })
    const { refresh_token: renewing = '' } = await logIn(server, id)
    expect((await refresh(server, id, renewing)).status).toBe(200)
    expect(server.requests.map(({ clientId }) => clientId)).toEqual([id, id])
  })

  it('does not know a client that it has forgotten', async () => {
    const server = await start()
    const client = await register(server)
    const { refresh_token: renewing = '' } = await logIn(server, client)
    server.forgetClients()
    expect(await refresh(server, client, renewing)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('holds up requests for tokens when it is told to, and never serves those whose sender has left', async () => {
    const server = await start()
    const client = await register(server)
    const { refresh_token: renewing = '' } = await logIn(server, client)
    const { come, left } = server.tokens.close()
    const leaving = new AbortController()
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: client, refresh_token: renewing })
    const lost = fetch(`${server.issuer}/token`, { method: 'POST', body, signal: leaving.signal }).catch(String)
    await come
    leaving.abort('gone')
    expect(await lost).toBe('gone')
    await left
    server.tokens.open()
    expect((await refresh(server, client, renewing)).status).toBe(200)
    expect(server.granted('refresh_token')).toBe(1)
  })

  it('runs as a process of its own, until its input ends', async () => {
    const script = fileURLToPath(new URL('../dist/fixtures/authorization-server.js', import.meta.url))
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    const gone = once(child, 'exit')
    const [issuer] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const document = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
    expect(document).toMatchObject({ issuer, code_challenge_methods_supported: ['S256'] })
    child.stdin.end()
    expect(await gone).toEqual([0, null])
  }, 30_000)
})
