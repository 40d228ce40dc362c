import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { invalidParams, ToolError } from '@parley/core'
import { InputRequired, Unanswered } from '@parley/protocol'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { image, link, text } from '../src/content.ts'
import { toolResult } from '../src/features/tool-result.ts'
import { Tools } from '../src/features/tools.ts'
import type { ToolRegistrar } from '../src/features/tools.ts'
import { alice, ask, callOf, contextOf, FakeHost, prototypeNames } from './fakes.ts'
import type { AskOptions } from './fakes.ts'

const toolsOf = (host = new FakeHost()) => {
  const tools = new Tools(host)
  const tool: ToolRegistrar = tools.registrar()
  return {
    host,
    tools,
    tool,
    list: () => ask(tools, 'tools/list'),
    call: (name: string, args?: object, options?: AskOptions) =>
      ask(tools, 'tools/call', args === undefined ? { name } : { name, arguments: args }, options),
  }
}

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])

const addition = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'integer' } },
  required: ['a', 'b'],
} as const

const schemas = [
  ['zod', z.object({ a: z.int(), b: z.int() })],
  [
    'valibot',
    toStandardJsonSchema(v.object({ a: v.pipe(v.number(), v.integer()), b: v.pipe(v.number(), v.integer()) })),
  ],
  ['arktype', type({ a: 'number.integer', b: 'number.integer' })],
  ['JSON Schema', addition],
] as const

const addNumbers = (args: unknown): number => {
  const { a, b } = args as { a: number; b: number }
  return a + b
}

describe.each(schemas)('a tool with a %s schema', (_kind, input) => {
  it('B3, O4: is listed with its JSON Schema', async () => {
    const { tool, list } = toolsOf()
    tool('add', { description: 'Adds.', input }, addNumbers)
    expect(await list()).toMatchObject({
      tools: [
        {
          name: 'add',
          description: 'Adds.',
          inputSchema: {
            type: 'object',
            properties: { a: { type: 'integer' }, b: { type: 'integer' } },
            required: ['a', 'b'],
          },
        },
      ],
    })
  })

  it('B3: returns text and structured content', async () => {
    const { tool, call } = toolsOf()
    tool('add', { input }, addNumbers)
    expect(await call('add', { a: 1, b: 2 })).toEqual({
      content: [{ type: 'text', text: '3' }],
      structuredContent: { result: 3 },
    })
  })

  it.each([
    ['O6: names the field of a wrong argument', { a: 'x', b: 2 }, /^Invalid arguments for add: .*\ba\b/],
    ['O6: names the field of a missing argument', { a: 1 }, /^Invalid arguments for add: .*\bb\b/],
  ])('%s in an isError result', async (_title, args, message) => {
    const { tool, call, host } = toolsOf()
    tool('add', { input }, addNumbers)
    const result = await call('add', args)
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: expect.stringMatching(message) }] })
    expect(host.masked).toEqual([])
  })

  it('repairs arguments that a host sent as JSON text', async () => {
    const { tool, call } = toolsOf()
    tool('add', { input }, addNumbers)
    expect(await call('add', { a: '1', b: 2 })).toMatchObject({ structuredContent: { result: 3 } })
  })
})

