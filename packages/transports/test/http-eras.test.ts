import type { JsonObject } from '@parley/core'
import { afterEach, describe, expect, it } from 'vitest'
import { calling, envelope, faces, posting, version } from './http-faces.ts'
import type { Answer, Ask, Face } from './http-faces.ts'
import { responderOf } from './http-legacy-rig.ts'

const opening = (protocolVersion: string): JsonObject => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
})
const request = (method: string, params?: JsonObject, id: unknown = 2): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

// The dual-era table of the requirements, row by row, as a client over HTTP sees it.
describe.each(faces)('both eras on one URL, over $name', ({ open }) => {
  const opened: Face[] = []
  const server = responderOf(({ session, request: { method } }) => ({
    method,
    era: session === undefined ? 'modern' : 'legacy',
  }))
  const start = async (options: Parameters<typeof open>[1] = {}): Promise<Face> => {
    const face = await open(server, { linger: 0, ...options })
    opened.push(face)
    return face
  }
  const handshake = async (
    face: Face,
    protocolVersion = '2025-11-25',
    more: Ask['headers'] = {},
  ): Promise<Ask['headers']> => {
    const { status, header } = await face.ask(posting(opening(protocolVersion), more))
    expect(status).toBe(200)
    const session = header('mcp-session-id')
    expect(session).toMatch(/^[\w-]{22}$/)
    return { 'mcp-session-id': session, 'mcp-protocol-version': protocolVersion }
  }
  const last = async (face: Face, ask: Ask): Promise<JsonObject | undefined> => {
    const live = await face.open(ask)
    if (live.header('content-type') !== 'text/event-stream') {
      live.hangUp()
      return (await face.ask(ask)).json
    }
    let seen: JsonObject | undefined
    for (let each = await live.message(); each !== undefined; each = await live.message()) seen = each
    return seen
  }
  const outcome = ({ status, json }: Answer): unknown[] => [status, (json['error'] as JsonObject | undefined)?.['code']]

  afterEach(async () => {
    server.heard.length = 0
    await Promise.all(opened.splice(0).map((face) => face.close()))
  })

  it('V5: row 1: takes an array where batches were agreed on, and nowhere else', async () => {
    const face = await start()
    const old = await handshake(face, '2025-03-26')
    const batch = [request('tools/list', {}, 'a'), request('ping', {}, 'b')]
    const answer = await face.ask(posting(batch, old))
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual([
      { jsonrpc: '2.0', id: 'a', result: { method: 'tools/list', era: 'legacy' } },
      { jsonrpc: '2.0', id: 'b', result: { method: 'ping', era: 'legacy' } },
    ])
    for (const headers of [
      await handshake(face),
      await handshake(face, '2025-06-18'),
      { 'mcp-protocol-version': version },
    ]) {
      expect(outcome(await face.ask(posting(batch, headers)))).toEqual([400, -32600])
    }
  })

  it('V5: row 2: serves what names a modern revision as modern, whatever session it also names', async () => {
    const face = await start()
    const session = await handshake(face)
    const { json } = await face.ask(calling('tools/list', {}, { 'mcp-session-id': session?.['mcp-session-id'] }))
    expect(json['result']).toEqual({ method: 'tools/list', era: 'modern' })
  })

  it.each([
    ['no version header', {}],
    ['the header of its revision', { 'mcp-protocol-version': '2025-06-18' }],
    ['the header of another era', { 'mcp-protocol-version': version }],
    ['a header that nobody knows', { 'mcp-protocol-version': 'bogus' }],
  ])('V5: row 3: shakes hands with an initialize under %s', async (_, headers) => {
    const face = await start()
    await handshake(face, '2025-06-18', headers)
  })

  it('V5: row 3: does not shake hands with an initialize that names a modern revision', async () => {
    const face = await start()
    const { json, header } = await face.ask(calling('initialize', opening('2025-11-25')['params'] as JsonObject))
    expect(json['result'] ?? json['error']).toBeDefined()
    expect(header('mcp-session-id')).toBeUndefined()
  })

  it.each([
    ['request', request('tools/list')],
    ['notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['response', { jsonrpc: '2.0', id: 1, result: {} }],
  ])('V5: row 4: refuses a %s under a version that is not served', async (_, message) => {
    const face = await start()
    const session = await handshake(face)
    const answer = await face.ask(posting(message, { ...session, 'mcp-protocol-version': '2024-01-01' }))
    expect(outcome(answer)).toEqual([400, -32022])
    expect((answer.json['error'] as JsonObject)['data']).toEqual({ requested: '2024-01-01', supported: [version] })
  })

  it('V5: row 5: names what a modern request lacks', async () => {
    const face = await start()
    const ask = posting(request('tools/list'), { 'mcp-protocol-version': version, 'mcp-method': 'tools/list' })
    const answer = await face.ask(ask)
    expect(outcome(answer)).toEqual([400, -32602])
    expect((answer.json['error'] as JsonObject)['message']).toContain('io.modelcontextprotocol/protocolVersion')
  })

  it('V5: row 6: serves a live session, and answers a dead or made-up one with 404', async () => {
    const face = await start()
    const session = await handshake(face)
    expect(await last(face, posting(request('tools/list'), session))).toMatchObject({ result: { era: 'legacy' } })
    expect((await face.ask({ method: 'DELETE', headers: { ...session } })).status).toBeLessThan(300)
    expect((await face.ask(posting(request('tools/list'), session))).status).toBe(404)
    expect((await face.ask(posting(request('tools/list'), { 'mcp-session-id': 'made-up' }))).status).toBe(404)
  })

  it('V5: row 6: wants a session where sessions are kept, and none where they are not', async () => {
    const legacy = { 'mcp-protocol-version': '2025-06-18' }
    expect((await (await start()).ask(posting(request('tools/list'), legacy))).status).toBe(400)
    const face = await start({ sessions: false })
    expect((await face.ask(posting(request('tools/list'), legacy))).json['result']).toEqual({
      method: 'tools/list',
      era: 'legacy',
    })
  })

  it('V5: row 7: reads what names nothing at all as of the oldest revision over HTTP', async () => {
    const face = await start({ sessions: false })
    expect((await face.ask(posting(request('ping')))).json['result']).toEqual({ method: 'ping', era: 'legacy' })
  })

  it('V5: row 8: takes a cancellation in either era', async () => {
    const face = await start()
    const session = await handshake(face)
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    expect((await face.ask(posting(cancelled, session))).status).toBe(202)
    const modern = { ...cancelled, params: { requestId: 1, _meta: envelope() } }
    expect((await face.ask(posting(modern, { 'mcp-protocol-version': version }))).status).toBe(202)
  })

  it('V5: row 9: takes a response in a session, and none in the modern era', async () => {
    const face = await start()
    const response = { jsonrpc: '2.0', id: 1, result: {} }
    expect((await face.ask(posting(response, await handshake(face)))).status).toBe(202)
    expect(outcome(await face.ask(posting(response, { 'mcp-protocol-version': version })))).toEqual([400, -32600])
  })

  it('V5: row 10: opens the stream of a session by GET, and ends the session by DELETE', async () => {
    const face = await start()
    const session = await handshake(face)
    const live = await face.open({ method: 'GET', headers: { accept: 'text/event-stream', ...session } })
    expect([live.status, live.header('content-type')]).toEqual([200, 'text/event-stream'])
    expect((await face.ask({ method: 'GET', headers: { accept: 'application/json', ...session } })).status).toBe(406)
    expect((await face.ask({ method: 'DELETE', headers: { ...session } })).status).toBeLessThan(300)
    expect(await live.message()).toBeUndefined()
  })

  it('serves both eras at the same moment', async () => {
    const face = await start()
    const session = await handshake(face)
    const asks = Array.from({ length: 20 }, (_, n) => n % 2 === 0)
    const seen = await Promise.all(
      asks.map((modern) =>
        modern ? last(face, calling('tools/list')) : last(face, posting(request('tools/list', {}, 1), session)),
      ),
    )
    expect(seen).toEqual(
      asks.map(
        (modern) =>
          expect.objectContaining({ result: { method: 'tools/list', era: modern ? 'modern' : 'legacy' } }) as unknown,
      ),
    )
  })

  it('ends the streams of sessions when serving ends', async () => {
    const face = await start()
    const session = await handshake(face)
    const live = await face.open({ method: 'GET', headers: { accept: 'text/event-stream', ...session } })
    await face.close()
    expect(await live.message().catch(() => undefined)).toBeUndefined()
  })
})
