import { internalError, invalidParams } from '@parley/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { errorObject, failure, Peer, success } from '../src/index.ts'
import type { Exchange, PeerOptions, Responder, RpcNotification, RpcResponse } from '../src/index.ts'
import { deferred, pair, settled } from './pair.ts'
import type { End } from './pair.ts'

type Rig = { peer: Peer; near: End; exchanges: Exchange[]; heard: RpcNotification[]; send: (text: string) => void }

const rig = (respond: (exchange: Exchange) => Promise<RpcResponse | undefined>, options?: PeerOptions): Rig => {
  const [near] = pair()
  const exchanges: Exchange[] = []
  const heard: RpcNotification[] = []
  const responder: Responder = {
    respond: (exchange) => {
      exchanges.push(exchange)
      return respond(exchange)
    },
    hear: (notification) => void heard.push(notification),
  }
  return { peer: new Peer(near, responder, options), near, exchanges, heard, send: (text) => near.arrive(text) }
}

const request = (id: unknown, method = 'a', params?: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, ...(params && { params }) })
const cancelled = (requestId: unknown, rest: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, ...rest } })
const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }
const ok = ({ request: { id } }: Exchange): Promise<RpcResponse> => Promise.resolve(success(id, { ok: true }))

afterEach(() => void vi.useRealTimers())

describe('whenGone', () => {
  it('C2: hears of a cancel as the signal does, and at once where that was before', async () => {
    const { exchanges, send } = rig(() => new Promise(() => undefined))
    send(request(1))
    await settled()
    const [exchange] = exchanges
    const early = vi.fn<(reason: unknown) => void>()
    exchange?.whenGone?.(early)
    expect(early).not.toHaveBeenCalled()
    send(cancelled(1, { reason: 'enough' }))
    await settled()
    const late = vi.fn<(reason: unknown) => void>()
    exchange?.whenGone?.(late)
    expect(early.mock.calls).toEqual([[exchange?.signal.reason]])
    expect(late.mock.calls).toEqual([[exchange?.signal.reason]])
  })

  it('hears nothing of an exchange that was answered', async () => {
    const gone = vi.fn<(reason: unknown) => void>()
    const { exchanges, near, peer, send } = rig((exchange) => {
      exchange.whenGone?.(gone)
      return ok(exchange)
    })
    send(request(1))
    await settled()
    expect(exchanges).toHaveLength(1)
    near.end()
    await peer.closed
    expect(gone).not.toHaveBeenCalled()
  })
})

