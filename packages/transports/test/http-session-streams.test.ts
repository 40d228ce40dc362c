import type { Session } from '@parley/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EventLog } from '../src/http/events.ts'
import { memoryEventLog } from '../src/http/memory-events.ts'
import { FakeReply, gate, opened, person, rig, settled, Visitor } from './http-legacy-rig.ts'
import type { Seen } from './http-legacy-rig.ts'
import { randomOf } from './random.ts'

afterEach(() => void vi.useRealTimers())

const newest = '2025-11-25'
const older = ['2025-03-26', '2025-06-18']

/** A handler that notifies `1`, then waits to be let on before each further step, and answers last. */
const stepper = (): { handle: Parameters<typeof rig>[0]; step: () => Promise<void> } => {
  let next = gate()
  let count = 0
  return {
    step: async () => {
      const before = next
      next = gate()
      before.open()
      await settled()
    },
    handle: async (exchange) => {
      const last = (exchange.request.params?.['steps'] as number | undefined) ?? 3
      for (let turn = 1; turn <= last; turn += 1) {
        count += 1
        await exchange.notify('step', { turn })
        await next.promise
      }
      return { count }
    },
  }
}

const steps = (reply: FakeReply): unknown[] =>
  reply.messages.map((message) => {
    const { params, result } = message as { params?: { turn: number }; result?: unknown }
    return params?.turn ?? (result === undefined ? message : 'result')
  })

const idsOf = (reply: FakeReply): (string | undefined)[] => reply.events.map(({ id }) => id)

