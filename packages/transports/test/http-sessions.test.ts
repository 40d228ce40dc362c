import { afterEach, describe, expect, it, vi } from 'vitest'
import { gate, opened, person, rig, settled, Visitor } from './http-legacy-rig.ts'

afterEach(() => void vi.useRealTimers())

const minute = 60_000

describe('opening and ending sessions', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'G2: initialize names a session in %s',
    async (version) => {
      const { sessions, visitor } = rig()
      const reply = await visitor.initialize(version)
      expect(reply.status).toBe(200)
      expect(reply.json).toMatchObject({ id: 0, result: { protocolVersion: version } })
      // 128 random bits as base64url.
      expect(visitor.session).toMatch(/^[\w-]{22}$/)
      expect(sessions.size).toBe(1)
    },
  )

  it('G2: every session has another id', async () => {
    const { sessions } = rig()
    const visitors = Array.from({ length: 100 }, () => new Visitor(sessions))
    await Promise.all(visitors.map((visitor) => visitor.initialize()))
    expect(new Set(visitors.map(({ session }) => session)).size).toBe(100)
  })

  it('an initialize that is refused opens nothing', async () => {
    const { sessions, visitor } = rig()
    const reply = visitor.request(1, 'initialize', {})
    await settled()
    expect([reply.status, reply.headers['mcp-session-id']]).toEqual([200, undefined])
    expect(reply.json).toMatchObject({ id: 1, error: { code: -32602 } })
    expect(sessions.size).toBe(0)
  })

  it('handlers learn the session by the name that its client uses', async () => {
    const names: unknown[] = []
    const { visitor } = await opened('2025-11-25', ({ session }) => ({ name: names.push(session?.id) }))
    visitor.request(1, 'a')
    await settled()
    expect(names).toEqual([visitor.session])
  })

  it.each(['POST', 'GET', 'DELETE'])('G3: %s without a session is 400', async (method) => {
    const { visitor } = rig()
    const reply =
      method === 'POST' ? visitor.request(1, 'tools/list') : method === 'GET' ? visitor.get() : visitor.delete()
    await settled()
    expect([reply.status, reply.json]).toMatchObject([400, { error: { code: -32600 } }])
  })

  it('G3, G4: DELETE ends a session: handlers are aborted, requests answered, streams ended, and then it is 404', async () => {
    const reasons: unknown[] = []
    const { sessions, visitor } = await opened('2025-11-25', async (exchange) => {
      const { signal } = exchange
      if (exchange.request.method === 'loud') await exchange.notify('n')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reasons.push(signal.reason)
      return {}
    })
    const loud = visitor.request(2, 'loud')
    const quiet = visitor.request(1, 'quiet')
    const news = visitor.get()
    await settled()
    const reply = visitor.delete()
    await settled()
    expect([reply.status, reply.body]).toEqual([204, undefined])
    expect(reasons).toMatchObject([{ name: 'ConnectionClosed' }, { name: 'ConnectionClosed' }])
    expect([loud.messages.at(-1), loud.ended]).toMatchObject([{ id: 2, error: { code: -32603 } }, true])
    expect(quiet.json).toMatchObject({ id: 1, error: { code: -32603 } })
    expect(news.ended).toBe(true)
    expect(sessions.size).toBe(0)
    const late = [visitor.request(2, 'a'), visitor.notify('n'), visitor.get(), visitor.delete()]
    await settled()
    expect(late.map(({ status }) => status)).toEqual([404, 404, 404, 404])
  })

  it('close ends every session and answers what is in flight', async () => {
    const { sessions, visitor } = await opened('2025-11-25', () => new Promise(() => undefined))
    const reply = visitor.request('x', 'a')
    await settled()
    await sessions.close()
    expect(reply.json).toMatchObject({ id: 'x', error: { code: -32603, message: 'The server is closing' } })
    expect(sessions.size).toBe(0)
  })
})

