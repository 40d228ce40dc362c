import { connect } from '@parley/client'
import { invalidParams } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { Encoded, InputRequired, metaKeys, revisions } from '@parley/protocol'
import { link, Server, text } from '@parley/server'
import { memory } from '@parley/transports/memory'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { envelope, legacy, modern, open } from './wire.ts'
import type { Read, Wire } from './wire.ts'

const [, , june2025 = '', march2025 = ''] = revisions.map(({ version }) => version)
const info = { name: 'offers', version: '1.0.0' }

const shakeHands = async (wire: Wire, protocolVersion: string, capabilities: JsonObject = {}): Promise<Read> => {
  await wire.askPlainly('hello', 'initialize', { protocolVersion, capabilities, clientInfo: info })
  const welcome = await wire.next()
  await wire.notify('notifications/initialized')
  return welcome
}

const declaring = (capabilities: JsonObject): JsonObject => ({
  ...envelope,
  [metaKeys.clientCapabilities]: capabilities,
})

describe('what a server offers', () => {
  it('P5: a server that does not declare logging sends no log lines, in either era', async () => {
    const server = new Server(info, { logging: false })
    server.tool('talk', (_, { log }) => log.emergency('on fire'))
    const wire = open(server)
    await wire.ask(1, 'tools/call', { name: 'talk' }, { [metaKeys.logLevel]: 'debug' })
    expect(await wire.next()).toMatchObject({ id: 1, result: { content: [] } })
    await shakeHands(wire, legacy)
    await wire.askPlainly(2, 'tools/call', { name: 'talk' })
    expect(await wire.next()).toEqual({ id: 2, result: { content: [] } })
    await wire.close()
  })

  it('A1, B10: a result that was written beforehand says once what every result says', async () => {
    const server = new Server(info)
    server.handle('resources/read', () => new Encoded('{"contents":[]}'))
    server.handle('resources/list', () => new Encoded('{"resources":[],"ttlMs":7,"_meta":{"a.b/c":1}}'))
    const wire = open(server)
    const serverInfo = { [metaKeys.serverInfo]: info }
    await wire.ask(1, 'resources/read', { uri: 'note://a' })
    const common = { resultType: 'complete', cacheScope: 'private' }
    expect((await wire.next()).result).toEqual({ ...common, ttlMs: 0, contents: [], _meta: serverInfo })
    await wire.ask(2, 'resources/list')
    const meta = { ...serverInfo, 'a.b/c': 1 }
    expect((await wire.next()).result).toEqual({ ...common, ttlMs: 7, resources: [], _meta: meta })
    await wire.close()
  })

  it('B17: a feature that brings an extension without a prefix is refused', () => {
    const feature = { capabilities: () => ({ extensions: { bare: {} } }), methods: new Map() }
    expect(() => new Server(info).use(feature)).toThrow(TypeError)
  })

  it('B17: the extensions of several features, and of the options, are advertised together', () => {
    const bring = (id: string) => ({ capabilities: () => ({ extensions: { [id]: { from: id } } }), methods: new Map() })
    const server = new Server(info, {
      capabilities: { extensions: { 'a.b/own': {} } },
    })
    server.use(bring('a.b/one')).use(bring('a.b/two'))
    expect(server.capabilities).toEqual({
      logging: {},
      extensions: { 'a.b/own': {}, 'a.b/one': { from: 'a.b/one' }, 'a.b/two': { from: 'a.b/two' } },
    })
  })

  it('the tasks of 2025-11-25 are advertised there alone', async () => {
    const wire = open(new Server(info, { capabilities: { tasks: { list: {} } } }))
    await wire.ask(1, 'server/discover')
    expect((await wire.next()).result?.['capabilities']).toEqual({ logging: {} })
    expect((await shakeHands(wire, june2025)).result?.['capabilities']).toEqual({ logging: {} })
    expect((await shakeHands(wire, legacy)).result?.['capabilities']).toEqual({ logging: {}, tasks: { list: {} } })
    await wire.close()
  })

  it('L5: nothing is told to whoever says it is initialized without a handshake', async () => {
    const server = new Server(info)
    const wire = open(server)
    await wire.notify('notifications/initialized')
    await wire.sofar()
    server.tool('late', () => 'x')
    expect(await wire.sofar()).toEqual([])
    await wire.close()
  })

  it.each([-1, 1.5, Infinity, NaN])('A1: a ttl of %s is refused where it is given', async (ttlMs) => {
    expect(() => new Server(info, { listHints: { ttlMs } })).toThrow(TypeError)
    const server = new Server(info, { onError: () => undefined })
    expect(() => server.resource('note://a', { ttlMs }, () => 'a')).toThrow(TypeError)
    server.resource('note://b', () => ({ contents: [{ text: 'b' }], ttlMs }))
    const wire = open(server)
    await wire.ask(1, 'resources/read', { uri: 'note://b' })
    expect(await wire.next()).toEqual({ id: 1, code: -32603 })
    await wire.close()
  })

  it("O9: what middleware keeps from a caller, a handler's own read keeps from it too", async () => {
    const server = new Server(info)
    const seen: string[] = []
    server.use((call, next) => {
      seen.push(call.method)
      if (call.params['uri'] === 'note://secret') throw invalidParams('Not for you')
      return next(call)
    })
    server.resource('note://{name}', ({ name }) => name)
    server.tool('secret', async (_, ctx) => (await ctx.readResource('note://secret')).text())
    server.tool('open', async (_, ctx) => (await ctx.readResource('note://open')).text())
    const wire = open(server)
    await wire.ask(1, 'tools/call', { name: 'open' })
    expect((await wire.next()).result).toMatchObject({ content: [{ type: 'text', text: 'open' }] })
    await wire.ask(2, 'tools/call', { name: 'secret' })
    expect(await wire.next()).toEqual({ id: 2, code: -32602 })
    expect(seen).toEqual(['tools/call', 'resources/read', 'tools/call', 'resources/read'])
    await wire.close()
  })

  it('a closed server refuses requests, whether or not it had anything to close', async () => {
    for (const lifespan of [undefined, () => ({ value: 'open' })]) {
      const server: Server<unknown> = new Server<unknown>(info, lifespan === undefined ? {} : { lifespan })
      server.tool('look', (_, ctx) => ctx.lifespan ?? 'nothing')
      const wire = open(server as Server)
      await wire.ask(1, 'tools/call', { name: 'look' })
      expect((await wire.next()).result).toBeDefined()
      await server.close()
      await wire.ask(2, 'tools/call', { name: 'look' })
      expect(await wire.next()).toEqual({ id: 2, code: -32603 })
      await wire.close()
    }
  })
})