describe('serving', () => {
  it.each([0, 1, -7, '', '1', 'é"\\', Number.MAX_SAFE_INTEGER])('B1: echoes the id %j with its type', async (id) => {
    const { near, send } = rig(ok)
    send(request(id))
    await settled()
    expect(near.messages).toEqual([{ jsonrpc: '2.0', id, result: { ok: true } }])
  })

  it.each([
    ['{"jsonrpc":"2.0","id":null,"method":"a"}', -32600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"a"}', -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"a"}', -32600],
    ['not json', -32700],
    ['1', -32600],
    ['{}', -32600],
  ])('B1, B3: %s is answered without an id, and the next request is served', async (text, code) => {
    const { near, send } = rig(ok)
    send(text)
    send(request(1))
    await settled()
    expect(near.messages).toEqual([
      { jsonrpc: '2.0', error: { code, message: expect.any(String) } },
      { jsonrpc: '2.0', id: 1, result: { ok: true } },
    ])
  })

  it('B3: notifications get no reply, not even broken ones, and neither do broken responses', async () => {
    const { near, heard, send } = rig(ok)
    send('{"jsonrpc":"2.0","method":"n"}')
    send('{"jsonrpc":"2.0","method":"n","params":[1]}')
    send('{"jsonrpc":"2.0","id":1,"result":[]}')
    send('{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}')
    await settled()
    expect(near.sent).toEqual([])
    expect(heard).toEqual([{ kind: 'notification', method: 'n', params: undefined }])
  })

  it('silence where the responder says so', async () => {
    const { near, send } = rig(() => Promise.resolve(undefined))
    send(request(1))
    await settled()
    expect(near.sent).toEqual([])
    send(request(1))
    await settled()
    expect(near.sent).toEqual([])
  })

  it.each<[string, () => Promise<RpcResponse>]>([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
  ])('a responder that %s costs its own request alone, and its words stay inside', async (_, respond) => {
    let first = true
    const { near, send } = rig((exchange) => {
      if (!first) return ok(exchange)
      first = false
      return respond()
    })
    send(request(1))
    send(request(1))
    await settled()
    send(request(2))
    await settled()
    expect(near.sent[0]).not.toContain('secret')
    expect(near.messages).toContainEqual({ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error' } })
    expect(near.messages.at(-1)).toEqual({ jsonrpc: '2.0', id: 2, result: { ok: true } })
  })

  it('a listener for notifications that throws does not end the road', async () => {
    const [near] = pair()
    const peer = new Peer(near, {
      respond: ok,
      hear: () => {
        throw new Error('deaf')
      },
    })
    near.arrive('{"jsonrpc":"2.0","method":"n"}')
    near.arrive(request(1))
    await settled()
    expect(near.messages).toEqual([{ jsonrpc: '2.0', id: 1, result: { ok: true } }])
    await peer[Symbol.asyncDispose]()
  })

  it('what JSON cannot hold is answered with -32603 rather than silence', async () => {
    const { near, send } = rig(({ request: { id, method } }) =>
      Promise.resolve(
        method === 'result' ? success(id, { big: 1n }) : failure(id, { code: 1, message: 'm', data: 1n }),
      ),
    )
    send(request(1, 'result'))
    send(request(2, 'error'))
    await settled()
    expect(near.messages).toMatchObject([
      { id: 1, error: { code: -32603 } },
      { id: 2, error: { code: -32603 } },
    ])
  })

  it('a request in flight keeps its id: another is refused, and may come when it is answered', async () => {
    const gate = deferred()
    const { near, exchanges, send } = rig(async (exchange) => {
      await gate.promise
      return ok(exchange)
    })
    send(request(1))
    send(request(1))
    send(request('1'))
    await settled()
    expect(near.messages).toEqual([
      { jsonrpc: '2.0', id: 1, error: { code: -32600, message: expect.stringContaining('in flight') } },
    ])
    gate.resolve()
    await settled()
    send(request(1))
    await settled()
    expect(exchanges).toHaveLength(3)
    expect(near.messages.slice(1)).toMatchObject([{ id: 1 }, { id: '1' }, { id: 1 }])
  })

  it('on roads where ids may be shared both are served, and a cancel hits both', async () => {
    const { near, exchanges, send } = rig(() => new Promise(() => undefined), { sharedIds: true })
    send(request(1))
    send(request(1))
    await settled()
    const signals = exchanges.map(({ signal }) => signal)
    send(cancelled(1))
    await settled()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(near.sent).toEqual([])
  })

  it('has a cap on requests in flight, from which listening is exempt', async () => {
    const gate = deferred()
    const { near, send } = rig(
      async (exchange) => {
        await gate.promise
        return ok(exchange)
      },
      { maxInFlight: 2 },
    )
    send(request('l1', 'subscriptions/listen', modern))
    send(request(1))
    send(request(2))
    send(request(3))
    send(request('l2', 'subscriptions/listen', modern))
    await settled()
    expect(near.messages).toEqual([
      { jsonrpc: '2.0', id: 3, error: { code: -32603, message: expect.any(String), data: { retry: true } } },
    ])
    gate.resolve()
    await settled()
    send(request(4))
    await settled()
    expect(near.messages.at(-1)).toMatchObject({ id: 4, result: { ok: true } })
  })

  it('the cap is 1024 unless told otherwise', async () => {
    const { near, send } = rig(() => new Promise(() => undefined))
    for (let id = 1; id <= 1025; id += 1) send(request(id))
    await settled()
    expect(near.messages).toMatchObject([{ id: 1025, error: { code: -32603 } }])
  })

  it('B12: a request that names its revision has no session and cannot be asked back', async () => {
    const { exchanges, peer, send } = rig(ok)
    send(request(1, 'a', modern))
    send(request(2, 'a'))
    await settled()
    expect(exchanges[0]?.session).toBeUndefined()
    expect(exchanges[0]?.ask).toBeUndefined()
    expect(exchanges[1]?.session).toBe(peer.session)
    expect(exchanges[1]?.ask).toBeTypeOf('function')
  })

  it('an exchange has the origin that its arrival brought, or else that of the road', async () => {
    const [near] = pair()
    const roads: string[] = []
    const responder: Responder = {
      respond: (exchange) => (roads.push(exchange.origin.road), ok(exchange)),
      hear: () => undefined,
    }
    const peer = new Peer(near, responder, { origin: { road: 'stdio' } })
    near.arrive(request(1))
    near.arrive(request(2), { origin: { road: 'http' } })
    await settled()
    expect(roads).toEqual(['stdio', 'http'])
    await peer[Symbol.asyncDispose]()
  })

  it('answers, notifications and questions go back by the lane that the request came by', async () => {
    const { near } = rig(async (exchange) => {
      await exchange.notify('n')
      await exchange.ask?.('q', {}, { timeout: Infinity })
      return ok(exchange)
    })
    const lane = {}
    near.arrive(request(1), { lane })
    await settled()
    near.arrive('{"jsonrpc":"2.0","id":1,"result":{}}', { lane: {} })
    await settled()
    expect(near.messages).toMatchObject([{ method: 'n' }, { method: 'q' }, { result: { ok: true } }])
    expect(near.lanes).toEqual([lane, lane, lane])
  })
})

describe('cancelled by the far side', () => {
  it('C2: aborts the signal with the reason and sends nothing for the request any more', async () => {
    const gate = deferred()
    const late: unknown[] = []
    const { near, exchanges, send } = rig(async (exchange) => {
      await gate.promise
      late.push(await Promise.resolve(exchange.notify('n')).catch((error: unknown) => error))
      return ok(exchange)
    })
    send(request(1))
    await settled()
    const { signal } = exchanges[0] as Exchange
    send(cancelled(1, { reason: 'changed my mind' }))
    await settled()
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'changed my mind' })
    gate.resolve()
    await settled()
    expect(late).toEqual([expect.any(Error)])
    expect(near.sent).toEqual([])
  })

  it('a signal first looked at after the cancel is aborted, for the same reason', async () => {
    const { exchanges, send } = rig(() => new Promise(() => undefined))
    send(request(1))
    send(cancelled(1))
    await settled()
    expect(exchanges[0]?.signal.aborted).toBe(true)
  })

  it.each([99, '1', null, {}, [1], undefined, '__proto__'])('C2: ignores a cancel of %j', async (id) => {
    const { near, exchanges, heard, send } = rig(ok)
    send(cancelled(id))
    send('{"jsonrpc":"2.0","method":"notifications/cancelled"}')
    send(request(1))
    await settled()
    expect(exchanges[0]?.signal.aborted).toBe(false)
    expect(near.messages).toEqual([{ jsonrpc: '2.0', id: 1, result: { ok: true } }])
    expect(heard).toEqual([])
  })

  it('C2: ignores a cancel of what is answered', async () => {
    const { near, exchanges, send } = rig(ok)
    send(request(1))
    await settled()
    send(cancelled(1))
    await settled()
    expect(exchanges[0]?.signal.aborted).toBe(false)
    expect(near.sent).toHaveLength(1)
  })

  it('nothing is left after a thousand requests begun and cancelled', async () => {
    const gate = deferred()
    const { near, send } = rig(
      async (exchange) => {
        await gate.promise
        return ok(exchange)
      },
      { maxInFlight: 1000 },
    )
    for (let id = 1; id <= 1000; id += 1) send(request(id))
    for (let id = 1; id <= 1000; id += 1) send(cancelled(id))
    await settled()
    expect(near.sent).toEqual([])
    gate.resolve()
    await settled()
    for (let id = 1; id <= 1000; id += 1) send(request(id))
    await settled()
    expect(near.sent).toHaveLength(1000)
    expect(near.messages.every((message) => 'result' in (message as object))).toBe(true)
  })
})