describe('whose a session is', () => {
  const owners = [undefined, person('alice'), person('bob'), { ...person('alice'), issuer: 'https://other.example' }]

  it('SEC-SES-2, G13: a foreign session and an unknown one get the same answer on every verb', async () => {
    const { sessions } = rig()
    for (const owner of owners) {
      const victim = new Visitor(sessions, owner)
      await victim.initialize()
      for (const other of owners.filter((each) => each !== owner)) {
        const thief = new Visitor(sessions, other)
        const answers = async (session: string | undefined): Promise<unknown[]> => {
          thief.headers = {
            'mcp-session-id': session ?? '',
            'mcp-protocol-version': '2025-11-25',
            'last-event-id': 'g1-1',
          }
          const replies = [
            thief.request(1, 'a'),
            thief.request(1, 'initialize', { protocolVersion: '2025-11-25' }),
            thief.notify('n'),
            thief.post({ jsonrpc: '2.0', id: 1, result: {} }),
            thief.get(),
            thief.delete(),
          ]
          await settled()
          return replies.map(({ status, headers, body }) => ({ status, headers, body }))
        }
        const foreign = await answers(victim.session)
        expect(foreign).toEqual(await answers('A'.repeat(22)))
        expect(foreign).toHaveLength(6)
        for (const answer of foreign) expect(answer).toMatchObject({ status: 404 })
      }
      const own = victim.request(1, 'a')
      await settled()
      expect(own.json).toMatchObject({ result: { ok: true } })
    }
  })

  it('a session that ended answers like one that never was', async () => {
    const { visitor } = await opened('2025-11-25')
    visitor.delete()
    const ended = visitor.request(1, 'a')
    const never = visitor.post({ jsonrpc: '2.0', id: 1, method: 'a' }, { 'mcp-session-id': 'never' })
    await settled()
    expect([ended.status, ended.headers, ended.body]).toEqual([never.status, never.headers, never.body])
  })

  it('a refreshed token is the same principal, and handlers see it as it is now', async () => {
    const seen: unknown[] = []
    const { sessions } = rig(({ origin }) => ({
      n: seen.push([origin.road, origin.principal?.scopes, origin.header?.('X-A')]),
    }))
    const first = new Visitor(sessions, person('alice'))
    await first.initialize()
    const again = new Visitor(sessions, { ...person('alice'), scopes: ['more'] })
    again.headers = { ...first.headers, 'x-a': 'b' }
    again.request(1, 'a')
    await settled()
    expect(seen).toEqual([['http', ['more'], 'b']])
  })
})

