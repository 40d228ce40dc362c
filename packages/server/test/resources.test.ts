import type { JsonObject } from '@parley/core'
import { InputRequired } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { Resources } from '../src/features/resources.ts'
import type { ResourceRegistrar } from '../src/features/resources.ts'
import { alice, ask, FakeHost, prototypeNames } from './fakes.ts'
import type { AskOptions } from './fakes.ts'

const resourcesOf = (host = new FakeHost()) => {
  const resources = new Resources(host)
  const resource: ResourceRegistrar = resources.registrar()
  return {
    host,
    resources,
    resource,
    list: (params = {}, options?: AskOptions) => ask(resources, 'resources/list', params, options),
    templates: () => ask(resources, 'resources/templates/list'),
    read: (uri: string, options?: AskOptions) => ask(resources, 'resources/read', { uri }, options),
  }
}

describe('a fixed resource', () => {
  it('B7, R1: is listed and read at its URI', async () => {
    const { resources, resource, list, templates, read } = resourcesOf()
    expect(resources.capabilities()).toEqual({})
    let runs = 0
    resource('config://app', { title: 'Config', mimeType: 'text/x-ini', size: 3 }, () => {
      runs += 1
      return 'a=b'
    })
    expect(resources.capabilities()).toEqual({ resources: { subscribe: true, listChanged: true } })
    expect(await list()).toEqual({
      resources: [{ uri: 'config://app', name: 'config://app', title: 'Config', mimeType: 'text/x-ini', size: 3 }],
    })
    expect(await templates()).toEqual({ resourceTemplates: [] })
    expect(runs).toBe(0)
    expect(await read('config://app')).toEqual({
      contents: [{ uri: 'config://app', mimeType: 'text/x-ini', text: 'a=b' }],
    })
  })

  it('A1: says how long what was read stays fresh', async () => {
    const { resource, read } = resourcesOf()
    resource('a://b', { ttlMs: 5, cacheScope: 'public' }, () => '')
    resource('a://c', { ttlMs: 5, cacheScope: 'public', visible: () => true }, () => '')
    expect(await read('a://b')).toMatchObject({ ttlMs: 5, cacheScope: 'public' })
    expect(await read('a://c')).toMatchObject({ ttlMs: 5, cacheScope: 'private' })
  })
})

describe('a template', () => {
  it('B3, R5: is listed as one, and read at a concrete URI, its values decoded', async () => {
    const { resource, list, templates, read } = resourcesOf()
    resource('greeting://{name}', { name: 'greeting' }, ({ name }) => `Hello, ${name}!`)
    expect(await list()).toEqual({ resources: [] })
    expect(await templates()).toEqual({ resourceTemplates: [{ uriTemplate: 'greeting://{name}', name: 'greeting' }] })
    expect(await read('greeting://Ada%20L')).toEqual({
      contents: [{ uri: 'greeting://Ada%20L', mimeType: 'text/plain', text: 'Hello, Ada L!' }],
    })
  })

  it('B7: gives way to a fixed URI and to a more specific template, whatever came first', async () => {
    const { resource, read } = resourcesOf()
    resource('a://{+rest}', () => 'general')
    resource('a://users/{id}', () => 'specific')
    resource('a://users/me', () => 'fixed')
    const textOf = async (uri: string) => (await read(uri)) as { contents: unknown[] }
    expect((await textOf('a://users/me')).contents).toMatchObject([{ text: 'fixed' }])
    expect((await textOf('a://users/1')).contents).toMatchObject([{ text: 'specific' }])
    expect((await textOf('a://b/c')).contents).toMatchObject([{ text: 'general' }])
  })

  it('B7: is refused when nothing decides between it and another', () => {
    const { resource } = resourcesOf()
    const held = resource('a://{x}/b', () => 'x')
    expect(() => resource('a://{y}/b', () => 'y')).toThrow('match the same URIs')
    held.remove()
    resource('a://{y}/b', () => 'y')
  })

  it('hands over a hidden template’s URIs to the next', async () => {
    const { resource, read } = resourcesOf()
    resource('a://{+rest}', () => 'general')
    resource('a://users/{id}', { visible: (principal) => principal !== undefined }, () => 'specific')
    expect(await read('a://users/1')).toMatchObject({ contents: [{ text: 'general' }] })
    expect(await read('a://users/1', { principal: alice })).toMatchObject({ contents: [{ text: 'specific' }] })
  })

  it('O2, A5, A8: lists what it is told to, page by page, in the order of registration', async () => {
    const { resource, list, host } = resourcesOf()
    host.pageSize = 2
    host.listHints = { cacheScope: 'public' }
    resource('a://first', () => '')
    resource('b://{x}', { list: async () => ['b://1', 'b://2', 'b://3'].map((uri) => ({ uri })) }, () => '')
    resource('a://last', { name: 'last' }, () => '')
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const page = Object.assign<JsonObject, object>({}, await list(cursor === undefined ? {} : { cursor }))
      expect(page['cacheScope']).toBe('private')
      seen.push(page['resources'])
      cursor = page['nextCursor']
    } while (cursor !== undefined)
    expect(seen).toEqual([
      [
        { uri: 'a://first', name: 'a://first' },
        { uri: 'b://1', name: 'b://1' },
      ],
      [
        { uri: 'b://2', name: 'b://2' },
        { uri: 'b://3', name: 'b://3' },
      ],
      [{ uri: 'a://last', name: 'last' }],
    ])
  })

  it.each([
    ['a://..%2Fsecret', 'path climbs out with a ".." segment'],
    ['a://%2Fetc%2Fpasswd', 'path is an absolute path'],
    ['a://x%00', 'path contains a NUL character'],
    ['a://%252e%252e%252fsecret', 'path climbs out with a ".." segment'],
  ])('R3, SEC-PATH-2: %s never reaches the handler', async (uri, reason) => {
    const { resource, read } = resourcesOf()
    let runs = 0
    resource('a://{path}', () => String((runs += 1)))
    await expect(read(uri)).rejects.toMatchObject({
      code: -32602,
      message: `Invalid resource URI: ${reason}`,
      data: { uri },
    })
    expect(runs).toBe(0)
  })

  it('R3: lets through what a variable was exempted for', async () => {
    const { resource, read } = resourcesOf()
    resource('a://{safe}/{+any}', { unsafe: ['any'] }, ({ any }) => any)
    expect(await read('a://x/../y')).toMatchObject({ contents: [{ text: '../y' }] })
    await expect(read('a://%2E%2E/y')).rejects.toMatchObject({ code: -32602 })
  })

  it.each(prototypeNames)('SEC-PROTO-1: a variable named %s is a variable', async (name) => {
    const { resource, read } = resourcesOf()
    resource(`a://x{?${name}}`, (variables: object) => ({ own: Object.hasOwn(variables, name) }))
    expect(await read(`a://x?${name}=1`)).toMatchObject({ contents: [{ text: '{"own":true}' }] })
    expect(await read('a://x')).toMatchObject({ contents: [{ text: '{"own":false}' }] })
  })
})

