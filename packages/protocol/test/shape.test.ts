import { describe, expect, it } from 'vitest'
import { explain } from '../src/fault.ts'
import { check } from '../src/shape.ts'
import type { Shape } from '../src/shape.ts'

const fault = (shape: Shape, value: unknown): string | undefined => {
  const found = check(shape, value)
  return found && explain(found, 'it')
}

describe('check', () => {
  it.each<[Shape, unknown, string | undefined]>([
    ['unknown', null, undefined],
    ['string', 'a', undefined],
    ['string', 1, 'it must be a string'],
    ['number', 0.5, undefined],
    ['integer', 0.5, 'it must be an integer'],
    ['integer', 1e21, undefined],
    ['boolean', 'true', 'it must be a boolean'],
    ['null', undefined, 'it must be null'],
    ['object', [], 'it must be an object'],
    ['object', null, 'it must be an object'],
    [{ words: ['a', 'b'] }, 'c', 'it must be one of "a", "b"'],
    [{ words: [-32020] }, -32021, 'it must be -32020'],
    [{ number: 'number', minimum: 0, maximum: 1 }, -0.1, 'it must be at least 0'],
    [{ number: 'number', minimum: 0, maximum: 1 }, 1.1, 'it must be at most 1'],
    [{ number: 'integer', minimum: 0 }, 0.5, 'it must be an integer'],
    [{ items: 'string' }, ['a', 1], 'it[1] must be a string'],
    [{ items: 'string' }, { 0: 'a', length: 1 }, 'it must be an array'],
    [{ any: ['integer', 'string'] }, null, 'it must be an integer or a string'],
  ])('%j on %j', (shape, value, expected) => {
    expect(fault(shape, value)).toBe(expected)
  })

  it('names a missing field and the place of a faulty one', () => {
    const shape: Shape = { required: { a: { required: { b: 'string' } } }, optional: { c: 'boolean' } }
    expect(check(shape, {})).toEqual({ path: '/a', message: 'is required' })
    expect(check(shape, { a: {} })).toEqual({ path: '/a/b', message: 'is required' })
    expect(check(shape, { a: { b: '' }, c: null })).toEqual({ path: '/c', message: 'must be a boolean' })
    expect(check(shape, { a: { b: '' }, c: true, d: 1 })).toBeUndefined()
  })

  it('holds only undeclared fields against the rest', () => {
    const shape: Shape = { optional: { a: 'string' }, rest: 'number' }
    expect(check(shape, { a: 'a', b: 1 })).toBeUndefined()
    expect(check(shape, { b: 'b' })).toEqual({ path: '/b', message: 'must be a number' })
    expect(check(shape, JSON.parse('{"__proto__":"b"}'))).toEqual({ path: '/__proto__', message: 'must be a number' })
  })

  it('escapes keys in a path and reads them back in a sentence', () => {
    const found = check({ rest: 'number' }, { 'a~/b': 'x' })
    expect(found?.path).toBe('/a~0~1b')
    expect(found && explain(found, 'it')).toBe('it["a~/b"] must be a number')
  })

  it('reports on the member of a choice that was meant', () => {
    const text: Shape = { required: { text: 'string', type: { words: ['text'] } } }
    const image: Shape = { required: { data: 'string', type: { words: ['image'] } } }
    const choice: Shape = { any: [text, image, { items: text }], by: 'type' }
    expect(fault(choice, { type: 'image' })).toBe('it.data is required')
    expect(fault(choice, { type: 'video' })).toBe('it.type must be one of "text", "image"')
    expect(fault(choice, {})).toBe('it.type is required')
    expect(fault(choice, [{ type: 'text' }])).toBe('it[0].text is required')
    expect(fault(choice, 'text')).toBe('it has none of the shapes allowed here')
  })

  it('lets an absent field mean the member where it is optional', () => {
    const form: Shape = { required: { fields: 'object' }, optional: { mode: { words: ['form'] } } }
    const url: Shape = { required: { mode: { words: ['url'] }, url: 'string' } }
    const choice: Shape = { any: [form, url], by: 'mode' }
    expect(fault(choice, {})).toBe('it.fields is required')
    expect(fault(choice, { mode: 'url' })).toBe('it.url is required')
  })

  it('tries every member where nothing tells them apart', () => {
    const choice: Shape = { any: [{ required: { text: 'string' } }, { required: { blob: 'string' } }] }
    expect(fault(choice, { blob: '' })).toBeUndefined()
    expect(fault(choice, {})).toBe('it has none of the shapes allowed here')
  })
})
