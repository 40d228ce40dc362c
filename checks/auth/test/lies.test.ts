import { AuthError, checkedFetch } from '@parley/auth/client'
import type { SafeFetch } from '@parley/auth/client'
import { safeFetch } from '@parley/auth/node'
import type { Client } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { watchOutput } from '../canary.ts'
import { startHostile } from '../hostile.ts'
import type { Answer, Hostile } from '../hostile.ts'
import { after } from '../lie.ts'
import type { Row } from '../lie.ts'
import { early, tokenRoads, tokens } from '../lies.ts'
import { forThisTest } from '../lifetime.ts'
import { overhearError, textOf } from '../story.ts'
import { connectBy, visitor } from '../visitor.ts'
import type { Visitor } from '../visitor.ts'

watchOutput()

// What is slow is found out by the clock, so that of these is faster.
const pinned = safeFetch({ timeout: 500 })
const plain = checkedFetch({ timeout: 500 })

type Met = { hostile: Hostile; error: unknown; elsewhere: Hostile; someone: Visitor }

/** Meets a server that lies, and gives what came of it. */
const meet = async (row: Row, metadataFetch: SafeFetch = pinned): Promise<Met> => {
  const [hostile, elsewhere] = [forThisTest(await startHostile()), forThisTest(await startHostile())]
  hostile.lies = row.lies(hostile, elsewhere.origin)
  const { returns = (back: URL) => back } = row
  const someone = visitor(hostile.url, {
    returns: (back) => returns(back, hostile),
    metadataFetch,
  })
  const error: unknown = await connectBy(hostile.url, someone).then(
    (client) => client.close(),
    (refusal: unknown) => refusal,
  )
  return { hostile, error, elsewhere, someone }
}

/** That the right check failed, that it tells what was compared, and that it tells no secret. */
const expectRefusal = (row: Row, error: unknown, hostile: Hostile, elsewhere: string): void => {
  const { check, message } = overhearError(error)
  expect(check).toBe(row.check)
  const [expected, actual] = row.compared?.(hostile, elsewhere) ?? []
  if (expected !== undefined) expect(message).toContain(expected)
  if (actual !== undefined) expect(message).toContain(actual)
}

const expectNothingAfter = ({ until }: Row, hostile: Hostile): void => {
  expect(after(until).filter((step) => hostile.count(step) > 0)).toEqual([])
}

describe('SEC-OAUTH-2: a server that lies learns nothing', () => {
  it.each(early)('when $lie', async (row) => {
    const { hostile, error, elsewhere, someone } = await meet(row)
    expectRefusal(row, error, hostile, elsewhere.origin)
    expectNothingAfter(row, hostile)
    expect(hostile.credentials).toEqual([])
    expect(elsewhere.heard).toEqual([])
    expect(someone.opened.length).toBe(hostile.count('authorize'))
    // SEC-DOWN-1: it is not taken for an old server, and nothing else is tried.
    const asked = hostile.heard
      .filter(({ step }) => step === 'challenge')
      .map(({ request }) => request.headers['mcp-method'])
    expect(new Set(asked)).toEqual(new Set(['server/discover']))
  })

  it.each(early.filter(({ lie, check }) => check === 'document' || lie.includes('elsewhere')))(
    'where there is no more than fetch, when $lie',
    async (row) => {
      const { hostile, error, elsewhere } = await meet(row, plain)
      expectRefusal(row, error, hostile, elsewhere.origin)
      expectNothingAfter(row, hostile)
      expect(hostile.credentials).toEqual([])
    },
  )

  it('Z12: nor is the text shown of an error that came from another issuer', async () => {
    const row = early.find(({ lie }) => lie === 'the issuer of the answer is another, and it is an error')
    if (row === undefined) throw new Error('There is no such lie')
    const { error } = await meet(row)
    expect(textOf(error)).not.toContain('Call this number')
    expect(textOf(error)).not.toContain('server_error')
  })
})

describe('what the token endpoint says', () => {
  it.each([...tokens, ...tokenRoads])('is refused when $lie', async (row) => {
    const { hostile, error, elsewhere } = await meet(row)
    expectRefusal(row, error, hostile, elsewhere.origin)
    // The code and its verifier go to the endpoint once, and no further.
    expect(hostile.count('token')).toBe(1)
    expect(hostile.credentials.map(({ kind, at }) => `${kind} ${at}`).toSorted()).toEqual([
      'code /token',
      'code_verifier /token',
    ])
    expect(elsewhere.heard).toEqual([])
  })
})

