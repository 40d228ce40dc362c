import { describe, expect, it } from 'vitest'
import { memoryStore, redirectBy } from '../src/client.ts'
import { failureOf, issuer, redirectUri, serverUrl, textOf, withResolvers, World } from './world.ts'

describe('forgetting a token', () => {
  it('waits for a renewal that is under way, and forgets and revokes what it brings', async () => {
    const world = new World()
    const store = memoryStore()
    const login = world.login({ store })
    await login.authorize()
    const arrived = withResolvers<void>()
    const go = withResolvers<undefined>()
    world.answers.set(`${issuer}/token`, () => {
      arrived.resolve()
      return go.promise
    })
    world.time += 3_599_000
    const renewing = login.fetch(serverUrl).catch((error: unknown) => error)
    await arrived.promise
    const forgotten = login.forget()
    go.resolve(undefined)
    await forgotten
    await renewing
    world.answers.delete(`${issuer}/token`)
    const last = [...world.refreshTokens].filter(([, { isUsed }]) => !isUsed).map(([token]) => token)
    expect(world.to(`${issuer}/revoke`).map(({ form }) => form.get('token'))).toEqual(last)
    const visits = world.visits.length
    expect(await textOf(world.login({ store }).fetch(serverUrl))).toContain('served')
    expect(world.visits.length).toBe(visits + 1)
  })

  it('gives a login up that is under way', async () => {
    const world = new World()
    const visited = withResolvers<void>()
    // It does not even look at its signal.
    const redirect = redirectBy(redirectUri, () => {
      visited.resolve()
      return new Promise(() => undefined)
    })
    const login = world.login({ redirect })
    const trying = failureOf(login.fetch(serverUrl))
    await visited.promise
    await login.forget()
    expect(await trying).toMatchObject({ check: 'authorization' })
    expect(world.to(`${issuer}/token`)).toEqual([])
  })
})