describe('an exchange that is over', () => {
  it('C5: sends no notification after its answer', async () => {
    const { near, exchanges, send } = rig(ok)
    send(request(1))
    await settled()
    await expect(exchanges[0]?.notify('notifications/progress', {})).rejects.toThrow('over')
    expect(near.sent).toHaveLength(1)
  })

  it('Q6: asks nothing after its answer, and takes back what nobody waited for', async () => {
    const answers: Promise<unknown>[] = []
    const { near, peer, exchanges, send } = rig((exchange) => {
      answers.push((exchange.ask as NonNullable<Exchange['ask']>)('q', {}).catch((error: unknown) => error))
      return ok(exchange)
    })
    send(request(1))
    await settled()
    await expect(exchanges[0]?.ask?.('q', {})).rejects.toThrow('over')
    expect(near.messages).toMatchObject([
      { method: 'q', id: 1 },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
      { id: 1, result: {} },
    ])
    expect(await answers[0]).toBeInstanceOf(Error)
    expect(peer.pending).toBe(0)
  })

  it('Q6: a question ends with the request that it belongs to', async () => {
    const { near, peer, send } = rig(async (exchange) => {
      await exchange.ask?.('q', {}, { timeout: Infinity, maxTimeout: Infinity })
      return ok(exchange)
    })
    send(request(7))
    await settled()
    expect(peer.pending).toBe(1)
    send(cancelled(7))
    await settled()
    expect(peer.pending).toBe(0)
    expect(near.messages).toMatchObject([
      { method: 'q', id: 1 },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
    ])
  })
})

