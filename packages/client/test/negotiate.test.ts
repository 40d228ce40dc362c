import { NegotiationFailed, RpcError, unsupportedVersion } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { metaOf as readMeta } from '@parley/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { discovery, failureOf, handshake, legacy, LEGACY, meet, modern, MODERN, Script } from './script.ts'

const metaOf = (message: JsonObject | undefined): JsonObject => readMeta(message?.['params'] as JsonObject | undefined)

afterEach(() => vi.useRealTimers())

describe('a modern server', () => {
  it('V8: is probed with discover before anything else, and nothing more is sent', async () => {
    const script = modern()
    const client = await meet(script)
    expect(script.methods).toEqual(['server/discover'])
    expect(client).toMatchObject({
      era: 'modern',
      version: MODERN,
      info: { name: 'scripted', version: '1' },
      instructions: 'Be kind.',
    })
    expect(client.capabilities.tools).toEqual({ listChanged: true })
    await client.close()
  })

  it('B8: every request names version, capabilities and client', async () => {
    const script = modern({ 'tools/list': () => ({ tools: [] }) })
    await using client = await meet(script, { onElicit: () => ({ action: 'cancel' }), roots: [], title: 'Tester' })
    await client.listTools()
    for (const message of script.heard) {
      expect(metaOf(message)).toEqual({
        'io.modelcontextprotocol/protocolVersion': MODERN,
        'io.modelcontextprotocol/clientInfo': { name: 'tester', version: '1', title: 'Tester' },
        'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, roots: {} },
      })
    }
  })

  it('V2: which refuses the version but offers one that is shared is asked again in that', async () => {
    let probes = 0
    const script = modern({
      'server/discover': () => {
        probes += 1
        if (probes === 1) throw unsupportedVersion({ requested: MODERN, supported: [MODERN] })
        return discovery()
      },
    })
    await using client = await meet(script)
    expect(client.version).toBe(MODERN)
    expect(script.methods).toEqual(['server/discover', 'server/discover'])
  })

  it('V2: which goes on refusing what it offered is given up', async () => {
    const script = modern({
      'server/discover': () => {
        throw unsupportedVersion({ requested: MODERN, supported: [MODERN] })
      },
    })
    expect(await failureOf(meet(script))).toBeInstanceOf(NegotiationFailed)
    expect(script.methods).toEqual(['server/discover', 'server/discover'])
  })

  it.each([
    ['-32022', -32022],
    ['-32021', -32021],
  ])('V2: %s with no shared version fails with what is supported, and without initialize', async (_, code) => {
    const script = legacy({
      'server/discover': () => {
        throw new RpcError(code, 'no', { supported: ['2099-01-01'], requested: MODERN })
      },
    })
    const error = await failureOf(meet(script))
    expect(error).toBeInstanceOf(NegotiationFailed)
    expect(error).toMatchObject({ supported: ['2099-01-01'] })
    expect(script.methods).toEqual(['server/discover'])
    expect(script.ends[0]?.closed).toBe(true)
  })

  it('V2: -32022 that offers only a legacy version we speak leads to initialize in it', async () => {
    const script = new Script({
      'server/discover': () => {
        throw unsupportedVersion({ requested: MODERN, supported: ['2025-06-18', '2099-01-01'] })
      },
      initialize: () => handshake({ protocolVersion: '2025-06-18' }),
    })
    await using client = await meet(script)
    expect(client).toMatchObject({ era: 'legacy', version: '2025-06-18' })
    expect(script.sent('initialize')[0]?.['params']).toMatchObject({ protocolVersion: '2025-06-18' })
  })

  it('V2: a DiscoverResult that shares no version fails with what it said', async () => {
    const script = modern({ 'server/discover': () => discovery({ supportedVersions: ['2099-01-01'] }) })
    expect(await failureOf(meet(script))).toMatchObject({ name: 'NegotiationFailed', supported: ['2099-01-01'] })
  })

  it('T3: gets no answer to a request, which it must not make', async () => {
    const script = modern()
    await using client = await meet(script, { onSample: () => Promise.reject(new Error('never')) })
    script.send({ id: 's', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } })
    script.send({ id: 't', method: 'ping' })
    await client.ping()
    expect(script.methods).toEqual(['server/discover', 'server/discover'])
  })
})

