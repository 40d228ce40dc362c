import {
  createSealer,
  invalidParams,
  missingCapability,
  resourceNotFound,
  RpcError,
  unsupportedVersion,
  userRefused,
} from '@parley/core'
import type { JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { Encoded, InputRequired, revisionOf } from '../../src/index.ts'
import type { Call, Outcome, Question, ServerSelf } from '../../src/index.ts'
import {
  clientCapabilities,
  clientInfo,
  envelope,
  exchangeOf,
  logLevel,
  protocolVersion,
  refusalOf,
  self,
  serverInfo,
} from './rig.ts'

const callTool = (rest: JsonObject = {}, capabilities: JsonObject = { elicitation: {} }): JsonObject => ({
  name: 't',
  arguments: { a: 1 },
  ...rest,
  _meta: envelope(capabilities),
})
const read = async (method: string, params: JsonObject, server: ServerSelf = self(), rest = {}): Promise<Call> => {
  const exchange = exchangeOf(method, params, rest)
  return revisionOf(exchange).readCall(exchange, server)
}
const write = async (call: Call, outcome: Outcome, server: ServerSelf = self()): Promise<JsonObject> => {
  const written = await revisionOf(call.exchange).writeOutcome(call, outcome, server)
  return written instanceof Encoded ? (JSON.parse(written.text) as JsonObject) : written
}
const complete = (result: JsonObject | Encoded): Outcome => ({ kind: 'complete', result })
const question: Question = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'Sure?',
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } } },
  },
}

describe('reading a modern request', () => {
  it('takes the envelope and the retry fields off, and leaves what the caller meant', async () => {
    const call = await read('tools/call', callTool({ inputResponses: { k: { action: 'decline' } } }))
    expect(call.params).toEqual({ name: 't', arguments: { a: 1 } })
    expect(call.caller).toEqual({
      version: '2026-07-28',
      info: { name: 'test', version: '1' },
      capabilities: { elicitation: {} },
      logLevel: undefined,
    })
    expect([...call.input.answers]).toEqual([['k', { action: 'decline' }]])
  })

  it('keeps every other key of _meta', async () => {
    const meta = envelope({}, { progressToken: 0, traceparent: '00-a', 'com.example/x': [1] })
    expect((await read('tools/list', { _meta: meta })).meta).toEqual(meta)
  })

  it.each([
    [{ [protocolVersion]: undefined }, [protocolVersion]],
    [{ [clientCapabilities]: undefined }, [clientCapabilities]],
  ])('B9: refuses an envelope that lacks %j', async (rest, missing) => {
    const meta = { ...envelope(), ...rest }
    const refusal = await refusalOf(exchangeOf('tools/list', { _meta: meta }))
    expect(refusal.code).toBe(-32602)
    for (const key of missing) expect(refusal.message).toContain(key)
  })

  it('B9: refuses a request with no _meta at all, naming both keys', async () => {
    for (const params of [undefined, {}, { _meta: {} }]) {
      const refusal = await refusalOf(exchangeOf('tools/list', params))
      expect(refusal).toMatchObject({ code: -32602, data: { missing: [protocolVersion, clientCapabilities] } })
    }
  })

  it.each([
    [clientCapabilities, []],
    [clientCapabilities, 'all'],
    [clientCapabilities, null],
    [protocolVersion, 5],
    [clientInfo, { name: 'x' }],
    [clientInfo, 'x'],
    [logLevel, 'loud'],
    [logLevel, 3],
  ])('B9: refuses %s = %j', async (key, value) => {
    expect(await refusalOf(exchangeOf('tools/list', { _meta: { ...envelope(), [key]: value } }))).toMatchObject({
      code: -32602,
    })
  })

  it('B8: clientInfo may be missing', async () => {
    expect(
      (await read('tools/list', { _meta: { ...envelope(), [clientInfo]: undefined } })).caller.info,
    ).toBeUndefined()
  })

  it.each(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'])(
    'P5: takes the level %s',
    async (level) => {
      expect((await read('tools/list', { _meta: envelope({}, { [logLevel]: level }) })).caller.logLevel).toBe(level)
    },
  )

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'nothing',
    '__proto__',
    'toString',
  ])('B14: %s is not found', async (method) => {
    expect(await refusalOf(exchangeOf(method, { _meta: envelope() }))).toMatchObject({ code: -32601 })
  })

  it.each([
    ['tools/list', { tools: undefined }],
    ['prompts/get', { prompts: undefined }],
    ['resources/read', { resources: undefined }],
    ['completion/complete', { completions: undefined }],
  ])('B14: %s behind a capability that is not advertised is not found', async (method, lack) => {
    const all = { tools: {}, prompts: {}, resources: {}, completions: {} }
    const capabilities = Object.fromEntries(
      Object.entries({ ...all, ...lack }).filter(([, value]) => value !== undefined),
    )
    expect(await refusalOf(exchangeOf(method, { _meta: envelope() }), self({ capabilities }))).toMatchObject({
      code: -32601,
    })
  })

  it('V1: the version is looked at before the method and the params', async () => {
    const exchange = exchangeOf('nothing', { _meta: { [protocolVersion]: '2030-01-01' } })
    expect(await refusalOf(exchange)).toMatchObject({
      code: -32022,
      data: { requested: '2030-01-01', supported: ['2026-07-28'] },
    })
  })

  it.each<[string, JsonObject]>([
    ['tools/call', {}],
    ['tools/call', { name: 5 }],
    ['tools/call', { name: 't', arguments: [] }],
    ['tools/call', { name: 't', arguments: 'x' }],
    ['prompts/get', { name: 'p', arguments: { a: 1 } }],
    ['resources/read', { uri: 5 }],
    ['completion/complete', { ref: { type: 'ref/other' }, argument: { name: 'a', value: '' } }],
    ['tools/list', { cursor: 5 }],
    ['subscriptions/listen', {}],
  ])('O6, P1: %s with %j is refused', async (method, params) => {
    const refusal = await refusalOf(exchangeOf(method, { ...params, _meta: envelope() }))
    expect(refusal.code).toBe(-32602)
    expect(refusal.message).toContain(`${method}: params`)
  })

  it("a method of the server's own comes unchecked", async () => {
    expect((await read('custom/method', { any: [1], requestState: 5, _meta: envelope() })).params).toEqual({
      any: [1],
      requestState: 5,
    })
  })
})

