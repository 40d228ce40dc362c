import { RpcError } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { inspect } from '../src/index.ts'
import { scripted, visit } from './fixture.ts'
import type { Answers } from './fixture.ts'

const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more })
const offering = (...tools: object[]): Answers => ({ 'tools/list': () => ({ tools }) })
const opened = { title: 'scripted', era: 'legacy' } as const

describe('an inspector', () => {
  it('connects by itself, and tells a page how that stands', async () => {
    await using inspector = await inspect({
      ...opened,
      target: scripted(offering(tool('a'))).dial,
      command: (verb) => `parley ${verb} s.ts`,
    })
    using page = await visit(inspector)
    const { state } = await page.event('state', (event) => event.state.offers.tools.length === 1)
    expect(state).toMatchObject({
      title: 'scripted',
      commands: { call: 'parley call s.ts', read: 'parley read s.ts', prompt: 'parley prompt s.ts' },
      status: { kind: 'connected', era: 'legacy', version: '2025-11-25' },
      server: { name: 'scripted' },
    })
  })

  it('tells why it has no connection, and tries again when asked', async () => {
    const { dial } = scripted(offering())
    let isDown = true
    const target = (...how: Parameters<typeof dial>): ReturnType<typeof dial> =>
      isDown ? Promise.reject(new Error('Nobody is there')) : dial(...how)
    await using inspector = await inspect({ ...opened, target })
    using page = await visit(inspector)
    await page.send('run', { id: 'early', job: { kind: 'ping' } })
    await inspector.reload()
    const { state } = await page.event('state', (event) => event.state.status.kind === 'failed')
    expect(state.status).toEqual({ kind: 'failed', reason: 'Nobody is there' })
    isDown = false
    await page.send('reconnect')
    await page.event('state', (event) => event.state.status.kind === 'connected')
  })

  it('says which tools came, went and changed on a reload', async () => {
    let tools = [tool('kept'), tool('goes'), tool('changes')]
    await using inspector = await inspect({ ...opened, target: scripted({ 'tools/list': () => ({ tools }) }).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 3)
    tools = [tool('kept'), tool('changes', { description: 'Anew' }), tool('comes')]
    await inspector.reload()
    const { state } = await page.event('state', (event) => event.state.diff !== undefined)
    expect(state.diff).toEqual({ number: 1, added: ['comes'], removed: ['goes'], changed: ['changes'] })
  })

  it('shows a crash with its stack until the next reload, whatever the connection says', async () => {
    const server = scripted(offering(tool('a')))
    await using inspector = await inspect({ ...opened, target: server.dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 1)
    inspector.crashed('TypeError: oh\n    at server.ts:3:1')
    server.die(new Error('gone'))
    const { state } = await page.event('state', (event) => event.state.status.kind === 'crashed')
    expect(state.status).toMatchObject({ reason: 'TypeError: oh\n    at server.ts:3:1' })
    expect(state.offers.tools.length).toBe(1)
    await inspector.reload()
    using later = await visit(inspector)
    expect((await later.event('hello')).state.status.kind).toBe('connected')
  })

  it('tells when the server goes away by itself', async () => {
    const server = scripted(offering(tool('a')))
    await using inspector = await inspect({ ...opened, target: server.dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 1)
    server.die(new Error('Exit code 3'))
    const { state } = await page.event('state', (event) => event.state.status.kind === 'closed')
    expect(state.status).toEqual({ kind: 'closed', reason: 'Exit code 3' })
  })

  it('shows stderr line by line', async () => {
    await using inspector = await inspect({ ...opened, target: scripted(offering()).dial })
    using page = await visit(inspector)
    await page.event('hello')
    inspector.stderr('half ')
    inspector.stderr('a line\n')
    const { line } = await page.event('line')
    expect(line).toMatchObject({ source: 'stderr', text: 'half a line' })
  })

  it('is gone when it is closed, twice as well as once', async () => {
    const inspector = await inspect({ ...opened, target: scripted(offering()).dial })
    using page = await visit(inspector)
    await page.event('hello')
    await Promise.all([inspector.close(), inspector.close()])
    await expect(fetch(new URL('/', inspector.url))).rejects.toThrow('fetch failed')
  })

  it('says so when its port is taken', async () => {
    await using first = await inspect({ ...opened, target: scripted(offering()).dial })
    const port = Number(new URL(first.url).port)
    const second = inspect({ ...opened, target: scripted(offering()).dial, port })
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('a job', () => {
  it('tells its progress and its result', async () => {
    const answers: Answers = {
      ...offering(tool('a')),
      'tools/call': (_, { onProgress }) => {
        onProgress?.({ progressToken: 1, progress: 1, total: 2, message: 'half' })
        return { content: [{ type: 'text', text: 'done' }] }
      },
    }
    await using inspector = await inspect({ ...opened, target: scripted(answers).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.status.kind === 'connected')
    await page.send('run', { id: 'one', job: { kind: 'tool', name: 'a', arguments: {} } })
    const { progress } = await page.event('progress')
    expect(progress).toMatchObject({ progress: 1, total: 2, message: 'half' })
    const { id, outcome } = await page.event('done')
    expect({ id, outcome }).toMatchObject({ id: 'one', outcome: { ok: true, result: { content: [{ text: 'done' }] } } })
  })

  it('is cancelled, which is no failure of the server', async () => {
    const answers: Answers = {
      ...offering(tool('a')),
      'tools/call': (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    }
    await using inspector = await inspect({ ...opened, target: scripted(answers).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.status.kind === 'connected')
    await page.send('run', { id: 'one', job: { kind: 'tool', name: 'a', arguments: {} } })
    await page.event('wire', ({ entry }) => entry.method === 'tools/call')
    await page.send('cancel', { id: 'one' })
    const { outcome } = await page.event('done')
    expect(outcome).toMatchObject({ ok: false, isCancelled: true })
    const { entry } = await page.event('wire', (event) => event.entry.kind === 'remark')
    expect(entry.text).toContain('Cancelled')
  })

  it('ends with the connection, whichever end that comes from', async () => {
    const answers: Answers = {
      ...offering(tool('a')),
      'tools/call': (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    }
    const server = scripted(answers)
    await using inspector = await inspect({ ...opened, target: server.dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.status.kind === 'connected')
    for (const [id, end] of [
      ['one', () => inspector.reload()],
      ['two', () => server.die(new Error('gone'))],
    ] as const) {
      await page.send('run', { id, job: { kind: 'tool', name: 'a', arguments: {} } })
      await end()
      const { outcome } = await page.event('done', (event) => event.id === id)
      expect(outcome).toMatchObject({ ok: false, isCancelled: false, message: 'The connection ended.' })
    }
  })

  it('shows an error as it came', async () => {
    const answers: Answers = {
      ...offering(tool('a')),
      'tools/call': () => Promise.reject(new RpcError(-32050, 'No', { why: 'because' })),
    }
    await using inspector = await inspect({ ...opened, target: scripted(answers).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.status.kind === 'connected')
    await page.send('run', { id: 'one', job: { kind: 'tool', name: 'a', arguments: {} } })
    const { outcome } = await page.event('done')
    expect(outcome).toMatchObject({ ok: false, code: -32050, message: 'No', data: { why: 'because' } })
  })

  it('shows a result that breaks its own schema, and says so', async () => {
    const schema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] }
    const answers: Answers = {
      ...offering(tool('a', { outputSchema: schema })),
      'tools/call': () => ({ content: [], structuredContent: { sum: 'three' } }),
    }
    await using inspector = await inspect({ ...opened, target: scripted(answers).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 1)
    await page.send('run', { id: 'one', job: { kind: 'tool', name: 'a', arguments: {} } })
    const { outcome } = await page.event('done')
    expect(outcome).toMatchObject({ ok: true, result: { structuredContent: { sum: 'three' } } })
    expect(outcome.ok && outcome.fault).toContain('sum')
  })
})

describe('the transcript', () => {
  it('has every message of the handshake, both ways, with how long each took', async () => {
    await using inspector = await inspect({ ...opened, target: scripted(offering(tool('a'))).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 1)
    using later = await visit(inspector)
    const { wire } = await later.event('hello')
    expect(wire.map(({ direction, kind, method }) => [direction, kind, method])).toEqual([
      ['out', 'request', 'initialize'],
      ['in', 'result', 'initialize'],
      ['out', 'notification', 'notifications/initialized'],
      ['out', 'request', 'tools/list'],
      ['in', 'result', 'tools/list'],
    ])
    expect(wire[1]).toMatchObject({ id: 1, era: 'legacy', milliseconds: expect.any(Number) })
    expect(JSON.parse(wire[0]?.text ?? '')).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', clientInfo: { name: 'parley-inspector' } },
    })
  })

  it('is forgotten when it is cleared', async () => {
    await using inspector = await inspect({ ...opened, target: scripted(offering(tool('a'))).dial })
    using page = await visit(inspector)
    await page.event('state', (event) => event.state.offers.tools.length === 1)
    await page.send('clear', { what: 'wire' })
    using later = await visit(inspector)
    expect((await later.event('hello')).wire).toEqual([])
  })
})
