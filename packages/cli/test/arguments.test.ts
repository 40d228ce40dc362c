import { describe, expect, it } from 'vitest'
import { readArguments, readObject, readTexts, readValue } from '../src/talk/arguments.ts'

describe('the value of an argument', () => {
  it.each<[unknown, string, unknown]>([
    [{ type: 'string' }, '12', '12'],
    [{ type: 'string' }, 'true', 'true'],
    [{ type: 'string' }, '{"a":1}', '{"a":1}'],
    [{ type: 'number' }, '12.5', 12.5],
    [{ type: 'integer' }, '12', 12],
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'object' }, '{"a":1}', { a: 1 }],
    [{ type: 'array' }, '[1]', [1]],
    [{ type: ['string', 'null'] }, 'null', null],
    [{ type: ['number', 'null'] }, 'null', null],
    [{ anyOf: [{ type: 'string' }, { type: 'object' }] }, '{"a":1}', { a: 1 }],
    [{ oneOf: [{ type: 'number' }, { type: 'boolean' }] }, 'false', false],
    [{ enum: ['1', '2'] }, '1', '1'],
    [{ enum: [1, 2] }, '1', 1],
    [{ const: true }, 'true', true],
    [{}, '12', 12],
    [{}, 'twelve', 'twelve'],
    [undefined, '{"a":1}', { a: 1 }],
  ])('by %j, %j is %j', (schema, text, value) => {
    expect(readValue('it', text, schema)).toEqual(value)
  })

  it.each([
    [{ type: 'number' }, 'twelve', 'it takes a number, not "twelve".'],
    [{ type: 'integer' }, '1.5', 'it takes an integer, not "1.5".'],
    [{ type: ['boolean', 'null'] }, 'yes', 'it takes a boolean or a null, not "yes".'],
  ])('by %j, %j is refused', (schema, text, message) => {
    expect(() => readValue('it', text, schema)).toThrow(message)
  })
})

describe('the arguments of a call', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'number' }, tag: { type: 'array', items: { type: 'string' } }, text: { type: 'string' } },
  }

  it('are read by the schema, and several of one name make a list', () => {
    expect(readArguments(['a=1', 'tag=x', 'tag=2', 'text=a=b'], schema)).toEqual({ a: 1, tag: ['x', '2'], text: 'a=b' })
    expect(readArguments(['tag=x'], schema)).toEqual({ tag: ['x'] })
    expect(readArguments(['tag=["x","y"]'], schema)).toEqual({ tag: ['x', 'y'] })
    expect(readArguments(['other=1', 'constructor=2'], undefined)).toEqual({ other: 1, constructor: 2 })
  })

  it('are refused where they are none', () => {
    expect(() => readArguments(['a'], schema)).toThrow('Arguments are written name=value, not "a".')
    expect(() => readArguments(['a=1', 'a=2'], schema)).toThrow('a is given 2 times, and takes one value.')
    expect(() => readObject('[1]', '--args')).toThrow('--args takes a JSON object')
  })

  it('of a prompt are texts', () => {
    expect(readTexts(['a=1', 'b='])).toEqual({ a: '1', b: '' })
  })
})
