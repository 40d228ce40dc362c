import type { JsonObject } from '@parley/core'
import { decode } from '@parley/protocol'
import type { Exchange } from '@parley/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SseSessions } from '../src/http-sse/sessions.ts'
import { httpSse } from '../src/http-sse/server.ts'
import { HttpEndpoint } from '../src/http/endpoint.ts'
import type { ReadBody } from '../src/http/endpoint.ts'
import { FakeReply, gate, head, person, responderOf, settled } from './http-legacy-rig.ts'

afterEach(() => void vi.useRealTimers())

const minute = 60_000

type Handle = (exchange: Exchange) => JsonObject | Promise<JsonObject>

/** What a stream carried after it named its endpoint. */
const messagesOf = ({ events }: FakeReply): unknown[] => events.slice(1).map(({ data = '' }) => JSON.parse(data))

/** Sessions over a responder, and what opens clients of them. */
const rig = (handle: Handle = () => ({}), options: ConstructorParameters<typeof SseSessions>[2] = {}) => {
  const responder = responderOf(handle)
  const sessions = new SseSessions(responder, { path: '/sse', messages: '/messages', prefix: '' }, options)
  const open = (principal = person('alice')) => {
    const stream = new FakeReply()
    sessions.get(head('GET'), principal, stream)
    const path = stream.events[0]?.data ?? ''
    const post = (value: unknown): { reply: FakeReply; over: Promise<void> } => {
      const reply = new FakeReply()
      const over = sessions.post({ ...head('POST'), path }, decode(JSON.stringify(value)), principal, reply)
      return { reply, over }
    }
    const call = (id: number | string, method = 'a') => post({ jsonrpc: '2.0', id, method, params: {} })
    const initialize = async (): Promise<void> => {
      await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2024-11-05' } }).over
    }
    return { stream, path, post, call, initialize }
  }
  return { sessions, responder, open }
}

describe('sessions of HTTP+SSE', () => {
  it('are as many as may be, in all and of one principal', () => {
    const { sessions, open } = rig(undefined, { maxSessions: 3, maxSessionsPerPrincipal: 2 })
    const first = open()
    open()
    const third = open()
    expect([third.stream.status, third.stream.headers['retry-after']]).toEqual([503, '60'])
    const other = open(person('bob'))
    expect([other.stream.status, open(person('carol')).stream.status]).toEqual([200, 503])
    first.stream.leave()
    expect(sessions.size).toBe(2)
    expect(open().stream.status).toBe(200)
  })

  it('nobody in particular has no share to use up', () => {
    const { sessions } = rig(undefined, { maxSessionsPerPrincipal: 1 })
    const replies = [new FakeReply(), new FakeReply()]
    for (const reply of replies) sessions.get(head('GET'), undefined, reply)
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
  })

  it('serve so many requests at once, and take notifications all the same', async () => {
    const go = gate()
    const { open, responder } = rig(() => go.promise.then(() => ({})), { maxInFlightPerSession: 2 })
    const { stream, call, post } = open()
    const served = [call(1), call(2)]
    const { reply } = call(3)
    expect([reply.status, reply.headers['retry-after'], reply.json]).toMatchObject([429, '1', { id: 3 }])
    expect(post({ jsonrpc: '2.0', method: 'n' }).reply.status).toBe(202)
    go.open()
    await Promise.all(served.map(({ over }) => over))
    expect(messagesOf(stream)).toMatchObject([{ id: 1 }, { id: 2 }])
    expect(responder.heard).toMatchObject([{ method: 'n' }])
    expect(call(3).reply.status).toBe(202)
  })

  it('B2: an id that is in flight is not taken again, since one stream carries both answers', async () => {
    const { open } = rig(() => new Promise(() => undefined))
    const { stream, call } = open()
    expect([call(1).reply.status, call(1).reply.status]).toEqual([202, 202])
    await settled()
    expect(messagesOf(stream)).toMatchObject([{ id: 1, error: { code: -32600 } }])
  })

  it('C2: a request that was cancelled is not answered, and is no longer in flight', async () => {
    const { open } = rig(({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({}))))
    const { stream, call, post } = open()
    const { over } = call(1)
    await settled()
    await post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }).over
    await over
    expect(messagesOf(stream)).toEqual([])
  })

  it('a stream that nobody reads makes its sender wait', async () => {
    const told: string[] = []
    const { open } = rig(async (exchange) => {
      told.push('begun')
      await exchange.notify('notifications/message')
      told.push('sent')
      return {}
    })
    const { stream, call } = open()
    const free = stream.jam()
    const { over } = call(1)
    await settled()
    expect(told).toEqual(['begun'])
    free()
    await over
    expect(told).toEqual(['begun', 'sent'])
  })

  it('H12: silence is filled with comments, until the stream ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const { open } = rig(undefined, { keepAlive: 1000 })
    const { stream } = open()
    vi.advanceTimersByTime(1000)
    expect(stream.text).not.toContain(':\n\n')
    vi.advanceTimersByTime(1000)
    expect(stream.text.endsWith('\n\n:\n\n')).toBe(true)
    stream.leave()
    await settled()
    const { text } = stream
    vi.advanceTimersByTime(minute)
    expect([stream.text, stream.ended, vi.getTimerCount()]).toEqual([text, true, 0])
  })

  it('end when they are never initialized, and otherwise last as long as their stream', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    const { sessions, open } = rig(undefined, { sessionIdle: 10 * minute, keepAlive: Infinity })
    const silent = open()
    const used = open()
    await used.initialize()
    vi.advanceTimersByTime(9 * minute)
    expect(sessions.size).toBe(2)
    vi.advanceTimersByTime(minute)
    await settled()
    expect([silent.stream.ended, used.stream.ended, sessions.size]).toEqual([true, false, 1])
    vi.advanceTimersByTime(100 * minute)
    expect(used.call(1).reply.status).toBe(202)
    used.stream.leave()
    expect([sessions.size, vi.getTimerCount()]).toEqual([0, 0])
  })

  it('closing ends them though a handler does not, and lets none be opened', async () => {
    const reasons: unknown[] = []
    const { sessions, open } = rig(({ signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return new Promise(() => undefined)
    })
    const { stream, call } = open()
    const { over } = call(1)
    await settled()
    await sessions.close()
    await over
    expect([stream.ended, sessions.size, reasons]).toMatchObject([true, 0, [{ name: 'ConnectionClosed' }]])
    expect(open().stream.status).toBe(503)
  })

  it('a client that left before its stream began leaves nothing behind', async () => {
    const { sessions } = rig()
    const reply = new FakeReply()
    reply.leave()
    sessions.get(head('GET'), undefined, reply)
    await settled()
    expect([sessions.size, reply.ended]).toEqual([0, true])
  })
})

it('G13: nothing is read of what is sent to a stream that is not one’s own', async () => {
  const endpoint = new HttpEndpoint(
    responderOf(() => ({})),
    { sse: httpSse() },
  )
  const read: number[] = []
  const reply = new FakeReply()
  const sent = { host: 'localhost', 'content-type': 'application/json' }
  const body: ReadBody = ({ size }) => Promise.resolve(new Uint8Array(read.push(size)))
  await endpoint.handle({ ...head('POST', sent), path: '/messages/none' }, body, reply)
  expect([reply.status, read]).toEqual([404, []])
  expect(endpoint.inFlight).toBe(0)
})
