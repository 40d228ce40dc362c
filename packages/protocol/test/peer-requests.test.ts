import { ConnectionClosed, InvalidResult, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Peer, success } from '../src/index.ts'
import type { Exchange, PeerOptions, Responder, RpcNotification } from '../src/index.ts'
import { deferred, pair, settled } from './pair.ts'
import type { End } from './pair.ts'

const deaf: Responder = { respond: () => Promise.resolve(undefined), hear: () => undefined }

const rig = (options?: PeerOptions): { peer: Peer; near: End; far: End; reply: (message: JsonObject) => void } => {
  const [near, far] = pair()
  const peer = new Peer(near, deaf, options)
  return { peer, near, far, reply: (message) => near.arrive(JSON.stringify({ jsonrpc: '2.0', ...message })) }
}

const outcome = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)

describe('a request', () => {
  it('settles with the result that names it', async () => {
    const { peer, near, reply } = rig()
    const [one, two] = [peer.request('a', {}), peer.request('b', { x: 1 })]
    reply({ id: 2, result: { second: true } })
    reply({ id: 1, result: { first: true } })
    expect(await one).toEqual({ first: true })
    expect(await two).toEqual({ second: true })
    expect(near.messages).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'a', params: {} },
      { jsonrpc: '2.0', id: 2, method: 'b', params: { x: 1 } },
    ])
    expect(peer.pending).toBe(0)
  })

  it('B2: ids are never given out twice', async () => {
    const { peer, near, reply } = rig()
    for (let id = 1; id <= 5; id += 1) {
      const answer = peer.request('a', {})
      reply({ id, result: {} })
      await answer
    }
    expect(near.messages.map((message) => (message as { id: number }).id)).toEqual([1, 2, 3, 4, 5])
  })

  it('rejects with the error as it came, code and data', async () => {
    const { peer, reply } = rig()
    const answer = peer.request('a', {})
    reply({ id: 1, error: { code: -32021, message: 'needs more', data: { requiredCapabilities: {} } } })
    expect(await outcome(answer)).toMatchObject({
      code: -32021,
      message: 'needs more',
      data: { requiredCapabilities: {} },
    })
    expect(await outcome(answer)).toBeInstanceOf(RpcError)
  })

  it.each([
    ['both outcomes', { result: {}, error: { code: 1, message: '' } }],
    ['no object for a result', { result: 'x' }],
    ['no code in its error', { error: { message: 'x' } }],
  ])('B3: rejects as an invalid result when the response has %s', async (_, rest) => {
    const { peer, reply } = rig()
    const answer = peer.request('a', {})
    reply({ id: 1, ...rest })
    expect(await outcome(answer)).toBeInstanceOf(InvalidResult)
    expect(peer.pending).toBe(0)
  })

  it('B1: "1" does not answer 1', async () => {
    const { peer, reply } = rig()
    const answer = peer.request('a', {})
    reply({ id: '1', result: { wrong: true } })
    reply({ id: 1, result: { right: true } })
    expect(await answer).toEqual({ right: true })
  })

  it('ignores answers to nothing and second answers', async () => {
    const { peer, reply } = rig()
    const answer = peer.request('a', {})
    reply({ id: 99, result: {} })
    reply({ error: { code: -32700, message: 'whose?' } })
    reply({ id: 1, result: { first: true } })
    reply({ id: 1, error: { code: 1, message: 'second' } })
    expect(await answer).toEqual({ first: true })
    const canary = peer.request('b', {})
    reply({ id: 2, result: { alive: true } })
    expect(await canary).toEqual({ alive: true })
  })

  it('rejects when the road takes no such message, and leaves nothing behind', async () => {
    const { peer } = rig()
    expect(await outcome(peer.request('a', { big: 1n }))).toBeInstanceOf(TypeError)
    expect(peer.pending).toBe(0)
  })

  it('tells its id before it is sent', async () => {
    const { peer, near, reply } = rig()
    const ids: unknown[] = []
    const answer = peer.request('a', {}, { onSend: (id) => ids.push([id, near.sent.length]) })
    reply({ id: 1, result: {} })
    await answer
    expect(ids).toEqual([[1, 0]])
  })
})

