import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkedFetch } from '../src/client.ts'
import { failureOf } from './world.ts'

const stream = (chunks: Iterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const source = chunks[Symbol.iterator]()
  return new ReadableStream({
    pull: (controller) => {
      const { value, done } = source.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
  })
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(10_000)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a checked fetch', () => {
  it('T30: ends an answer that is too long, whatever length it claims', async () => {
    let isCancelled = false
    const body = stream(endless())
    const inner = body.getReader()
    const watched = new ReadableStream<Uint8Array>({
      pull: async (controller) => controller.enqueue((await inner.read()).value ?? new Uint8Array()),
      cancel: () => {
        isCancelled = true
      },
    })
    const fetch = checkedFetch({ fetch: async () => new Response(watched, { headers: { 'content-length': '10' } }) })
    const failure = await failureOf(fetch(new URL('https://as.example/x')))
    expect(failure).toMatchObject({ check: 'document', expected: 'at most 262144 bytes', actual: 'more' })
    expect(isCancelled).toBe(true)
  })

  it('T30: ends an answer that drips', async () => {
    const fetch = checkedFetch({
      timeout: 20,
      fetch: async (_url, { signal }) =>
        new Response(
          new ReadableStream({
            start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
          }),
        ),
    })
    const failure = await failureOf(fetch(new URL('https://as.example/x')))
    expect(failure).toMatchObject({ check: 'document', message: expect.stringContaining('within 20 ms') })
  })

  it('T30: follows no redirect, and sends no cookies', async () => {
    const seen: RequestInit[] = []
    const fetch = checkedFetch({
      fetch: async (_url, init) => {
        seen.push(init)
        return new Response('', { status: 302, headers: { location: 'http://127.0.0.1/' } })
      },
    })
    const { status } = await fetch(new URL('https://as.example/x'))
    expect(status).toBe(302)
    expect(seen).toEqual([expect.objectContaining({ redirect: 'manual', credentials: 'omit' })])
  })

  it.each([
    ['http://as.example/x', false],
    ['http://localhost/x', false],
    ['http://as.example/x', true],
    ['https://127.0.0.1/x', false],
    ['https://0x7f.1/x', false],
    ['https://[::1]/x', false],
    ['https://a.localhost/x', false],
    ['file:///etc/passwd', true],
    ['data:application/json,{}', true],
  ])('T30: does not go to %s (loopback %s)', async (url, loopback) => {
    const fetch = checkedFetch({ fetch: () => Promise.reject(new Error('it went')) })
    expect(await failureOf(fetch(new URL(url), { loopback }))).toMatchObject({ check: 'address' })
  })

  it('says that it could not be reached, and why', async () => {
    const cause = new TypeError('fetch failed')
    const fetch = checkedFetch({ fetch: () => Promise.reject(cause) })
    expect(await failureOf(fetch(new URL('https://as.example/x')))).toMatchObject({ check: 'document', cause })
  })

  it('rejects with the reason of its signal', async () => {
    const fetch = checkedFetch({ fetch: (_url, { signal }) => Promise.reject(signal?.reason as Error) })
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await failureOf(fetch(new URL('https://as.example/x'), { signal }))).toMatchObject({ message: 'enough' })
  })
})
