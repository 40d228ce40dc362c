import type { Session } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { openFetch, openNode, posting } from './http-faces.ts'
import type { Ask, OpenFace } from './http-faces.ts'
import { gate, responderOf } from './http-legacy-rig.ts'

const faces: [string, OpenFace][] = [
  ['fetch', openFetch],
  ['node:http', openNode],
]

describe.each(faces)('legacy sessions over %s', (_, openFace) => {
  it('G2, G6, G8, G11: JSON, streams, news, leaving and coming back, and the end', async () => {
    let session: Session | undefined
    const go = gate()
    const aborted: boolean[] = []
    const responder = responderOf(async (exchange) => {
      session = exchange.session
      if (exchange.request.method === 'quiet') return { quiet: true }
      await exchange.notify('one')
      await go.promise
      await exchange.notify('two')
      aborted.push(exchange.signal.aborted)
      return { loud: true }
    })
    const face = await openFace(responder)
    const params = { protocolVersion: '2025-11-25' }
    const first = await face.ask(posting({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, { host: face.host }))
    const own = { host: face.host, 'mcp-session-id': first.header('mcp-session-id') }
    const call = (method: string): Ask => posting({ jsonrpc: '2.0', id: 1, method }, own)
    const get = (more: Ask['headers'] = {}): Ask => ({
      method: 'GET',
      headers: { ...own, accept: 'text/event-stream', ...more },
    })

    const quiet = await face.ask(call('quiet'))
    expect([quiet.status, quiet.header('content-type'), quiet.json]).toMatchObject([
      200,
      'application/json',
      { id: 1, result: { quiet: true } },
    ])
    const news = await face.open(get())
    expect([news.status, news.header('content-type')]).toEqual([200, 'text/event-stream'])
    await session?.notify('extra')
    // The first block only marks a place.
    expect([await news.next(), await news.next()]).toEqual([
      expect.stringMatching(/\ndata: $/),
      expect.stringContaining('"extra"'),
    ])
    const loud = await face.open(call('loud'))
    const primed = await loud.next()
    expect(primed).toMatch(/^id: \S+\nretry: 1000\ndata: $/)
    const block = await loud.next()
    expect(block).toContain('"one"')
    loud.hangUp()
    const back = await face.open(get({ 'last-event-id': /^id: (.+)$/m.exec(primed ?? '')?.[1] }))
    go.open()
    expect([await back.message(), await back.message(), await back.message(), await back.message()]).toMatchObject([
      { method: 'one' },
      { method: 'two' },
      { id: 1, result: { loud: true } },
      undefined,
    ])
    expect(aborted).toEqual([false])
    expect((await face.ask({ method: 'DELETE', headers: own })).status).toBe(204)
    expect((await face.ask(call('quiet'))).status).toBe(404)
    await face.close()
  })
})
