import { describe, expect, it } from 'vitest'
import { memoryStore, redirectBy } from '../src/client.ts'
import { Restraint } from '../src/client/restraint.ts'
import { failureOf, issuer, redirectUri, serverUrl, textOf, World } from './world.ts'

const wellKnown = 'https://mcp.example/.well-known/oauth-protected-resource'
const second = 'https://mcp.example/second'
const other = 'https://other.example'

/** A world with another server beside the first one. */
const withSecond = (name: string): World => {
  const world = new World()
  world.challenge = 'Bearer'
  world.documents.set(`${wellKnown}/second`, { resource: second, authorization_servers: [name] })
  world.publish(name)
  return world
}

describe('two servers of one user', () => {
  it('Z9: with one authorization server renew their tokens, although the client came back to two places', async () => {
    const world = withSecond(issuer)
    const store = memoryStore()
    const first = world.login({ store })
    const redirect = redirectBy('http://127.0.0.1:33419/callback', (url) => world.visit(url))
    const later = world.login({ store, url: second, redirect })
    await Promise.all([first.authorize(), later.authorize()])
    expect(world.registrations).toHaveLength(2)
    world.time += 3_600_001
    expect(await textOf(first.fetch(serverUrl))).toContain('served')
    expect(await textOf(later.fetch(second))).toContain('served')
    const renewals = world.to(`${issuer}/token`).filter(({ form }) => form.get('grant_type') === 'refresh_token')
    expect(renewals).toHaveLength(2)
    expect(new Set(renewals.map(({ form }) => form.get('client_id')))).toEqual(new Set(['client-1', 'client-2']))
    expect(world.visits).toHaveLength(2)
  })

  it('Z9: with two show a secret without an issuer to one of them, however soon they begin', async () => {
    const world = withSecond(other)
    const store = memoryStore()
    const identity = { preregistered: [{ clientId: 'by-hand', clientSecret: 'secret-canary' }] }
    const logins = [world.login({ store, identity }), world.login({ store, identity, url: second })]
    const outcomes = await Promise.allSettled(logins.map((login) => login.authorize()))
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect([...world.to(`${issuer}/token`), ...world.to(`${other}/token`)]).toHaveLength(1)
  })
})

describe('a resource with a query', () => {
  it.each([
    [serverUrl, `${serverUrl}?tenant=b`],
    [`${serverUrl}?tenant=a`, `${serverUrl}?tenant=b`],
    [`${serverUrl}?tenant=a`, `https://mcp.example/?tenant=b`],
  ])('Z3: of %s is not %s', async (url, resource) => {
    const world = new World()
    world.documents.set(`${wellKnown}/mcp`, { resource, authorization_servers: [issuer] })
    expect(await failureOf(world.login({ url }).fetch(url))).toMatchObject({ check: 'resource', actual: resource })
    expect(world.visits).toEqual([])
  })

  it.each([serverUrl, `${serverUrl}?tenant=a`])('Z3, Z11: may be %s', async (resource) => {
    const world = new World()
    const url = `${serverUrl}?tenant=a`
    world.documents.set(`${wellKnown}/mcp`, { resource, authorization_servers: [issuer] })
    expect(await textOf(world.login({ url }).fetch(url))).toContain('served')
    expect(world.visits[0]?.searchParams.get('resource')).toBe(resource)
    expect(world.visits[0]?.searchParams.get('redirect_uri')).toBe(redirectUri)
  })
})

describe('what is remembered of a server that wants others each time', () => {
  it('T15: has an end', () => {
    const restraint = new Restraint()
    for (let at = 0; at < 1000; at += 1) restraint.noteStep([`s${at}`], undefined)
    expect(restraint.isFutile(['s999'], undefined)).toBe(true)
    expect(restraint.isFutile(['s0'], undefined)).toBe(false)
  })
})
