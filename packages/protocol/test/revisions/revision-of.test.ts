import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { Peer, revisionOf, revisions, serverRevisions, success } from '../../src/index.ts'
import type { Exchange } from '../../src/index.ts'
import { pair, settled } from '../pair.ts'
import { envelope, exchangeOf, protocolVersion, refusalOf, session } from './rig.ts'

const legacy = revisions.flatMap(({ era, version }) => (era === 'legacy' ? [version] : []))
const read = (method: string, params: JsonObject | undefined, version?: string): string =>
  revisionOf(exchangeOf(method, params, { session: session(version) })).version

// The rows of the dual-era table, as a pipe has them.
describe('the revision of one message', () => {
  it.each(legacy)('V5: row 2: a request that names a revision is modern, whatever was negotiated (%s)', (version) => {
    expect(read('tools/list', { _meta: envelope() }, version)).toBe('2026-07-28')
    expect(revisionOf(exchangeOf('tools/list', { _meta: envelope() })).version).toBe('2026-07-28')
    expect(read('tools/list', { _meta: { [protocolVersion]: version } }, version)).toBe('2026-07-28')
  })

  it('V1: row 2: one that names a legacy or unknown revision is told which are spoken', async () => {
    for (const requested of [...legacy, '2099-01-01', '']) {
      const exchange = exchangeOf(
        'tools/list',
        { _meta: { ...envelope(), [protocolVersion]: requested } },
        { session: session(legacy[0]) },
      )
      expect(await refusalOf(exchange)).toMatchObject({ code: -32022, data: { requested, supported: ['2026-07-28'] } })
    }
  })

  it.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2024-11-05', '2024-11-05'],
    ['2026-07-28', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
    [undefined, '2025-11-25'],
  ])('L2: row 3: `initialize` for %j is the legacy handshake, answered in the words of %s', (requested, version) => {
    const params = { protocolVersion: requested, capabilities: {}, clientInfo: { name: 'c', version: '1' } }
    expect(read('initialize', params)).toBe(version)
    expect(read('initialize', params, '2025-06-18')).toBe(version)
  })

  it.each(legacy)('V5, L5: row 6: without one, a session that has been opened speaks its own (%s)', (version) => {
    expect(read('tools/list', {}, version)).toBe(version)
    expect(read('tools/list', undefined, version)).toBe(version)
    expect(read('tools/list', { _meta: { progressToken: 1 } }, version)).toBe(version)
  })

  it('row 7: where nothing is known, a ping is answered and anything else is told what is missing', async () => {
    expect(revisionOf(exchangeOf('ping', undefined, { session: session() })).era).toBe('legacy')
    const exchange = exchangeOf('tools/list', {}, { session: session() })
    expect(revisionOf(exchange).era).toBe('modern')
    const refusal = await refusalOf(exchange)
    expect(refusal).toMatchObject({ code: -32602, data: { supported: revisions.map(({ version }) => version) } })
    for (const text of [protocolVersion, 'clientCapabilities', 'initialize', '2024-11-05', '2026-07-28']) {
      expect(refusal.message).toContain(text)
    }
  })

  it('a version that is no string names none', () => {
    expect(read('tools/list', { _meta: { [protocolVersion]: 5 } }, '2025-06-18')).toBe('2025-06-18')
    expect(read('tools/list', { _meta: [] }, '2025-06-18')).toBe('2025-06-18')
  })

  it('never throws, whatever a session remembers', () => {
    expect(read('tools/list', {}, 'nonsense')).toBe('2026-07-28')
  })

  it('the two lists of revisions agree', () => {
    expect(serverRevisions.map(({ version, era, batches }) => ({ version, era, batches }))).toEqual(revisions)
  })
})

describe('the other rows, on a peer', () => {
  const rig = (): { send: (value: unknown) => void; exchanges: Exchange[]; sent: () => unknown[]; peer: Peer } => {
    const [near] = pair()
    const exchanges: Exchange[] = []
    const peer = new Peer(near, {
      respond: (exchange) => {
        exchanges.push(exchange)
        return exchange.request.method === 'slow'
          ? new Promise(() => undefined)
          : Promise.resolve(success(exchange.request.id, {}))
      },
      hear: () => undefined,
    })
    return { peer, exchanges, send: (value) => near.arrive(JSON.stringify(value)), sent: () => near.messages }
  }

  it('C2: row 8: a cancel finds requests of either era', async () => {
    const { exchanges, send } = rig()
    send({ jsonrpc: '2.0', id: 1, method: 'slow', params: { _meta: envelope() } })
    send({ jsonrpc: '2.0', id: 2, method: 'slow' })
    for (const requestId of [1, 2]) send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })
    await settled()
    expect(exchanges.map(({ signal, session: held }) => [signal.aborted, held === undefined])).toEqual([
      [true, true],
      [true, false],
    ])
  })

  it('row 9: a response that answers nothing is dropped', async () => {
    const { send, sent } = rig()
    send({ jsonrpc: '2.0', id: 1, result: {} })
    send({ jsonrpc: '2.0', id: 1, error: { code: -1, message: '' } })
    await settled()
    expect(sent()).toEqual([])
  })

  it('V5, B12: eras alternate on one road, and the modern ones change nothing for the legacy ones', async () => {
    const { peer, exchanges, send } = rig()
    peer.session.state.version = '2025-06-18'
    send({ jsonrpc: '2.0', id: 1, method: 'a' })
    send({ jsonrpc: '2.0', id: 2, method: 'a', params: { _meta: envelope({ sampling: {} }) } })
    send({ jsonrpc: '2.0', id: 3, method: 'a' })
    await settled()
    expect(exchanges.map((exchange) => revisionOf(exchange).version)).toEqual([
      '2025-06-18',
      '2026-07-28',
      '2025-06-18',
    ])
    expect(peer.session.state.capabilities).toBeUndefined()
  })
})
