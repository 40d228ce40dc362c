import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { assistant, image, text, user } from '../src/content.ts'
import type { PromptRegistrar } from '../src/features/prompts.ts'
import type { ResourceRegistrar } from '../src/features/resources.ts'
import { toolResult } from '../src/features/tool-result.ts'
import type { ToolRegistrar } from '../src/features/tools.ts'

// Nothing here runs: the compiler is the test.
declare const tool: ToolRegistrar<{ db: string }>
declare const prompt: PromptRegistrar<{ db: string }>
declare const resource: ResourceRegistrar<{ db: string }>

// A tool's arguments are what its input schema makes of them.
tool('zod', { input: z.object({ a: z.number(), b: z.string().default('x') }) }, (args, ctx) => {
  expectTypeOf(args).toEqualTypeOf<{ a: number; b: string }>()
  expectTypeOf(ctx.lifespan).toEqualTypeOf<{ db: string }>()
})
tool('valibot', { input: toStandardJsonSchema(v.object({ a: v.number(), b: v.optional(v.string()) })) }, (args) => {
  expectTypeOf(args).toEqualTypeOf<{ a: number; b?: string | undefined }>()
})
tool('arktype', { input: type({ a: 'number', 'b?': 'string' }) }, (args) => {
  expectTypeOf(args).toEqualTypeOf<{ a: number; b?: string }>()
})
tool(
  'json',
  {
    input: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { enum: ['x', 'y'] }, c: { type: 'array', items: { type: 'boolean' } } },
      required: ['a', 'b'],
    },
  },
  (args) => {
    expectTypeOf(args).toEqualTypeOf<{ a: number; b: 'x' | 'y'; c?: boolean[] }>()
  },
)
// @ts-expect-error The schema has no c.
tool('zod', { input: z.object({ a: z.number() }) }, ({ c }) => c)
// @ts-expect-error There are no arguments.
tool('none', ({ a }) => a)
// @ts-expect-error There are no arguments.
tool('none', { title: 'None' }, ({ a }) => a)
tool('none', (_args, ctx) => ctx.lifespan.db)
// @ts-expect-error There is no such setting.
tool('typo', { descripton: 'x' }, () => 1)

// A tool without an output schema returns anything; with one, what the schema takes.
tool('any', () => new Map())
tool('zod', { output: z.object({ total: z.number() }) }, () => ({ total: 1 }))
tool('zod', { output: z.object({ total: z.number() }) }, async () => ({ total: 1 }))
tool('whole', { output: z.object({ total: z.number() }) }, () => toolResult({ content: [text('no')], isError: true }))
tool('input', { output: z.object({ total: z.string().transform(Number) }) }, () => ({ total: '1' }))
tool('valibot', { output: toStandardJsonSchema(v.object({ total: v.number() })) }, () => ({ total: 1 }))
tool('arktype', { output: type({ total: 'number' }) }, () => ({ total: 1 }))
tool('json', { output: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } }, () => ({
  total: 1,
}))
// @ts-expect-error The total is a number.
tool('zod', { output: z.object({ total: z.number() }) }, () => ({ total: 'x' }))
// @ts-expect-error The total is a number, later as well.
tool('zod', { output: z.object({ total: z.number() }) }, async () => ({ total: 'x' }))
// @ts-expect-error The total is missing.
tool('zod', { output: z.object({ total: z.number() }) }, () => ({}))
// @ts-expect-error Nothing is not a total.
tool('zod', { output: z.object({ total: z.number() }) }, () => undefined)
// @ts-expect-error A whole result is made by `toolResult`, so that it is no value by mistake.
tool('zod', { output: z.object({ total: z.number() }) }, () => ({ content: [text('1')] }))
// @ts-expect-error Content is no total.
tool('zod', { output: z.object({ total: z.number() }) }, () => image(new Uint8Array()))
// @ts-expect-error The total is a number.
tool('valibot', { output: toStandardJsonSchema(v.object({ total: v.number() })) }, () => ({ total: 'x' }))
// @ts-expect-error The total is a number.
tool('arktype', { output: type({ total: 'number' }) }, () => ({ total: 'x' }))
const total = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } as const
// @ts-expect-error The total is a number.
tool('json', { output: total }, () => ({ total: 'x' }))
tool('both', { input: z.object({ a: z.number() }), output: z.number() }, ({ a }) => a)
// @ts-expect-error The sum is a number.
tool('both', { input: z.object({ a: z.number() }), output: z.number() }, ({ a }) => String(a))

// Only settings change later: the schemas and the handler belong together.
tool('x', () => 1).update({ title: 'X', timeout: undefined })
// @ts-expect-error The schema stays.
tool('x', () => 1).update({ input: z.object({}) })

// A template's variables follow from the literal.
resource('config://app', () => 'x')
resource('users://{user_id}/profile{?page,tag*}', (variables) => {
  expectTypeOf(variables).toEqualTypeOf<{ user_id: string; page?: string; tag?: string[] }>()
})
// @ts-expect-error The template has no id.
resource('users://{user_id}/profile', ({ id }) => id)
// @ts-expect-error A fixed URI has no variables.
resource('config://app', ({ id }) => id)
resource('a://{b}/{+c}', { unsafe: ['c'], complete: { b: (value) => [value] } }, ({ b, c }) => b + c)
// @ts-expect-error The template has no d.
resource('a://{b}', { unsafe: ['d'] }, () => '')
// @ts-expect-error The template has no d.
resource('a://{b}', { complete: { d: () => [] } }, () => '')

// A prompt's arguments follow from its schemas, and what it returns is messages.
prompt('zod', { args: z.object({ code: z.string() }) }, ({ code }) => code)
prompt('by name', { args: { code: z.string(), n: z.coerce.number().optional() } }, (args) => {
  expectTypeOf(args.code).toEqualTypeOf<string>()
  expectTypeOf(args.n).toEqualTypeOf<number | undefined>()
  return [user('a'), assistant(image(new Uint8Array())), 'b', text('c')]
})
prompt('json', { args: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] } }, (args) => {
  expectTypeOf(args).toEqualTypeOf<{ code: string }>()
  return { messages: [user(args.code)] }
})
prompt('complete', { args: { lang: z.string() }, complete: { lang: (value) => [value] } }, ({ lang }) => lang)
// @ts-expect-error There is no argument d.
prompt('complete', { args: { lang: z.string() }, complete: { d: () => [] } }, () => '')
// @ts-expect-error A number is no message.
prompt('number', () => 1)
// @ts-expect-error The schema has no d.
prompt('zod', { args: z.object({ code: z.string() }) }, ({ d }) => d)
