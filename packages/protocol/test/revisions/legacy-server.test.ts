import { missingCapability, resourceNotFound, RpcError, unsupportedVersion, userRefused } from '@parley/core'
import type { ClientCapabilities, JsonObject } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { Encoded, InputRequired, revisionOf, revisions, serverRevisions, shakeHands } from '../../src/index.ts'
import type { Call, ServerSelf, Session } from '../../src/index.ts'
import { exchangeOf, refusalOf, self, session } from './rig.ts'

const versions = revisions.flatMap(({ era, version }) => (era === 'legacy' ? [version] : []))
const [november2025, june2025, march2025, november2024] = versions as [string, string, string, string]

const read = async (
  version: string,
  method: string,
  params?: JsonObject,
  server: ServerSelf = self(),
  held = session(version),
): Promise<Call> => {
  const exchange = exchangeOf(method, params, { session: held })
  return revisionOf(exchange).readCall(exchange, server)
}
const write = async (
  version: string,
  method: string,
  params: JsonObject,
  result: JsonObject | Encoded,
): Promise<unknown> => {
  const call = await read(version, method, params)
  return revisionOf(call.exchange).writeOutcome(call, { kind: 'complete', result }, self())
}
const named = (version: string): (typeof serverRevisions)[number] => {
  const found = serverRevisions.find((revision) => revision.version === version)
  if (found === undefined) throw new Error(version)
  return found
}

describe.each(versions)('reading a request of %s', (version) => {
  it('takes _meta off, and the caller from the session', async () => {
    const call = await read(version, 'tools/call', { name: 't', arguments: {}, _meta: { progressToken: 0 } })
    expect(call.params).toEqual({ name: 't', arguments: {} })
    expect(call.meta).toEqual({ progressToken: 0 })
    expect(call.caller).toMatchObject({ version, info: { name: 'old', version: '1' }, capabilities: {} })
  })

  it('params may be absent', async () => {
    expect((await read(version, 'tools/list')).params).toEqual({})
  })

  it('P5: the threshold is that of the session at the moment, and until it is set that of most lines', async () => {
    const held = session(version)
    const call = await read(version, 'tools/list', {}, self(), held)
    expect(call.caller.logLevel).toBe('info')
    held.state.logLevel = 'error'
    expect(call.caller.logLevel).toBe('error')
  })

  it.each(['server/discover', 'subscriptions/listen', 'nothing', '__proto__'])(
    'B14: %s is not found',
    async (method) => {
      expect(await refusalOf(exchangeOf(method, {}, { session: session(version) }))).toMatchObject({ code: -32601 })
    },
  )

  it('R6: subscribing needs its own flag', async () => {
    const exchange = exchangeOf('resources/subscribe', { uri: 'a:b' }, { session: session(version) })
    expect(await refusalOf(exchange, self({ capabilities: { resources: {} } }))).toMatchObject({ code: -32601 })
    await expect(read(version, 'resources/subscribe', { uri: 'a:b' })).resolves.toBeDefined()
  })

  it.each<[string, JsonObject]>([
    ['tools/call', {}],
    ['tools/call', { name: 't', arguments: 'x' }],
    ['prompts/get', {}],
    ['resources/read', {}],
    ['logging/setLevel', {}],
    ['initialize', {}],
  ])('O6: %s with %j is refused', async (method, params) => {
    expect(await refusalOf(exchangeOf(method, params, { session: session(version) }))).toMatchObject({ code: -32602 })
  })
})

describe('writing a legacy error', () => {
  it.each(versions)('R2: a missing resource is -32002 in %s, and what is newer finds older words', (version) => {
    const { writeError } = named(version)
    expect(writeError(resourceNotFound('a:b'))).toMatchObject({ code: -32002, data: { uri: 'a:b' } })
    expect(writeError(missingCapability({ roots: {} }))).toMatchObject({
      code: -32600,
      data: { requiredCapabilities: { roots: {} } },
    })
    expect(writeError(unsupportedVersion({ requested: 'x', supported: [] }))).toMatchObject({ code: -32602 })
    expect(writeError(userRefused())).toMatchObject({ code: -1 })
    expect(writeError(new RpcError(-32042, 'visit', { elicitations: [] }))).toMatchObject({ code: -32042 })
  })
})