describe('cancelling', () => {
  it('C1, C3: tells the far side, rejects with the reason, and ignores the late reply', async () => {
    const { peer, near, reply } = rig()
    const controller = new AbortController()
    const answer = peer.request('a', {}, { signal: controller.signal })
    controller.abort(new Error('enough'))
    expect(await outcome(answer)).toBe(controller.signal.reason)
    expect(near.messages[1]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1, reason: 'enough' },
    })
    reply({ id: 1, result: {} })
    await settled()
    expect(near.sent).toHaveLength(2)
    expect(peer.pending).toBe(0)
  })

  it('sends nothing at all when the signal is aborted beforehand', async () => {
    const { peer, near } = rig()
    const reason = new Error('never mind')
    expect(await outcome(peer.request('a', {}, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(near.sent).toEqual([])
  })

  it('C1: `initialize` is never cancelled, though its caller stops waiting', async () => {
    const { peer, near } = rig()
    const controller = new AbortController()
    const answer = peer.request('initialize', {}, { signal: controller.signal })
    controller.abort()
    expect(await outcome(answer)).toMatchObject({ name: 'AbortError' })
    expect(near.sent).toHaveLength(1)
  })

  it('C1: an answered request is not cancelled any more', async () => {
    const { peer, near, reply } = rig()
    const controller = new AbortController()
    const answer = peer.request('a', {}, { signal: controller.signal })
    reply({ id: 1, result: {} })
    await answer
    controller.abort()
    await settled()
    expect(near.sent).toHaveLength(1)
  })

  it('leaves no entry, timer or listener after a thousand requests begun and cancelled', async () => {
    vi.useFakeTimers()
    const { peer } = rig()
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const answers = Array.from({ length: 1000 }, () => peer.request('a', {}, { signal: controller.signal }))
    expect(peer.pending).toBe(1000)
    expect(vi.getTimerCount()).toBe(1)
    controller.abort()
    const outcomes = await Promise.all(answers.map(outcome))
    expect(new Set(outcomes)).toEqual(new Set([controller.signal.reason]))
    expect(peer.pending).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(removed.mock.calls).toHaveLength(added.mock.calls.length)
    vi.useRealTimers()
  })
})

describe('deadlines', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('L7: a request without an answer is cancelled after its timeout, and that is no abort', async () => {
    const { peer, near } = rig()
    const answer = outcome(peer.request('slow', {}, { timeout: 500 }))
    await vi.advanceTimersByTimeAsync(499)
    expect(peer.pending).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(String(await answer)).toBe('TimeoutError: slow had no answer within 500 ms')
    expect(near.messages[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('L7: the defaults are a minute of silence and ten minutes in all', async () => {
    const { peer, reply } = rig()
    const silent = outcome(peer.request('a', {}))
    const chatty = outcome(peer.request('b', {}, { onProgress: () => undefined }))
    await vi.advanceTimersByTimeAsync(59_999)
    expect(peer.pending).toBe(2)
    for (let minute = 1; minute <= 10; minute += 1) {
      reply({ method: 'notifications/progress', params: { progressToken: 2, progress: minute } })
      await vi.advanceTimersByTimeAsync(minute === 1 ? 1 : 59_999)
    }
    expect(String(await silent)).toBe('TimeoutError: a had no answer within 60000 ms')
    expect(peer.pending).toBe(1)
    reply({ method: 'notifications/progress', params: { progressToken: 2, progress: 11 } })
    await vi.advanceTimersByTimeAsync(59_000)
    expect(String(await chatty)).toBe('TimeoutError: b had no answer within 600000 ms')
  })

  it('L7: progress starts the wait anew, and a listen notification does', async () => {
    const { peer, reply } = rig()
    const heard: unknown[] = []
    const answer = peer.request('a', {}, { timeout: 100, onProgress: ({ progress }) => heard.push(progress) })
    const listen = peer.request(
      'subscriptions/listen',
      {},
      { timeout: 100, onNotification: ({ method }) => heard.push(method) },
    )
    for (let round = 1; round <= 5; round += 1) {
      await vi.advanceTimersByTimeAsync(90)
      reply({ method: 'notifications/progress', params: { progressToken: 1, progress: round } })
      reply({ method: 'x', params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 2 } } })
      await settled()
    }
    reply({ id: 1, result: {} })
    reply({ id: 2, result: {} })
    await answer
    await listen
    expect(heard).toEqual([1, 'x', 2, 'x', 3, 'x', 4, 'x', 5, 'x'])
  })

  it('Infinity waits for ever', async () => {
    const { peer, reply } = rig()
    const answer = peer.request('a', {}, { timeout: Infinity, maxTimeout: Infinity })
    await vi.advanceTimersByTimeAsync(1e9)
    reply({ id: 1, result: { late: true } })
    expect(await answer).toEqual({ late: true })
  })
})

describe('progress on the asking side', () => {
  it('C5: asking for it sends the id as the token, beside what _meta holds already', async () => {
    const { peer, near, reply } = rig()
    const answer = peer.request('a', { x: 1, _meta: { traceparent: 't' } }, { onProgress: () => undefined })
    expect(near.messages[0]).toMatchObject({ id: 1, params: { x: 1, _meta: { traceparent: 't', progressToken: 1 } } })
    reply({ id: 1, result: {} })
    await answer
    const plain = peer.request('b', { x: 1 })
    expect(near.messages[1]).toEqual({ jsonrpc: '2.0', id: 2, method: 'b', params: { x: 1 } })
    reply({ id: 2, result: {} })
    await plain
  })

  it('C5: reaches the request of its token alone, and nobody once that is answered', async () => {
    const { peer, reply } = rig()
    const heard: string[] = []
    const one = peer.request('a', {}, { onProgress: ({ progress }) => heard.push(`one ${String(progress)}`) })
    const two = peer.request('b', {}, { onProgress: ({ progress }) => heard.push(`two ${String(progress)}`) })
    reply({ method: 'notifications/progress', params: { progressToken: 2, progress: 1 } })
    reply({ method: 'notifications/progress', params: { progressToken: '2', progress: 7 } })
    reply({ method: 'notifications/progress', params: { progressToken: 1, progress: 2 } })
    reply({ id: 1, result: {} })
    reply({ method: 'notifications/progress', params: { progressToken: 1, progress: 3 } })
    reply({ method: 'notifications/progress' })
    reply({ id: 2, result: {} })
    await Promise.all([one, two])
    expect(heard).toEqual(['two 1', 'one 2'])
  })

  it('a listener that throws fails its own request and nothing else', async () => {
    const { peer, near, reply } = rig()
    const broken = new Error('listener')
    const one = outcome(
      peer.request(
        'a',
        {},
        {
          onProgress: () => {
            throw broken
          },
        },
      ),
    )
    const two = peer.request('b', {})
    reply({ method: 'notifications/progress', params: { progressToken: 1, progress: 1 } })
    reply({ id: 2, result: { alive: true } })
    expect(await two).toEqual({ alive: true })
    expect(await one).toBe(broken)
    expect(near.messages[2]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } })
  })

  it('T4, U3: a notification goes to the listen that it names, id and type alike', async () => {
    const { peer, near } = rig()
    const heard: string[] = []
    const listens = ['one', 'two'].map((name) =>
      peer.request(
        'subscriptions/listen',
        {},
        { timeout: Infinity, onNotification: ({ method }) => heard.push(`${name} ${method}`) },
      ),
    )
    const tell = (method: string, id: unknown): void =>
      near.arrive(
        JSON.stringify({ jsonrpc: '2.0', method, params: { _meta: { 'io.modelcontextprotocol/subscriptionId': id } } }),
      )
    tell('a', 2)
    tell('b', '2')
    tell('c', 1)
    near.arrive('{"jsonrpc":"2.0","id":1,"result":{}}')
    near.arrive('{"jsonrpc":"2.0","id":2,"result":{}}')
    await Promise.all(listens)
    expect(heard).toEqual(['two a', 'one c'])
  })

  it('U5: a server may end a listen by cancelling it, without a result or before it', async () => {
    const { peer, reply } = rig()
    const heard: string[] = []
    const listen = outcome(
      peer.request('subscriptions/listen', {}, { onNotification: ({ method }) => heard.push(method) }),
    )
    const other = peer.request('a', {})
    for (const requestId of [1, 2, '2']) reply({ method: 'notifications/cancelled', params: { requestId } })
    reply({ id: 1, result: {} })
    reply({ id: 2, result: { untouched: true } })
    expect(await listen).toBeInstanceOf(ConnectionClosed)
    expect(await other).toEqual({ untouched: true })
    expect(heard).toEqual(['notifications/cancelled'])
  })

  it('C2: the far side cancelling late a question of its own leaves the request with the same id alone', async () => {
    const { peer, reply } = rig()
    const heard: string[] = []
    const call = peer.request('tools/call', {}, { onNotification: ({ method }) => heard.push(method) })
    reply({ method: 'notifications/cancelled', params: { requestId: 1 } })
    reply({ id: 1, result: { untouched: true } })
    expect(await call).toEqual({ untouched: true })
    expect(heard).toEqual([])
  })
})

