import type { JsonObject, Principal } from '@parley/core'
import { encode, Encoded, metaKeys, revisions } from '@parley/protocol'
import type { RpcResponse, Session } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import type { Context } from '../src/context.ts'
import type { Middleware } from '../src/middleware.ts'
import type { ServerOptions } from '../src/options.ts'
import type { Registration, Visibility } from '../src/registry.ts'
import { Server } from '../src/server.ts'
import { alice } from './fakes.ts'

const info = { name: 'library', version: '1.0.0' }
const bob: Principal = { issuer: 'https://issuer.example', subject: 'bob', scopes: [] }
const versions = revisions.map(({ version }) => version)
const modern = versions[0] ?? ''
const legacy = versions[1] ?? ''

const lists = [
  ['tools/list', 'tools', 'name'],
  ['prompts/list', 'prompts', 'name'],
  ['resources/list', 'resources', 'uri'],
  ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
] as const
type Method = (typeof lists)[number][0]

type Asked = { principal?: Principal; version?: string; params?: JsonObject }

const sessionIn = (version: string): Session => ({
  id: 'one',
  state: { version, initialized: true, subscriptions: [] },
  ended: new AbortController().signal,
  whenEnded: () => undefined,
  notify: () => undefined,
})

const respond = async (
  server: Server,
  method: string,
  { principal, version = modern, params: given = {} }: Asked = {},
): Promise<RpcResponse> => {
  const envelope = { [metaKeys.protocolVersion]: version, [metaKeys.clientCapabilities]: {} }
  const params = version === modern ? { ...given, _meta: envelope } : given
  return server.respond({
    request: { kind: 'request', id: 1, method, params },
    signal: new AbortController().signal,
    origin: principal === undefined ? { road: 'memory' } : { road: 'memory', principal },
    ...(version === modern ? {} : { session: sessionIn(version) }),
    notify: () => undefined,
  })
}

/** The very object that goes to the road. */
const resultOf = async (server: Server, method: string, asked?: Asked): Promise<JsonObject | Encoded> => {
  const response = await respond(server, method, asked)
  if (response.kind !== 'result') throw new TypeError(encode(response))
  return response.result
}

const textOf = async (server: Server, method: string, asked?: Asked): Promise<string> => {
  const result = await resultOf(server, method, asked)
  return result instanceof Encoded ? result.text : JSON.stringify(result)
}

const namesIn = async (server: Server, [method, key, name]: (typeof lists)[number], asked?: Asked): Promise<unknown> =>
  JSON.parse(await textOf(server, method, asked))[key].map((each: JsonObject) => each[name])

type Said = { title?: string; visible?: Visibility | undefined }

/** Registers whatever a method lists. */
const register = (server: Server, method: Method, name: string, said: Said = {}): Registration<Said> => {
  const icons = [{ src: 'https://library.example/icon.png' }]
  const options = { title: 'Of the library', _meta: { 'library.example/shelf': 7 }, icons, ...said }
  switch (method) {
    case 'tools/list': {
      const output = { type: 'array', items: { type: 'integer' } } as const
      return server.tool(name, { ...options, output, annotations: { readOnlyHint: true } }, () => [1])
    }
    case 'prompts/list':
      return server.prompt(name, options, () => 'hi')
    case 'resources/list':
      return server.resource(name, { ...options, size: 2 }, () => 'hi')
    case 'resources/templates/list':
      return server.resource(`${name}/{id}`, options, () => 'hi')
  }
}

const [one, two] = ['a:one', 'a:two']
const nameFor = (method: Method, name: string): string => (method.startsWith('resources') ? name : name.slice(2))
const shownAs = (method: Method, name: string): string =>
  method === 'resources/templates/list' ? `${name}/{id}` : nameFor(method, name)

const serverWith = (method: Method, options: ServerOptions = {}): { server: Server; held: Registration<Said> } => {
  const server = new Server(info, options)
  const held = register(server, method, nameFor(method, one))
  register(server, method, nameFor(method, two))
  return { server, held }
}