describe('events that a client can come back to', () => {
  it('G9: a stream starts with an event to come back to in 2025-11-25', async () => {
    const { handle } = stepper()
    const { visitor } = await opened(newest, handle, { retry: 1234 })
    const [reply, news] = [visitor.request(1, 'a'), visitor.get()]
    await settled()
    for (const { events } of [reply, news]) {
      expect(events[0]).toEqual({ id: expect.stringMatching(/^[\x21-\x7e]+$/), retry: '1234', data: '' })
    }
    expect(reply.events[1]).toMatchObject({ id: expect.any(String), event: 'message' })
  })

  it.each(older)('G9: no event without data goes out in %s', async (version) => {
    const { handle } = stepper()
    const { visitor } = await opened(version, handle)
    const [reply, news] = [visitor.request(1, 'a'), visitor.get()]
    await settled()
    expect(news.text).toBe('')
    expect(reply.events).toEqual([{ event: 'message', id: expect.any(String), data: expect.stringContaining('step') }])
  })

  it('a plain JSON answer leaves nothing behind', async () => {
    const events = memoryEventLog()
    const append = vi.spyOn(events, 'append')
    const { visitor } = await opened(newest, undefined, { events })
    visitor.request(1, 'a')
    await settled()
    expect(append).not.toHaveBeenCalled()
  })

  it('G8: event ids are unique in a session, across all its streams', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle)
    const replies = [visitor.request(1, 'a'), visitor.request(1, 'a'), visitor.get(), visitor.get()]
    for (let turn = 0; turn < 4; turn += 1) await step()
    const ids = replies.flatMap(idsOf)
    expect(ids).toHaveLength(12)
    expect(new Set(ids).size).toBe(12)
  })

  it.each([newest, ...older])('G8, G11: a broken stream of %s goes on where it broke', async (version) => {
    const { handle, step } = stepper()
    const { visitor } = await opened(version, handle)
    const reply = visitor.request(1, 'a', { steps: 3 })
    const other = visitor.request(1, 'a', { steps: 3 })
    await settled()
    reply.leave()
    await step()
    const back = visitor.get({ 'last-event-id': idsOf(reply).at(-1) ?? '' })
    await settled()
    expect(back.headers['content-type']).toBe('text/event-stream')
    expect(steps(back)).toEqual([2])
    await step()
    await step()
    expect([steps(reply), steps(back), steps(other)]).toEqual([[1], [2, 3, 'result'], [1, 2, 3, 'result']])
    expect(back.ended).toBe(true)
  })

  it('REL-RES-2: a stream that breaks again before anything came goes on all the same', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle)
    const reply = visitor.request(1, 'a', { steps: 1 })
    await settled()
    reply.leave()
    const last = { 'last-event-id': idsOf(reply)[0] ?? '' }
    for (let turn = 0; turn < 3; turn += 1) {
      const back = visitor.get(last)
      await settled()
      expect(steps(back)).toEqual([1])
      back.leave()
    }
    await step()
    const back = visitor.get(last)
    await settled()
    expect([steps(back), back.ended]).toEqual([[1, 'result'], true])
    // Even the very end may have been lost on the way.
    const again = visitor.get({ 'last-event-id': idsOf(back)[0] ?? '' })
    await settled()
    expect([steps(again), again.ended]).toEqual([['result'], true])
  })

  it('G7: a client that comes back while the old connection seems alive gets everything alone', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle)
    const reply = visitor.request(1, 'a', { steps: 2 })
    await settled()
    const back = visitor.get({ 'last-event-id': idsOf(reply).at(-1) ?? '' })
    await settled()
    await step()
    await step()
    expect([steps(reply), reply.ended, steps(back)]).toEqual([[1], true, [2, 'result']])
  })

  it('what comes while a slow client is told what it missed waits its turn', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle)
    const reply = visitor.request(1, 'a', { steps: 4 })
    await settled()
    reply.leave()
    await step()
    const back = new FakeReply()
    const free = back.jam()
    visitor.getInto(back, { 'last-event-id': idsOf(reply).at(-1) ?? '' })
    await step()
    await step()
    expect(steps(back)).toEqual([2])
    free()
    await settled()
    await step()
    await step()
    expect([steps(back), back.ended]).toEqual([[2, 3, 4, 'result'], true])
  })

  it('an answer that comes while a slow client is told what it missed comes last', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle)
    const reply = visitor.request(1, 'a', { steps: 2 })
    await settled()
    reply.leave()
    await step()
    const back = new FakeReply()
    const free = back.jam()
    visitor.getInto(back, { 'last-event-id': idsOf(reply).at(-1) ?? '' })
    await settled()
    await step()
    expect([steps(back), back.ended]).toEqual([[2], false])
    free()
    await settled()
    expect([steps(back), back.ended]).toEqual([[2, 'result'], true])
  })

  it('streams that have ended are told again to one reader each, and count with those that a GET opened', async () => {
    const handle: Parameters<typeof rig>[0] = async (exchange) => {
      await exchange.notify('n', { turn: 1 })
      return {}
    }
    const { visitor, sessions } = await opened(newest, handle, { maxStreamsPerSession: 2 })
    const firsts: string[] = []
    for (let id = 1; id <= 3; id += 1) {
      const reply = visitor.request(id, 'a')
      await settled()
      firsts.push(idsOf(reply)[0] ?? '')
    }
    const jammed: [FakeReply, () => void][] = []
    const again = async (index: number): Promise<FakeReply> => {
      const back = new FakeReply()
      jammed.push([back, back.jam()])
      visitor.getInto(back, { 'last-event-id': firsts[index] ?? '' })
      await settled()
      return back
    }
    const one = await again(0)
    await again(1)
    expect((await again(2)).status).toBe(429)
    expect(visitor.get().status).toBe(429)
    const other = await again(0)
    expect([one.ended, other.status, other.ended]).toEqual([true, 200, false])
    for (const [, free] of jammed) free()
    await settled()
    expect([steps(other), other.ended]).toEqual([[1, 'result'], true])
    expect(visitor.get().status).toBe(200)
    const last = await again(1)
    await sessions.close()
    expect(last.ended).toBe(true)
  })

  it('REL-RES: a client that takes too little of what it missed is cut, and can come back for all of it', async () => {
    const go = gate()
    const { visitor } = await opened(
      newest,
      async (exchange) => {
        Promise.resolve(exchange.notify('n', { n: 1 })).catch(() => undefined)
        Promise.resolve(exchange.notify('n', { n: 2 })).catch(() => undefined)
        await go.promise
        // Without waiting, as log lines come.
        for (let n = 3; n < 8; n += 1)
          Promise.resolve(exchange.notify('n', { n, text: 'x'.repeat(1_000_000) })).catch(() => undefined)
        return {}
      },
      { events: memoryEventLog() },
    )
    const reply = visitor.request(1, 'a')
    await settled()
    reply.leave()
    const back = new FakeReply()
    const free = back.jam()
    visitor.getInto(back, { 'last-event-id': idsOf(reply)[1] ?? '' })
    await settled()
    go.open()
    await settled()
    expect(back.ended).toBe(true)
    free()
    const again = visitor.get({ 'last-event-id': idsOf(reply)[1] ?? '' })
    await settled()
    const numbers = again.messages.map((message) => (message as { params?: { n: number } }).params?.n)
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, undefined])
    expect(again.ended).toBe(true)
  })

  it('SEC-ISO-3: nothing is replayed to another session, another principal, or for an id that is none', async () => {
    const { handle } = stepper()
    const { sessions } = rig(handle)
    const open = async (who?: Parameters<typeof person>[0]): Promise<[Visitor, FakeReply]> => {
      const visitor = new Visitor(sessions, who === undefined ? undefined : person(who))
      await visitor.initialize()
      const reply = visitor.request(1, 'a', { of: who })
      await settled()
      return [visitor, reply]
    }
    const [[alice, own], [bob, foreign]] = await Promise.all([open('alice'), open('bob')])
    await open()
    const [first] = idsOf(own)
    const ids = [...idsOf(foreign), 'p9-1', 'p1-99', 'p1-', '', '-', `${first}0`, '../p1-1', 'g1-1', '💥']
    const known = new Set(idsOf(own))
    for (const id of ids) {
      const back = alice.get({ 'last-event-id': id ?? '' })
      await settled()
      // Ids are positions in one's own streams: another session's is unknown, or names something of one's own.
      if (known.has(id)) back.leave()
      else expect([id, back.status]).toEqual([id, 400])
      expect(back.text).not.toContain('bob')
    }
    const thief = new Visitor(sessions, person('alice'))
    thief.headers = { ...bob.headers }
    expect(thief.get({ 'last-event-id': idsOf(foreign)[0] ?? '' }).status).toBe(404)
  })

  it('a gap in what belongs to a request is refused', async () => {
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle, { events: memoryEventLog({ events: 2 }) })
    const reply = visitor.request(1, 'a', { steps: 5 })
    await settled()
    reply.leave()
    for (let turn = 0; turn < 3; turn += 1) await step()
    const back = visitor.get({ 'last-event-id': idsOf(reply)[0] ?? '' })
    await settled()
    expect([back.status, back.json]).toMatchObject([400, { error: { code: -32600 } }])
  })

  it('a gap in the news has the client look at everything again', async () => {
    const offers = { tools: { listChanged: true }, prompts: {}, resources: { listChanged: true, subscribe: true } }
    let say: ((method: string) => Promise<void>) | undefined
    const { visitor } = await opened(
      newest,
      ({ session }) => {
        session?.state.subscriptions.push('a:b')
        say = (method) => session?.notify(method) ?? Promise.resolve()
        return {}
      },
      { events: memoryEventLog({ events: 2 }) },
      offers,
    )
    const news = visitor.get()
    visitor.request(1, 'a')
    await settled()
    news.leave()
    for (const name of ['one', 'two', 'three']) await say?.(name)
    const back = visitor.get({ 'last-event-id': idsOf(news)[0] ?? '' })
    await settled()
    expect(back.messages).toMatchObject([
      { method: 'two' },
      { method: 'three' },
      { method: 'notifications/tools/list_changed' },
      { method: 'notifications/resources/list_changed' },
      { method: 'notifications/resources/updated', params: { uri: 'a:b' } },
    ])
  })

  it('REL-RES-3, G9: a stream that was long open is closed for its client to come back, and goes on', async () => {
    vi.useFakeTimers()
    const { handle, step } = stepper()
    const { visitor } = rig(handle, { pollAfter: 5_000, retry: 500 })
    await visitor.initialize()
    const reply = visitor.request(1, 'a', { steps: 1 })
    await settled()
    vi.advanceTimersByTime(5_000)
    expect([reply.ended, reply.events.at(-1)]).toEqual([true, { retry: '500' }])
    const back = visitor.get({ 'last-event-id': reply.events[1]?.id ?? '' })
    await settled()
    vi.advanceTimersByTime(5_000)
    expect(back.ended).toBe(true)
    await step()
    const last = visitor.get({ 'last-event-id': reply.events[1]?.id ?? '' })
    await settled()
    expect([steps(last), last.ended]).toEqual([['result'], true])
  })

  it.each(older)('G10: %s never closes early', async (version) => {
    vi.useFakeTimers()
    const { handle } = stepper()
    const { visitor } = rig(handle, { pollAfter: 5_000 })
    await visitor.initialize(version)
    const reply = visitor.request(1, 'a')
    await settled()
    vi.advanceTimersByTime(60_000)
    expect(reply.ended).toBe(false)
  })

  it('a handler that talks in a loop to a client that left lets others have their turn', async () => {
    const left = gate()
    let turns = 0
    let over = false
    const turning = (): void => {
      turns += 1
      if (!over) setImmediate(turning)
    }
    const { visitor } = await opened(newest, async (exchange) => {
      await exchange.notify('notifications/progress', { progress: 0 })
      await left.promise
      turns = 0
      turning()
      for (let step = 1; step <= 640; step += 1) await exchange.notify('notifications/progress', { progress: step })
      over = true
      return { turns }
    })
    const reply = visitor.request(1, 'a')
    await settled()
    reply.leave()
    left.open()
    await vi.waitUntil(() => over)
    expect(turns).toBeGreaterThanOrEqual(10)
  })

  it('a session that ends takes its events along', async () => {
    const events = memoryEventLog()
    const drop = vi.spyOn(events, 'drop')
    const { visitor } = await opened(newest, undefined, { events })
    const { session } = visitor
    visitor.delete()
    await settled()
    expect(drop.mock.calls).toEqual([[{ session, principal: '' }]])
  })
})

