import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ajvValidator } from '../src/ajv.ts'
import { checkArguments } from '../src/arguments.ts'
import type { JsonObject } from '../src/json.ts'
import { compile, toJsonSchema, type Check, type Schema } from '../src/schema.ts'

const check = (schema: Schema, args: JsonObject): unknown =>
  checkArguments(compile(schema, { validator: ajvValidator() }), toJsonSchema(schema, 'input'), args)

const input = z.object({
  list: z.array(z.number()).optional(),
  where: z.object({ x: z.number() }).optional(),
  count: z.number().optional(),
  flag: z.boolean().optional(),
  text: z.string().optional(),
  mixed: z.union([z.string(), z.number()]).optional(),
  none: z.null().optional(),
})

describe('checkArguments', () => {
  it('parses what a host has stringified', () => {
    expect(
      check(input, { list: '[1,2]', where: ' {"x":1}', count: '3', flag: 'true', none: 'null', text: '[1]' }),
    ).toEqual({
      ok: true,
      value: { list: [1, 2], where: { x: 1 }, count: 3, flag: true, none: null, text: '[1]' },
    })
  })

  it('checks once when the raw arguments are right', () => {
    const spy = vi.fn<Check>(compile(input))
    expect(checkArguments(spy, toJsonSchema(input, 'input'), { text: '{"a":1}', mixed: '5' })).toEqual({
      ok: true,
      value: { text: '{"a":1}', mixed: '5' },
    })
    expect(spy).toHaveBeenCalledTimes(1)
  })

  it('never touches a parameter that takes text', () => {
    expect(check(input, { text: '7', mixed: '5', count: '1' })).toMatchObject({
      value: { text: '7', mixed: '5', count: 1 },
    })
  })

  it('reports the raw arguments when parsing does not help', () => {
    expect(check(input, { count: '"3"' })).toMatchObject({ ok: false, issues: [{ path: 'count' }] })
    expect(check(input, { list: '["a"]' })).toMatchObject({
      ok: false,
      issues: [{ path: 'list', message: /received string/ }],
    })
    expect(check(input, { list: '[1', count: 'three' })).toMatchObject({ ok: false })
  })

  it.each(['9007199254740993', '1e999', '-1e400'])('leaves %s, which would become another number', (count) => {
    expect(check(input, { count })).toMatchObject({ ok: false })
  })

  it('follows references to see whether text is wanted', () => {
    const schema = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/list' }, b: { $ref: '#/$defs/text' }, n: { type: 'number' }, free: {} },
      $defs: { list: { type: 'array' }, text: { type: 'string' } },
    }
    expect(check(schema, { a: '[1]', b: '[1]', n: '1', free: '[1]' })).toEqual({
      ok: true,
      value: { a: [1], b: '[1]', n: 1, free: '[1]' },
    })
  })

  it('SEC-PROTO-1: copes with arguments called __proto__ and constructor', () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"array"},"n":{"type":"number"}}}')
    const checked = check(schema, JSON.parse('{"__proto__":"[1]","constructor":"[2]","n":"1"}'))
    expect(JSON.stringify(checked)).toBe('{"ok":true,"value":{"__proto__":[1],"constructor":"[2]","n":1}}')
  })

  it('is asynchronous where the check is', async () => {
    const schema = z.object({ n: z.number().refine(async (n) => n > 1) })
    const args = checkArguments(compile(schema), { properties: { n: { type: 'number' } } }, { n: '2' })
    expect(args).toBeInstanceOf(Promise)
    expect(await args).toEqual({ ok: true, value: { n: 2 } })
  })
})