describe('what older revisions see', () => {
  it('links carry icons from 2025-11-25 on, in results and in prompts', async () => {
    const server = new Server(info)
    const block = link({ uri: 'note://a', name: 'a', title: 'A', icons: [{ src: 'https://offers.example/a.png' }] })
    server.tool('find', () => block)
    server.prompt('show', () => block)
    const wire = open(server)
    const seen = async (version: string): Promise<unknown[]> => {
      await shakeHands(wire, version)
      await wire.askPlainly(1, 'tools/call', { name: 'find' })
      const { content } = (await wire.next()).result as { content: unknown[] }
      await wire.askPlainly(2, 'prompts/get', { name: 'show' })
      const { messages } = (await wire.next()).result as { messages: { content: unknown }[] }
      return [content[0], messages[0]?.content]
    }
    const { icons: _, ...june } = block
    expect(await seen(legacy)).toEqual([block, block])
    expect(await seen(june2025)).toEqual([june, june])
    const words = text('a: note://a')
    expect(await seen(march2025)).toEqual([words, words])
    await wire.close()
  })

  it('a custom method has its result as it made it, in either era', async () => {
    const server = new Server(info)
    server.handle('acme/lease', () => ({ ttlMs: 5, cacheScope: 'mine' }))
    const wire = open(server)
    await shakeHands(wire, legacy)
    await wire.askPlainly(1, 'acme/lease')
    expect((await wire.next()).result).toEqual({ ttlMs: 5, cacheScope: 'mine' })
    await wire.ask(2, 'acme/lease')
    expect((await wire.next()).result).toMatchObject({ ttlMs: 5, cacheScope: 'mine' })
    await wire.close()
  })

  it('I2: 2025-06-18 is given titled choices in the words it knows', async () => {
    const server = new Server(info)
    const oneOf = [
      { const: 's', title: 'Small' },
      { const: 'l', title: 'Large' },
    ] as const
    const size = { type: 'string', oneOf } as const
    const schema = { type: 'object', properties: { size }, required: ['size'] } as const
    server.tool('pick', async (_, ctx) => (await ctx.elicit({ message: 'Which?', schema })).content?.size)
    const wire = open(server)
    const asked = async (version: string): Promise<unknown> => {
      await shakeHands(wire, version, { elicitation: {} })
      await wire.askPlainly(version, 'tools/call', { name: 'pick' })
      const { params = {} } = await wire.next()
      return (params as { requestedSchema?: JsonObject }).requestedSchema?.['properties']
    }
    expect(await asked(legacy)).toEqual({ size })
    expect(await asked(june2025)).toEqual({
      size: { type: 'string', enum: ['s', 'l'], enumNames: ['Small', 'Large'] },
    })
    await wire.close()
  })
})