describe('a log that takes its time', () => {
  const slowly = (more = 0, inner: EventLog = memoryEventLog()): EventLog & { fail: boolean } => {
    const log = {
      fail: false,
      append: async (...args: Parameters<EventLog['append']>): Promise<string> => {
        const id = inner.append(...args)
        for (let turn = 0; turn <= more; turn += 1) await settled()
        if (log.fail) throw new Error('down')
        return id
      },
      replay: async (...args: Parameters<EventLog['replay']>) => {
        const found = inner.replay(...args)
        await settled()
        if (log.fail) throw new Error('down')
        return found
      },
      end: async (...args: Parameters<EventLog['end']>): Promise<void> => inner.end(...args),
      drop: async (...args: Parameters<EventLog['drop']>): Promise<void> => inner.drop(...args),
    }
    return log
  }

  const text = (seen: Seen[]): unknown[] =>
    seen.map(({ data }) =>
      data === '' ? '' : ((JSON.parse(data ?? '') as { params?: { n: number } }).params?.n ?? 'result'),
    )

  it.each([0, 1, 4])(
    'REL-RES: loses nothing and says nothing twice, wherever the client leaves (delay %i)',
    async (more) => {
      const go = gate()
      const { visitor } = await opened(
        newest,
        async (exchange) => {
          for (let n = 1; n <= 40; n += 1) {
            Promise.resolve(exchange.notify('n', { n })).catch(() => undefined)
            if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
          }
          await go.promise
          return {}
        },
        { events: slowly(more) },
      )
      let reply = visitor.request(1, 'a')
      const seen: Seen[] = []
      await vi.waitUntil(() => reply.events.length > 0, { interval: 1 })
      for (let turn = 0; turn < 15; turn += 1) {
        for (let wait = 0; wait < turn % 4; wait += 1) await new Promise((resolve) => setImmediate(resolve))
        reply.leave()
        seen.push(...reply.events)
        if (turn === 10) go.open()
        reply = visitor.get({ 'last-event-id': seen.at(-1)?.id ?? '' })
      }
      await vi.waitUntil(() => reply.ended, { interval: 1 })
      seen.push(...reply.events)
      expect(text(seen)).toEqual(['', ...Array.from({ length: 40 }, (_, index) => index + 1), 'result'])
    },
  )

  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'REL-RES: whatever client and log do, each event comes once (seed %i)',
    async (seed) => {
      const random = randomOf(seed)
      const turns = async (count: number): Promise<void> => {
        for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      }
      const waits: (() => void)[] = []
      const { visitor } = await opened(
        newest,
        async (exchange) => {
          for (let n = 1; n <= 60; n += 1) {
            Promise.resolve(exchange.notify('n', { n })).catch(() => undefined)
            if (random(4) === 0) await new Promise<void>((resolve) => waits.push(resolve))
          }
          return {}
        },
        { events: seed % 2 === 0 ? memoryEventLog() : slowly(random(3)) },
      )
      let reply = visitor.request(1, 'a')
      let free = (): void => undefined
      const seen: Seen[] = []
      await vi.waitUntil(() => reply.events.length > 0, { interval: 1 })
      const comeBack = (): void => {
        free()
        // Only what was read counts; the rest of the old connection is lost on the way.
        seen.push(...reply.events.slice(0, random(reply.events.length + 1)))
        if (random(2) === 0) reply.leave()
        reply = visitor.get({ 'last-event-id': seen.at(-1)?.id ?? 'p1-1' })
      }
      for (let act = 0; act < 60; act += 1) {
        const choice = random(5)
        if (choice < 2) waits.shift()?.()
        else if (choice === 2) free = reply.jam()
        else if (choice === 3) free()
        else if (reply.status !== undefined) comeBack()
        await turns(random(12))
      }
      free()
      for (let at = 0; at < 60; at += 1) {
        waits.shift()?.()
        await turns(1)
      }
      await vi.waitUntil(() => reply.ended, { interval: 1 })
      seen.push(...reply.events)
      const numbers = text(seen)
      expect(numbers[0] === '' ? numbers.slice(1) : numbers).toEqual([
        ...Array.from({ length: 60 }, (_, index) => index + 1),
        'result',
      ])
    },
  )

  it('a log that fails leaves events without ids, and a resumption is asked to try again', async () => {
    const events = slowly()
    const { handle, step } = stepper()
    const { visitor } = await opened(newest, handle, { events })
    events.fail = true
    const reply = visitor.request(1, 'a', { steps: 1 })
    await vi.waitUntil(() => reply.messages.length > 0, { interval: 1 })
    await settled()
    await step()
    await vi.waitUntil(() => reply.ended, { interval: 1 })
    expect([steps(reply), idsOf(reply).filter((id) => id !== undefined), reply.ended]).toEqual([
      [1, 'result'],
      [],
      true,
    ])
    const back = visitor.get({ 'last-event-id': 'p1-1' })
    await settled()
    await settled()
    expect([back.status, back.headers['retry-after']]).toEqual([503, '1'])
  })
})