describe('limits', () => {
  it('is idle after its time, all sessions behind one timer', async () => {
    vi.useFakeTimers()
    const { sessions, visitor } = rig(undefined, { sessionIdle: 10 * minute })
    await visitor.initialize()
    await new Visitor(sessions).initialize()
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(9 * minute)
    visitor.notify('n')
    vi.advanceTimersByTime(minute)
    expect(sessions.size).toBe(1)
    vi.advanceTimersByTime(9 * minute)
    expect(sessions.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    const reply = visitor.request(1, 'a')
    await settled()
    expect(reply.status).toBe(404)
  })

  it('looks more often than each minute where the time is shorter', async () => {
    vi.useFakeTimers()
    const { sessions, visitor } = rig(undefined, { sessionIdle: 500 })
    await visitor.initialize()
    vi.advanceTimersByTime(499)
    expect(sessions.size).toBe(1)
    vi.advanceTimersByTime(501)
    expect(sessions.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not idle while a request runs or a stream is read', async () => {
    vi.useFakeTimers()
    const end = gate()
    const { sessions, visitor } = rig(() => end.promise.then(() => ({})), { sessionIdle: 5 * minute })
    await visitor.initialize()
    const reply = visitor.request(1, 'a')
    await settled()
    vi.advanceTimersByTime(60 * minute)
    end.open()
    await settled()
    expect(reply.messages).toMatchObject([{ id: 1, result: {} }])
    const news = visitor.get()
    vi.advanceTimersByTime(60 * minute)
    expect([sessions.size, news.ended]).toEqual([1, false])
    news.leave()
    vi.advanceTimersByTime(6 * minute)
    expect(sessions.size).toBe(0)
  })

  it('refuses sessions past the caps with 503, and ends none for them', async () => {
    const { sessions } = rig(undefined, { maxSessions: 4, maxSessionsPerPrincipal: 2 })
    const [alice, bob] = [person('alice'), person('bob')]
    const open = async (who?: typeof alice): Promise<[number | undefined, string | undefined, Visitor]> => {
      const visitor = new Visitor(sessions, who)
      const reply = await visitor.initialize()
      return [reply.status, reply.headers['retry-after'], visitor]
    }
    const [, , first] = await open(alice)
    await open(alice)
    expect((await open(alice)).slice(0, 2)).toEqual([503, '60'])
    expect((await open(bob))[0]).toBe(200)
    expect((await open())[0]).toBe(200)
    expect((await open())[0]).toBe(503)
    expect(sessions.size).toBe(4)
    first.delete()
    expect((await open(alice))[0]).toBe(200)
  })

  it('refuses requests past those in flight with 429, and still takes notifications and responses', async () => {
    const end = gate()
    const { visitor } = await opened('2025-03-26', () => end.promise.then(() => ({})), { maxInFlightPerSession: 3 })
    const running = [visitor.request(1, 'a'), visitor.request(1, 'a')]
    const batch = visitor.post([1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'a' })))
    const third = visitor.request(1, 'a')
    const more = visitor.request(1, 'a')
    const others = [visitor.notify('n'), visitor.post({ jsonrpc: '2.0', id: 9, result: {} })]
    await settled()
    expect([batch.status, more.status, more.headers['retry-after']]).toEqual([429, 429, '1'])
    expect(others.map(({ status }) => status)).toEqual([202, 202])
    end.open()
    await settled()
    expect([...running, third].map(({ status }) => status)).toEqual([200, 200, 200])
    const after = visitor.request(1, 'a')
    await settled()
    expect(after.status).toBe(200)
  })

  it('refuses streams past those of one session with 429', async () => {
    const { visitor } = await opened('2025-11-25', undefined, { maxStreamsPerSession: 2 })
    const first = visitor.get()
    visitor.get()
    expect(visitor.get().status).toBe(429)
    first.leave()
    expect(visitor.get().status).toBe(200)
  })
})

