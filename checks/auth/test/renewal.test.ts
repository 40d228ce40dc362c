import { memoryStore } from '@parley/auth/client'
import type { CredentialStore } from '@parley/auth/client'
import { describe, expect, it } from 'vitest'
import { watchOutput } from '../canary.ts'
import { startHostile } from '../hostile.ts'
import type { Hostile, Lie } from '../hostile.ts'
import { having, without } from '../lie.ts'
import { forThisTest } from '../lifetime.ts'
import { refusal } from '../story.ts'
import { connectBy, visitor } from '../visitor.ts'
import type { Visitor } from '../visitor.ts'

watchOutput()

type Meeting = {
  readonly hostile: Hostile
  readonly someone: Visitor
  readonly clock: { time: number }
  readonly call: () => Promise<unknown>
}

/** Somebody is in, with a token that is good for an hour of their clock. */
const meet = async (store: CredentialStore = memoryStore()): Promise<Meeting> => {
  const hostile = forThisTest(await startHostile())
  const clock = { time: Date.now() }
  const someone = visitor(hostile.url, { store, now: () => clock.time })
  const client = forThisTest(await connectBy(hostile.url, someone))
  const call = async (): Promise<unknown> => (await client.callTool('echo_tool', { message: 'hello' })).content
  return { hostile, someone, clock, call }
}

const good = [{ type: 'text', text: 'Tool echo: hello' }]
const hour = 3_600_000

/** The values that a form had under a name, of all that came to the token endpoint. */
const sent = ({ heard }: Hostile, name: string): (string | null)[] =>
  heard.flatMap(({ step, request }) => (step === 'token' ? [new URLSearchParams(request.body).get(name)] : []))

describe('an authorization server that cannot renew a token', () => {
  it.each<[string, Lie]>([
    ['is down', () => ({ status: 503, body: 'down for maintenance' })],
    ['has had enough', () => ({ status: 429, headers: { 'retry-after': '1' } })],
    ['answers a page', () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' })],
    ['answers nothing', () => ({ status: 200 })],
    ['sends elsewhere', () => ({ status: 307, headers: { location: 'http://127.0.0.1:9/token' } })],
    ['answers a token of another kind', having({ token_type: 'mac' })],
    ['says that it is broken', () => ({ status: 400, body: { error: 'server_error' } })],
  ])('takes nothing away when it %s', async (_, lie) => {
    const { hostile, someone, clock, call } = await meet()
    hostile.lies = { token: lie }
    clock.time += hour - 1000
    // It is due, and still good.
    expect(await call()).toEqual(good)
    clock.time += 60_000
    await refusal(call())
    expect(someone.opened.length).toBe(1)
    hostile.lies = {}
    clock.time += 60_000
    expect(await call()).toEqual(good)
    expect(someone.opened.length).toBe(1)
    // One refresh token, shown as often as it took.
    expect(new Set(sent(hostile, 'refresh_token').filter((token) => token !== null)).size).toBe(1)
  })

  it.each([
    ['the grant', 'invalid_grant', 1],
    ['the client', 'invalid_client', 2],
  ])('has the user log in again, once, when it no longer knows %s', async (_, error, registrations) => {
    const { hostile, someone, clock, call } = await meet()
    hostile.lies = {
      token: (honest, heard) =>
        heard.body.includes('grant_type=refresh_token') ? { status: 400, body: { error } } : honest,
    }
    clock.time += 2 * hour
    expect(await Promise.all([call(), call(), call()])).toEqual([good, good, good])
    expect(someone.opened.length).toBe(2)
    expect(hostile.count('register')).toBe(registrations)
    expect(sent(hostile, 'grant_type')).toEqual(['authorization_code', 'refresh_token', 'authorization_code'])
  })

  it('is asked with the same refresh token again where it gives no other', async () => {
    const { hostile, clock, call } = await meet()
    hostile.lies = { token: without('refresh_token') }
    clock.time += 2 * hour
    expect(await call()).toEqual(good)
    clock.time += 2 * hour
    expect(await call()).toEqual(good)
    const [, first, second] = sent(hostile, 'refresh_token')
    expect(first).toMatch(/^refresh-/)
    expect(second).toBe(first)
  })
})

describe('several logins with one store', () => {
  it('send the user to log in once, though they come at once', async () => {
    const { hostile } = await meet()
    const store = memoryStore()
    const visitors = [visitor(hostile.url, { store }), visitor(hostile.url, { store }), visitor(hostile.url, { store })]
    const clients = await Promise.all(visitors.map((someone) => connectBy(hostile.url, someone)))
    await Promise.all(clients.map((client) => client.close()))
    expect(visitors.flatMap(({ opened }) => opened).length).toBe(1)
  })

  it('keep users apart', async () => {
    const { hostile } = await meet()
    const store = memoryStore()
    for (const account of ['ada', 'bob']) {
      const someone = visitor(hostile.url, { store, account })
      await (await connectBy(hostile.url, someone)).close()
      expect(someone.opened.length).toBe(1)
    }
    const again = visitor(hostile.url, { store, account: 'ada' })
    await (await connectBy(hostile.url, again)).close()
    expect(again.opened).toEqual([])
  })

  it('have nothing left when one has forgotten it', async () => {
    const store = memoryStore()
    const { hostile, someone } = await meet(store)
    await someone.login.forget()
    const again = visitor(hostile.url, { store })
    await (await connectBy(hostile.url, again)).close()
    expect(again.opened.length).toBe(1)
    expect(hostile.count('register')).toBe(1)
  })
})
