import { describe, expect, it } from 'vitest'
import { Peer, revisions, success } from '../src/index.ts'
import type { Exchange, PeerOptions, RpcNotification, RpcResponse } from '../src/index.ts'
import { deferred, pair, settled } from './pair.ts'
import type { End } from './pair.ts'

const rig = (
  version: string | undefined,
  respond?: (exchange: Exchange) => Promise<RpcResponse | undefined>,
  options?: PeerOptions,
): { peer: Peer; near: End; heard: RpcNotification[]; send: (value: unknown) => void } => {
  const [near] = pair()
  const heard: RpcNotification[] = []
  const ok = ({ request }: Exchange): Promise<RpcResponse> =>
    Promise.resolve(success(request.id, { is: request.method }))
  const peer = new Peer(
    near,
    { respond: respond ?? ok, hear: (notification) => void heard.push(notification) },
    options,
  )
  if (version !== undefined) peer.session.state.version = version
  return { peer, near, heard, send: (value) => near.arrive(JSON.stringify(value)) }
}

const rpc = { jsonrpc: '2.0' }
const batching = '2025-03-26'

describe('batches', () => {
  it('B5: an array is refused whole before a handshake, and no part of it is looked at', async () => {
    const { near, heard, send } = rig(undefined)
    send([
      { ...rpc, id: 1, method: 'a' },
      { ...rpc, method: 'n' },
    ])
    await settled()
    expect(near.messages).toEqual([{ ...rpc, error: { code: -32600, message: expect.any(String) } }])
    expect(heard).toEqual([])
  })

  it.each(revisions.map(({ version }) => version).filter((version) => version !== batching))(
    'B5: an array is refused whole in %s, and no part of it is looked at',
    async (version) => {
      const { near, heard, send } = rig(version)
      send([
        { ...rpc, id: 1, method: 'a' },
        { ...rpc, method: 'n' },
      ])
      await settled()
      expect(near.messages).toEqual([{ ...rpc, error: { code: -32600, message: expect.any(String) } }])
      expect(heard).toEqual([])
    },
  )

  it('B4: requests are answered together, in one array, when the last is done', async () => {
    const gate = deferred()
    const { near, heard, send } = rig(batching, async ({ request }) => {
      if (request.method === 'slow') await gate.promise
      return success(request.id, { is: request.method })
    })
    send([
      { ...rpc, id: 1, method: 'slow' },
      { ...rpc, method: 'n' },
      { ...rpc, id: 'x', method: 'a' },
    ])
    await settled()
    expect(near.sent).toEqual([])
    expect(heard).toMatchObject([{ method: 'n' }])
    gate.resolve()
    await settled()
    expect(near.messages).toHaveLength(1)
    expect(near.messages[0]).toHaveLength(2)
    expect(near.messages[0]).toEqual(
      expect.arrayContaining([
        { ...rpc, id: 1, result: { is: 'slow' } },
        { ...rpc, id: 'x', result: { is: 'a' } },
      ]),
    )
  })

  it('B4: a batch of one is answered with an array too', async () => {
    const { near, send } = rig(batching)
    send([{ ...rpc, id: 1, method: 'a' }])
    await settled()
    expect(near.messages).toEqual([[{ ...rpc, id: 1, result: { is: 'a' } }]])
  })

  it('B3, B4: notifications and responses alone get no answer', async () => {
    const { peer, near, heard, send } = rig(batching)
    const asked = peer.request('q', {})
    send([
      { ...rpc, method: 'n' },
      { ...rpc, id: 1, result: { answered: true } },
      { ...rpc, method: 'm' },
    ])
    expect(await asked).toEqual({ answered: true })
    await settled()
    expect(near.sent).toHaveLength(1)
    expect(heard.map(({ method }) => method)).toEqual(['n', 'm'])
  })

  it('B4: `initialize` in a batch is refused, and the rest is served', async () => {
    const { near, peer, send } = rig(batching)
    send([
      { ...rpc, id: 1, method: 'initialize', params: {} },
      { ...rpc, id: 2, method: 'a' },
    ])
    await settled()
    expect(near.messages).toEqual([
      [
        { ...rpc, id: 1, error: { code: -32600, message: expect.any(String) } },
        { ...rpc, id: 2, result: { is: 'a' } },
      ],
    ])
    expect(peer.session.state.version).toBe(batching)
  })

  it('B4: what cannot be read is answered in its place, without an id where it had none', async () => {
    const { near, send } = rig(batching)
    send([1, { ...rpc, id: 5, method: 7 }, [], { ...rpc, id: 2, method: 'a' }, { ...rpc, id: 3, result: 0 }])
    await settled()
    const bad = (id?: number): object => ({
      ...rpc,
      ...(id && { id }),
      error: { code: -32600, message: expect.any(String) },
    })
    expect(near.messages).toEqual([[bad(), bad(5), bad(), { ...rpc, id: 2, result: { is: 'a' } }]])
  })

  it('an empty batch and one that is too long are refused whole', async () => {
    const { near, send } = rig(batching)
    const many = (count: number): object[] => Array.from({ length: count }, (_, id) => ({ ...rpc, id, method: 'a' }))
    send([])
    send(many(51))
    send(many(50))
    await settled()
    const refused = { ...rpc, error: { code: -32600, message: expect.any(String) } }
    expect(near.messages.slice(0, 2)).toEqual([refused, refused])
    expect(near.messages[2]).toHaveLength(50)
    const short = rig(batching, undefined, { maxBatch: 2 })
    short.send(many(3))
    await settled()
    expect(short.near.messages).toEqual([refused])
  })

  it('C2: a cancelled member is left out, and a batch of nothing else gets no answer', async () => {
    const gate = deferred()
    const { near, send } = rig(batching, async ({ request }) => {
      await gate.promise
      return success(request.id, {})
    })
    send([
      { ...rpc, id: 1, method: 'a' },
      { ...rpc, id: 2, method: 'b' },
    ])
    send([{ ...rpc, id: 3, method: 'c' }])
    send([1, 3].map((requestId) => ({ ...rpc, method: 'notifications/cancelled', params: { requestId } })))
    await settled()
    gate.resolve()
    await settled()
    expect(near.messages).toEqual([[{ ...rpc, id: 2, result: {} }]])
  })

  it('a result that JSON cannot hold does not silence the others', async () => {
    const { near, send } = rig(batching, ({ request }) =>
      Promise.resolve(success(request.id, request.method === 'bad' ? { big: 1n } : {})),
    )
    send([
      { ...rpc, id: 1, method: 'bad' },
      { ...rpc, id: 2, method: 'good' },
    ])
    await settled()
    expect(near.messages).toEqual([
      [
        { ...rpc, id: 1, error: { code: -32603, message: expect.any(String) } },
        { ...rpc, id: 2, result: {} },
      ],
    ])
  })

  it('an id twice in one batch is served once', async () => {
    const { near, send } = rig(batching, async ({ request }) => success(request.id, {}))
    send([
      { ...rpc, id: 1, method: 'a' },
      { ...rpc, id: 1, method: 'b' },
    ])
    await settled()
    expect(near.messages).toEqual([
      expect.arrayContaining([
        { ...rpc, id: 1, result: {} },
        { ...rpc, id: 1, error: { code: -32600, message: expect.any(String) } },
      ]),
    ])
  })
})