describe('what a resource returns', () => {
  const uri = 'a://b'
  const returning = async (value: unknown, mimeType?: string) => {
    const { resource, read } = resourcesOf()
    resource(uri, { mimeType }, () => value)
    return ((await read(uri)) as { contents: unknown[] }).contents
  }
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const blob = 'iVBORw0KGgo='
  const json = 'application/json'

  it.each([
    ['text', 'hi', { mimeType: 'text/plain', text: 'hi' }],
    ['bytes', png, { mimeType: 'image/png', blob }],
    ['unknown bytes', new Uint8Array([1]), { mimeType: 'application/octet-stream', blob: 'AQ==' }],
    ['a buffer', png.buffer, { mimeType: 'image/png', blob }],
    ['a blob', new Blob([png], { type: 'image/x-mine' }), { mimeType: 'image/x-mine', blob }],
    ['an object', { a: 1 }, { mimeType: json, text: '{"a":1}' }],
    ['a list', [1, 2], { mimeType: json, text: '[1,2]' }],
    ['an empty list', [], { mimeType: json, text: '[]' }],
    ['null', null, { mimeType: json, text: 'null' }],
    ['contents', { text: 'x', mimeType: 'text/html' }, { mimeType: 'text/html', text: 'x' }],
    ['contents with bytes', { blob: png, _meta: { a: 1 } }, { mimeType: 'image/png', blob, _meta: { a: 1 } }],
    ['an object that looks like contents', { text: 'x', more: 1 }, { mimeType: json, text: '{"text":"x","more":1}' }],
  ])('R3, R5: %s', async (_kind, value, expected) => {
    expect(await returning(value)).toEqual([{ uri, ...expected }])
  })

  it('R5: several contents, with URIs of their own', async () => {
    const contents = [{ text: 'x' }, { uri: 'a://b/c', text: 'y', mimeType: 'text/html' }]
    const expected = [
      { uri, mimeType: 'text/csv', text: 'x' },
      { uri: 'a://b/c', text: 'y', mimeType: 'text/html' },
    ]
    expect(await returning(contents, 'text/csv')).toEqual(expected)
    expect(await returning({ contents }, 'text/csv')).toEqual(expected)
    expect(await returning({ contents: [] })).toEqual([])
  })

  it('A1: a whole result, with hints of its own', async () => {
    const { resource, read } = resourcesOf()
    resource(uri, { ttlMs: 1 }, () => ({ contents: [{ text: 'x' }], ttlMs: 5, cacheScope: 'public', _meta: { a: 1 } }))
    expect(await read(uri)).toEqual({ contents: [{ uri, text: 'x' }], ttlMs: 5, cacheScope: 'public', _meta: { a: 1 } })
    expect(await returning({ contents: [1] })).toEqual([{ uri, mimeType: json, text: '{"contents":[1]}' }])
  })

  it('what an iterable yields', async () => {
    async function* yielding(...items: unknown[]) {
      yield* items
    }
    expect(await returning(yielding('a', 'b'))).toEqual([{ uri, mimeType: 'text/plain', text: 'ab' }])
    expect(await returning(yielding(png.slice(0, 3), png.slice(3)))).toEqual([{ uri, mimeType: 'image/png', blob }])
    expect(await returning(yielding({ a: 1 }, 2))).toEqual([{ uri, mimeType: json, text: '[{"a":1},2]' }])
    expect(await returning(yielding({ text: 'x' }))).toEqual([{ uri, text: 'x' }])
    expect(await returning(new Blob(['ab']).stream())).toEqual([
      { uri, mimeType: 'application/octet-stream', blob: 'YWI=' },
    ])
  })

  it('an endless iterable only as far as the cap, and closes it', async () => {
    let closed = 0
    async function* endless(item: unknown) {
      try {
        for (;;) yield item
      } finally {
        closed += 1
      }
    }
    await expect(returning(endless(''))).rejects.toMatchObject({ code: -32603, message: /10000 items/ })
    await expect(returning(endless('x'.repeat(1_000_000)))).rejects.toMatchObject({ code: -32603 })
    expect(closed).toBe(2)
  })

  it('an iterable up to 10,000 items, and up to 4 MiB', async () => {
    async function* times(count: number, each: string) {
      for (let index = 0; index < count; index += 1) yield each
    }
    const mebibyte = 'x'.repeat(1024 * 1024)
    expect(await returning(times(10_000, ''))).toMatchObject([{ text: '' }])
    await expect(returning(times(10_001, ''))).rejects.toMatchObject({ code: -32603 })
    expect(await returning(times(4, mebibyte))).toMatchObject([{ text: mebibyte.repeat(4) }])
    await expect(returning(times(5, mebibyte))).rejects.toMatchObject({ code: -32603 })
  })

  it('a request for input', async () => {
    const { resource, read } = resourcesOf()
    const asked = new InputRequired({ state: 1 })
    resource(uri, () => asked)
    expect(await read(uri)).toBe(asked)
  })
})

