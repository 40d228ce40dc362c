import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { ajvValidator } from '../src/ajv.ts'
import {
  compile,
  describeIssues,
  toJsonSchema,
  type Check,
  type InferInput,
  type InferOutput,
  type Schema,
} from '../src/schema.ts'

const accept = <const S extends Schema>(schema: S): { input: InferInput<S>; output: InferOutput<S> } | undefined =>
  schema === undefined ? schema : undefined

const zod = z.object({ a: z.number().default(3), b: z.object({ c: z.array(z.string()) }).optional() })
const ark = type({ a: 'number', 'b?': { c: 'string[]' } })
const val = v.object({ a: v.number(), b: v.optional(v.object({ c: v.array(v.string()) })) })
const plain = {
  type: 'object',
  properties: {
    a: { type: 'number' },
    b: { type: 'object', properties: { c: { type: 'array', items: { type: 'string' } } } },
  },
  required: ['a'],
} as const

describe('toJsonSchema', () => {
  it.each([
    ['zod', zod],
    ['arktype', ark],
    ['valibot with its trait', toStandardJsonSchema(val)],
  ])('asks %s for its own', (_, schema) => {
    expect(toJsonSchema(schema, 'input')).toMatchObject({
      type: 'object',
      properties: { a: { type: 'number' }, b: { properties: { c: { type: 'array', items: { type: 'string' } } } } },
    })
  })

  it('tells input from output', () => {
    expect(toJsonSchema(zod, 'input').required).toBeUndefined()
    expect(toJsonSchema(zod, 'output').required).toEqual(['a'])
  })

  it('hands plain JSON Schema through as it is', () => {
    expect(toJsonSchema(plain, 'input')).toBe(plain)
  })

  it('refuses a library without the trait, and says what to do', () => {
    expect(() => toJsonSchema(val, 'input')).toThrow(/valibot.*toStandardJsonSchema.*converter/s)
  })

  it('uses a converter where there is no trait, and where the trait fails', () => {
    const convert = (): { type: string } => ({ type: 'object' })
    expect(toJsonSchema(val, 'input', convert)).toEqual({ type: 'object' })
    expect(toJsonSchema(z.object({ when: z.date() }), 'input', convert)).toEqual({ type: 'object' })
    expect(toJsonSchema(zod, 'input', convert)).toHaveProperty('properties')
  })

  it('refuses a schema that has no form in JSON Schema', () => {
    expect(() => toJsonSchema(z.object({ when: z.date() }), 'output')).toThrow(/output of this zod schema.*Date/s)
    expect(() => toJsonSchema(val, 'input', () => JSON.parse('[]'))).toThrow(TypeError)
  })
})

describe('compile', () => {
  it.each([
    ['zod', zod],
    ['arktype', ark],
    ['valibot', val],
  ])('checks with %s, without a promise', (_, schema) => {
    const check = compile(schema)
    expect(check({ a: 1 })).toEqual({ ok: true, value: { a: 1 } })
    expect(check({ a: 1, b: { c: ['x', 2] } })).toMatchObject({ ok: false, issues: [{ path: 'b.c[1]' }] })
  })

  it('hands on what a Standard Schema made of the value', () => {
    expect(compile(zod)({})).toEqual({ ok: true, value: { a: 3 } })
  })

  it('awaits an asynchronous schema', async () => {
    const check = compile(z.object({ a: z.string().refine(async (text) => text === 'yes', 'say yes') }))
    const answer = check({ a: 'no' })
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toEqual({ ok: false, issues: [{ path: 'a', message: 'say yes' }] })
  })

  it('reads both forms of a path segment', () => {
    const check: Check = compile({
      '~standard': {
        version: 1,
        vendor: 'own',
        validate: () => ({ issues: [{ message: 'bad', path: ['a', { key: 0 }, { key: 'b' }, Symbol('s')] }] }),
      },
    })
    expect(check(1)).toEqual({ ok: false, issues: [{ path: 'a[0].b.Symbol(s)', message: 'bad' }] })
  })

  it('loads ajv for JSON Schema on the first value, and answers at once from then on', async () => {
    const check = compile(plain)
    const first = check({ a: 1 })
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toEqual({ ok: true, value: { a: 1 } })
    expect(check({ a: 'x' })).toEqual({
      ok: false,
      issues: [{ path: 'a', message: 'expected number, received string' }],
    })
  })

  it('uses the validator given, at once', () => {
    expect(compile(plain, { validator: ajvValidator() })({})).toEqual({
      ok: false,
      issues: [{ path: 'a', message: 'required' }],
    })
  })

  it('does not change a value for a default', async () => {
    const value = {}
    const checked = await compile({ type: 'object', properties: { a: { default: 1 } } })(value)
    expect(checked).toEqual({ ok: true, value: {} })
    expect(checked.ok && checked.value).toBe(value)
  })

  it('B19: refuses an unknown dialect when it is compiled, not when it is used', () => {
    expect(() => compile({ $schema: 'http://json-schema.org/draft-04/schema#' })).toThrow(/Unsupported.*draft-04/)
  })
})

