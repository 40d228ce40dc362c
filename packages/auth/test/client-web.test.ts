import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AuthorizationRequired, memoryStore } from '../src/client.ts'
import type { AuthorizationSession } from '../src/client.ts'
import { failureOf, issuer, serverUrl, textOf, World } from './world.ts'

const redirect = 'https://app.example/callback'

const throughJson = (session: AuthorizationSession): AuthorizationSession =>
  JSON.parse(JSON.stringify(session)) as AuthorizationSession

describe('a program that redirects by itself', () => {
  it('is told where to send the user, and takes the answer in another process', async () => {
    const world = new World()
    const store = memoryStore()
    const required = await failureOf(world.login({ redirect, store }).fetch(serverUrl))
    if (!(required instanceof AuthorizationRequired)) throw required
    const session = throughJson(required.session)
    const callback = await world.visit(required.authorizationUrl)
    const asked = world.seen.length
    const later = world.login({ redirect, store })
    await later.finish(session, callback.href)
    // Discovery came along: nothing is looked up again.
    expect(world.trace.slice(asked)).toEqual([`POST ${issuer}/token`])
    expect(await textOf(later.fetch(serverUrl))).toContain('served')
    expect(await textOf(world.login({ redirect, store }).fetch(serverUrl))).toContain('served')
  })

  it('begins by itself, with more scopes', async () => {
    const world = new World()
    world.challenge += ', scope="a"'
    const login = world.login({ redirect })
    const { authorizationUrl, session } = await login.begin({ scopes: ['b'] })
    expect(authorizationUrl.searchParams.get('scope')).toBe('a b')
    expect(authorizationUrl.searchParams.get('redirect_uri')).toBe(redirect)
    await login.finish(session, await world.visit(authorizationUrl))
    expect(await textOf(login.fetch(serverUrl))).toContain('served')
  })

  it('T34: takes an answer once', async () => {
    const world = new World()
    const login = world.login({ redirect })
    const { authorizationUrl, session } = await login.begin()
    const callback = await world.visit(authorizationUrl)
    await login.finish(session, callback)
    expect(await failureOf(login.finish(session, callback))).toMatchObject({ check: 'state' })
    expect(world.to(`${issuer}/token`)).toHaveLength(1)
  })

  it('T34: takes no answer of another session, of another server, or to no session', async () => {
    const world = new World()
    const login = world.login({ redirect })
    const [one, two] = [await login.begin(), await login.begin()]
    const callback = await world.visit(two.authorizationUrl)
    expect(await failureOf(login.finish(one.session, callback))).toMatchObject({ check: 'state' })
    const elsewhere = { ...two.session, server: 'https://other.example/mcp' }
    expect(await failureOf(login.finish(elsewhere, callback))).toMatchObject({ check: 'state' })
    expect(await failureOf(login.finish({} as AuthorizationSession, callback))).toMatchObject({ check: 'state' })
    expect(world.to(`${issuer}/token`)).toEqual([])
  })

  it('keeps the session out of what a logger would print', async () => {
    const world = new World()
    const required = await failureOf(world.login({ redirect }).fetch(serverUrl))
    if (!(required instanceof AuthorizationRequired)) throw required
    const printed = inspect(required, { depth: 9, showHidden: true }) + JSON.stringify(required)
    expect(printed).not.toContain(required.session.verifier)
  })

  it('T32: a code goes to the issuer that was asked, whatever has changed since', async () => {
    const world = new World()
    const login = world.login({ redirect })
    const { authorizationUrl, session } = await login.begin()
    const callback = await world.visit(authorizationUrl)
    world.publish('https://evil.example')
    world.documents.set('https://mcp.example/.well-known/oauth-protected-resource/mcp', {
      resource: serverUrl,
      authorization_servers: ['https://evil.example'],
    })
    await login.finish(session, callback)
    expect(world.to('https://evil.example/token')).toEqual([])
  })
})