describe('what a POST is answered with', () => {
  it('G5: the version header may be absent, and must be the negotiated one otherwise', async () => {
    const { visitor } = await opened('2025-06-18')
    const session = { 'mcp-session-id': visitor.session ?? '' }
    const status = async (headers: Record<string, string>): Promise<(number | undefined)[]> => {
      const replies = [
        visitor.post({ jsonrpc: '2.0', id: 1, method: 'a' }, headers),
        visitor.post({ jsonrpc: '2.0', method: 'n' }, headers),
      ]
      await settled()
      return replies.map((reply) => reply.status)
    }
    expect(await status(session)).toEqual([200, 202])
    expect(await status({ ...session, 'mcp-protocol-version': '2025-06-18' })).toEqual([200, 202])
    for (const wrong of ['2025-11-25', '1.0', '', '2025-06-18, 2025-06-18', '2026-07-28']) {
      expect(await status({ ...session, 'mcp-protocol-version': wrong })).toEqual([400, 400])
    }
    visitor.headers = { ...session, 'mcp-protocol-version': '1999-01-01' }
    expect(visitor.get().status).toBe(400)
  })

  it('B1: JSON with the id as it came', async () => {
    const { visitor } = await opened('2025-11-25', ({ request }) => ({ echo: request.params }))
    for (const id of [0, 1, '1', '', 'é']) {
      const reply = visitor.request(id, 'a', { id })
      await settled()
      expect([reply.status, reply.streaming, reply.json]).toEqual([
        200,
        false,
        { jsonrpc: '2.0', id, result: { echo: { id } } },
      ])
    }
  })

  it('G6: an event stream once something is notified, with the response last', async () => {
    const { visitor } = await opened('2025-06-18', async (exchange) => {
      await exchange.notify('notifications/message', { n: 1 })
      await exchange.notify('notifications/message', { n: 2 })
      return { done: true }
    })
    const reply = visitor.request(7, 'a')
    await settled()
    expect(reply.headers['content-type']).toBe('text/event-stream')
    expect(reply.messages).toEqual([
      { jsonrpc: '2.0', method: 'notifications/message', params: { n: 1 } },
      { jsonrpc: '2.0', method: 'notifications/message', params: { n: 2 } },
      { jsonrpc: '2.0', id: 7, result: { done: true } },
    ])
    expect(reply.ended).toBe(true)
  })

  it('an event stream after a while, kept alive with comments', async () => {
    vi.useFakeTimers()
    const end = gate()
    const { visitor } = rig(() => end.promise.then(() => ({})), { events: false })
    await visitor.initialize()
    const reply = visitor.request(1, 'a')
    await settled()
    vi.advanceTimersByTime(9_999)
    expect(reply.status).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect([reply.streaming, reply.text]).toEqual([true, ''])
    vi.advanceTimersByTime(30_000)
    expect(reply.text).toBe(':\n\n')
    await settled()
    vi.advanceTimersByTime(15_000)
    expect(reply.text).toBe(':\n\n:\n\n')
    end.open()
    await settled()
    expect([reply.messages, reply.ended]).toMatchObject([[{ id: 1, result: {} }], true])
  })

  it('a comment that is stuck gets no company', async () => {
    vi.useFakeTimers()
    const { visitor } = await opened('2025-06-18', undefined, { events: false })
    const news = visitor.get()
    const free = news.jam()
    vi.advanceTimersByTime(120_000)
    expect(news.text).toBe(':\n\n')
    free()
    await settled()
    vi.advanceTimersByTime(15_000)
    expect(news.text).toBe(':\n\n:\n\n')
  })

  it('H5, C2: notifications and responses get 202, a broken message 400', async () => {
    const { visitor, responder } = await opened('2025-11-25')
    const replies = [
      visitor.notify('notifications/initialized'),
      visitor.post({ jsonrpc: '2.0', id: 1, result: {} }),
      visitor.post({ jsonrpc: '2.0', id: 1, error: { code: 1, message: '' } }),
      visitor.post({ jsonrpc: '2.0', id: 1, result: [] }),
      visitor.post({ jsonrpc: '2.0', id: null, method: 'a' }),
    ]
    await settled()
    expect(replies.map(({ status }) => status)).toEqual([202, 202, 202, 202, 400])
    expect(replies.slice(0, 4).map(({ body }) => body)).toEqual([undefined, undefined, undefined, undefined])
    expect(responder.heard).toMatchObject([{ method: 'notifications/initialized' }])
  })

  it('C2: a cancelled request ends its answer with no response', async () => {
    const { visitor } = await opened('2025-11-25', async ({ signal, request }) => {
      if (request.method === 'quick') return {}
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { late: true }
    })
    const reply = visitor.request(0, 'slow')
    await settled()
    visitor.notify('notifications/cancelled', { requestId: 0 })
    await settled()
    expect([reply.status, reply.streaming, reply.ended, reply.messages]).toEqual([200, true, true, []])
    const quick = visitor.request(0, 'quick')
    await settled()
    expect(quick.json).toMatchObject({ id: 0, result: {} })
  })

  it('what JSON cannot hold is answered with an error', async () => {
    const { visitor } = await opened('2025-11-25', async (exchange) => {
      if (exchange.request.method === 'loud') await exchange.notify('n')
      return { n: 1n }
    })
    const [quiet, loud] = [visitor.request(1, 'quiet'), visitor.request(2, 'loud')]
    await settled()
    expect(quiet.json).toMatchObject({ id: 1, error: { code: -32603 } })
    expect(loud.messages).toMatchObject([{ method: 'n' }, { id: 2, error: { code: -32603 } }])
    expect(loud.ended).toBe(true)
  })

  it('SEC-ISO-1, SEC-ISO-2: fifty sessions that share every id and token each get their own alone', async () => {
    const { sessions } = rig(async (exchange) => {
      const { secret, turns } = exchange.request.params as { secret: string; turns: number }
      for (let turn = 0; turn < turns; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve))
        await exchange.notify('notifications/progress', { progressToken: 1, progress: turn, message: secret })
      }
      const answer = await exchange.ask?.('elicitation/create', { message: secret })
      return { secret, answer }
    })
    const names = Array.from({ length: 50 }, (_, index) => `secret-${index}.`)
    const results = await Promise.all(
      names.map(async (secret, index) => {
        const visitor = new Visitor(sessions, index % 2 === 0 ? undefined : person(`p${index}`))
        await visitor.initialize('2025-11-25')
        const news = visitor.get()
        const replies = [1, 1].map((id) =>
          visitor.request(id, 'a', { _meta: { progressToken: 1 }, secret, turns: 1 + ((index * 7) % 5) }),
        )
        await vi.waitUntil(() => replies.every((reply) => reply.text.includes('elicitation/create')), { interval: 1 })
        for (const reply of replies) {
          const question = reply.messages.find((each) => (each as { method?: string }).method === 'elicitation/create')
          const { id } = question as { id: number }
          visitor.post({ jsonrpc: '2.0', id, result: { action: 'accept', content: { secret } } })
        }
        await vi.waitUntil(() => replies.every((reply) => reply.ended), { interval: 1 })
        return { secret, replies, news }
      }),
    )
    for (const { secret, replies, news } of results) {
      expect(news.messages).toEqual([])
      for (const reply of replies) {
        expect(reply.messages.at(-1)).toEqual({
          jsonrpc: '2.0',
          id: 1,
          result: { secret, answer: { action: 'accept', content: { secret } } },
        })
        for (const other of names) expect(reply.text.includes(other)).toBe(other === secret)
      }
    }
  })
})