const copying: Middleware = async (call, next) => ({ ...((await next(call)) as JsonObject) })

describe.each(lists)('%s', (method, key, name) => {
  const list = [method, key, name] as (typeof lists)[number]

  it.each(versions)('is written once, in the same words as what is written each time, in %s', async (version) => {
    for (const listHints of [{}, { ttlMs: 5, cacheScope: 'public' } as const]) {
      const { server } = serverWith(method, { listHints })
      const first = await resultOf(server, method, { version })
      expect(first).toBeInstanceOf(Encoded)
      expect(await resultOf(server, method, { version })).toBe(first)
      const anew = serverWith(method, { listHints }).server.use(copying)
      expect(await textOf(server, method, { version })).toBe(await textOf(anew, method, { version }))
    }
  })

  it('has the words of each revision, whichever asked first', async () => {
    const { server } = serverWith(method)
    const texts = await Promise.all(versions.map((version) => textOf(server, method, { version })))
    const anew = serverWith(method).server.use(copying)
    for (const [index, version] of versions.entries())
      expect(texts[index]).toBe(await textOf(anew, method, { version }))
    expect(texts.map((text) => [text.includes('resultType'), text.includes('"icons"')])).toEqual([
      [true, true],
      [false, true],
      [false, false],
      [false, false],
      [false, false],
    ])
  })

  it.each([modern, legacy])('is another after every change, in %s', async (version) => {
    const { server, held } = serverWith(method, { onDuplicate: 'replace' })
    const names = (): Promise<unknown> => namesIn(server, list, { version })
    const both = [shownAs(method, one), shownAs(method, two)]
    expect(await names()).toEqual(both)
    held.disable()
    expect(await names()).toEqual(both.slice(1))
    held.enable()
    expect(await names()).toEqual(both)
    held.update({ title: 'Renamed' })
    expect(await textOf(server, method, { version })).toContain('"title":"Renamed"')
    register(server, method, nameFor(method, one), { title: 'Replaced' })
    expect(await textOf(server, method, { version })).not.toContain('Renamed')
    expect(await textOf(server, method, { version })).toContain('Replaced')
    register(server, method, nameFor(method, 'a:three')).remove()
    expect(await names()).toEqual(both)
    register(server, method, nameFor(method, 'a:three'))
    expect(await names()).toEqual([...both, shownAs(method, 'a:three')])
  })

  it('O9: is never shared among principals once one may see what another may not', async () => {
    const { server } = serverWith(method)
    await textOf(server, method, { principal: bob })
    const visible: Visibility = (principal) => principal?.subject === 'alice'
    const secret = register(server, method, nameFor(method, 'a:secret'), { visible })
    const hers = [shownAs(method, one), shownAs(method, two), shownAs(method, 'a:secret')]
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await namesIn(server, list, { principal: alice })).toEqual(hers)
      expect(await namesIn(server, list, { principal: bob })).toEqual(hers.slice(0, 2))
      expect(await namesIn(server, list)).toEqual(hers.slice(0, 2))
    }
    secret.update({ visible: undefined })
    expect(await namesIn(server, list, { principal: bob })).toEqual(hers)
  })

  it('cannot be changed by middleware for everyone: the attempt is reported', async () => {
    const errors: unknown[] = []
    const { server } = serverWith(method, { onError: (error) => errors.push(error) })
    const before = await textOf(server, method)
    const attempts: ((result: JsonObject) => void)[] = [
      (result) => void (result['extra'] = 1),
      (result) => void (result[key] as unknown[]).pop(),
      (result) => void Object.assign((result[key] as JsonObject[])[0] ?? {}, { title: 'Mine' }),
      (result) => void (result[key] as { icons: unknown[] }[])[0]?.icons.push({}),
    ]
    let attempt: ((result: JsonObject) => void) | undefined
    server.use(async (call, next) => {
      const result = await next(call)
      attempt?.(result as JsonObject)
      return result
    })
    for (const each of attempts) {
      attempt = each
      await respond(server, method)
    }
    attempt = attempts[1]
    expect(await respond(server, method)).toMatchObject({ kind: 'error', error: { code: -32603 } })
    expect(errors).toHaveLength(attempts.length + 1)
    expect(errors.every((error) => error instanceof TypeError)).toBe(true)
    attempt = undefined
    expect(await textOf(server, method)).toBe(before)
  })

  it('is what middleware makes of it where that gives a copy', async () => {
    const { server } = serverWith(method)
    await textOf(server, method)
    server.use(async (call, next) => {
      const result = (await next(call)) as JsonObject
      return call.exchange.origin.principal === alice ? result : { ...result, [key]: (result[key] as []).slice(1) }
    })
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await namesIn(server, list, { principal: alice })).toEqual([shownAs(method, one), shownAs(method, two)])
      expect(await namesIn(server, list, { principal: bob })).toEqual([shownAs(method, two)])
    }
  })
})