describe('the handshake', () => {
  const hello = async (protocolVersion: unknown, held: Session = session()): Promise<JsonObject> => {
    const params = {
      protocolVersion,
      capabilities: { roots: {} },
      clientInfo: { name: 'c', version: '3' },
    } as JsonObject
    const exchange = exchangeOf('initialize', params, { session: held })
    const revision = revisionOf(exchange)
    const server = self({ capabilities: { tools: {}, completions: {}, logging: {} }, instructions: 'Be kind.' })
    const call = await revision.readCall(exchange, server)
    return (await revision.writeOutcome(
      call,
      { kind: 'complete', result: shakeHands(call, server) },
      server,
    )) as JsonObject
  }

  it.each(versions)('L2: echoes %s', async (version) => {
    const held = session()
    expect(await hello(version, held)).toMatchObject({ protocolVersion: version, instructions: 'Be kind.' })
    expect(held.state).toMatchObject({
      version,
      info: { name: 'c', version: '3' },
      capabilities: { roots: {} },
      initialized: false,
    })
  })

  it.each(['2026-07-28', '2025-01-01', 'x', ''])('L2: offers the newest legacy revision to %j', async (version) => {
    expect(await hello(version)).toMatchObject({ protocolVersion: november2025 })
  })

  it('a second one starts afresh', async () => {
    const held = session(november2024, { sampling: {} })
    held.state.subscriptions.push('a:b')
    held.state.logLevel = 'error'
    await hello(june2025, held)
    expect(held.state).toEqual({
      version: june2025,
      capabilities: { roots: {} },
      info: { name: 'c', version: '3' },
      offered: { tools: {}, completions: {}, logging: {} },
      initialized: false,
      subscriptions: [],
    })
  })

  it('trap 7: the answer has nothing that is newer than its revision', async () => {
    expect(await hello(november2025)).toMatchObject({
      serverInfo: { title: 'A server', description: 'd', icons: expect.any(Array) },
    })
    expect((await hello(june2025))['serverInfo']).toEqual({ name: 'server', version: '2', title: 'A server' })
    expect((await hello(march2025))['serverInfo']).toEqual({ name: 'server', version: '2' })
    expect((await hello(march2025))['capabilities']).toEqual({ tools: {}, completions: {}, logging: {} })
    expect((await hello(november2024))['capabilities']).toEqual({ tools: {}, logging: {} })
  })
})