describe('batches', () => {
  const call = (id: unknown, method = 'a'): unknown => ({ jsonrpc: '2.0', id, method })

  it('B4, G12: an array is answered with an array, as JSON or as an event', async () => {
    const { visitor, responder } = await opened('2025-03-26', async (exchange) => {
      if (exchange.request.method === 'loud') await exchange.notify('n')
      return { is: exchange.request.method }
    })
    const quiet = visitor.post([call(1), { jsonrpc: '2.0', method: 'heard' }, call('1')])
    const loud = visitor.post([call(1), call(2, 'loud')])
    const nothing = visitor.post([
      { jsonrpc: '2.0', method: 'heard' },
      { jsonrpc: '2.0', id: 5, result: {} },
    ])
    await settled()
    expect(quiet.json).toEqual([
      { jsonrpc: '2.0', id: 1, result: { is: 'a' } },
      { jsonrpc: '2.0', id: '1', result: { is: 'a' } },
    ])
    expect(loud.messages).toEqual([
      { jsonrpc: '2.0', method: 'n' },
      [
        { jsonrpc: '2.0', id: 1, result: { is: 'a' } },
        { jsonrpc: '2.0', id: 2, result: { is: 'loud' } },
      ],
    ])
    expect(loud.ended).toBe(true)
    expect([nothing.status, nothing.body]).toEqual([202, undefined])
    expect(responder.heard).toHaveLength(2)
  })

  it('B4: a broken part gets its error, initialize too, and the others their answers', async () => {
    const { visitor } = await opened('2025-03-26')
    const reply = visitor.post([call(1, 'initialize'), 7, call(2)])
    await settled()
    expect(reply.json).toMatchObject([
      { id: 1, error: { code: -32600 } },
      { error: { code: -32600 } },
      { id: 2, result: { ok: true } },
    ])
  })

  it.each(['2024-11-05', '2025-06-18', '2025-11-25'])(
    'B5: an array is 400 in %s, and no part of it is looked at',
    async (version) => {
      const { visitor, responder } = await opened(version)
      const reply = visitor.post([call(1), { jsonrpc: '2.0', method: 'n' }])
      await settled()
      expect([reply.status, reply.json]).toMatchObject([400, { error: { code: -32600 } }])
      expect(responder.heard).toEqual([])
    },
  )

  it('B4: an empty array and one past the limit are 400', async () => {
    const { visitor } = await opened('2025-03-26')
    const replies = [visitor.post([]), visitor.post(Array.from({ length: 51 }, (_, id) => call(id)))]
    await settled()
    expect(replies.map(({ status }) => status)).toEqual([400, 400])
  })

  it('a batch that has only broken parts is answered with their errors', async () => {
    const { visitor } = await opened('2025-03-26')
    const reply = visitor.post([7, []])
    await settled()
    expect([reply.status, reply.json]).toMatchObject([200, [{ error: { code: -32600 } }, { error: { code: -32600 } }]])
  })

  it('C2: a batch of which one part is cancelled is answered with the rest, and without any with nothing', async () => {
    const { visitor } = await opened('2025-03-26', async ({ request, signal }) => {
      if (request.method === 'slow') await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { is: request.method }
    })
    const some = visitor.post([call(1, 'slow'), call(2)])
    const none = visitor.post([call(3, 'slow')])
    await settled()
    visitor.notify('notifications/cancelled', { requestId: 1 })
    visitor.notify('notifications/cancelled', { requestId: 3 })
    await settled()
    expect(some.json).toEqual([{ jsonrpc: '2.0', id: 2, result: { is: 'a' } }])
    expect([none.streaming, none.messages, none.ended]).toEqual([true, [], true])
  })
})

