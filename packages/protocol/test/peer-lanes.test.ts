import { afterEach, describe, expect, it, vi } from 'vitest'
import { Peer, success } from '../src/index.ts'
import type { Exchange, Lane, PeerOptions, RpcResponse } from '../src/index.ts'
import type { Arrival } from '../src/index.ts'
import { deferred, pair, settled } from './pair.ts'
import type { End } from './pair.ts'

afterEach(() => void vi.useRealTimers())

const rig = (
  respond: (exchange: Exchange) => Promise<RpcResponse | undefined>,
  options?: PeerOptions,
): { peer: Peer; near: End; send: (value: unknown, rest?: Partial<Arrival>) => void } => {
  const [near] = pair()
  const peer = new Peer(near, { respond, hear: () => undefined }, { sharedIds: true, ...options })
  return { peer, near, send: (value, rest) => near.arrive(JSON.stringify(value), rest) }
}

const request = (id: unknown, method = 'a'): object => ({ jsonrpc: '2.0', id, method })
const ok = ({ request: { id } }: Exchange): Promise<RpcResponse> => Promise.resolve(success(id, {}))

describe('lanes', () => {
  it('Q6: a question, its cancellation and the answer take the lane of the request', async () => {
    const lane: Lane = { its: 'own' }
    const { near, send } = rig(async (exchange) => {
      exchange.ask?.('roots/list', {}).catch(() => undefined)
      return success(exchange.request.id, {})
    })
    send(request(1), { lane })
    await settled()
    expect(near.messages).toMatchObject([
      { method: 'roots/list', id: 1 },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
      { id: 1, result: {} },
    ])
    expect(near.lanes).toEqual([lane, lane, lane])
  })

  it('a question that times out is cancelled on its lane', async () => {
    vi.useFakeTimers()
    const lane: Lane = {}
    const { near, send } = rig(async (exchange) => {
      await exchange.ask?.('roots/list', {}, { timeout: 1000, maxTimeout: 1000 }).catch(() => undefined)
      return success(exchange.request.id, {})
    })
    send(request(1), { lane })
    await settled()
    vi.advanceTimersByTime(1000)
    await settled()
    expect(near.messages[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(near.lanes).toEqual([lane, lane, lane])
  })

  it('what the peer asks on its own takes no lane, and neither does giving up', async () => {
    const { peer, near } = rig(ok)
    const controller = new AbortController()
    const asked = peer.request('roots/list', {}, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    expect(near.lanes).toEqual([undefined, undefined])
  })
})

describe('done', () => {
  it('is called once, after the answer', async () => {
    const order: string[] = []
    const { near, send } = rig(ok)
    send(request(1), { done: () => order.push(`done after ${near.sent.length}`) })
    await settled()
    expect(order).toEqual(['done after 1'])
  })

  it('C2: is called for a cancelled request, which has no answer', async () => {
    const done = vi.fn()
    const { near, send } = rig(async ({ signal, request: { id } }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return success(id, {})
    })
    send(request(1), { done })
    await settled()
    expect(done).not.toHaveBeenCalled()
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })
    await settled()
    expect([done.mock.calls.length, near.sent]).toEqual([1, []])
  })

  it.each([
    ['a notification', { jsonrpc: '2.0', method: 'n' }],
    ['a response', { jsonrpc: '2.0', id: 1, result: {} }],
    ['a broken message', { jsonrpc: '2.0', id: 1 }],
    ['an array that may not come', [request(1)]],
  ])('is called for %s', async (_, message) => {
    const done = vi.fn()
    const { send } = rig(ok)
    send(message, { done })
    await settled()
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('is called for a request past the limit', async () => {
    const done = vi.fn()
    const { send } = rig(ok, { maxInFlight: 0 })
    send(request(1), { done })
    await settled()
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('B4: is called once for a batch, after its last answer', async () => {
    const end = deferred()
    const done = vi.fn()
    const { peer, near, send } = rig(async ({ request: { id, method } }) => {
      if (method === 'slow') await end.promise
      return success(id, {})
    })
    peer.session.state.version = '2025-03-26'
    send([request(1), request(2, 'slow'), { jsonrpc: '2.0', method: 'n' }], { done })
    await settled()
    expect(done).not.toHaveBeenCalled()
    end.resolve()
    await settled()
    expect([done.mock.calls.length, near.sent.length]).toEqual([1, 1])
    // Only notifications: nothing to answer.
    send([{ jsonrpc: '2.0', method: 'n' }], { done })
    await settled()
    expect([done.mock.calls.length, near.sent.length]).toEqual([2, 1])
  })
})

describe('the session of a road that names it', () => {
  it('has that name, and one of its own otherwise', () => {
    expect(rig(ok, { sessionId: 'given' }).peer.session.id).toBe('given')
    expect(rig(ok).peer.session.id).not.toBe(rig(ok).peer.session.id)
  })
})
