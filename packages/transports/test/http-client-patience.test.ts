import { HttpFailure } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accepted, answer, failureOf, Far, modern, settle } from './http-client-fakes.ts'
import type { Play, Seen } from './http-client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

const later = (seconds: number, status = 429): Response =>
  new Response('later', { status, headers: { 'retry-after': String(seconds) } })

/** A server that refuses so many times first. */
const reluctant = (refusals: Response[], play: Play = (seen) => answer(seen)): Far =>
  new Far((seen, index) => refusals.shift() ?? play(seen, index))

const call = modern({ name: 'x' })

describe('a server that is asked too much', () => {
  it('6.1: is asked again when it said, a little later, and with fresh headers', async () => {
    let made = 0
    const far = reluctant([later(2), later(3)])
    const headers = (): HeadersInit => ({ authorization: `Bearer ${(made += 1)}` })
    await using link = await far.dial({ headers })
    const result = link.request('tools/call', call)
    await pass(2499)
    expect(far.seen).toHaveLength(1)
    await pass(1)
    expect(far.seen).toHaveLength(2)
    await pass(3500)
    expect(await result).toEqual({ resultType: 'complete' })
    expect(far.seen.map((seen) => seen.headers.get('authorization'))).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3'])
    expect(new Set(far.seen.map(({ text }) => text)).size).toBe(1)
  })

  it('is asked three times, and no more', async () => {
    const far = reluctant(Array.from({ length: 10 }, () => later(1)))
    await using link = await far.dial()
    const failure = failureOf(link.request('tools/call', call))
    await pass(10_000)
    expect(await failure).toMatchObject({ name: 'HttpFailure', status: 429 })
    expect(far.seen).toHaveLength(3)
  })

  it.each<[string, Response, number | undefined]>([
    ['for longer than its client waits', later(6), undefined],
    ['where its client waits for nothing', later(1), 0],
    ['by 503, which may have come in the middle of a call', later(1, 503), undefined],
    ['without saying when', new Response('later', { status: 429 }), undefined],
  ])('H14: is left alone %s', async (_, refusal, patience) => {
    const far = reluctant([refusal])
    await using link = await far.dial({ patience })
    const failure = await failureOf(link.request('tools/call', call))
    expect(failure).toBeInstanceOf(HttpFailure)
    expect(far.seen).toHaveLength(1)
  })

  it('is left alone when nobody waits any more', async () => {
    const far = reluctant([later(2)])
    await using link = await far.dial()
    const stop = new AbortController()
    const failure = failureOf(link.request('tools/call', call, { signal: stop.signal }))
    await settle()
    stop.abort(new Error('enough'))
    expect(await failure).toMatchObject({ message: 'enough' })
    await pass(10_000)
    expect(far.seen).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is asked again in a legacy session, its opening included', async () => {
    const version = '2025-11-25'
    const agree = (seen: Seen): Response => answer(seen, { protocolVersion: version, capabilities: {}, serverInfo: {} })
    const far = reluctant([later(1), later(1)], (seen) => {
      if (seen.body['method'] === 'initialize') return agree(seen)
      return seen.body['id'] === undefined ? accepted() : answer(seen, { done: true })
    })
    await using link = await far.dial({ listen: false })
    const opened = link.request('initialize', { protocolVersion: version, capabilities: {} })
    await pass(3000)
    await opened
    await link.notify('notifications/initialized')
    expect(await link.request('tools/call', { name: 'x' })).toEqual({ done: true })
    expect(far.calls('initialize')).toHaveLength(3)
  })
})