describe('the end of the road', () => {
  it('rejects whatever waits, settles closed, and refuses what comes later', async () => {
    const { peer, near } = rig()
    const waiting = [peer.request('a', {}), peer.request('b', {}, { timeout: Infinity, maxTimeout: Infinity })].map(
      outcome,
    )
    near.end()
    expect(await peer.closed).toBeUndefined()
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(ConnectionClosed)
    expect(await outcome(peer.request('c', {}))).toBeInstanceOf(ConnectionClosed)
    expect(await outcome(peer.notify('n'))).toBeInstanceOf(ConnectionClosed)
    expect(near.closed).toBe(true)
    expect(peer.pending).toBe(0)
  })

  it('disposing does the same, twice as well as once', async () => {
    const { peer, far } = rig()
    const waiting = outcome(peer.request('a', {}))
    await Promise.all([peer[Symbol.asyncDispose](), peer[Symbol.asyncDispose]()])
    await peer[Symbol.asyncDispose]()
    expect(await waiting).toBeInstanceOf(ConnectionClosed)
    expect(await peer.closed).toBeUndefined()
    expect(peer.session.ended.aborted).toBe(true)
    expect(await far[Symbol.asyncIterator]().next()).toMatchObject({ value: { message: { method: 'a' } } })
  })

  it('a road that breaks gives its reason', async () => {
    const { peer, near } = rig()
    const waiting = outcome(peer.request('a', {}))
    const reason = new Error('cable cut')
    near.fail(reason)
    expect(await peer.closed).toBe(reason)
    expect(await waiting).toMatchObject({ name: 'ConnectionClosed', cause: reason })
  })

  it('a road that cannot even be closed still settles closed, and every request', async () => {
    const [near] = pair()
    near[Symbol.asyncDispose] = () => Promise.reject(new Error('stuck'))
    const peer = new Peer(near, deaf)
    const waiting = outcome(peer.request('a', {}))
    near.end()
    expect(await peer.closed).toMatchObject({ message: 'stuck' })
    expect(await waiting).toBeInstanceOf(ConnectionClosed)
  })

  it('leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { peer } = rig()
    const waiting = Promise.all(Array.from({ length: 100 }, () => outcome(peer.request('a', {}))))
    await peer[Symbol.asyncDispose]()
    await waiting
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})

describe('two peers on one road', () => {
  const echo = (name: string): Responder => ({
    respond: ({ request }: Exchange) => Promise.resolve(success(request.id, { name, method: request.method })),
    hear: () => undefined,
  })

  it('B2: equal ids in both directions never cross', async () => {
    const [left, right] = pair()
    const [one, two] = [new Peer(left, echo('one')), new Peer(right, echo('two'))]
    const asked = Array.from({ length: 20 }, (_, index) => [one.request(`a${index}`, {}), two.request(`b${index}`, {})])
    const answers = await Promise.all(asked.flat())
    expect(answers).toEqual(
      Array.from({ length: 20 }, (_, index) => [
        { name: 'two', method: `a${index}` },
        { name: 'one', method: `b${index}` },
      ]).flat(),
    )
  })

  it('one cancelled in one direction does not touch its twin in the other', async () => {
    const [left, right] = pair()
    const gate = deferred()
    const aborted: string[] = []
    const slow = (name: string): Responder => ({
      respond: async ({ request, signal }: Exchange) => {
        signal.addEventListener('abort', () => aborted.push(name))
        await gate.promise
        return success(request.id, { name })
      },
      hear: () => undefined,
    })
    const [one, two] = [new Peer(left, slow('one')), new Peer(right, slow('two'))]
    const controller = new AbortController()
    const mine = outcome(one.request('a', {}, { signal: controller.signal }))
    const theirs = two.request('b', {})
    await settled()
    controller.abort()
    await settled()
    gate.resolve()
    expect(await mine).toBe(controller.signal.reason)
    expect(await theirs).toEqual({ name: 'one' })
    expect(aborted).toEqual(['two'])
  })

  it('notifications reach the responder in order, with the session', async () => {
    const [left, right] = pair()
    const heard: [RpcNotification, unknown][] = []
    const two = new Peer(right, { ...deaf, hear: (notification, session) => void heard.push([notification, session]) })
    const one = new Peer(left, deaf)
    await Promise.all([one.notify('a', { n: 1 }), one.notify('b'), one.notify('c')])
    await settled()
    expect(heard.map(([{ method }]) => method)).toEqual(['a', 'b', 'c'])
    expect(heard[0]?.[1]).toBe(two.session)
  })
})

describe('a request whose far side asks back', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('L7: does not time out while the question is being answered, but past its cap it does', async () => {
    const [near] = pair()
    const answering: Responder = { respond: () => new Promise(() => undefined), hear: () => undefined }
    const peer = new Peer(near, answering)
    const call = outcome(peer.request('tools/call', {}, { timeout: 1000, maxTimeout: 5000 }))
    near.arrive('{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}')
    await vi.advanceTimersByTimeAsync(4900)
    expect(peer.pending).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(await call).toMatchObject({ name: 'TimeoutError' })
  })

  it('B4: takes a batch once its own initialize has settled on the revision that has them', async () => {
    const { peer, near, reply } = rig()
    const opened = peer.request('initialize', {})
    reply({ id: 1, result: { protocolVersion: '2025-03-26' } })
    await opened
    const call = peer.request('a', {})
    near.arrive('[{"jsonrpc":"2.0","id":2,"result":{"batched":true}}]')
    expect(await call).toEqual({ batched: true })
  })
})
