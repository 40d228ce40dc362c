import { describe, expect, it } from 'vitest'
import { fieldOf } from '../src/page/form-model.ts'
import type { Field } from '../src/page/form-model.ts'

/** The one member of a form, by the schema of that member. */
const member = (schema: object, beside: object = {}): Field | undefined => {
  const field = fieldOf({ type: 'object', properties: { it: schema }, ...beside })
  return field.kind === 'group' ? field.members[0]?.field : undefined
}

describe('a form from a schema', () => {
  it('has a field for each member, in order, and knows which must be given', () => {
    const field = fieldOf({
      type: 'object',
      properties: { b: { type: 'string' }, a: { type: 'boolean', default: true } },
      required: ['a'],
    })
    expect(field).toEqual({
      kind: 'group',
      members: [
        { name: 'b', isRequired: false, field: { kind: 'text' } },
        { name: 'a', isRequired: true, field: { kind: 'boolean', initial: true } },
      ],
    })
  })

  it.each([
    ['text with bounds', { type: 'string', minLength: 1, maxLength: 9 }, { kind: 'text', least: 1, most: 9 }],
    ['text with a format', { type: 'string', format: 'email' }, { kind: 'text', format: 'email' }],
    ['a whole number', { type: 'integer', minimum: 0 }, { kind: 'number', isInteger: true, least: 0 }],
    ['a number', { type: 'number', maximum: 2.5 }, { kind: 'number', isInteger: false, most: 2.5 }],
    ['what may be anything', {}, { kind: 'json' }],
    ['an object of any names', { type: 'object', additionalProperties: { type: 'number' } }, { kind: 'json' }],
    ['a list of no known items', { type: 'array' }, { kind: 'json' }],
    [
      'a list',
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      { kind: 'list', item: { kind: 'text' }, least: 1 },
    ],
  ])('reads %s', (_, schema, field) => {
    expect(member(schema)).toEqual(field)
  })

  it('keeps title, description and default', () => {
    expect(member({ type: 'string', title: 'A', description: 'B', default: 'C' })).toEqual({
      kind: 'text',
      title: 'A',
      description: 'B',
      initial: 'C',
    })
  })

  it.each([
    ['enum', { enum: ['a', 1, null] }, ['a', '1', 'null']],
    ['enum with names', { enum: ['a', 'b'], enumNames: ['First', 'Second'] }, ['First', 'Second']],
    ['titled constants', { oneOf: [{ const: 'a', title: 'First' }, { const: 'b' }] }, ['First', 'b']],
    ['a constant', { const: 'only' }, ['only']],
  ])('reads a choice given as %s', (_, schema, labels) => {
    const field = member(schema)
    expect(field?.kind === 'choice' && field.options.map(({ label }) => label)).toEqual(labels)
  })

  it('reads a list of choices, plain and titled', () => {
    const options = [{ value: 'x', label: 'x' }]
    expect(member({ type: 'array', items: { enum: ['x'] }, maxItems: 2 })).toEqual({
      kind: 'choices',
      options,
      most: 2,
    })
    expect(member({ type: 'array', items: { anyOf: [{ const: 'x', title: 'X' }] } })).toEqual({
      kind: 'choices',
      options: [{ value: 'x', label: 'X' }],
    })
  })

  it.each([
    ['a list of types', { type: ['string', 'null'] }],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['oneOf', { oneOf: [{ type: 'null' }, { type: 'string' }] }],
    ['nullable', { type: 'string', nullable: true }],
  ])('knows that null may be given, by %s', (_, schema) => {
    expect(member(schema)).toEqual({ kind: 'text', isNullable: true })
  })

  it('follows references within the schema, and nowhere else', () => {
    const beside = { $defs: { name: { type: 'string', description: 'A name' } } }
    expect(member({ $ref: '#/$defs/name' }, beside)).toEqual({ kind: 'text', description: 'A name' })
    expect(member({ $ref: 'https://example.com/schema' })).toEqual({ kind: 'json' })
    expect(member({ $ref: '#/$defs/none' })).toEqual({ kind: 'json' })
  })

  it('ends where a schema refers to itself for ever', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } }
    let field: Field | undefined = member({ $ref: '#/$defs/node' }, { $defs: { node } })
    let depth = 0
    for (; field?.kind === 'group'; depth += 1) field = field.members[0]?.field
    expect(field).toEqual({ kind: 'json' })
    expect(depth).toBeLessThan(10)
    expect(member({ $ref: '#/$defs/a' }, { $defs: { a: { $ref: '#/$defs/a' } } })).toEqual({ kind: 'json' })
  })

  it('leaves a union of shapes to be written by hand', () => {
    expect(member({ anyOf: [{ type: 'string' }, { type: 'number' }] })).toEqual({ kind: 'json' })
  })

  it('merges a schema that only extends one other', () => {
    expect(member({ allOf: [{ type: 'string' }], description: 'More' })).toEqual({ kind: 'text', description: 'More' })
  })

  it('takes names such as __proto__ for what they are', () => {
    const field = fieldOf(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'))
    expect(field.kind === 'group' && field.members.map(({ name }) => name)).toEqual(['__proto__'])
  })
})