describe('tools/list', () => {
  it('O1: is advertised once there is, or was, something to list', async () => {
    const { tools, tool, list, host } = toolsOf()
    expect(tools.capabilities()).toEqual({})
    const held = tool('a', () => 1)
    expect(tools.capabilities()).toEqual({ tools: { listChanged: true } })
    held.remove()
    expect(tools.capabilities()).toEqual({ tools: { listChanged: true } })
    expect(await list()).toEqual({ tools: [] })
    expect(host.published).toEqual([{ list: 'tools' }, { list: 'tools' }])
  })

  it('O2, O4: keeps the order of registration and lists all that is known, the dialect not spelled out', async () => {
    const { tool, list } = toolsOf()
    tool('z', () => 1)
    const icons = [{ src: 'https://example.com/i.png' }]
    const annotations = { readOnlyHint: true }
    const input = z.object({})
    tool(
      'a',
      { title: 'A', description: 'd', icons, annotations, input, output: z.string(), _meta: { x: 1 } },
      () => '',
    )
    expect(await list()).toEqual({
      tools: [
        { name: 'z', inputSchema: { type: 'object', additionalProperties: false } },
        {
          name: 'a',
          title: 'A',
          description: 'd',
          icons,
          annotations,
          inputSchema: { type: 'object', properties: {} },
          outputSchema: { type: 'string' },
          _meta: { x: 1 },
        },
      ],
    })
  })

  it('updates what a tool says of itself', async () => {
    const { tool, list, call } = toolsOf()
    const held = tool('add', { input: addition, title: 'old', description: 'd' }, addNumbers)
    held.update({ title: 'new', description: undefined })
    expect(await list()).toEqual({ tools: [{ name: 'add', title: 'new', inputSchema: addition }] })
    expect(await call('add', { a: 1, b: 1 })).toMatchObject({ structuredContent: { result: 2 } })
  })

  it('O2, A5: shows a principal what it may call, and nothing else', async () => {
    const { tool, tools, list, call } = toolsOf()
    tool('secret', { visible: (principal) => principal?.scopes.includes('admin') === true }, () => 'shh')
    tool('open', () => 'hi')
    expect(await list()).toMatchObject({ tools: [{ name: 'open' }], cacheScope: 'private' })
    expect(await ask(tools, 'tools/list', {}, { principal: alice })).toMatchObject({
      tools: [{ name: 'secret' }, { name: 'open' }],
      cacheScope: 'private',
    })
    await expect(call('secret')).rejects.toMatchObject({ code: -32602, message: 'Unknown tool: secret' })
    expect(await call('secret', {}, { principal: alice })).toMatchObject({ content: [text('shh')] })
  })
})

describe('registering', () => {
  it.each(['', 'with space', 'a'.repeat(129), 'é', 'a/b', 'a\n'])('O3: refuses the name %j', (name) => {
    expect(() => toolsOf().tool(name, () => 1)).toThrow(TypeError)
  })

  it.each(['a', 'A.b-c_d1', 'a'.repeat(128), ...prototypeNames])('O3, SEC-PROTO-1: takes the name %j', async (name) => {
    const { tool, call } = toolsOf()
    await expect(call(name)).rejects.toMatchObject({ code: -32602 })
    tool(name, () => 'here')
    expect(await call(name)).toMatchObject({ content: [text('here')] })
  })

  it.each([
    ['a string', z.string()],
    ['a union without a root type', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    ['JSON Schema without a root type', { properties: {} }],
  ])('O4: refuses %s as input', (_kind, input) => {
    expect(() => toolsOf().tool('a', { input }, () => 1)).toThrow('The input of the tool "a" must be an object')
  })

  it('refuses a schema that has no form in JSON Schema, and one that cannot convert itself', () => {
    const { tool } = toolsOf()
    expect(() => tool('a', { input: z.object({ a: z.bigint() }) }, () => 1)).toThrow(TypeError)
    expect(() => tool('a', { input: v.object({}) }, () => 1)).toThrow('does not convert itself to JSON Schema')
  })

  it('uses the converter that the host was given', async () => {
    const host = new FakeHost()
    host.toJsonSchema = () => ({ type: 'object', properties: { a: { type: 'string' } } })
    const { tool, list } = toolsOf(host)
    tool('a', { input: v.object({ a: v.string() }) }, ({ a }) => a)
    expect(await list()).toMatchObject({ tools: [{ inputSchema: { properties: { a: { type: 'string' } } } }] })
  })

  it('O4: lists plain JSON Schema word for word, its dialect included', async () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema'
    const schema = { $schema, $defs: { a: { $anchor: 'a' } }, type: 'object', allOf: [{ required: [] }] } as const
    const { tool, list } = toolsOf()
    tool('plain', { input: schema, output: schema }, () => ({}))
    expect(await list()).toEqual({ tools: [{ name: 'plain', inputSchema: schema, outputSchema: schema }] })
  })

  it('refuses an unknown dialect at once', () => {
    expect(() => toolsOf().tool('a', { input: { type: 'object', $schema: 'urn:mine' } }, () => 1)).toThrow('dialect')
  })
})

