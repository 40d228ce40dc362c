import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { InputRequired } from '@parley/protocol'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { assistant, image, link, text, user } from '../src/content.ts'
import { Prompts } from '../src/features/prompts.ts'
import type { PromptRegistrar } from '../src/features/prompts.ts'
import { alice, ask, FakeHost, prototypeNames } from './fakes.ts'
import type { AskOptions } from './fakes.ts'

const promptsOf = (host = new FakeHost()) => {
  const prompts = new Prompts(host)
  const prompt: PromptRegistrar = prompts.registrar()
  return {
    host,
    prompts,
    prompt,
    list: (options?: AskOptions) => ask(prompts, 'prompts/list', {}, options),
    get: (name: string, args?: object, options?: AskOptions) =>
      ask(prompts, 'prompts/get', args === undefined ? { name } : { name, arguments: args }, options),
  }
}

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])

const schemas = [
  ['zod', z.object({ code: z.string().describe('What to review'), depth: z.string().optional() })],
  [
    'valibot',
    toStandardJsonSchema(
      v.object({ code: v.pipe(v.string(), v.description('What to review')), depth: v.optional(v.string()) }),
    ),
  ],
  ['arktype', type({ code: type('string').describe('What to review', 'self'), 'depth?': 'string' })],
  [
    'JSON Schema',
    {
      type: 'object',
      properties: { code: { type: 'string', description: 'What to review' }, depth: { type: 'string' } },
      required: ['code'],
    },
  ],
  ['zod, by name', { code: z.string().describe('What to review'), depth: z.string().optional() }],
] as const

describe.each(schemas)('a prompt with arguments in %s', (_kind, args) => {
  const make = () => {
    const made = promptsOf()
    made.prompt('review', { title: 'Review', description: 'Reviews code.', args }, (values) => JSON.stringify(values))
    return made
  }

  it('P1: is listed with its arguments', async () => {
    expect(await make().list()).toMatchObject({
      prompts: [
        {
          name: 'review',
          title: 'Review',
          description: 'Reviews code.',
          arguments: [
            { name: 'code', required: true },
            { name: 'depth', required: false },
          ],
        },
      ],
    })
  })

  it('B9: is filled in', async () => {
    expect(await make().get('review', { code: 'x' })).toEqual({
      description: 'Reviews code.',
      messages: [user('{"code":"x"}')],
    })
  })

  it('P1: names a missing argument', async () => {
    const { get } = make()
    const expected = { code: -32602, message: expect.stringMatching(/^Invalid arguments for review: .*code/) }
    await expect(get('review', {})).rejects.toMatchObject(expected)
    await expect(get('review')).rejects.toMatchObject(expected)
  })
})

it('shows titles and descriptions of arguments', async () => {
  const { prompt, list } = promptsOf()
  const args = { type: 'object', properties: { a: { type: 'string', title: 'A', description: 'The a' } } } as const
  prompt('p', { args }, ({ a }) => a ?? '')
  expect(await list()).toEqual({
    prompts: [{ name: 'p', arguments: [{ name: 'a', title: 'A', description: 'The a', required: false }] }],
  })
})

describe('P2: strings on the wire', () => {
  it.each([
    ['a coercing schema', z.object({ n: z.coerce.number(), yes: z.coerce.boolean() })],
    ['a schema of other types', z.object({ n: z.number(), yes: z.boolean() })],
    ['schemas by name', { n: z.number(), yes: z.boolean() }],
    [
      'JSON Schema',
      { type: 'object', properties: { n: { type: 'number' }, yes: { type: 'boolean' } }, required: ['n'] },
    ],
  ])('are read by %s', async (_kind, args) => {
    const { prompt, get } = promptsOf()
    prompt('p', { args }, (values) => JSON.stringify(values))
    expect(await get('p', { n: '5', yes: 'true' })).toEqual({ messages: [user('{"n":5,"yes":true}')] })
  })
})

describe('what a prompt returns', () => {
  const made = { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgoBAgM=' } as const

  it.each([
    ['text', 'hi', [user('hi')]],
    ['a message', assistant('hi'), [assistant('hi')]],
    ['content', link({ uri: 'a://b' }), [user(link({ uri: 'a://b' }))]],
    ['a list', ['a', assistant('b'), text('c')], [user('a'), assistant('b'), user('c')]],
    [
      'content being made',
      [user('see'), image(png), assistant(image(png))],
      [user('see'), user(made), assistant(made)],
    ],
    ['the whole result', { messages: [user('a')] }, [user('a')]],
  ])('B9: %s', async (_kind, value, messages) => {
    const { prompt, get } = promptsOf()
    prompt('p', async () => value)
    expect(await get('p')).toEqual({ messages })
  })

  it('may be a request for input', async () => {
    const { prompt, get } = promptsOf()
    const asked = new InputRequired({ state: 1 })
    prompt('p', () => asked)
    expect(await get('p')).toBe(asked)
  })

  it.each([undefined, 1, { a: 1 }, [undefined]])('is not %j', async (value) => {
    const { prompt, get } = promptsOf()
    prompt('p', () => value as unknown as string)
    await expect(get('p')).rejects.toThrow('A prompt returns text, content, messages, or a list of these')
  })
})

describe('prompts/get', () => {
  it('P1: refuses an unknown, a disabled and a hidden prompt', async () => {
    const { prompt, get, list } = promptsOf()
    prompt('off', () => '').disable()
    prompt('secret', { visible: (principal) => principal !== undefined }, () => 'shh')
    for (const name of ['x', 'off', 'secret']) {
      await expect(get(name)).rejects.toMatchObject({ code: -32602, message: `Unknown prompt: ${name}` })
    }
    expect(await list()).toEqual({ prompts: [], cacheScope: 'private' })
    expect(await get('secret', {}, { principal: alice })).toEqual({ messages: [user('shh')] })
  })

  it.each(prototypeNames)('SEC-PROTO-1: takes %s for a name like any other', async (name) => {
    const { prompt, prompts, get } = promptsOf()
    await expect(get(name)).rejects.toMatchObject({ code: -32602 })
    prompt(name, { args: Object.fromEntries([[name, z.string().optional()]]) }, (args) =>
      String(Object.hasOwn(args, name)),
    )
    expect(await get(name, {})).toEqual({ messages: [user('false')] })
    expect(await get(name, JSON.parse(`{"${name}":"x"}`))).toEqual({ messages: [user('true')] })
    expect([...(prompts.completable(name, undefined)?.keys() ?? [])]).toEqual([name])
  })
})

describe('registering', () => {
  it('P1: is advertised once there is something to offer', () => {
    const { prompts, prompt, host } = promptsOf()
    expect(prompts.capabilities()).toEqual({})
    prompt('p', () => '').update({ title: 'P' })
    expect(prompts.capabilities()).toEqual({ prompts: { listChanged: true } })
    expect(host.published).toEqual([{ list: 'prompts' }, { list: 'prompts' }])
  })

  it('refuses arguments that are no object, an empty name, and a completer of nothing', () => {
    const { prompt } = promptsOf()
    expect(() => prompt('p', { args: z.string() }, () => '')).toThrow('must be an object')
    expect(() => prompt('', () => '')).toThrow('needs a name')
    // @ts-expect-error There is no argument b.
    expect(() => prompt('p', { args: { a: z.string() }, complete: { b: () => [] } }, () => '')).toThrow(
      'The prompt "p" has no "b" to complete',
    )
  })
})
