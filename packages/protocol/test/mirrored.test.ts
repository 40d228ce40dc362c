import { mirroredArguments } from '@parley/protocol'
import { describe, expect, it } from 'vitest'

const marked = (name: unknown = 'Region', type: unknown = 'string'): object => ({ type, 'x-mcp-header': name })
const holding = (properties: object): { type: string; properties: object } => ({ type: 'object', properties })

describe('the arguments that a schema mirrors', () => {
  it('finds those that only properties lead to, in order', () => {
    const schema = holding({
      region: marked(),
      plain: { type: 'string' },
      box: holding({ size: marked('Size', 'integer'), deep: holding({ dry: marked('Dry-Run', 'boolean') }) }),
    })
    expect(mirroredArguments(schema)).toEqual([
      { header: 'Mcp-Param-Region', path: ['region'] },
      { header: 'Mcp-Param-Size', path: ['box', 'size'] },
      { header: 'Mcp-Param-Dry-Run', path: ['box', 'deep', 'dry'] },
    ])
  })

  it.each([[['string', 'null']], [['null', 'integer']], [['boolean']], ['string'], ['integer'], ['boolean']])(
    'X2: takes the type %j',
    (type) => {
      expect(mirroredArguments(holding({ a: marked('A', type) }))).toEqual([{ header: 'Mcp-Param-A', path: ['a'] }])
    },
  )

  it.each([
    ['number'],
    ['object'],
    ['array'],
    ['null'],
    [undefined],
    [['string', 'integer']],
    [['number', 'null']],
    [[]],
  ])('X2: refuses the type %j', (type) => {
    expect(() => mirroredArguments(holding({ a: { type, 'x-mcp-header': 'A' } }))).toThrow(TypeError)
  })

  it.each(['', ' ', 'a b', 'a:b', 'ä', 'a\r\nb', 'a\u0000', '(a)', 'a/b', 'a@b', 1, null, true, {}, []])(
    'X2: refuses the name %j',
    (name) => {
      expect(() => mirroredArguments(holding({ a: marked(name) }))).toThrow(TypeError)
    },
  )

  it('X2: takes every character of a token', () => {
    const name = "!#$%&'*+-.^_`|~09azAZ"
    expect(mirroredArguments(holding({ a: marked(name) }))).toHaveLength(1)
  })

  it('X2: refuses the same name twice, whatever its case', () => {
    expect(() => mirroredArguments(holding({ a: marked('Region'), b: marked('REGION') }))).toThrow('twice')
  })

  it.each<[string, object]>([
    ['at the root', { type: 'string', 'x-mcp-header': 'A' }],
    ['in items', holding({ a: { type: 'array', items: marked() } })],
    ['in a list of items', holding({ a: { type: 'array', items: [marked()] } })],
    ['in prefixItems', holding({ a: { prefixItems: [marked()] } })],
    ['in contains', holding({ a: { contains: marked() } })],
    ['in allOf', { ...holding({}), allOf: [holding({ a: marked() })] }],
    ['in anyOf', holding({ a: { anyOf: [marked()] } })],
    ['in oneOf', holding({ a: { oneOf: [marked()] } })],
    ['in not', holding({ a: { not: marked() } })],
    ['in $defs', { ...holding({ a: { $ref: '#/$defs/a' } }), $defs: { a: marked() } }],
    ['in definitions', { ...holding({}), definitions: { a: marked() } }],
    ['in additionalProperties', { ...holding({}), additionalProperties: marked() }],
    ['in patternProperties', { ...holding({}), patternProperties: { a: marked() } }],
    ['in propertyNames', { ...holding({}), propertyNames: marked() }],
    ['in dependentSchemas', { ...holding({}), dependentSchemas: { a: holding({ a: marked() }) } }],
  ])('X2: refuses one %s', (_, schema) => {
    expect(() => mirroredArguments({ ...schema })).toThrow(TypeError)
  })

  it.each(['if', 'then', 'else'])('X2: refuses one in %s', (keyword) => {
    expect(() => mirroredArguments({ ...holding({}), [keyword]: holding({ a: marked() }) })).toThrow(TypeError)
  })

  it('passes over data, and over an argument of that very name', () => {
    const schema = {
      ...holding({
        'x-mcp-header': { type: 'string' },
        a: { const: marked(''), default: marked(''), enum: [marked('')] },
      }),
      examples: [marked('')],
    }
    expect(mirroredArguments(schema)).toEqual([])
  })

  it('finds arguments whose names only JavaScript makes special', () => {
    const properties = JSON.parse(
      '{"__proto__":{"type":"string","x-mcp-header":"P"},"constructor":{"type":"string"}}',
    ) as object
    expect(mirroredArguments(holding(properties))).toEqual([{ header: 'Mcp-Param-P', path: ['__proto__'] }])
  })

  it('walks a schema of a hundred thousand levels', () => {
    let schema: { [key: string]: unknown } = { type: 'string' }
    for (let level = 0; level < 100_000; level += 1) schema = { items: schema }
    expect(mirroredArguments(schema)).toEqual([])
  })
})