describe('a legacy server', () => {
  it('L1: is greeted with the newest legacy version, then told so', async () => {
    const script = legacy()
    await using client = await meet(script, { roots: [], onElicitUrl: () => ({ action: 'cancel' }) })
    expect(script.methods).toEqual(['server/discover', 'initialize', 'notifications/initialized'])
    expect(script.heard[1]).toMatchObject({
      params: {
        protocolVersion: LEGACY,
        capabilities: { roots: { listChanged: true }, elicitation: { url: {} } },
        clientInfo: { name: 'tester', version: '1' },
      },
    })
    expect(client).toMatchObject({ era: 'legacy', version: LEGACY, instructions: 'Be kind.' })
    expect(client.info).toEqual({ name: 'scripted', version: '1' })
  })

  it.each([-32601, -32602, -32600, -32603, -32000, -32001, -32004, -32020, 7])(
    'V9: is recognised by any other error, such as %d',
    async (code) => {
      const script = legacy({
        'server/discover': () => {
          throw new RpcError(code, 'no', { supported: [MODERN], requested: MODERN })
        },
      })
      await using client = await meet(script)
      expect(client.era).toBe('legacy')
      expect(script.ends).toHaveLength(1)
    },
  )

  it.each([
    ['has no versions', {}],
    ['has no list of versions', { supportedVersions: MODERN, capabilities: {} }],
    ['has no capabilities', { supportedVersions: [MODERN] }],
    ['is of an unknown type', discovery({ resultType: 'other' })],
    ['asks for input', { resultType: 'input_required', requestState: 'x' }],
  ])('V9: is recognised by a result that %s', async (_, result) => {
    await using client = await meet(legacy({ 'server/discover': () => result }))
    expect(client.era).toBe('legacy')
  })

  it.each(['2025-06-18', '2025-03-26', '2024-11-05'])('L2: may settle on %s', async (version) => {
    await using client = await meet(legacy({ initialize: () => handshake({ protocolVersion: version }) }))
    expect(client.version).toBe(version)
  })

  it.each(['1999-01-01', MODERN, 7])('L3: that settles on %s is disconnected from', async (version) => {
    const script = legacy({ initialize: () => handshake({ protocolVersion: version }) })
    expect(await failureOf(meet(script))).toBeInstanceOf(NegotiationFailed)
    expect(script.methods).not.toContain('notifications/initialized')
    expect(script.ends[0]?.closed).toBe(true)
  })

  it('L3: names the unsupported version', async () => {
    const script = legacy({ initialize: () => handshake({ protocolVersion: '1999-01-01' }) })
    expect(await failureOf(meet(script))).toMatchObject({ supported: ['1999-01-01'] })
  })

  it('that refuses initialize fails with its error as the cause', async () => {
    const script = legacy({
      initialize: () => {
        throw new RpcError(-32603, 'broken')
      },
    })
    const error = await failureOf(meet(script))
    expect(error).toBeInstanceOf(NegotiationFailed)
    expect((error as Error).cause).toMatchObject({ code: -32603, message: 'broken' })
  })

  it('that offers another legacy version in its error is greeted in that', async () => {
    const script = legacy({
      initialize: ({ protocolVersion }) => {
        if (protocolVersion === '2024-11-05') return handshake({ protocolVersion })
        throw new RpcError(-32602, 'Unsupported protocol version', { supported: ['2024-11-05'], requested: LEGACY })
      },
    })
    await using client = await meet(script)
    expect(client.version).toBe('2024-11-05')
  })

  it('L6, L4: may ping before the handshake has ended, and ask nothing else', async () => {
    const script: Script = legacy({
      initialize: async () => {
        expect(await script.ask('ping')).toMatchObject({ result: {} })
        expect(await script.ask('roots/list')).toMatchObject({ error: { code: -32600 } })
        return handshake()
      },
    })
    await using client = await meet(script, { roots: [] })
    expect(client.era).toBe('legacy')
  })

  it('is heard from the moment it answers', async () => {
    const script: Script = legacy({
      initialize: (_, id) => {
        script.send({ id, result: handshake() })
        script.tell('notifications/message', { level: 'info', data: 'up' })
        return undefined
      },
    })
    const lines: unknown[] = []
    await using client = await meet(script, { onLog: (line) => lines.push(line) })
    await client.ping().catch(() => undefined)
    expect(lines).toEqual([{ level: 'info', data: 'up' }])
  })
})