describe('what a tool returns', () => {
  const returning = async (value: unknown) => {
    const { tool, call, host } = toolsOf()
    tool('it', () => value)
    return { result: await call('it'), masked: host.masked }
  }

  it.each([
    ['a string', 'hi', { content: [text('hi')], structuredContent: { result: 'hi' } }],
    ['the empty string', '', { content: [text('')], structuredContent: { result: '' } }],
    ['a boolean', false, { content: [text('false')], structuredContent: { result: false } }],
    ['null', null, { content: [text('null')], structuredContent: { result: null } }],
    ['an object', { a: [1] }, { content: [text('{"a":[1]}')], structuredContent: { a: [1] } }],
    ['a list', [1, 'a'], { content: [text('[1,"a"]')], structuredContent: { result: [1, 'a'] } }],
    ['an empty list', [], { content: [text('[]')], structuredContent: { result: [] } }],
    ['strings', ['a', 'b'], { content: [text('["a","b"]')], structuredContent: { result: ['a', 'b'] } }],
    [
      'a date',
      new Date(0),
      { content: [text('"1970-01-01T00:00:00.000Z"')], structuredContent: { result: '1970-01-01T00:00:00.000Z' } },
    ],
    ['nothing', undefined, { content: [] }],
    ['a block', text('hi'), { content: [text('hi')] }],
    ['blocks and strings', ['see', link({ uri: 'a://b' })], { content: [text('see'), link({ uri: 'a://b' })] }],
    [
      'a whole result',
      { content: [], structuredContent: { a: 1 }, _meta: { b: 2 } },
      { content: [], structuredContent: { a: 1 }, _meta: { b: 2 } },
    ],
    [
      'an object that looks like a result',
      { content: ['a'] },
      { content: [text('{"content":["a"]}')], structuredContent: { content: ['a'] } },
    ],
    [
      'an object that looks like a block',
      { type: 'text' },
      { content: [text('{"type":"text"}')], structuredContent: { type: 'text' } },
    ],
    [
      'a result made by hand',
      toolResult({ content: [text('no')], isError: true }),
      { content: [text('no')], isError: true },
    ],
  ])('B8: %s', async (_kind, value, expected) => {
    expect((await returning(value)).result).toEqual(expected)
  })

  it('B8: content that is still being made, alone and in a list', async () => {
    const made = { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgoBAgM=' }
    expect((await returning(image(png))).result).toEqual({ content: [made] })
    expect((await returning(['see', image(png)])).result).toEqual({ content: [text('see'), made] })
  })

  it('keeps strings of any script byte by byte', async () => {
    const value = 'naïve 日本語 👩‍👩‍👧 \u202Eאבג \n "quoted" \\'
    expect((await returning(value)).result).toMatchObject({
      content: [{ text: value }],
      structuredContent: { result: value },
    })
  })

  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic

  it.each([
    ['a BigInt', 1n, /BigInt/],
    ['a BigInt inside', { a: 1n }, /BigInt/],
    ['a cycle', cyclic, /circular/],
    ['NaN', Number.NaN, /JSON has no number NaN/],
    ['a function', () => 1, /JSON has no function/],
    ['bytes', png, /image\(\), audio\(\) or file\(\)/],
    ['a map', new Map(), /Map or Set/],
  ])('masks and reports %s, which JSON cannot hold', async (_kind, value, message) => {
    const { result, masked } = await returning(value)
    expect(result).toEqual({ isError: true, content: [text('Internal error (1234)')] })
    expect(String(masked[0])).toMatch(message)
  })

  it('hands on a request for input', async () => {
    const asked = new InputRequired({ state: 1 })
    expect((await returning(asked)).result).toBe(asked)
  })
})

describe('an output schema', () => {
  const outputs = [
    ['zod', z.object({ total: z.number() })],
    ['valibot', toStandardJsonSchema(v.object({ total: v.number() }))],
    ['arktype', type({ total: 'number' })],
    ['JSON Schema', { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const],
  ] as const

  it.each(outputs)('O5: %s checks what the tool returns, and is listed', async (_kind, output) => {
    const { tool, call, list, host } = toolsOf()
    const totals: unknown[] = [1, 'x']
    tool('sum', { output }, () => ({ total: totals.shift() as number }))
    expect(await list()).toMatchObject({ tools: [{ outputSchema: { type: 'object', required: ['total'] } }] })
    expect(await call('sum')).toEqual({ content: [text('{"total":1}')], structuredContent: { total: 1 } })
    expect(await call('sum')).toEqual({ isError: true, content: [text('Internal error (1234)')] })
    expect(String(host.masked[0])).toMatch(/returned what its output schema refuses: .*total/)
  })

  it('O5: null is a value, and what the schema makes of one goes out', async () => {
    const { tool, call } = toolsOf()
    tool('nothing', { output: z.null() }, () => null)
    tool(
      'later',
      {
        output: z
          .string()
          .transform(async (value) => value.length)
          .pipe(z.number()),
      },
      () => 'four',
    )
    tool('said', { output: z.string() }, () => 'hi')
    expect(await call('nothing')).toEqual({ content: [text('null')], structuredContent: null })
    expect(await call('later')).toEqual({ content: [text('4')], structuredContent: 4 })
    expect(await call('said')).toEqual({ content: [text('"hi"')], structuredContent: 'hi' })
  })

  it('O5: holds for a result made by hand, unless it is an error', async () => {
    const { tool, call, host } = toolsOf()
    const results = [
      toolResult({ content: [text('ok')], structuredContent: { total: 1 } }),
      toolResult({ content: [text('no')], isError: true }),
      toolResult({ content: [text('bare')] }),
    ]
    tool('sum', { output: z.object({ total: z.number() }) }, () => results.shift() ?? { total: 0 })
    expect(await call('sum')).toEqual({ content: [text('ok')], structuredContent: { total: 1 } })
    expect(await call('sum')).toEqual({ content: [text('no')], isError: true })
    expect(await call('sum')).toMatchObject({ isError: true })
    expect(host.masked).toHaveLength(1)
  })

  it('takes a value for a value, even if it looks like a result', async () => {
    const { tool, call } = toolsOf()
    tool('x', { output: z.object({ content: z.array(z.unknown()) }) }, () => ({ content: [] }))
    expect(await call('x')).toEqual({ content: [text('{"content":[]}')], structuredContent: { content: [] } })
  })
})

describe('tools/call', () => {
  it('O6: refuses an unknown, a disabled and a nameless tool', async () => {
    const { tool, tools, call } = toolsOf()
    tool('off', () => 1).disable()
    await expect(call('x')).rejects.toMatchObject({ code: -32602, message: 'Unknown tool: x' })
    await expect(call('off')).rejects.toMatchObject({ code: -32602, message: 'Unknown tool: off' })
    await expect(ask(tools, 'tools/call', {})).rejects.toMatchObject({ code: -32602 })
    await expect(ask(tools, 'tools/call', { name: 'x', arguments: [] })).rejects.toMatchObject({ code: -32602 })
  })

  it('O4: drops what is sent to a tool without arguments', async () => {
    const { tool, call } = toolsOf()
    tool('x', (args) => Object.keys(args))
    expect(await call('x', { random_string: '' })).toMatchObject({ structuredContent: { result: [] } })
    expect(await call('x')).toMatchObject({ structuredContent: { result: [] } })
  })

  it.each(prototypeNames)('SEC-PROTO-1: an argument named %s is an argument', async (name) => {
    const { tool, call } = toolsOf()
    const properties = Object.fromEntries([[name, { type: 'number' }]])
    tool(
      'x',
      { input: { type: 'object', properties, required: [name] } },
      (args) => Object.getOwnPropertyDescriptor(args, name)?.value,
    )
    expect(await call('x', JSON.parse(`{"${name}":1}`))).toMatchObject({ structuredContent: { result: 1 } })
  })

  it('hands the handler what the schema made of the arguments', async () => {
    const { tool, call } = toolsOf()
    tool('x', { input: z.object({ n: z.coerce.number().default(7) }) }, ({ n }) => n)
    expect(await call('x', {})).toMatchObject({ structuredContent: { result: 7 } })
    expect(await call('x', { n: '3' })).toMatchObject({ structuredContent: { result: 3 } })
  })

  it('O6: tells the model what a ToolError says, and masks any other error', async () => {
    const { tool, call, host } = toolsOf()
    const secret = new Error('password')
    tool('said', () => Promise.reject(new ToolError('No such city')))
    tool('broken', () => {
      throw secret
    })
    expect(await call('said')).toEqual({ isError: true, content: [text('No such city')] })
    expect(await call('broken')).toEqual({ isError: true, content: [text('Internal error (1234)')] })
    expect(host.masked).toEqual([secret])
  })

  it('lets protocol errors, open questions and cancellations through', async () => {
    const { tool, call, host } = toolsOf()
    const leave = new AbortController()
    tool('refuse', () => Promise.reject(invalidParams('no')))
    tool('question', (_args, ctx) => ctx.roots())
    tool('wait', async (_args, ctx) => {
      leave.abort()
      ctx.signal.throwIfAborted()
    })
    await expect(call('refuse')).rejects.toMatchObject({ code: -32602, message: 'no' })
    await expect(call('question')).rejects.toBeInstanceOf(Unanswered)
    await expect(call('wait', {}, { signal: leave.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(host.masked).toEqual([])
  })

  it('masks an abort that is not the caller’s', async () => {
    const { tool, call, host } = toolsOf()
    tool('x', () => AbortSignal.abort().throwIfAborted())
    expect(await call('x')).toMatchObject({ isError: true })
    expect(host.masked).toHaveLength(1)
  })
})

describe('a timeout', () => {
  afterEach(() => void vi.useRealTimers())

  it('tells the model, and aborts the handler’s signal', async () => {
    vi.useFakeTimers()
    const { tool, call } = toolsOf()
    let signal: AbortSignal | undefined
    tool('slow', { timeout: 50 }, (_args, ctx) => {
      signal = ctx.signal
      return new Promise(() => undefined)
    })
    const result = call('slow')
    await vi.advanceTimersByTimeAsync(49)
    expect(signal?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await result).toEqual({ isError: true, content: [text('The tool timed out after 50 ms')] })
    expect(signal?.aborted).toBe(true)
  })

  it('leaves nothing behind when the tool was in time, or threw', async () => {
    vi.useFakeTimers()
    const { tool, call } = toolsOf()
    tool('quick', { timeout: 50 }, () => 1)
    tool('broken', { timeout: 50 }, () => {
      throw new ToolError('no')
    })
    expect(await call('quick')).toMatchObject({ structuredContent: { result: 1 } })
    expect(await call('broken')).toMatchObject({ content: [text('no')] })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps the rest of the context as it is', async () => {
    const { tool, tools } = toolsOf()
    tool('x', { timeout: 1_000 }, async (_args, ctx) => {
      await ctx.progress(1)
      ctx.log.info('hello')
      ctx.log('info', 'hello')
      return [ctx.requestId, ctx.road, ctx.header('x') ?? null, ctx.auth?.subject, ctx.call.params['name']]
    })
    const call = callOf('tools/call', { name: 'x' }, { principal: alice })
    const result = await tools.methods.get('tools/call')?.(call, contextOf(call))
    expect(result).toMatchObject({ structuredContent: { result: [1, 'memory', null, 'alice', 'x'] } })
  })
})