describe('streams that a GET opened', () => {
  const speaker = (): { handle: Parameters<typeof rig>[0]; say: (method: string) => Promise<void> } => {
    let session: Session | undefined
    return {
      handle: (exchange) => {
        session = exchange.session
        return {}
      },
      say: async (method) => session?.notify(method),
    }
  }

  it('G6, G7: what belongs to no request goes on one of them, the newest that is read', async () => {
    const { handle, say } = speaker()
    const { visitor } = await opened('2025-06-18', handle)
    visitor.request(1, 'a')
    await settled()
    // Nobody listens yet.
    await say('none')
    const [first, second] = [visitor.get(), visitor.get()]
    await say('one')
    second.leave()
    await say('two')
    first.leave()
    await say('three')
    const third = visitor.get()
    await say('four')
    const methods = (reply: FakeReply): unknown[] => reply.messages.map((each) => (each as { method: string }).method)
    expect([first, second, third].map(methods)).toEqual([['two'], ['one'], ['four']])
    const back = visitor.get({ 'last-event-id': idsOf(first)[0] ?? '' })
    await settled()
    await say('five')
    expect([methods(back), methods(third)]).toEqual([['three', 'five'], ['four']])
  })

  it('nothing is kept without a log, and a last event id means nothing then', async () => {
    const { handle, say } = speaker()
    const { visitor } = await opened(newest, handle, { events: false })
    visitor.request(1, 'a')
    const first = visitor.get()
    await settled()
    first.leave()
    await say('lost')
    const second = visitor.get({ 'last-event-id': 'g1-1' })
    await say('heard')
    expect(second.events).toEqual([{ event: 'message', data: '{"jsonrpc":"2.0","method":"heard"}' }])
  })

  it('streams that nobody came back to make room for new ones', async () => {
    const { handle, say } = speaker()
    const { visitor } = await opened(newest, handle, { maxStreamsPerSession: 2 })
    visitor.request(1, 'a')
    const left: FakeReply[] = []
    for (let turn = 0; turn < 5; turn += 1) {
      const reply = visitor.get()
      await settled()
      reply.leave()
      left.push(reply)
    }
    const statuses = left.map((reply) => visitor.get({ 'last-event-id': idsOf(reply)[0] ?? '' }))
    await settled()
    expect(statuses.map(({ status }) => status)).toEqual([400, 400, 400, 200, 200])
    await say('n')
    expect(statuses.at(-1)?.messages).toHaveLength(1)
  })
})

