import { describe, expect, it } from 'vitest'
import { ajvValidator } from '../src/ajv.ts'
import type { JsonObject } from '../src/json.ts'

const issues = (schema: JsonObject, value: unknown): readonly unknown[] => ajvValidator().compile(schema)(value)

describe('ajvValidator', () => {
  it.each<[string, JsonObject, unknown, unknown]>([
    ['a type', { type: 'number' }, 'x', { path: '', message: 'expected number, received string' }],
    ['types', { type: ['number', 'null'] }, [], { path: '', message: 'expected number or null, received array' }],
    ['a required member', { properties: { a: { required: ['b'] } } }, { a: {} }, { path: 'a.b', message: 'required' }],
    ['an extra member', { additionalProperties: false }, { z: 1 }, { path: 'z', message: 'not expected here' }],
    ['an enum', { enum: ['a', 1] }, 2, { path: '', message: 'expected one of "a", 1' }],
    ['a const', { const: { a: 1 } }, 2, { path: '', message: 'expected {"a":1}' }],
    ['a bound', { items: { minimum: 3 } }, [5, 1], { path: '[1]', message: 'must be >= 3' }],
    ['a pattern', { properties: { 'a/b': { pattern: '^x$' } } }, { 'a/b': 'y' }, { path: 'a/b', message: /pattern/ }],
    ['a date', { format: 'date' }, '2023-02-30', { path: '', message: /format "date"/ }],
  ])('names the fault for %s', (_, schema, value, issue) => {
    expect(issues(schema, value)).toMatchObject([issue])
  })

  it('reports the first fault only', () => {
    expect(issues({ required: ['a', 'b'] }, {})).toHaveLength(1)
  })

  it('B19: reads a schema without $schema as 2020-12', () => {
    const tuple = { prefixItems: [{ type: 'number' }], items: false }
    expect(issues(tuple, [1])).toEqual([])
    expect(issues(tuple, [1, 2])).toHaveLength(1)
  })

  it.each([
    ['http://json-schema.org/draft-07/schema#', { items: [{ type: 'number' }], additionalItems: false }],
    ['http://json-schema.org/draft-06/schema#', { items: [{ type: 'number' }], additionalItems: false }],
    ['https://json-schema.org/draft/2019-09/schema', { items: [{ type: 'number' }], additionalItems: false }],
    ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'number' }], items: false }],
  ])('B19: validates by the dialect %s', ($schema, schema) => {
    expect(issues({ $schema, ...schema }, [1])).toEqual([])
    expect(issues({ $schema, ...schema }, [1, 2])).toHaveLength(1)
    expect(issues({ $schema, ...schema }, ['x'])).toHaveLength(1)
  })

  it('follows references, anchors and dynamic references within the schema', () => {
    expect(issues({ $ref: '#/$defs/a', $defs: { a: { type: 'number' } } }, 'x')).toHaveLength(1)
    expect(issues({ $ref: '#a', $defs: { x: { $anchor: 'a', type: 'number' } } }, 'x')).toHaveLength(1)
    expect(issues({ $ref: 'other', $defs: { x: { $id: 'other', type: 'number' } } }, 'x')).toHaveLength(1)
    const tree = { $dynamicAnchor: 'node', type: 'object', properties: { next: { $dynamicRef: '#node' } } }
    expect(issues(tree, { next: { next: 3 } })).toMatchObject([{ path: 'next.next' }])
  })

  it('keeps schemas apart that claim the same identifier', () => {
    const validator = ajvValidator()
    const first = validator.compile({ $id: 'https://x.test/a', $defs: { i: { $id: 'inner' } }, type: 'number' })
    const second = validator.compile({ $id: 'https://x.test/a', $defs: { j: { $id: 'inner' } }, type: 'string' })
    expect([first(1), second('x')]).toEqual([[], []])
    expect([first('x').length, second(1).length]).toEqual([1, 1])
  })

  it.each<[JsonObject]>([
    [{ type: 'strnig' }],
    [{ properties: { a: 5 } }],
    [{ minimum: 'x' }],
    [{ pattern: '(' }],
    [{ patternProperties: { '(': true } }],
    [{ $ref: '#/$defs/missing' }],
  ])('refuses the invalid schema %j', (schema) => {
    expect(() => ajvValidator().compile(schema)).toThrow(TypeError)
  })

  it('ignores formats and keywords that it does not know', () => {
    expect(issues({ format: 'colour', 'x-mcp-header': 'X', type: 'string' }, 'red')).toEqual([])
  })

  it.each<[string, string[], string[]]>([
    ['date', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '24-01-01', '2024-1-1']],
    [
      'date-time',
      ['2024-02-29T23:59:60Z', '2024-01-01t00:00:00.123+02:00'],
      ['2024-01-01', '2024-01-01T24:00:00Z', '2024-01-01T00:00:00'],
    ],
    ['email', ['a@b', "o'neil+x@example.org"], ['a', '@b', 'a@', 'a b@c']],
    ['uri', ['https://a.b/c?d#e', 'urn:x:y'], ['/relative', 'not a uri']],
  ])('asserts the format %s', (format, good, bad) => {
    expect(good.filter((text) => issues({ format }, text).length > 0)).toEqual([])
    expect(bad.filter((text) => issues({ format }, text).length === 0)).toEqual([])
  })

  it('T14: distinguishes patterns, and answers evil ones in linear time', () => {
    const schema = {
      properties: { a: { pattern: '^(a+)+$' }, b: { pattern: '^b$' } },
      patternProperties: { '^(c|c)*d$': false },
    }
    const hostile = 'a'.repeat(50_000)
    expect(issues(schema, { a: hostile, b: 'b' })).toEqual([])
    expect(issues(schema, { a: `${hostile}!` })).toMatchObject([{ path: 'a' }])
    expect(issues(schema, { ['c'.repeat(50_000)]: 1 })).toEqual([])
    expect(issues(schema, { ccd: 1 })).toHaveLength(1)
  })

  it('T13: spends one budget on all patterns of a value, and a fresh one on the next', () => {
    const allOf = Array.from({ length: 200 }, () => ({ pattern: '^(a|b)*$' }))
    const validate = ajvValidator().compile({ allOf })
    expect(validate('ab'.repeat(100_000))).toMatchObject([{ message: /pattern/ }])
    expect(validate('abab')).toEqual([])
  })

  it('T13: finds a repeated item among a hundred thousand in one pass', () => {
    const validate = ajvValidator().compile({ uniqueItems: true })
    const items: unknown[] = Array.from({ length: 100_000 }, (_, index) => ({ index }))
    expect(validate(items)).toEqual([])
    expect(validate([...items, { index: 5 }])).toEqual([{ path: '', message: 'must not hold an item twice' }])
    expect(ajvValidator().compile({ uniqueItems: false })([1, 1])).toEqual([])
    expect(
      validate([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toHaveLength(1)
    expect(validate([1, '1', true, null, [1], { 0: 1 }])).toEqual([])
  })

  it('says so when a schema is too large to be compiled', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 9_900 }, (_, index) => [`p${index}`, { type: 'string' }]),
    )
    expect(() => ajvValidator().compile({ properties })).toThrow('too large to be compiled')
  })

  it('checks a value nested deeper than the stack without overflowing', () => {
    let value: unknown = []
    for (let depth = 0; depth < 200_000; depth += 1) value = [value]
    expect(issues({ items: { $ref: '#' } }, value)).toEqual([
      { path: '', message: 'is nested too deeply to be checked' },
    ])
  })

  it('T13: SEC-SCHEMA-1: refuses a schema that doubles its work at each of thirty steps', () => {
    const $defs: JsonObject = { s30: { type: 'string' } }
    for (let step = 0; step < 30; step += 1)
      $defs[`s${step}`] = { allOf: [{ $ref: `#/$defs/s${step + 1}` }, { $ref: `#/$defs/s${step + 1}` }] }
    expect(() => ajvValidator().compile({ $ref: '#/$defs/s0', $defs })).toThrow(/more than 10000/)
  })
})

describe('names that every object inherits', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']

  it.each(names)('%s is missing where it is not an own member', (name) => {
    const validate = ajvValidator().compile({ type: 'object', required: [name] })
    expect(validate({})).not.toEqual([])
    expect(validate(JSON.parse(`{${JSON.stringify(name)}:1}`))).toEqual([])
  })

  it.each(names)('%s is checked like any other property', (name) => {
    const properties: unknown = JSON.parse(`{${JSON.stringify(name)}:{"type":"string"}}`)
    const validate = ajvValidator().compile({ type: 'object', properties, additionalProperties: false })
    expect(validate({})).toEqual([])
    expect(validate(JSON.parse(`{${JSON.stringify(name)}:"x"}`))).toEqual([])
    expect(validate(JSON.parse(`{${JSON.stringify(name)}:1}`))).not.toEqual([])
  })
})
