import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../src/json.ts'
import { checkBounds } from '../src/schema-bounds.ts'

const nested = (depth: number): JsonObject => {
  let schema: JsonObject = {}
  for (let level = 1; level < depth; level += 1) schema = { properties: { a: schema } }
  return schema
}

describe('checkBounds', () => {
  it('B20: bounds the depth of schemas, to the level', () => {
    expect(() => checkBounds(nested(64))).not.toThrow()
    expect(() => checkBounds(nested(65))).toThrow(/deeper than 64/)
    expect(() => checkBounds(nested(3), { depth: 2 })).toThrow(/deeper than 2/)
  })

  it('B20: bounds the number of subschemas, to the unit', () => {
    const wide = (count: number): JsonObject => ({ anyOf: Array.from({ length: count - 1 }, () => ({ type: 'null' })) })
    expect(() => checkBounds(wide(100), { subschemas: 100 })).not.toThrow()
    expect(() => checkBounds(wide(101), { subschemas: 100 })).toThrow(/more than 100 subschemas/)
    expect(() => checkBounds(wide(10_001))).toThrow(/more than 10000/)
  })

  it('never overflows the stack, however deep the schema', () => {
    expect(() => checkBounds(nested(300_000), { depth: Infinity })).toThrow(/more than 10000/)
    expect(() => checkBounds(nested(300_000))).toThrow(/deeper than 64/)
  })

  it.each([
    'https://json-schema.org/draft/2020-12/schema',
    'http://json-schema.org/draft/2020-12/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft-07/schema',
    'http://json-schema.org/draft-06/schema#',
  ])('B19: knows the dialect %s', ($schema) => {
    expect(() => checkBounds({ $schema })).not.toThrow()
  })

  it.each(['http://json-schema.org/draft-04/schema#', 'https://example.com/own', '', 7])(
    'B19: names the unknown dialect %j',
    ($schema) => {
      expect(() => checkBounds({ $schema })).toThrow(`Unsupported JSON Schema dialect ${JSON.stringify($schema)}`)
    },
  )

  it.each([
    'https://example.com/schema.json',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'other.json',
    '//host/x',
    'https://json-schema.org/draft/2020-12/schema',
  ])('B20: refuses the reference %s, which leads outside', ($ref) => {
    expect(() => checkBounds({ properties: { a: { $ref } } })).toThrow(/leads outside this schema and is never fetched/)
    expect(() => checkBounds({ items: { $dynamicRef: $ref } })).toThrow(TypeError)
  })

  it.each<[string, JsonObject]>([
    ['a pointer', { $ref: '#/$defs/a~1b', $defs: { 'a/b': {} } }],
    ['an encoded pointer', { $ref: '#/$defs/a%20b', $defs: { 'a b': {} } }],
    ['a boolean schema', { $ref: '#/$defs/a', $defs: { a: true } }],
    ['itself, one level down', { items: { $ref: '#' } }],
    ['an anchor', { $ref: '#x', $defs: { a: { $anchor: 'x' } } }],
    [
      'an anchor of draft-07',
      { $schema: 'http://json-schema.org/draft-07/schema#', items: { $ref: '#x' }, definitions: { a: { $id: '#x' } } },
    ],
    [
      'an identifier within',
      { $id: 'https://x.test/root', $ref: 'item', $defs: { a: { $id: 'https://x.test/item' } } },
    ],
    ['a list of schemas', { allOf: [{ type: 'object' }, { items: { $ref: '#/allOf/0' } }] }],
  ])('accepts a reference to %s', (_, schema) => {
    expect(() => checkBounds(schema)).not.toThrow()
  })

  it.each<[string, JsonObject]>([
    ['nothing', { $ref: '#/$defs/a' }],
    ['an unknown anchor', { $ref: '#x' }],
    ['data', { $ref: '#/default', default: { $ref: 'https://evil.test' } }],
    ['the prototype', { $ref: '#/constructor' }],
    ['half a character', { $ref: '#/%E0%A4%A' }],
  ])('refuses a reference to %s', (_, schema) => {
    expect(() => checkBounds(schema)).toThrow(/leads to no schema/)
  })

  it.each<[JsonObject]>([
    [{ $ref: '#' }],
    [{ allOf: [{ $ref: '#' }] }],
    [{ $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } }],
  ])('T13: refuses %j, which leads back to itself', (schema) => {
    expect(() => checkBounds(schema)).toThrow(/back to itself/)
  })

  it('leaves data alone: const, default, enum and examples may look like schemas', () => {
    const data = { $ref: 'https://evil.test', type: 'strnig', properties: 5 }
    expect(() =>
      checkBounds({ const: data, default: data, enum: [data], examples: [data], 'x-own': data }),
    ).not.toThrow()
  })

  it('looks at members called like keywords as members', () => {
    expect(() => checkBounds({ properties: { const: { $ref: 'https://x.test' } } })).toThrow(/outside/)
    expect(() => checkBounds({ properties: { $ref: { type: 'string' }, items: { type: 'string' } } })).not.toThrow()
  })

  it.each<[JsonObject, string]>([
    [{ properties: { a: { type: 'strnig' } } }, '#/properties/a'],
    [{ type: 'object', required: 'a' }, '#'],
    [{ properties: { a: 5 } }, '#/properties/a'],
    [{ properties: [] }, '#/properties'],
    [{ allOf: {} }, '#/allOf'],
    [{ items: 'x' }, '#/items'],
    [{ enum: 'x' }, '#'],
    [{ pattern: 5 }, '#'],
    [{ $ref: 5 }, '#'],
    [{ $id: 'http://[' }, '#'],
  ])('says where %j is malformed', (schema, path) => {
    expect(() => checkBounds(schema)).toThrow(`JSON Schema at ${path}: `)
  })

  it('takes dependencies of draft-07 as names or schemas', () => {
    expect(() => checkBounds({ dependencies: { a: ['b'], c: { required: ['d'] } } })).not.toThrow()
    expect(() => checkBounds({ dependencies: { c: { $ref: 'https://x.test' } } })).toThrow(/outside/)
  })
})