describe('clients that leave', () => {
  it('G11: leaving is not cancelling; without a log the answer is dropped and counted', async () => {
    const aborted: boolean[] = []
    const end = gate()
    const { sessions, visitor } = await opened(
      newest,
      async (exchange) => {
        await exchange.notify('n')
        await end.promise
        await exchange.notify('n')
        aborted.push(exchange.signal.aborted)
        return {}
      },
      { events: false },
    )
    const reply = visitor.request(1, 'a')
    await settled()
    reply.leave()
    await settled()
    end.open()
    await settled()
    expect([aborted, sessions.dropped, reply.messages.length]).toEqual([[false], 1, 1])
  })

  it('a client that left before its stream began has nothing to come back with', async () => {
    const end = gate()
    const events = memoryEventLog()
    const append = vi.spyOn(events, 'append')
    const { sessions, visitor } = await opened(
      newest,
      async (exchange) => {
        await end.promise
        await exchange.notify('n')
        return exchange.ask?.('roots/list', {}).catch((error: Error) => ({ error: error.name })) ?? {}
      },
      { events },
    )
    const reply = visitor.request(1, 'a')
    await settled()
    reply.leave()
    end.open()
    await settled()
    expect([append.mock.calls, sessions.dropped]).toEqual([[], 1])
  })
})