describe('writing a modern result', () => {
  it('B6, B10: says that it is complete, and who made it', async () => {
    const written = await write(await read('tools/call', callTool()), complete({ content: [], _meta: { mine: 1 } }))
    expect(written).toMatchObject({
      resultType: 'complete',
      content: [],
      _meta: { mine: 1, [serverInfo]: { name: 'server', version: '2' } },
    })
    expect(written).not.toHaveProperty('ttlMs')
  })

  it.each(['server/discover', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'])(
    'A1: %s says how long it stays fresh, sharing nothing unless told to',
    async (method) => {
      const call = await read(method, { _meta: envelope() })
      expect(await write(call, complete({}))).toMatchObject({ ttlMs: 0, cacheScope: 'private' })
      expect(await write(call, complete({ ttlMs: 5, cacheScope: 'public' }))).toMatchObject({
        ttlMs: 5,
        cacheScope: 'public',
      })
    },
  )

  it('B6, B10: adds the same to bytes made earlier', async () => {
    const call = await read('tools/call', callTool())
    expect(await write(call, complete(new Encoded('{"content":[]}')))).toMatchObject({
      resultType: 'complete',
      content: [],
      _meta: { [serverInfo]: { name: 'server' } },
    })
    expect(await write(call, complete(new Encoded('{}')))).toMatchObject({ resultType: 'complete' })
  })
})

describe('writing a modern error', () => {
  const { writeError } = revisionOf(exchangeOf('a', { _meta: envelope() }))

  it('B15: emits none of the reserved codes but the three that are defined, and none of the retired', () => {
    const emitted = Array.from({ length: 80 }, (_, index) => writeError(new RpcError(-32020 - index, 'x')).code)
    expect(new Set(emitted)).toEqual(new Set([-32020, -32021, -32022, -32603]))
    expect(writeError(new RpcError(-32002, 'x')).code).toBe(-32602)
  })

  it.each([
    [resourceNotFound('a:b'), -32602, { uri: 'a:b' }],
    [new RpcError(-32002, 'gone'), -32602, undefined],
    [new RpcError(-32042, 'visit this'), -32603, undefined],
    [new RpcError(-32050, 'my own'), -32603, undefined],
    [new RpcError(-32099, 'my own'), -32603, undefined],
    [userRefused(), -32603, undefined],
    [missingCapability({ sampling: {} }), -32021, { requiredCapabilities: { sampling: {} } }],
    [unsupportedVersion({ requested: 'x', supported: [] }), -32022, { requested: 'x', supported: [] }],
    [invalidParams('no'), -32602, undefined],
    [new RpcError(-32000, 'opaque'), -32000, undefined],
    [new RpcError(-32019, 'opaque'), -32019, undefined],
    [new RpcError(1234, 'my own', [1]), 1234, [1]],
  ])('B15, R2: %s goes out as %i', (error, code, data) => {
    expect(writeError(error)).toMatchObject({ code, message: error.message })
    expect(writeError(error).data).toEqual(data)
  })
})

describe('rounds', () => {
  const ask = async (call: Call, key = 'k'): Promise<unknown> =>
    call.input.ask(question, { key }).catch((error: unknown) => error)
  const round = async (
    server: ServerSelf,
    params: JsonObject,
    run: (call: Call) => Promise<unknown>,
    rest = {},
  ): Promise<JsonObject> => {
    const call = await read('tools/call', params, server, rest)
    await run(call).catch(() => undefined)
    const required = await call.input.close()
    return write(call, required ?? complete({ content: [] }), server)
  }
  const accepted = { action: 'accept', content: { ok: true } }

  it('M2, B10: a first round holds the questions and no state, and who asks', async () => {
    const written = await round(self(), callTool(), (call) => ask(call))
    expect(written).toEqual({
      resultType: 'input_required',
      inputRequests: { k: question },
      _meta: { [serverInfo]: expect.objectContaining({ name: 'server' }) },
    })
  })

  it('A1: carries no caching hints', async () => {
    const server = self()
    const call = await read('resources/read', { uri: 'a:b', _meta: envelope({ elicitation: {} }) }, server)
    const written = await write(call, new InputRequired({ requests: { k: question } }), server)
    expect(Object.keys(written).toSorted()).toEqual(['_meta', 'inputRequests', 'resultType'])
  })

  it('M6: a later round brings back what was answered and done, sealed', async () => {
    const server = self()
    const first = await round(server, callTool({ inputResponses: { k: accepted } }), async (call) => {
      await call.input.once('paid', () => 'receipt-7')
      await ask(call)
      await ask(call, 'second')
    })
    expect(first).toMatchObject({ resultType: 'input_required', requestState: expect.stringMatching(/^v1\./) })
    expect(JSON.stringify(first)).not.toContain('receipt-7')
    let seen: unknown
    const last = await round(
      server,
      callTool({ inputResponses: { second: accepted }, requestState: first['requestState'] }),
      async (call) => {
        seen = [await call.input.once('paid', () => 'again'), await ask(call), await ask(call, 'second')]
      },
    )
    expect(seen).toEqual(['receipt-7', accepted, accepted])
    expect(last['resultType']).toBe('complete')
  })

  it('M1: only three methods may ask, and elsewhere the retry fields are params like any other', async () => {
    const server = self()
    for (const method of ['tools/list', 'completion/complete', 'custom/method']) {
      const params =
        method === 'completion/complete'
          ? { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } }
          : {}
      const call = await read(
        method,
        { ...params, requestState: 'x', inputResponses: 5, _meta: envelope({ elicitation: {} }) },
        server,
      )
      await expect(write(call, new InputRequired({ requests: { k: question } }), server)).rejects.toMatchObject({
        code: -32603,
      })
    }
  })

  it('M2: input_required that asks for nothing is an error, not a result', async () => {
    const server = self()
    const call = await read('tools/call', callTool(), server)
    for (const required of [new InputRequired({}), new InputRequired({ requests: {} })]) {
      await expect(write(call, required, server)).rejects.toMatchObject({ code: -32603 })
    }
    expect(await write(call, new InputRequired({ state: 1 }), server)).toEqual({
      resultType: 'input_required',
      requestState: expect.any(String),
      _meta: expect.anything(),
    })
  })

  it.each<[string, Question, JsonObject]>([
    ['a form', question, {}],
    ['a form', question, { elicitation: { url: {} } }],
    ['a URL', { method: 'elicitation/create', params: { mode: 'url' } }, { elicitation: {} }],
    ['a URL', { method: 'elicitation/create', params: { mode: 'url' } }, { elicitation: { form: {} } }],
    ['a sample', { method: 'sampling/createMessage', params: {} }, { elicitation: {} }],
    ['a sample with tools', { method: 'sampling/createMessage', params: { tools: [] } }, { sampling: {} }],
    ['a sample with a tool choice', { method: 'sampling/createMessage', params: { toolChoice: {} } }, { sampling: {} }],
    ['roots', { method: 'roots/list' }, { sampling: {} }],
  ])('B13, M3, Q1: %s is refused, asked or returned, for a caller with %j', async (_, put, capabilities) => {
    const server = self()
    const call = await read('tools/call', callTool({}, capabilities), server)
    const refusal = { code: -32021, data: { requiredCapabilities: expect.anything() } }
    await expect(call.input.ask(put)).rejects.toMatchObject(refusal)
    await expect(write(call, new InputRequired({ requests: { k: put } }), server)).rejects.toMatchObject(refusal)
  })

  it.each<[Question, JsonObject]>([
    [question, { elicitation: {} }],
    [question, { elicitation: { form: {} } }],
    [{ method: 'elicitation/create', params: { mode: 'url' } }, { elicitation: { url: {} } }],
    [{ method: 'sampling/createMessage', params: { tools: [] } }, { sampling: { tools: {} } }],
    [{ method: 'roots/list' }, { roots: {} }],
  ])('I1: %j may be put to a caller with %j', async (put, capabilities) => {
    const call = await read('tools/call', callTool({}, capabilities))
    await expect(call.input.ask(put)).rejects.toMatchObject({ name: 'Unanswered' })
  })

  it.each([5, 'x', [], { k: 5 }, { k: null }, { k: [] }])(
    'M8: inputResponses %j are malformed',
    async (inputResponses) => {
      expect(await refusalOf(exchangeOf('tools/call', callTool({ inputResponses })))).toMatchObject({ code: -32602 })
    },
  )

  describe('M4, M5: a state is refused, always in the same words,', () => {
    const principal = (subject: string): JsonObject => ({ issuer: 'https://as.example', subject, scopes: [] })
    const secrets = ['0123456789abcdefghijklmnopqrstuv']
    const sealed = async (server: ServerSelf, params = callTool(), rest = {}): Promise<string> => {
      const written = await round(
        server,
        params,
        async (call) => {
          await call.input.once('a', () => 1)
          await ask(call)
        },
        rest,
      )
      return written['requestState'] as string
    }
    const refusal = { code: -32602, message: 'requestState was refused' }
    const present = (
      server: ServerSelf,
      requestState: unknown,
      params: JsonObject = callTool(),
      rest = {},
    ): Promise<unknown> => refusalOf(exchangeOf('tools/call', { ...params, requestState }, rest), server)

    it('when it was tampered with', async () => {
      const server = self()
      const state = await sealed(server)
      const middle = Math.floor(state.length / 2)
      const swapped = state[middle] === 'A' ? 'B' : 'A'
      for (const bad of [
        `${state.slice(0, middle)}${swapped}${state.slice(middle + 1)}`,
        state.slice(0, -4),
        `${state}AAAA`,
        '',
        'v1',
        'v1.x.y',
      ]) {
        expect(await present(server, bad)).toEqual(refusal)
      }
    })

    it('when it has expired', async () => {
      let time = 1_000_000
      const server = self({ sealer: createSealer({ now: () => time }) })
      const state = await sealed(server)
      time += 599_999
      await expect(read('tools/call', callTool({ requestState: state }), server)).resolves.toBeDefined()
      time += 2
      expect(await present(server, state)).toEqual(refusal)
    })

    it('when another server sealed it, or this one before a restart', async () => {
      expect(await present(self(), await sealed(self()))).toEqual(refusal)
      const state = await sealed(self({ sealer: createSealer({ secrets, audience: 'a' }) }))
      expect(await present(self({ sealer: createSealer({ secrets, audience: 'b' }) }), state)).toEqual(refusal)
      await expect(
        read(
          'tools/call',
          callTool({ requestState: state }),
          self({ sealer: createSealer({ secrets, audience: 'a' }) }),
        ),
      ).resolves.toBeDefined()
    })

    it('when it comes with other arguments, another tool or another method', async () => {
      const server = self()
      const state = await sealed(server)
      expect(await present(server, state, callTool({ arguments: { a: 2 } }))).toEqual(refusal)
      expect(await present(server, state, callTool({ name: 'u' }))).toEqual(refusal)
      expect(
        await refusalOf(exchangeOf('prompts/get', { name: 't', requestState: state, _meta: envelope() }), server),
      ).toEqual(refusal)
    })

    it('when another principal presents it', async () => {
      const server = self()
      const state = await sealed(server, callTool(), { principal: principal('ann') })
      expect(await present(server, state, callTool(), { principal: principal('bob') })).toEqual(refusal)
      expect(await present(server, state)).toEqual(refusal)
      await expect(
        read('tools/call', callTool({ requestState: state }), server, { principal: principal('ann') }),
      ).resolves.toBeDefined()
    })

    it('when it is not even text', async () => {
      expect(await present(self(), { a: 1 })).toMatchObject({ code: -32602 })
    })
  })

  it('M6: the order of the arguments does not matter, nor what is in _meta', async () => {
    const server = self()
    const written = await round(server, callTool({ arguments: { a: 1, b: { c: 1, d: 2 } } }), async (call) => {
      await call.input.once('a', () => 1)
      await ask(call)
    })
    const again: JsonObject = {
      ...callTool({ arguments: { b: { d: 2, c: 1 }, a: 1 } }),
      requestState: written['requestState'],
    }
    again['_meta'] = envelope({ elicitation: {} }, { progressToken: 9 })
    await expect(read('tools/call', again, server)).resolves.toBeDefined()
  })

  it('M10: rounds are capped', async () => {
    const server = self({ maxRounds: 2 })
    const step = (state: unknown): Promise<JsonObject> =>
      round(server, callTool(state === undefined ? {} : { requestState: state }), async (call) => {
        await call.input.once('a', () => 1)
        await ask(call)
      })
    const first = await step(undefined)
    const second = await step(first['requestState'])
    await expect(step(second['requestState'])).rejects.toMatchObject({
      code: -32603,
      message: expect.stringContaining('2 times'),
    })
  })

  it('a state that grew too large says so', async () => {
    const server = self()
    const call = await read('tools/call', callTool(), server)
    await expect(write(call, new InputRequired({ state: 'x'.repeat(40_000) }), server)).rejects.toMatchObject({
      name: 'StateTooLarge',
    })
  })

  it("a handler's own outcome gets its state and answers back", async () => {
    const server = self()
    const first = await read('tools/call', callTool(), server)
    const written = await write(first, new InputRequired({ requests: { k: question }, state: { step: 1 } }), server)
    const second = await read(
      'tools/call',
      callTool({ requestState: written['requestState'], inputResponses: { k: accepted } }),
      server,
    )
    expect(second.input.state).toEqual({ step: 1 })
    expect(second.input.answers.get('k')).toEqual(accepted)
  })
})
