import { describe, expect, it } from 'vitest'
import { watchOutput } from '../canary.ts'
import { honestMetadata, startHostile } from '../hostile.ts'
import type { Hostile, Lies } from '../hostile.ts'
import { having } from '../lie.ts'
import { forThisTest } from '../lifetime.ts'

watchOutput()

const start = async (lies?: Lies): Promise<Hostile> => forThisTest(await startHostile(lies))

const call = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'any', version: '1' } },
    }),
  })

describe('the hostile server', () => {
  it('is honest without a lie, and lets in whom it has given a token', async () => {
    const { origin, url, issued, credentials, count, heard } = await start()
    const refused = await call(url)
    expect(refused.status).toBe(401)
    const [, metadata = ''] = /resource_metadata="(.*)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
    expect(await (await fetch(metadata)).json()).toEqual({ resource: url, authorization_servers: [origin] })
    expect(await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json()).toEqual(
      honestMetadata(origin),
    )
    const query = new URLSearchParams({ redirect_uri: 'http://127.0.0.1:9/back', state: 's' })
    const sent = await fetch(`${origin}/authorize?${query}`, { redirect: 'manual' })
    const back = new URL(sent.headers.get('location') ?? '').searchParams
    expect(Object.fromEntries(back)).toEqual({ code: expect.stringMatching(/^code-/), state: 's', iss: origin })
    const body = new URLSearchParams({ code: back.get('code') ?? '', code_verifier: 'v' })
    const { access_token: token } = (await (await fetch(`${origin}/token`, { method: 'POST', body })).json()) as {
      access_token: string
    }
    expect((await call(url, { authorization: `Bearer ${token}` })).status).toBe(200)
    expect((await call(url, { authorization: 'Bearer other' })).status).toBe(401)
    expect(issued.size).toBe(3)
    expect(heard.map(({ step }) => step)).toEqual([
      'challenge',
      'resource',
      'metadata',
      'authorize',
      'token',
      'challenge',
    ])
    expect(count('challenge')).toBe(2)
    expect(credentials).toEqual([
      { kind: 'code', value: back.get('code'), at: '/token' },
      { kind: 'code_verifier', value: 'v', at: '/token' },
      { kind: 'authorization', value: 'Bearer other', at: '/mcp' },
    ])
  })

  it('notes credentials wherever they come', async () => {
    const { origin, credentials } = await start()
    await fetch(`${origin}/anywhere?access_token=a`, { headers: { cookie: 'c=1' } })
    const json = { 'content-type': 'application/json' }
    await fetch(`${origin}/register`, { method: 'POST', headers: json, body: '{"client_secret":"s","scope":"x"}' })
    await fetch(`${origin}/token`, { method: 'POST', body: new URLSearchParams({ refresh_token: 'r', state: 'no' }) })
    expect(credentials.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'access_token a',
      'cookie c=1',
      'client_secret s',
      'refresh_token r',
    ])
  })

  it('tells the lies it is given, slow ones too', async () => {
    const hostile = await start({ metadata: having({ issuer: 'x' }) })
    const read = async (path: string): Promise<string> => (await fetch(`${hostile.origin}/.well-known/${path}`)).text()
    expect(JSON.parse(await read('oauth-authorization-server'))).toMatchObject({ issuer: 'x' })
    const drops = async function* (): AsyncGenerator<string> {
      yield* ['{', '}']
    }
    hostile.lies = { metadata: () => ({ status: 200, body: drops() }) }
    expect(await read('oauth-authorization-server')).toBe('{}')
  })
})
