import { describe, expect, it } from 'vitest'
import type { Field } from '../src/page/form-model.ts'
import { hintOf, readList, readTyped, typedOf } from '../src/page/form-value.ts'

const value = (of: unknown): object => ({ kind: 'value', value: of })
const fault = (why: string): object => ({ kind: 'fault', why })

describe('what was typed', () => {
  it('is absent where nothing was, and a fault where something must be', () => {
    expect(readTyped({ kind: 'text' }, '', false)).toEqual({ kind: 'absent' })
    expect(readTyped({ kind: 'text' }, '', true)).toEqual(fault('Required.'))
  })

  it.each<[Field, string, object]>([
    [{ kind: 'text' }, ' a ', value(' a ')],
    [{ kind: 'text', least: 2 }, '😀', fault('At least 2 characters.')],
    [{ kind: 'text', most: 1 }, '😀', value('😀')],
    [{ kind: 'text', format: 'email' }, 'a@b', value('a@b')],
    [{ kind: 'text', format: 'email' }, 'a@', fault('Not a valid email.')],
    [{ kind: 'text', format: 'uri' }, 'nowhere', fault('Not a valid uri.')],
    [{ kind: 'text', format: 'date' }, '2026-02-31x', fault('Not a valid date.')],
    [{ kind: 'text', format: 'date-time' }, '2026-02-28T12:00:00Z', value('2026-02-28T12:00:00Z')],
    [{ kind: 'text', format: 'of-my-own' }, 'anything', value('anything')],
    [{ kind: 'number', isInteger: false }, '1.5', value(1.5)],
    [{ kind: 'number', isInteger: true }, '1.5', fault('Not a whole number.')],
    [{ kind: 'number', isInteger: true, least: 2 }, '1', fault('At least 2.')],
    [{ kind: 'number', isInteger: true, most: 2 }, '3', fault('At most 2.')],
    [{ kind: 'number', isInteger: true }, ' ', fault('Not a number.')],
    [{ kind: 'json' }, '{"a":[1]}', value({ a: [1] })],
  ])('%o reads %s', (field, text, reading) => {
    expect(readTyped(field, text, true)).toEqual(reading)
  })

  it('says where JSON is none', () => {
    expect(readTyped({ kind: 'json' }, '{', false)).toMatchObject({ kind: 'fault' })
  })

  it('is what a value is shown as', () => {
    expect(typedOf({ kind: 'number', isInteger: true }, 3)).toBe('3')
    expect(typedOf({ kind: 'text' }, 'a\nb')).toBe('a\nb')
    expect(typedOf({ kind: 'json' }, { a: 1 })).toBe('{\n  "a": 1\n}')
    expect(typedOf({ kind: 'text' }, null)).toBe('')
  })
})

it('holds a list against how long it may be', () => {
  expect(readList([], { least: 1 }, false)).toEqual({ kind: 'absent' })
  expect(readList([], { least: 1 }, true)).toEqual(fault('At least 1 item.'))
  expect(readList(['a', 'b'], { most: 1 }, true)).toEqual(fault('At most 1 item.'))
  expect(readList(['a'], {}, true)).toEqual(value(['a']))
})

it('says what a field takes', () => {
  expect(hintOf({ kind: 'number', isInteger: true, least: 1, most: 9 })).toBe('integer 1 to 9')
  expect(hintOf({ kind: 'number', isInteger: false, least: 1 })).toBe('number from 1')
  expect(hintOf({ kind: 'text', format: 'uri', isNullable: true })).toBe('uri or null')
})
