import { AuthorizationRequired, memoryStore, oauth } from '@parley/auth/client'
import type { AuthorizationSession, OAuthOptions, UserLogin } from '@parley/auth/client'
import { connect } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { describe, expect, it } from 'vitest'
import { watchOutput } from '../canary.ts'
import { startHostile } from '../hostile.ts'
import type { Hostile } from '../hostile.ts'
import { forThisTest } from '../lifetime.ts'
import { refusal, textOf } from '../story.ts'
import { connectBy, redirectUri, visitor } from '../visitor.ts'

watchOutput()

const start = async (): Promise<Hostile> => forThisTest(await startHostile())

const loginAt = ({ url }: Hostile, options: Partial<OAuthOptions> = {}): UserLogin =>
  oauth(url, { redirect: redirectUri, ...options })

const sentBack = async (url: URL): Promise<URL> => {
  const { headers } = await fetch(url, { redirect: 'manual' })
  return new URL(headers.get('location') ?? '')
}

const codes = ({ credentials }: Hostile): string[] =>
  credentials.flatMap(({ kind, value }) => (kind === 'code' ? [value] : []))

describe('T34: a session of a login', () => {
  it('is JSON that another process can finish', async () => {
    const hostile = await start()
    const store = memoryStore()
    const { authorizationUrl, session } = await loginAt(hostile, { store }).begin()
    const carried = JSON.parse(JSON.stringify(session)) as AuthorizationSession
    const elsewhere = loginAt(hostile, { store })
    await elsewhere.finish(carried, await sentBack(authorizationUrl))
    const client = await connect(http(hostile.url, { fetch: elsewhere.fetch }), { name: 'any', version: '1.0.0' })
    await client.close()
    expect(codes(hostile).length).toBe(1)
  })

  it('is good once', async () => {
    const hostile = await start()
    const login = loginAt(hostile)
    const { authorizationUrl, session } = await login.begin()
    const back = await sentBack(authorizationUrl)
    await login.finish(session, back)
    expect((await refusal(login.finish(session, back))).check).toBe('state')
    expect(codes(hostile).length).toBe(1)
  })

  it('is good for its own answer, its own server and its own time', async () => {
    const [hostile, other] = await Promise.all([start(), start()])
    const clock = { time: Date.now() }
    const login = loginAt(hostile, { now: () => clock.time, patience: 1000 })
    const [first, second] = [await login.begin(), await login.begin()]
    const back = await sentBack(first.authorizationUrl)
    expect((await refusal(login.finish(second.session, back))).check).toBe('state')
    expect((await refusal(loginAt(other).finish(first.session, back))).check).toBe('state')
    clock.time += 1001
    expect((await refusal(login.finish(first.session, back))).check).toBe('state')
    expect([...codes(hostile), ...codes(other)]).toEqual([])
  })

  it('comes with the error that says where to go, which tells nothing of it to a log', async () => {
    const hostile = await start()
    const { fetch } = loginAt(hostile)
    const error = await refusal(connect(http(hostile.url, { fetch }), { name: 'any', version: '1.0.0' }))
    if (!(error instanceof AuthorizationRequired)) throw error
    expect(error.authorizationUrl.origin).toBe(hostile.origin)
    expect(textOf(error)).not.toContain(error.session.verifier)
  })
})

describe('T36: a token', () => {
  it.each([301, 302, 303, 307, 308])('does not follow a redirect with %i to another origin', async (status) => {
    const [hostile, elsewhere] = await Promise.all([start(), start()])
    const someone = visitor(hostile.url)
    const client = await connectBy(hostile.url, someone)
    hostile.lies = { challenge: () => ({ status, headers: { location: elsewhere.url } }) }
    await expect(client.callTool('echo_tool', { message: 'hello' })).rejects.toMatchObject({ name: 'HttpFailure' })
    await someone.login.fetch(hostile.url).catch(() => undefined)
    expect(elsewhere.credentials).toEqual([])
    await client.close()
  })

  it('does not go to another origin that the program asks for by mistake', async () => {
    const [hostile, elsewhere] = await Promise.all([start(), start()])
    const { login } = visitor(hostile.url)
    await login.authorize()
    const error = await refusal(login.fetch(elsewhere.url))
    expect(error).toMatchObject({ check: 'origin', expected: hostile.origin, actual: elsewhere.origin })
    expect(elsewhere.heard).toEqual([])
  })

  it('stands in no address', async () => {
    const hostile = await start()
    const client = await connectBy(hostile.url, visitor(hostile.url))
    await client.close()
    const queries = hostile.heard.map(({ request }) => String(request.query))
    expect(hostile.issued.size).toBe(3)
    expect([...hostile.issued].filter((secret) => queries.some((query) => query.includes(secret)))).toEqual([])
  })
})
