import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { encode, Peer } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { pair } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'
import { library } from './library.ts'

const meta = (rest: JsonObject = {}): JsonObject => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'pipe', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  ...rest,
})

/** A client that knows nothing but messages, and the text of all that comes to it. */
const pipe = (server: Responder = library()): { link: Peer; arrived: string[]; serving: Peer } => {
  const [near, far] = pair()
  const arrived: string[] = []
  const send = far.send.bind(far)
  far.send = (message, lane) => {
    arrived.push(encode(message))
    return send(message, lane)
  }
  const serving = new Peer(far, server)
  return {
    link: new Peer(near, { respond: () => Promise.resolve(undefined), hear: () => undefined }),
    arrived,
    serving,
  }
}

describe('a modern server on a pipe', () => {
  it('V3: `server/discover` gives versions, capabilities, freshness and instructions, and no serverInfo beside _meta', async () => {
    const { link } = pipe()
    const discovered = await link.request('server/discover', { _meta: meta() })
    expect(discovered).toEqual({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
      },
      instructions: 'Whisper.',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'library', version: '1.0.0', title: 'The library' } },
    })
    await link[Symbol.asyncDispose]()
  })

  it('V4: any method may be the first that is called, and a second client need not do as the first did', async () => {
    const server = library()
    for (const [method, params] of [
      ['tools/call', { name: 'find' }],
      ['prompts/get', { name: 'recommend', arguments: { genre: 'crime' } }],
      ['resources/read', { uri: 'note://welcome' }],
      ['tools/list', {}],
    ] as const) {
      const { link } = pipe(server)
      expect(await link.request(method, { ...params, _meta: meta() })).toMatchObject({ resultType: 'complete' })
      await link[Symbol.asyncDispose]()
    }
  })

  it('B11: what a client says of itself changes not one byte of what it is told', async () => {
    const told: string[][] = []
    for (const info of [
      { name: 'pipe', version: '1' },
      { name: 'claude-ai', version: '99', title: 'Admin' },
      undefined,
    ]) {
      const { link, arrived } = pipe()
      const _meta = meta({ 'io.modelcontextprotocol/clientInfo': info })
      for (const method of ['server/discover', 'tools/list', 'resources/list']) await link.request(method, { _meta })
      await link.request('tools/call', { name: 'lend', _meta })
      await link[Symbol.asyncDispose]()
      told.push(arrived)
    }
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  it('M9: a caller that never comes back leaves nothing behind, neither an exchange nor a timer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const server = library()
    const { link, serving } = pipe(server)
    const rounds = Array.from({ length: 500 }, () => link.request('tools/call', { name: 'register', _meta: meta() }))
    for (const round of await Promise.all(rounds)) expect(round).toMatchObject({ resultType: 'input_required' })
    await link[Symbol.asyncDispose]()
    await serving.closed
    expect(serving.pending).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('U7: a listen brings neither progress nor log lines, though it has a token and a level', async () => {
    const server = library()
    const { link, arrived } = pipe(server)
    const controller = new AbortController()
    let acknowledge: () => void = () => undefined
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve))
    const _meta = meta({ progressToken: 'p', 'io.modelcontextprotocol/logLevel': 'debug' })
    const listening = link
      .request(
        'subscriptions/listen',
        { notifications: { resourceSubscriptions: ['note://welcome'] }, _meta },
        { signal: controller.signal, timeout: Infinity, onNotification: () => acknowledge() },
      )
      .catch((error: unknown) => error)
    await acknowledged
    await link.request('tools/call', { name: 'talk', _meta: meta() })
    await link.request('tools/call', { name: 'count', _meta: meta() })
    await link.request('tools/call', { name: 'touch', _meta: meta() })
    controller.abort()
    await listening
    const methods = arrived.flatMap((text) => {
      const message: unknown = JSON.parse(text)
      return isObject(message) && typeof message['method'] === 'string' ? [message['method']] : []
    })
    expect(methods).toEqual(['notifications/subscriptions/acknowledged', 'notifications/resources/updated'])
    await link[Symbol.asyncDispose]()
  })
})