describe('resources/read', () => {
  it('R2: a missing resource is an error that carries its URI, never empty contents', async () => {
    const { resource, resources, read } = resourcesOf()
    resource('a://off', () => '').disable()
    resource('a://gone', () => undefined)
    for (const uri of ['a://nowhere', 'a://off', 'a://gone', 'constructor', '']) {
      await expect(read(uri)).rejects.toMatchObject({ kind: 'resourceNotFound', data: { uri } })
    }
    await expect(ask(resources, 'resources/read', {})).rejects.toMatchObject({ code: -32602 })
  })
})

describe('registering', () => {
  it.each([
    ['no-scheme', 'it needs a scheme'],
    ['a://b c', 'is no URI'],
    ['', 'is no URI'],
    ['a://{', 'Invalid URI template'],
    ['a://{b}}', 'Invalid URI template'],
    ['{+any} thing', 'is no URI'],
  ])('R4, R5: refuses %j', (uri, message) => {
    const { resource } = resourcesOf()
    expect(() => resource(uri, () => '')).toThrow(TypeError)
    expect(() => resource(uri, () => '')).toThrow(message)
  })

  it('refuses options that name no variable', () => {
    const { resource } = resourcesOf()
    const uri: string = 'a://{b}'
    expect(() => resource(uri, { complete: { c: () => [] } }, () => '')).toThrow('has no "c" to complete')
    expect(() => resource(uri, { unsafe: ['c'] }, () => '')).toThrow('has no variable "c"')
    expect(() => resource('a://b', { list: () => [] }, () => '')).toThrow('has no variables to list it by')
  })

  it('publishes changes, and updates what a resource says of itself', async () => {
    const { resource, list, host } = resourcesOf()
    const held = resource('a://b', () => '')
    held.update({ name: 'b', description: 'd' })
    expect(await list()).toEqual({ resources: [{ uri: 'a://b', name: 'b', description: 'd' }] })
    expect(host.published).toEqual([{ list: 'resources' }, { list: 'resources' }])
  })
})
