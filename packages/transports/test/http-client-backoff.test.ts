import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Backoff, pause, retryAfter } from '../src/http/backoff.ts'

describe('a back-off', () => {
  it('6.1: doubles from half a second to half a minute, and starts anew', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const backoff = new Backoff()
    expect(Array.from({ length: 9 }, () => backoff.next())).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ])
    backoff.reset()
    expect(backoff.next()).toBe(500)
  })

  it('6.1: is off by up to half of it, and never longer than half a minute', () => {
    const random = vi.spyOn(Math, 'random')
    const backoff = new Backoff()
    random.mockReturnValue(0)
    expect(backoff.next()).toBe(250)
    random.mockReturnValue(0.999)
    expect(backoff.next()).toBeCloseTo(1499, 0)
    for (let count = 0; count < 10; count += 1) expect(backoff.next()).toBeLessThanOrEqual(30_000)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  it.each([
    [undefined, 0],
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', 0],
    ['99999999999999999999', 0],
  ])('%s', (text, milliseconds) => {
    expect(retryAfter(new Headers(text === undefined ? {} : { 'retry-after': text }), now)).toBe(milliseconds)
  })
})

describe('a pause', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends early with the reason of its signal, and leaves no timer', async () => {
    const abort = new AbortController()
    const paused = pause(1000, abort.signal).catch((error: unknown) => error)
    abort.abort('enough')
    expect(await paused).toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
    expect(await pause(1000, abort.signal).catch((error: unknown) => error)).toBe('enough')
  })

  it.each([
    [0, 10],
    [1e12, 0x7fffffff],
  ])('of %i ms takes %i', async (asked, taken) => {
    let over = false
    void pause(asked, new AbortController().signal).then(() => (over = true))
    await vi.advanceTimersByTimeAsync(taken - 1)
    expect(over).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(over).toBe(true)
  })
})