describe('questions', () => {
  const asking =
    (outcomes: unknown[] = []): Parameters<typeof rig>[0] =>
    async (exchange) => {
      const method = exchange.request.method
      try {
        const answer = await exchange.ask?.(
          method,
          { of: exchange.request.params?.['of'] },
          { timeout: Infinity, maxTimeout: Infinity },
        )
        outcomes.push(answer)
        return { answer }
      } catch (error) {
        outcomes.push(error instanceof Error ? error.name : error)
        return { refused: true }
      }
    }

  it.each(['elicitation/create', 'sampling/createMessage', 'roots/list'])(
    'Q6: %s goes by the POST it belongs to',
    async (method) => {
      const { visitor } = await opened('2025-06-18', asking())
      const news = visitor.get()
      const replies = [visitor.request(5, method, { of: 'x' }), visitor.request(5, method, { of: 'y' })]
      await settled()
      expect(replies.map(({ messages }) => messages)).toMatchObject([
        [{ method, params: { of: 'x' } }],
        [{ method, params: { of: 'y' } }],
      ])
      // Answered in the other order.
      for (const reply of replies.toReversed()) {
        const { id, params } = reply.messages[0] as { id: number; params: { of: string } }
        expect(visitor.post({ jsonrpc: '2.0', id, result: { to: params.of } }).status).toBe(202)
      }
      await settled()
      expect(replies.map(({ messages }) => messages[1])).toMatchObject([
        { id: 5, result: { answer: { to: 'x' } } },
        { id: 5, result: { answer: { to: 'y' } } },
      ])
      expect(news.messages).toEqual([])
    },
  )

  it('an answer given by another session changes nothing', async () => {
    const outcomes: unknown[] = []
    const { sessions, visitor } = await opened(newest, asking(outcomes))
    const reply = visitor.request(1, 'roots/list')
    await settled()
    const { id } = reply.messages[0] as { id: number }
    const other = new Visitor(sessions)
    await other.initialize()
    expect(other.post({ jsonrpc: '2.0', id, result: { forged: true } }).status).toBe(202)
    await settled()
    expect(outcomes).toEqual([])
    visitor.post({ jsonrpc: '2.0', id, result: { roots: [] } })
    await settled()
    expect(outcomes).toEqual([{ roots: [] }])
  })

  it('a question that is given up is cancelled on the same stream, ahead of the answer', async () => {
    const { visitor } = await opened('2025-06-18', (exchange) => {
      exchange.ask?.('roots/list', {}).catch(() => undefined)
      return { early: true }
    })
    const news = visitor.get()
    const reply = visitor.request(1, 'a')
    await settled()
    expect(reply.messages).toMatchObject([
      { id: 1, method: 'roots/list' },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
      { id: 1, result: { early: true } },
    ])
    expect(news.messages).toEqual([])
  })

  it.each([
    ['before it is put', true],
    ['after it was put', false],
  ])('rejects at once without a log when the client leaves %s', async (_, before) => {
    const outcomes: unknown[] = []
    const { visitor } = await opened(newest, asking(outcomes), { events: false })
    const reply = visitor.request(1, 'roots/list')
    if (before) reply.leave()
    await settled()
    if (!before) {
      expect(outcomes).toEqual([])
      reply.leave()
      await settled()
    }
    expect(outcomes).toEqual(['ConnectionClosed'])
  })

  it('waits for a client that can come back, and is put again to it', async () => {
    const outcomes: unknown[] = []
    const { visitor } = await opened(newest, asking(outcomes))
    const reply = visitor.request(1, 'roots/list')
    await settled()
    reply.leave()
    const back = visitor.get({ 'last-event-id': idsOf(reply)[0] ?? '' })
    await settled()
    const { id } = back.messages[0] as { id: number }
    visitor.post({ jsonrpc: '2.0', id, result: { roots: [] } })
    await settled()
    expect(back.messages[1]).toMatchObject({ id: 1, result: { answer: { roots: [] } } })
  })

  it('is not held for ever by a client that never comes back, nor is its session', async () => {
    vi.useFakeTimers()
    const outcomes: unknown[] = []
    const { sessions, visitor } = rig(asking(outcomes), { patience: 900_000, sessionIdle: 1_800_000 })
    await visitor.initialize()
    const reply = visitor.request(1, 'roots/list')
    await settled()
    reply.leave()
    vi.advanceTimersByTime(840_000)
    await settled()
    expect(outcomes).toEqual([])
    vi.advanceTimersByTime(120_000)
    await settled()
    expect(outcomes).toEqual(['ConnectionClosed'])
    vi.advanceTimersByTime(1_920_000)
    await settled()
    expect(sessions.size).toBe(0)
  })

  it('rejects when the session ends', async () => {
    const outcomes: unknown[] = []
    const { visitor } = await opened(newest, asking(outcomes))
    const reply = visitor.request(1, 'roots/list')
    await settled()
    visitor.delete()
    await settled()
    expect(outcomes).toEqual(['ConnectionClosed'])
    expect([reply.messages.at(-1), reply.ended]).toMatchObject([{ id: 1, error: { code: -32603 } }, true])
  })
})
