import { ConnectionClosed } from '@parley/core'
import type { Link } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchSilence } from '../src/http/silence.ts'
import { accepted, answer, failureOf, Far, Hearer, modern, settle, stream } from './http-client-fakes.ts'
import type { Play, Seen, Stream } from './http-client-fakes.ts'

const silence = 45_000
const version = '2025-11-25'
const forever = { timeout: Infinity, maxTimeout: Infinity }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds)

describe('a watch', () => {
  it('does not take for silence what it could not listen to itself', () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const onSilent = vi.fn()
    watchSilence(1000, onSilent)
    // The timer of 1000 ms runs after 3000, as when the loop was busy for so long.
    now = 3000
    vi.advanceTimersByTime(1000)
    expect(onSilent).not.toHaveBeenCalled()
    now = 4000
    vi.advanceTimersByTime(1000)
    expect(onSilent).toHaveBeenCalledOnce()
    vi.restoreAllMocks()
  })

  it('lasts longer than a timer can', () => {
    const onSilent = vi.fn()
    const watch = watchSilence(2 ** 32, onSilent)
    vi.advanceTimersByTime(2 ** 32 - 1)
    expect(onSilent).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onSilent).toHaveBeenCalledOnce()
    watch.end()
  })
})

describe('a silent modern stream', () => {
  const call = async (method: string, road: Stream): Promise<{ failed: Promise<unknown>; link: Link }> => {
    const link = await new Far(() => road.response).dial({ silence })
    const failed = failureOf(link.request(method, modern({ name: 'x' }), forever))
    await pass(0)
    return { failed, link }
  }

  it.each(['tools/call', 'subscriptions/listen'])('fails %s, and is let go', async (method) => {
    const road = stream()
    const { failed } = await call(method, road)
    await pass(silence)
    const failure = await failed
    expect(failure).toBeInstanceOf(ConnectionClosed)
    expect(failure).toMatchObject({ message: `The server was silent for ${silence} ms, and is taken to be gone` })
    await road.cancelled
  })

  it('H12: lasts as long as there are comments', async () => {
    const road = stream()
    const { failed, link } = await call('subscriptions/listen', road)
    let over = false
    void failed.then(() => (over = true))
    for (let beat = 0; beat < 10; beat += 1) {
      await pass(silence - 1)
      road.write(':\n\n')
      await pass(0)
    }
    expect(over).toBe(false)
    await pass(silence)
    expect(over).toBe(true)
    await link[Symbol.asyncDispose]()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is waited for where nobody says how long', async () => {
    const road = stream()
    const far = new Far(() => road.response)
    await using link = await far.dial()
    const answered = link.request('tools/call', modern({ name: 'x' }), forever)
    await pass(10 * 86_400_000)
    road.send({ id: far.seen[0]?.body['id'], result: { resultType: 'complete' } })
    expect(await answered).toEqual({ resultType: 'complete' })
  })
})

describe('a silent legacy stream', () => {
  const agreed = (seen: Seen): Response =>
    answer(
      seen,
      { protocolVersion: version, capabilities: {}, serverInfo: { name: 's', version: '1' } },
      { headers: { 'mcp-session-id': 's-1' } },
    )

  const server = (post: Play, get: Play): Far =>
    new Far((seen, index) => {
      if (seen.method === 'GET') return get(seen, index)
      if (seen.body['method'] === 'initialize') return agreed(seen)
      return seen.body['id'] === undefined ? accepted() : post(seen, index)
    })

  const open = async (far: Far, listen: boolean, client?: Hearer): Promise<Link> => {
    const link = await far.dial({ silence, listen }, client)
    await link.request('initialize', { protocolVersion: version, capabilities: {} })
    await link.notify('notifications/initialized')
    await settle()
    return link
  }

  it('G8: is resumed from where it fell silent', async () => {
    const first = stream()
    const second = stream()
    const far = server(
      () => first.response,
      () => second.response,
    )
    await using link = await open(far, false)
    const answered = link.request('tools/call', { name: 'x' }, forever)
    await pass(0)
    first.write('id: e-7\ndata:\n\n')
    await pass(silence + 1000)
    await first.cancelled
    expect(far.of('GET').map(({ headers }) => headers.get('last-event-id'))).toEqual(['e-7'])
    second.send({ id: far.calls('tools/call')[0]?.body['id'], result: { late: true } })
    expect(await answered).toEqual({ late: true })
  })

  it('G1: is opened again where it is the standing one, and so is one that is never answered', async () => {
    const first = stream()
    const last = stream()
    const gets: Play[] = [() => first.response, () => new Promise<Response>(() => undefined), () => last.response]
    const far = server(
      (seen) => answer(seen),
      (seen, index) => gets.shift()?.(seen, index) ?? new Response(null, { status: 405 }),
    )
    const client = new Hearer()
    const link = await open(far, true, client)
    first.send({ method: 'notifications/tools/list_changed' }, 'e-1')
    await client.until(1)
    await pass(silence + 1000)
    expect(far.of('GET')).toHaveLength(2)
    await pass(silence + 2000)
    expect(far.of('GET').map(({ headers }) => headers.get('last-event-id'))).toEqual([null, 'e-1', 'e-1'])
    last.send({ method: 'notifications/prompts/list_changed' }, 'e-2')
    await client.until(2)
    expect(client.heard.map(({ method }) => method)).toEqual([
      'notifications/tools/list_changed',
      'notifications/prompts/list_changed',
    ])
    await link[Symbol.asyncDispose]()
  })
})

it('a silent stream of HTTP+SSE ends its connection', async () => {
  const road = stream()
  const far = new Far((seen) => {
    if (seen.method === 'GET') return road.response
    return new URL(seen.url).pathname === '/mcp' ? new Response(null, { status: 405 }) : accepted()
  })
  const link = await far.dial({ silence })
  const opened = link.request('initialize', { protocolVersion: '2024-11-05', capabilities: {} })
  await pass(0)
  road.write('event: endpoint\ndata: /messages\n\n')
  await pass(0)
  road.send({ id: far.calls('initialize').at(-1)?.body['id'], result: { protocolVersion: '2024-11-05' } })
  await opened
  const call = failureOf(link.request('tools/list', {}, forever))
  await pass(silence)
  expect(await call).toBeInstanceOf(ConnectionClosed)
  expect(await link.closed).toBeInstanceOf(ConnectionClosed)
  await link[Symbol.asyncDispose]()
})
