import { HttpFailure } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { answer, failureOf, Far, modern } from './http-client-fakes.ts'

const to = (status: number, location?: string): Response =>
  new Response(null, { status, headers: location === undefined ? {} : { location } })

const secret = { headers: { Authorization: 'Bearer secret' } }

describe('a redirect', () => {
  it.each([301, 302, 307, 308])(
    'T36: %i within the origin is followed with method, body and headers',
    async (status) => {
      const far = new Far((seen, index) => (index === 0 ? to(status, '/mcp/') : answer(seen, { there: true })))
      await using link = await far.dial(secret)
      expect(await link.request('tools/list', modern())).toEqual({ there: true })
      expect(far.seen.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
        ['POST', 'https://example.com/mcp', 'manual'],
        ['POST', 'https://example.com/mcp/', 'manual'],
      ])
      expect(far.seen[1]?.text).toBe(far.seen[0]?.text)
      expect(far.seen[1]?.headers.get('authorization')).toBe('Bearer secret')
    },
  )

  it.each([
    'https://evil.example/mcp',
    'http://example.com/mcp',
    'https://example.com:8443/mcp',
    '//evil.example/mcp',
    'https://sub.example.com/mcp',
  ])('T36: to another origin (%s) nothing is sent at all', async (location) => {
    const far = new Far(() => to(307, location))
    await using link = await far.dial(secret)
    const failure = await failureOf(link.request('tools/list', modern()))
    expect(failure).toBeInstanceOf(HttpFailure)
    expect(failure).toMatchObject({ status: 307 })
    expect(String(failure)).toContain('another origin')
    expect(far.seen).toHaveLength(1)
  })

  it.each([
    [303, '/elsewhere', 'not to a place that takes messages'],
    [307, undefined, 'does not say where to'],
    [307, 'http://[', 'does not say where to'],
  ])('%i to %s is a failure', async (status, location, why) => {
    const far = new Far(() => to(status, location))
    await using link = await far.dial()
    expect(String(await failureOf(link.request('tools/list', modern())))).toContain(why)
    expect(far.seen).toHaveLength(1)
  })

  it('is followed five times and no more', async () => {
    const far = new Far((_seen, index) => to(307, `/${index}`))
    await using link = await far.dial()
    expect(String(await failureOf(link.request('tools/list', modern())))).toContain('again and again')
    expect(far.seen).toHaveLength(6)
  })

  it('that the platform hides is a failure that says so', async () => {
    // The status of an opaque redirect is 0 (Fetch, filtered responses), as that of an error is, which can be made.
    const far = new Far(() => Response.error())
    await using link = await far.dial()
    expect(String(await failureOf(link.request('tools/list', modern())))).toContain('use the final URL')
  })
})