describe('without sessions', () => {
  const alone = (...[handle, options]: Parameters<typeof rig>): ReturnType<typeof rig> =>
    rig(handle, { ...options, sessions: false })

  it('initialize names no session, and every POST stands alone', async () => {
    const versions: unknown[] = []
    const { sessions, visitor } = alone(({ session }) => ({ n: versions.push(session?.state.version) }))
    const reply = await visitor.initialize('2025-06-18')
    expect([reply.status, reply.headers['mcp-session-id']]).toEqual([200, undefined])
    expect(reply.json).toMatchObject({ result: { protocolVersion: '2025-06-18' } })
    const replies = [
      visitor.post({ jsonrpc: '2.0', id: 1, method: 'a' }, { 'mcp-protocol-version': '2025-11-25' }),
      visitor.post({ jsonrpc: '2.0', id: 2, method: 'a' }, {}),
      visitor.post({ jsonrpc: '2.0', id: 3, method: 'a' }, { 'mcp-session-id': 'whatever' }),
      visitor.post({ jsonrpc: '2.0', id: 4, method: 'a' }, { 'mcp-protocol-version': '1' }),
    ]
    await settled()
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 400])
    // G5: absent, 2025-03-26 is assumed.
    expect(versions).toEqual(['2025-11-25', '2025-03-26', '2025-03-26'])
    expect(sessions.size).toBe(0)
  })

  it('offers nothing that would have to be remembered, refuses what asks for it, and sends no log lines', async () => {
    const offered = {
      logging: {},
      completions: {},
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      experimental: { 'x/y': { listChanged: true } },
    }
    const { visitor, responder } = rig(() => ({}), { sessions: false }, offered)
    const { json } = await visitor.initialize()
    expect(json).toHaveProperty('result.capabilities', {
      completions: {},
      tools: {},
      prompts: {},
      resources: {},
      experimental: { 'x/y': { listChanged: true } },
    })
    const served: unknown[] = []
    const respond = responder.respond.bind(responder)
    responder.respond = (exchange) => (served.push(exchange.request.method), respond(exchange))
    const replies = ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'].map((method) =>
      visitor.request(1, method, { level: 'debug', uri: 'a:b' }),
    )
    await settled()
    for (const reply of replies) {
      expect([reply.status, reply.json]).toMatchObject([
        200,
        { id: 1, error: { code: -32601, message: expect.stringContaining('keeps none') } },
      ])
    }
    expect(served).toEqual([])
  })

  it('sends progress, but no log lines, which it does not offer', async () => {
    const { visitor } = alone(async (exchange) => {
      await exchange.notify('notifications/message', { level: 'error', data: 'x' })
      await exchange.notify('notifications/progress', { progress: 1 })
      return {}
    })
    const reply = visitor.request(1, 'a')
    await settled()
    expect(reply.messages).toMatchObject([{ method: 'notifications/progress' }, { id: 1, result: {} }])
  })

  it('G1, REL-405-1: there is nothing to GET or DELETE', () => {
    const { visitor } = alone()
    for (const reply of [visitor.get(), visitor.delete()]) {
      expect([reply.status, reply.headers['allow']]).toEqual([405, 'POST, OPTIONS'])
    }
  })

  it('notifications reach the request that they are for, and no question can be put', async () => {
    const { visitor } = alone(async (exchange) => {
      await exchange.notify('n', { of: exchange.request.params })
      return { asks: exchange.ask !== undefined }
    })
    const replies = [1, 2].map((of) => visitor.request(1, 'a', { of }))
    await settled()
    expect(replies.map(({ messages }) => messages)).toEqual(
      [1, 2].map((of) => [
        { jsonrpc: '2.0', method: 'n', params: { of: { of } } },
        { jsonrpc: '2.0', id: 1, result: { asks: false } },
      ]),
    )
    expect(replies[0]?.events.map(({ id }) => id)).toEqual([undefined, undefined])
  })

  it('B4: batches go where 2025-03-26 is spoken, or nothing is said', async () => {
    const { visitor } = alone()
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'a' },
      { jsonrpc: '2.0', id: 2, method: 'initialize' },
      9,
      { jsonrpc: '2.0', method: 'n' },
    ]
    const [silent, newer] = [visitor.post(batch, {}), visitor.post(batch, { 'mcp-protocol-version': '2025-06-18' })]
    await settled()
    expect(silent.json).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -32600 } },
      { error: { code: -32600 } },
    ])
    expect(newer.status).toBe(400)
  })

  it('the rest is 202, a failing handler and an unwritable result are errors, and closing answers everything', async () => {
    const reasons: unknown[] = []
    const { sessions, visitor, responder } = alone(({ request, signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      if (request.method === 'throws') throw new Error('x')
      return request.method === 'odd' ? { n: 1n } : new Promise(() => undefined)
    })
    const replies = [visitor.notify('n'), visitor.notify('notifications/cancelled', { requestId: 1 })]
    const [throws, odd, hangs] = ['throws', 'odd', 'hangs'].map((method) => visitor.request(1, method))
    await settled()
    expect(replies.map(({ status }) => status)).toEqual([202, 202])
    expect(responder.heard).toMatchObject([{ method: 'n' }])
    expect(throws?.json).toMatchObject({ error: { code: -32603 } })
    expect(odd?.json).toMatchObject({ error: { code: -32603 } })
    await sessions.close()
    expect(hangs?.json).toMatchObject({ id: 1, error: { code: -32603, message: 'The server is closing' } })
    expect(reasons.at(-1)).toMatchObject({ name: 'ConnectionClosed' })
  })
})