describe('writing a legacy result', () => {
  const icons = [{ src: 'https://a.example/i.png' }]
  const tool = {
    name: 't',
    title: 'T',
    icons,
    _meta: { a: 1 },
    annotations: { readOnlyHint: true },
    inputSchema: { type: 'object' },
    outputSchema: { type: 'object' },
  }

  it.each(versions)('trap 7: %s sees no resultType, ttlMs or cacheScope', async (version) => {
    for (const method of ['tools/list', 'resources/list', 'prompts/list']) {
      expect(
        await write(version, method, {}, { resultType: 'complete', ttlMs: 1, cacheScope: 'public', nextCursor: 'x' }),
      ).toEqual({ nextCursor: 'x' })
    }
  })

  it.each([
    [november2025, tool],
    [
      june2025,
      {
        name: 't',
        title: 'T',
        _meta: { a: 1 },
        annotations: { readOnlyHint: true },
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object' },
      },
    ],
    [march2025, { name: 't', annotations: { readOnlyHint: true }, inputSchema: { type: 'object' } }],
    [november2024, { name: 't', inputSchema: { type: 'object' } }],
  ])('a tool as %s has it', async (version, expected) => {
    expect(await write(version, 'tools/list', {}, { tools: [tool] })).toEqual({ tools: [expected] })
    expect(await write(version, 'tools/list', {}, new Encoded(JSON.stringify({ tools: [tool] })))).toEqual({
      tools: [expected],
    })
  })

  it.each(versions)('trap 8: %s is shown no output schema that is not an object’s', async (version) => {
    for (const outputSchema of [{ type: 'array' }, { type: 'string' }, {}, true]) {
      expect(await write(version, 'tools/list', {}, { tools: [{ ...tool, outputSchema }] })).not.toHaveProperty(
        'tools[0].outputSchema',
      )
    }
  })

  it('trap 8: structured content is withheld where it is no object, null included, and where there is none', async () => {
    const content = [{ type: 'text', text: '1' }]
    for (const structuredContent of [[1], 'x', 0, null, false]) {
      for (const version of versions) {
        expect(await write(version, 'tools/call', { name: 't' }, { content, structuredContent })).toEqual({ content })
      }
    }
    const both = { content, structuredContent: { a: 1 } }
    expect(await write(november2025, 'tools/call', { name: 't' }, both)).toEqual(both)
    expect(await write(june2025, 'tools/call', { name: 't' }, both)).toEqual(both)
    expect(await write(march2025, 'tools/call', { name: 't' }, both)).toEqual({ content })
    expect(await write(november2024, 'tools/call', { name: 't' }, both)).toEqual({ content })
  })

  it('content of a newer kind is put in older words', async () => {
    const link = { type: 'resource_link', uri: 'a:b', name: 'B' }
    const audio = { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' }
    const content = [link, audio, { type: 'text', text: 'x' }]
    const asText = { type: 'text', text: 'B: a:b' }
    expect(await write(june2025, 'tools/call', { name: 't' }, { content })).toEqual({ content })
    expect(await write(march2025, 'tools/call', { name: 't' }, { content })).toEqual({
      content: [asText, audio, content[2]],
    })
    const [first, second, third] = (
      (await write(november2024, 'tools/call', { name: 't' }, { content })) as { content: JsonObject[] }
    ).content
    expect([first, third]).toEqual([asText, content[2]])
    expect(second).toMatchObject({ type: 'resource', resource: { blob: 'AAAA', mimeType: 'audio/wav' } })
    const messages = [{ role: 'user', content: link }]
    expect(await write(november2025, 'prompts/get', { name: 'p' }, { messages })).toEqual({ messages })
    expect(await write(march2025, 'prompts/get', { name: 'p' }, { messages })).toEqual({
      messages: [{ role: 'user', content: asText }],
    })
  })

  it.each([
    ['prompts/list', 'prompts'],
    ['resources/list', 'resources'],
    ['resources/templates/list', 'resourceTemplates'],
  ])('items of %s lose what is newer than their revision', async (method, key) => {
    const item = { name: 'x', uri: 'a:b', title: 'X', icons, _meta: { a: 1 }, description: 'd' }
    const { icons: _, ...june } = item
    const { title, _meta, ...march } = june
    expect(await write(november2025, method, {}, { [key]: [item] })).toEqual({ [key]: [item] })
    expect(await write(june2025, method, {}, { [key]: [item] })).toEqual({ [key]: [june] })
    expect(await write(march2025, method, {}, { [key]: [item] })).toEqual({ [key]: [march] })
    expect(await write(november2024, method, {}, { [key]: [item] })).toEqual({ [key]: [march] })
  })
})

describe('asking live', () => {
  type Asked = { method: string; params: JsonObject }
  const form: Asked & { method: 'elicitation/create' } = {
    method: 'elicitation/create',
    params: {
      mode: 'form',
      message: 'Sure?',
      requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
    },
  }
  const everything: ClientCapabilities = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} }
  const live = async (
    version: string,
    answers: JsonObject[],
    rest: { capabilities?: ClientCapabilities; rehearse?: boolean } = {},
  ): Promise<{ call: Call; asked: Asked[]; options: unknown[] }> => {
    const asked: Asked[] = []
    const options: unknown[] = []
    const exchange = exchangeOf(
      'tools/call',
      { name: 't' },
      {
        session: session(version, rest.capabilities ?? everything),
        answer: ({ method, params, options: given }) => {
          asked.push({ method, params })
          options.push(given)
          const answer = answers.shift()
          return answer === undefined ? Promise.reject(new Error('no more answers')) : Promise.resolve(answer)
        },
      },
    )
    const call = await revisionOf(exchange).readCall(exchange, self({ rehearse: rest.rehearse ?? false }))
    return { call, asked, options }
  }
  const accepted = { action: 'accept', content: { ok: true } }

  it('puts the question and gives the answer; people have all the time in the world', async () => {
    const { call, asked, options } = await live(november2025, [accepted])
    expect(await call.input.ask(form)).toEqual(accepted)
    expect(asked).toEqual([form])
    expect(options).toEqual([{ timeout: Infinity, maxTimeout: Infinity }])
  })

  it('I9: a page to visit has an id in 2025-11-25, one of ours where the handler gave none', async () => {
    const visit = {
      method: 'elicitation/create',
      params: { mode: 'url', url: 'https://a.example', message: '' },
    } as const
    const { call, asked } = await live(november2025, [{ action: 'accept' }, { action: 'accept' }])
    await call.input.ask(visit)
    await call.input.ask({ ...visit, params: { ...visit.params, elicitationId: 'own' } })
    expect(asked.map(({ params }) => params['elicitationId'])).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      'own',
    ])
  })

  it('2025-06-18 knows forms, which have no mode there, but no URLs', async () => {
    const { call, asked } = await live(june2025, [accepted])
    await call.input.ask(form)
    expect(asked[0]?.params).toEqual({ message: 'Sure?', requestedSchema: form.params['requestedSchema'] })
    await expect(call.input.ask({ method: 'elicitation/create', params: { mode: 'url' } })).rejects.toMatchObject({
      kind: 'missingCapability',
    })
    expect(asked).toHaveLength(1)
  })

  it.each([false, true])('I2: 2025-06-18 has no field of several values (rehearsed: %s)', async (rehearse) => {
    const tags = { type: 'array', items: { type: 'string', enum: ['a', 'b'] } }
    const properties = { size: { type: 'string', enum: ['s', 'm'] }, tags }
    const several = {
      method: 'elicitation/create',
      params: { message: 'Which?', requestedSchema: { type: 'object', properties } },
    } as const
    const { call, asked } = await live(june2025, [{ action: 'cancel' }], { rehearse })
    await expect(call.input.ask(several)).rejects.toMatchObject({
      kind: 'missingCapability',
      message: expect.stringContaining('several values, such as "tags"'),
    })
    expect(asked).toEqual([])
    const newer = await live(november2025, [{ action: 'cancel' }])
    expect(await newer.call.input.ask(several)).toEqual({ action: 'cancel' })
    expect(newer.asked[0]?.params).toMatchObject({ requestedSchema: { properties } })
  })

  it.each([march2025, november2024])('I1: %s has no elicitation, whatever was declared', async (version) => {
    const { call, asked } = await live(version, [accepted])
    await expect(call.input.ask(form)).rejects.toMatchObject({ kind: 'missingCapability' })
    expect(asked).toEqual([])
  })

  it('Q1: tools go to 2025-11-25 alone, and lists of content become messages before it', async () => {
    const sample = { role: 'assistant', model: 'm', content: { type: 'text', text: '' } }
    const text = { type: 'text', text: 'a' }
    const image = { type: 'image', data: '', mimeType: 'image/png' }
    for (const version of [june2025, march2025, november2024]) {
      const { call, asked } = await live(version, [sample])
      await expect(
        call.input.ask({ method: 'sampling/createMessage', params: { messages: [], tools: [] } }),
      ).rejects.toMatchObject({ kind: 'missingCapability' })
      await call.input.ask({
        method: 'sampling/createMessage',
        params: { maxTokens: 5, messages: [{ role: 'user', content: [text, image] }] },
      })
      expect(asked.map(({ params }) => params)).toEqual([
        {
          maxTokens: 5,
          messages: [
            { role: 'user', content: text },
            { role: 'user', content: image },
          ],
        },
      ])
    }
    const { call, asked } = await live(november2025, [sample])
    await call.input.ask({
      method: 'sampling/createMessage',
      params: { messages: [{ role: 'user', content: [text] }], tools: [] },
    })
    expect(asked).toHaveLength(1)
  })

  it.each(versions)('Q1, Q7: nothing is asked of a client that declared nothing (%s)', async (version) => {
    const { call, asked } = await live(version, [], { capabilities: {} })
    for (const question of [
      form,
      { method: 'sampling/createMessage', params: {} } as const,
      { method: 'roots/list' } as const,
    ]) {
      await expect(call.input.ask(question)).rejects.toMatchObject({ kind: 'missingCapability' })
    }
    expect(asked).toEqual([])
  })

  it('M8, I10: one that does not fit is asked for again, three times at most', async () => {
    const amiss = { action: 'accept', content: { ok: 'yes' } }
    const patient = await live(november2025, [amiss, accepted])
    expect(await patient.call.input.ask(form)).toEqual(accepted)
    const { call, asked } = await live(november2025, [amiss, amiss, amiss, accepted])
    await expect(call.input.ask(form)).rejects.toMatchObject({ name: 'ToolError' })
    expect(asked).toHaveLength(3)
  })

  it('one that the question does not accept is asked for again, three times at most', async () => {
    const answers = (): JsonObject[] => [accepted, accepted, accepted, accepted]
    const patient = await live(november2025, answers())
    let tries = 0
    expect(await patient.call.input.ask(form, { accepts: () => (tries += 1) === 3 })).toEqual(accepted)
    expect(patient.asked).toHaveLength(3)
    const stubborn = await live(november2025, answers())
    await expect(stubborn.call.input.ask(form, { accepts: () => false })).rejects.toMatchObject({
      name: 'ToolError',
    })
    expect(stubborn.asked).toHaveLength(3)
  })

  it('once just runs, once per call', async () => {
    const { call } = await live(november2025, [])
    let runs = 0
    const [a, b] = await Promise.all([call.input.once('k', () => (runs += 1)), call.input.once('k', () => (runs += 1))])
    expect([a, b, runs]).toEqual([1, 1, 1])
  })

  it('asks and starts nothing once the call has settled', async () => {
    const { call, asked } = await live(november2025, [accepted])
    void call.input.close()
    await expect(call.input.ask(form)).rejects.toThrow('settled')
    await expect(call.input.once('k', () => 1)).rejects.toThrow('settled')
    expect(asked).toEqual([])
  })

  it('a handler that returns its own outcome is asked live, all at once, and then has answers and state', async () => {
    const { call, asked } = await live(november2025, [accepted, { roots: [] }])
    const next = await call.input.pursue?.(
      new InputRequired({ requests: { a: form, b: { method: 'roots/list' } }, state: 7 }),
    )
    expect(asked.map(({ method }) => method)).toEqual(['elicitation/create', 'roots/list'])
    expect(next?.state).toBe(7)
    expect(Object.fromEntries(next?.answers ?? [])).toEqual({ a: accepted, b: { roots: [] } })
  })

  it('M3: none of its questions goes out when one cannot be put', async () => {
    const { call, asked } = await live(november2025, [accepted], { capabilities: { elicitation: {} } })
    const required = new InputRequired({ requests: { a: form, b: { method: 'roots/list' } } })
    await expect(call.input.pursue?.(required)).rejects.toMatchObject({ kind: 'missingCapability' })
    expect(asked).toEqual([])
  })

  it('rehearsed, it is replayed: nothing goes out until the run is over, and the next run finds the answer', async () => {
    const { call, asked } = await live(june2025, [accepted, accepted], { rehearse: true })
    await expect(call.input.ask(form)).rejects.toMatchObject({ name: 'Unanswered' })
    await call.input.once('k', () => 'done')
    expect(asked).toEqual([])
    const required = await call.input.close()
    const next = await call.input.pursue?.(required as InputRequired)
    expect(asked).toHaveLength(1)
    expect(await next?.ask(form)).toEqual(accepted)
    expect(await next?.once('k', () => 'again')).toBe('done')
    expect(await next?.close()).toBeUndefined()
  })

  it('cannot reach a caller on a road without a way back', async () => {
    const exchange = exchangeOf('tools/call', { name: 't' }, { session: session(november2025, everything) })
    const call = await revisionOf(exchange).readCall(exchange, self())
    await expect(call.input.ask(form)).rejects.toMatchObject({ kind: 'missingCapability' })
  })
})
