import { afterEach, describe, expect, it } from 'vitest'
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '../src/base64.ts'

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 151 + 7) & 0xff)

describe('base64', () => {
  it.each([0, 1, 2, 3, 4, 255, 24_575, 24_576, 24_577, 100_003])('goes there and back for %i bytes', (length) => {
    const input = bytes(length)
    expect(toBase64(input)).toBe(Buffer.from(input).toString('base64'))
    expect(toBase64Url(input)).toBe(Buffer.from(input).toString('base64url'))
    expect(fromBase64(toBase64(input))).toEqual(input)
    expect(fromBase64Url(toBase64Url(input))).toEqual(input)
  })

  it('takes five megabytes', () => {
    const input = bytes(5_000_000)
    const text = toBase64(input)
    expect(text.length).toBe(6_666_668)
    expect(Buffer.compare(fromBase64(text), input)).toBe(0)
  })

  it('encodes a view into a larger buffer as that view only', () => {
    expect(toBase64(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe('AgM=')
  })

  it.each(['A', 'AA', 'AAA', 'AA=', 'A===', 'AA\n=', ' AAA', 'AA-_', 'AAAA====', 'AB==', 'AAB=', '=AAA'])(
    'refuses %j',
    (text) => {
      expect(() => fromBase64(text)).toThrow(RangeError)
    },
  )

  it.each(['A', 'AA==', 'AB', 'AAB', 'A+', 'A/AA', 'AA A'])('refuses %j for URLs', (text) => {
    expect(() => fromBase64Url(text)).toThrow(RangeError)
  })
})

describe('base64 on an engine that does it natively', () => {
  const original = Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64')
  afterEach(() => {
    Reflect.deleteProperty(Uint8Array.prototype, 'toBase64')
    Reflect.deleteProperty(Uint8Array, 'fromBase64')
    if (original !== undefined) Object.defineProperty(Uint8Array, 'fromBase64', original)
  })

  it('leaves it to the engine, strictly', () => {
    const asked: unknown[] = []
    Reflect.defineProperty(Uint8Array.prototype, 'toBase64', {
      configurable: true,
      value: (options: unknown) => asked.push(options) && 'native',
    })
    Reflect.defineProperty(Uint8Array, 'fromBase64', {
      configurable: true,
      value: (text: string, options: unknown) => {
        asked.push(options)
        if (text === 'AB==') throw new SyntaxError('stray bits')
        return Uint8Array.of(9)
      },
    })
    expect([toBase64(bytes(1)), toBase64Url(bytes(1)), fromBase64('AAAA')]).toEqual([
      'native',
      'native',
      Uint8Array.of(9),
    ])
    expect(() => fromBase64('AB==')).toThrow(RangeError)
    expect(() => fromBase64('AA A')).toThrow(RangeError)
    expect(asked).toEqual([
      { alphabet: 'base64', omitPadding: false },
      { alphabet: 'base64url', omitPadding: true },
      { alphabet: 'base64', lastChunkHandling: 'strict' },
      { alphabet: 'base64', lastChunkHandling: 'strict' },
    ])
  })
})