describe('listening', () => {
  it('U5: after the result of a listen, `cancelled` names it', async () => {
    const { near, send } = rig(ok)
    send(request('s', 'subscriptions/listen', modern))
    await settled()
    expect(near.messages).toMatchObject([
      { id: 's', result: {} },
      { method: 'notifications/cancelled', params: { requestId: 's' } },
    ])
  })

  it('C4: a listen that was refused never began, and is not cancelled; nor is any other request', async () => {
    const { near, send } = rig((exchange) =>
      exchange.request.method === 'a'
        ? ok(exchange)
        : Promise.resolve(failure(exchange.request.id, errorObject(invalidParams('no')))),
    )
    send(request(1, 'subscriptions/listen', modern))
    send(request(2))
    await settled()
    expect(near.messages).toMatchObject([
      { id: 1, error: { code: -32602 } },
      { id: 2, result: {} },
    ])
  })

  it('C2: a listen that the client cancelled is not answered', async () => {
    const { near, send } = rig(
      ({ request: { id }, signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(failure(id, errorObject(internalError())))),
        ),
    )
    send(request(1, 'subscriptions/listen', modern))
    await settled()
    send(cancelled(1))
    await settled()
    expect(near.sent).toEqual([])
  })
})

describe('when the far side stops sending', () => {
  it('requests in flight are aborted at once unless the road lingers', async () => {
    const { near, peer, exchanges, send } = rig(() => new Promise(() => undefined))
    send(request(1))
    await settled()
    const { signal } = exchanges[0] as Exchange
    near.end()
    await peer.closed
    expect(signal.reason).toMatchObject({ name: 'ConnectionClosed' })
  })

  it('T6: a road that lingers lets them finish, and then closes at once', async () => {
    vi.useFakeTimers()
    const gate = deferred()
    const { near, peer, send } = rig(
      async (exchange) => {
        await gate.promise
        return ok(exchange)
      },
      { linger: 1000 },
    )
    send(request(1))
    await settled()
    near.end()
    await settled()
    gate.resolve()
    await peer.closed
    expect(near.messages).toEqual([{ jsonrpc: '2.0', id: 1, result: { ok: true } }])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a road lingers no longer than it was told to, and not where nothing is in flight', async () => {
    vi.useFakeTimers()
    const slow = rig(() => new Promise(() => undefined), { linger: 1000 })
    slow.send(request(1))
    await settled()
    slow.near.end()
    await vi.advanceTimersByTimeAsync(999)
    expect(slow.near.closed).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(slow.near.closed).toBe(true)

    const idle = rig(ok, { linger: 1_000_000 })
    idle.near.end()
    await idle.peer.closed
    expect(vi.getTimerCount()).toBe(0)
  })

  it('disposing does not wait for the lingering', async () => {
    vi.useFakeTimers()
    const { near, peer, send } = rig(() => new Promise(() => undefined), { linger: 1_000_000 })
    send(request(1))
    await settled()
    near.end()
    await settled()
    await peer[Symbol.asyncDispose]()
    expect(vi.getTimerCount()).toBe(0)
  })
})