describe('describeIssues', () => {
  it('names the fields', () => {
    expect(
      describeIssues([
        { path: 'a', message: 'expected number, received string' },
        { path: 'b', message: 'required' },
        { path: '', message: 'must be an object' },
        { path: 'c', message: 'c must be a number' },
      ]),
    ).toBe('a: expected number, received string; b: required; must be an object; c must be a number')
  })

  it('stops after ten', () => {
    const issues = Array.from({ length: 25 }, (_, index) => ({ path: `f${index}`, message: 'required' }))
    expect(describeIssues(issues)).toMatch(/^f0: required;.*f9: required; and 15 more$/)
  })
})

describe('the types of schemas', () => {
  it('come from a Standard Schema', () => {
    expectTypeOf<InferInput<typeof zod>>().toEqualTypeOf<{ a?: number | undefined; b?: { c: string[] } | undefined }>()
    expectTypeOf<InferOutput<typeof zod>>().toEqualTypeOf<{ a: number; b?: { c: string[] } | undefined }>()
    expectTypeOf<InferOutput<typeof ark>>().toEqualTypeOf<{ a: number; b?: { c: string[] } }>()
    expectTypeOf<InferInput<typeof val>>().toEqualTypeOf<{ a: number; b?: { c: string[] } | undefined }>()
  })

  it('come from a literal of JSON Schema', () => {
    const inferred = accept({
      type: 'object',
      properties: {
        id: { type: 'integer' },
        name: { type: ['string', 'null'] },
        kind: { enum: ['a', 'b', 3] },
        exact: { const: 'yes' },
        tags: { type: 'array', items: { type: 'string' } },
        point: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'boolean' }], items: false },
        either: {
          anyOf: [{ type: 'string' }, { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] }],
        },
        both: {
          allOf: [{ type: 'object', properties: { l: { type: 'string' } } }, { properties: { r: { type: 'null' } } }],
        },
        counts: { type: 'object', additionalProperties: { type: 'number' } },
        ref: { $ref: '#/$defs/x' },
        free: {},
      },
      required: ['id', 'name', 'point'],
    })
    expectTypeOf<NonNullable<typeof inferred>['input']>().toEqualTypeOf<{
      id: number
      name: string | null
      point: [number, boolean]
      kind?: 'a' | 'b' | 3
      exact?: 'yes'
      tags?: string[]
      either?: string | { x: number }
      both?: { l?: string } & { r?: null }
      counts?: { [key: string]: number }
      ref?: unknown
      free?: unknown
    }>()
  })

  it('are unknown where nothing is known', () => {
    expectTypeOf<InferInput<{ readonly [key: string]: unknown }>>().toEqualTypeOf<unknown>()
    expectTypeOf<InferInput<{ type: string }>>().toEqualTypeOf<unknown>()
    type Endless = { type: 'array'; items: Endless }
    expectTypeOf<InferInput<Endless>>().toExtend<unknown[][][]>()
  })
})