describe('a list that was written before', () => {
  it('is written as the method that was asked for, not as the one that it came from', async () => {
    const server = new Server(info, { listHints: { ttlMs: 5 } })
    server.tool('add', () => 1)
    server.handle('library/tools', () => ({}))
    server.use((call, next) => next(call.method === 'library/tools' ? { ...call, method: 'tools/list' } : call))
    const version = legacy
    expect(JSON.parse(await textOf(server, 'tools/list', { version }))).not.toHaveProperty('ttlMs')
    expect(JSON.parse(await textOf(server, 'library/tools', { version }))).toHaveProperty('ttlMs', 5)
    expect(JSON.parse(await textOf(server, 'tools/list', { version }))).not.toHaveProperty('ttlMs')
  })

  it('names the server that gives it, though the list be of another', async () => {
    const { server } = serverWith('tools/list')
    await textOf(server, 'tools/list')
    const front = new Server({ name: 'front', version: '2.0.0' })
    server.use(async (call, next) => {
      const result = await next(call)
      front.handle('tools/list', () => result)
      return result
    })
    await textOf(server, 'tools/list')
    const served = JSON.parse(await textOf(front, 'tools/list'))
    expect(served).toMatchObject({ tools: [{ name: 'one' }, { name: 'two' }] })
    expect(served._meta[metaKeys.serverInfo]).toEqual({ name: 'front', version: '2.0.0' })
  })

  it('says what was registered, and leaves that to its owner', async () => {
    const server = new Server(info)
    const input = { type: 'object', properties: { a: { type: 'number' } } } as const
    const _meta = { 'library.example/shelf': { row: 7 } }
    server.tool('add', { input, _meta }, () => 1)
    const before = await textOf(server, 'tools/list')
    _meta['library.example/shelf'].row = 8
    expect(Object.isFrozen(input.properties)).toBe(false)
    expect(await textOf(server, 'tools/list')).toBe(before)
    expect(before).toContain('{"row":7}')
  })

  it('is asked for what JSON cannot hold when that is registered', () => {
    const server = new Server(info)
    const input = { type: 'object', properties: { a: { default: 1n } } } as const
    expect(() => server.tool('add', { input }, () => 1)).toThrow(/^The tool "add" cannot be listed: .*BigInt/)
    const _meta: JsonObject = {}
    _meta['library.example/self'] = _meta
    expect(() => server.prompt('p', { _meta }, () => 'hi')).toThrow(/^The prompt "p" cannot be listed: /)
    expect(() => server.resource('a:b', { _meta }, () => 'hi')).toThrow(/^The resource a:b cannot be listed: /)
  })

  it('is asked of a template each time, since that may depend on who asks', async () => {
    const server = new Server(info)
    let asked = 0
    const list = ({ auth }: Context) => [{ uri: `a:${auth?.subject ?? 'nobody'}-${(asked += 1)}` }]
    server.resource('a:{name}', { list }, () => 'hi')
    const uris = (principal: Principal) => namesIn(server, lists[2], { principal })
    expect([await uris(alice), await uris(bob), await uris(alice)]).toEqual([['a:alice-1'], ['a:bob-2'], ['a:alice-3']])
  })
})