describe('a call that asks', () => {
  it('B10: an input_required result says who answers, too', async () => {
    const server = new Server(info)
    server.tool('where', (_, ctx) => ctx.roots())
    const wire = open(server)
    await wire.ask(1, 'tools/call', { name: 'where' }, declaring({ roots: {} }))
    expect((await wire.next()).result).toMatchObject({
      resultType: 'input_required',
      _meta: { [metaKeys.serverInfo]: info },
    })
    await wire.close()
  })

  it('I9: the modern era has no elicitationId', async () => {
    const server = new Server(info)
    const visit = { message: 'Sign in', url: 'https://offers.example/', elicitationId: 'one' }
    server.tool('visit', (_, ctx) => ctx.elicit(visit))
    const params = { mode: 'url', ...visit }
    server.tool('own', () => new InputRequired({ requests: { a: { method: 'elicitation/create', params } } }))
    const wire = open(server)
    for (const name of ['visit', 'own']) {
      await wire.ask(name, 'tools/call', { name }, declaring({ elicitation: { url: {} } }))
      const { inputRequests = {} } = (await wire.next()).result as { inputRequests?: JsonObject }
      expect(Object.values(inputRequests)).toEqual([
        { method: 'elicitation/create', params: { mode: 'url', message: 'Sign in', url: 'https://offers.example/' } },
      ])
    }
    await wire.close()
  })

  it('a page to visit has a URL, or nobody is asked', async () => {
    const heard: unknown[] = []
    const server = new Server(info, { onError: (error) => heard.push(error) })
    server.tool('visit', async (_, ctx) => (await ctx.elicit({ message: 'Sign in', url: 'nowhere' })).action)
    const wire = open(server)
    await wire.ask(1, 'tools/call', { name: 'visit' }, declaring({ elicitation: { url: {} } }))
    expect((await wire.next()).result).toMatchObject({ resultType: 'complete', isError: true })
    expect(heard).toEqual([new TypeError('"nowhere" is no URL to visit')])
    await wire.close()
  })

  it('I9: a handler that makes up an elicitationId each time asks once all the same', async () => {
    const server = new Server(info)
    const visit = { message: 'Sign in', url: 'https://offers.example/' }
    server.tool('visit', async (_, ctx) => {
      const { action } = await ctx.elicit({ ...visit, elicitationId: crypto.randomUUID() })
      return text(action)
    })
    for (const version of [modern, legacy]) {
      const onElicitUrl = vi.fn(() => ({ action: 'accept' }) as const)
      const client = await connect(memory(server), { ...info, versions: [version], onElicitUrl })
      expect((await client.callTool('visit')).content).toEqual([text('accept')])
      expect(onElicitUrl).toHaveBeenCalledOnce()
      await client.close()
    }
  })

  it('I8: a form with nothing required may come back without content, in either era', async () => {
    const server = new Server(info)
    const schemas = [z.object({ note: z.string().optional() }), { type: 'object', properties: {} } as const]
    schemas.forEach((schema, index) =>
      server.tool(`note${index}`, async (_, ctx) => ({ given: await ctx.elicit({ message: 'Note?', schema }) })),
    )
    const answer = { action: 'accept' }
    for (const name of ['note0', 'note1']) {
      const wire = open(server)
      await wire.ask(1, 'tools/call', { name }, declaring({ elicitation: {} }))
      const { inputRequests = {} } = (await wire.next()).result as { inputRequests?: JsonObject }
      const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, answer]))
      await wire.ask(2, 'tools/call', { name, inputResponses }, declaring({ elicitation: {} }))
      expect((await wire.next()).result).toMatchObject({
        structuredContent: { given: { action: 'accept', content: {} } },
      })
      await wire.close()
    }
  })

  it('C5: progress goes on increasing when a legacy handler is run again', async () => {
    const server = new Server(info)
    server.tool('steps', async (_, ctx) => {
      await ctx.progress(1)
      await ctx.progress(2)
      if (ctx.call.input.answers.size === 0) return new InputRequired({ requests: { a: { method: 'roots/list' } } })
      await ctx.progress(3)
      return 'done'
    })
    const client = await connect(memory(server), { ...info, versions: [legacy], roots: [] })
    const steps: number[] = []
    await client.callTool('steps', {}, { onProgress: ({ progress }) => steps.push(progress) })
    expect(steps).toEqual([1, 2, 3])
    await client.close()
  })
})