/** Somebody who was let in, and to whom the server may change. */
const enter = async (): Promise<{ hostile: Hostile; client: Client; someone: Visitor }> => {
  const hostile = forThisTest(await startHostile())
  const someone = visitor(hostile.url)
  const client = forThisTest(await connectBy(hostile.url, someone))
  return { hostile, client, someone }
}

describe('a server that is never content', () => {
  const challenging =
    (status: number, header: (hostile: Hostile) => string) =>
    (hostile: Hostile): Answer => ({ status, headers: { 'www-authenticate': header(hostile) } })
  const metadata = ({ origin }: Hostile): string => `${origin}/.well-known/oauth-protected-resource/mcp`
  const refuses = challenging(401, (hostile) => `Bearer resource_metadata="${metadata(hostile)}"`)
  const row: Row = {
    lie: '',
    lies: (hostile) => ({ challenge: () => refuses(hostile) }),
    check: 'refused',
    until: 'token',
  }

  it('is given up when it refuses the very tokens that were issued for it', async () => {
    const { hostile, error, elsewhere } = await meet(row)
    expectRefusal(row, error, hostile, elsewhere.origin)
    expect(hostile.count('authorize')).toBe(1)
    expect(hostile.count('challenge')).toBeLessThanOrEqual(4)
  })

  it('T35: is given up after three tries when no scope is enough', async () => {
    let asked = 0
    const more = challenging(
      403,
      (hostile) => `Bearer error="insufficient_scope", scope="s${asked++}", resource_metadata="${metadata(hostile)}"`,
    )
    const lies: Row['lies'] = (hostile) => ({
      challenge: (_, { headers }) => (headers.authorization === undefined ? refuses(hostile) : more(hostile)),
    })
    const { hostile, error, elsewhere, someone } = await meet({ ...row, lies, check: 'scope' })
    expectRefusal({ ...row, check: 'scope' }, error, hostile, elsewhere.origin)
    expect(someone.opened.length).toBeGreaterThan(1)
    // The first login, and three tries.
    expect(someone.opened.length).toBeLessThanOrEqual(4)
    expect(hostile.count('challenge')).toBeLessThanOrEqual(6)
  })

  it('T35: opens one browser, and not one for each call that it refuses', async () => {
    const { hostile, client, someone } = await enter()
    hostile.lies = { challenge: (honest) => honest }
    for (let call = 0; call < 5; call += 1) await client.callTool('echo_tool').catch(overhearError)
    expect(someone.opened.length).toBeLessThanOrEqual(2)
  })

  it('T35: opens no browser for a scope that it does not name', async () => {
    const { hostile, client, someone } = await enter()
    hostile.lies = { challenge: () => challenging(403, () => 'Bearer error="insufficient_scope"')(hostile) }
    await client.callTool('echo_tool').catch(overhearError)
    expect(someone.opened.length).toBe(1)
  })

  it('T35: opens a browser for three new scopes, and for no more', async () => {
    const { hostile, client, someone } = await enter()
    let asked = 0
    const more = challenging(403, () => `Bearer error="insufficient_scope", scope="s${asked++}"`)
    hostile.lies = { challenge: () => more(hostile) }
    for (let call = 0; call < 5; call += 1) await client.callTool('echo_tool').catch(overhearError)
    expect(someone.opened.length).toBeLessThanOrEqual(4)
  })

  it.each([
    ['commas', ','.repeat(15_000)],
    ['quotes', 'Bearer realm="' + '\\"'.repeat(7000)],
    ['schemes', 'Bearer, '.repeat(1800)],
    ['parameters', `Bearer ${Array.from({ length: 1500 }, (_, index) => `p${index}=1`).join(', ')}`],
    ['equals signs', `Bearer ${'='.repeat(15_000)}`],
    ['blanks', `Bearer${' '.repeat(15_000)}x`],
  ])('is read in no time when its challenge is made of %s', async (_, header) => {
    const lies: Row['lies'] = (hostile) => ({ challenge: () => challenging(401, () => header)(hostile) })
    const began = performance.now()
    const { error } = await meet({ ...row, lies })
    expect(error).toBeInstanceOf(AuthError)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
