import { describe, expect, it } from 'vitest'
import { RpcError } from '../src/errors.ts'
import { canonical, checkDepth, decodeUtf8, isObject, parseJson } from '../src/json.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const errorOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('canonical', () => {
  it('orders members by UTF-16 units, at every level, and drops what is undefined', () => {
    expect(canonical({ b: [1, { z: null, a: true }], a: 'x', c: undefined, '\u{1f600}': 1, '\ufb33': 2 })).toBe(
      '{"a":"x","b":[1,{"a":true,"z":null}],"\u{1f600}":1,"\ufb33":2}',
    )
  })

  it('writes numbers and strings as ECMAScript does', () => {
    expect(canonical([333333333.3333333, 1e30, 4.5, 2e-3, -0, '\u20ac$\u000f\nA\'\u0042\u0022\u005c\\"/'])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,0,"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"]',
    )
  })

  it('gives equal text to values that differ in the order of members only', () => {
    expect(canonical({ a: 1, b: { c: 2, d: 3 } })).toBe(canonical({ b: { d: 3, c: 2 }, a: 1 }))
  })

  it.each([[Number.NaN], [Infinity], [1n], [() => 1], [Symbol('s')]])('refuses %s', (value) => {
    expect(() => canonical({ list: [value] })).toThrow(TypeError)
  })

  it('refuses undefined where a value must stand', () => {
    expect(() => canonical(undefined)).toThrow(TypeError)
  })

  it('keeps an own member called __proto__', () => {
    expect(canonical(parseJson('{"__proto__":{"x":1},"a":2}'))).toBe('{"__proto__":{"x":1},"a":2}')
  })
})

describe('checkDepth', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

  it.each([1, 2, 128])('accepts %i levels under that limit and refuses one more', (limit) => {
    for (const text of [nested(limit), `{"a":`.repeat(limit) + '1' + '}'.repeat(limit)]) {
      expect(checkDepth(text, limit)).toBe(true)
    }
    for (const text of [nested(limit + 1), `{"a":`.repeat(limit + 1) + '1' + '}'.repeat(limit + 1)]) {
      expect(checkDepth(text, limit)).toBe(false)
    }
  })

  it.each([
    ['brackets in a string', `["${'['.repeat(500)}"]`],
    ['an escaped quote', `["\\"${'['.repeat(500)}"]`],
    ['an escaped backslash before the quote', `["\\\\",${'[],'.repeat(500)}1]`],
    ['many siblings', `[${'[],'.repeat(500)}[]]`],
    ['text beyond ASCII', `["é\u{1f600}${'{'.repeat(300)}"]`],
    ['an unterminated string', `["${'['.repeat(500)}`],
  ])('is not misled by %s', (_, text) => {
    expect(checkDepth(text, 2)).toBe(true)
  })

  it('sees nesting behind an escaped backslash that ends a string', () => {
    const text = `["\\\\",${nested(5)}]`
    expect(checkDepth(text, 5)).toBe(false)
  })

  it('takes a few hundred thousand backslashes and quotes in its stride', () => {
    const text = `["${'\\\\'.repeat(200_000)}${'\\"'.repeat(200_000)}"]`
    expect(checkDepth(text, 3)).toBe(true)
  })
})

describe('parseJson', () => {
  it('reads bytes and text alike', () => {
    expect(parseJson(utf8('{"é":[1,null]}'))).toEqual({ é: [1, null] })
    expect(parseJson('{"é":[1,null]}')).toEqual({ é: [1, null] })
  })

  it.each<[string, Uint8Array | string, string]>([
    ['what is not JSON', '{"secret":', 'Parse error: not valid JSON'],
    ['nothing', '', 'Parse error: not valid JSON'],
    ['an overlong sequence', Uint8Array.of(0x22, 0xc0, 0x80, 0x22), 'Parse error: not valid UTF-8'],
    ['a lone surrogate in bytes', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'Parse error: not valid UTF-8'],
    ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), 'Parse error: not valid JSON'],
    ['129 levels', '['.repeat(129) + ']'.repeat(129), 'Parse error: nested deeper than 128 levels'],
    ['a million levels', '['.repeat(1_000_000), 'Parse error: nested deeper than 128 levels'],
  ])('refuses %s with a parse error that repeats nothing', (_, input, message) => {
    const error = errorOf(() => parseJson(input))
    expect(error).toBeInstanceOf(RpcError)
    expect(error).toMatchObject({ code: -32700, kind: 'parseError', message })
  })

  it('honours another depth', () => {
    expect(parseJson('[[1]]', { depth: 2 })).toEqual([[1]])
    expect(() => parseJson('[[[1]]]', { depth: 2 })).toThrow('deeper than 2')
  })

  it('makes __proto__ an own member, so that no prototype is touched', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}')
    expect(isObject(value) && Object.hasOwn(value, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('isObject and decodeUtf8', () => {
  it('admits objects only', () => {
    expect([{}, Object.create(null)].map(isObject)).toEqual([true, true])
    expect([null, [], 'x', 1, undefined, () => 1].map(isObject)).toEqual([false, false, false, false, false, false])
  })

  it('decodes independently from call to call', () => {
    expect(() => decodeUtf8(Uint8Array.of(0xe2, 0x82))).toThrow('not valid UTF-8')
    expect(decodeUtf8(Uint8Array.of(0xe2, 0x82, 0xac))).toBe('€')
  })
})
