import type { JsonObject } from '@parley/core'

/** Numbers that look random and are the same for the same seed. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, and not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  often(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    // The lists here are never empty.
    return list[this.below(list.length)] as T
  }
}

const deep = (levels: number): unknown => {
  let value: unknown = 0
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '_meta',
  'then',
  'toJSON',
  '',
]

const texts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'a\udfffb',
  '\u202egnp.exe',
  'ＡＢ',
  '\u{1f600}',
  '../../etc',
  '%00',
  '-0',
  '1',
  'null',
  '\r\n',
  'é\u0301',
]

/** Any value at all; some are large, deep, or named like what every object has. */
export const oddValue = (chance: Chance): unknown => {
  switch (chance.below(12)) {
    case 0:
      return null
    case 1:
      return chance.pick([0, -0, 1, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324])
    case 2:
      return chance.often(0.5)
    case 3:
      return chance.pick(texts)
    case 4:
      return chance.pick(names)
    case 5:
      return chance
        .pick(['x', '\u0000', '\ud83d', '漢', '"', '\\'])
        .repeat(chance.below(chance.often(0.02) ? 200_000 : 300))
    case 6:
      return []
    case 7:
      return Array.from({ length: chance.below(40) }, () => chance.pick<unknown>([null, 0, '', {}, []]))
    case 8:
      return deep(chance.pick([3, 20, 60, 120, 200, 900]))
    case 9:
      // A computed name is a member even when it is __proto__.
      return { [chance.pick(names)]: chance.pick<unknown>([null, 1, 'x', {}, { polluted: 1 }]) }
    case 10:
      return { type: chance.pick(texts), uri: chance.pick(texts), [chance.pick(names)]: deep(5) }
    default:
      return {}
  }
}

type Place = { holder: JsonObject | unknown[]; key: string }

/** Every member of a value, at any level. */
const placesOf = (value: unknown, found: Place[] = [], depth = 0): Place[] => {
  if (typeof value !== 'object' || value === null || depth > 8) return found
  const holder = value as JsonObject | unknown[]
  for (const key of Object.keys(holder)) {
    found.push({ holder, key })
    placesOf(Reflect.get(holder, key), found, depth + 1)
  }
  return found
}

const put = (holder: object, key: string, value: unknown): void => {
  // Defined, not assigned: the name may be __proto__.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const change = (chance: Chance, { holder, key }: Place, all: readonly Place[]): void => {
  switch (chance.below(6)) {
    case 0:
      // An array keeps a hole there, which is written as null.
      return void Reflect.deleteProperty(holder, key)
    case 1:
      return put(holder, chance.pick(names), Reflect.get(holder, key))
    case 2: {
      const other = chance.pick(all)
      // A copy, or the value might come to hold itself.
      return put(holder, key, structuredClone(Reflect.get(other.holder, other.key)))
    }
    case 3:
      return put(holder, chance.often(0.5) && !Array.isArray(holder) ? chance.pick(names) : key, oddValue(chance))
    default:
      return put(holder, key, oddValue(chance))
  }
}

/** The value with a few of its members dropped, renamed, swapped, or made something else. */
export const mutate = (chance: Chance, original: JsonObject, most = 3): JsonObject => {
  const value: JsonObject = structuredClone(original)
  for (let left = chance.below(most + 1); left > 0; left -= 1) {
    const all = placesOf(value)
    if (all.length === 0) break
    change(chance, chance.pick(all), all)
  }
  return value
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A text as a frame: whole for the most part, else cut, with bytes changed, or with a member said twice. */
export const frameOf = (chance: Chance, text: string): Uint8Array => {
  const roll = chance.next()
  if (roll < 0.85) return bytesOf(text)
  if (roll < 0.88) return bytesOf(text.replace('{', '{"jsonrpc":"2.0","method":"twice",'))
  const bytes = bytesOf(text)
  if (roll < 0.92) return bytes.slice(0, chance.below(bytes.length))
  for (let left = 1 + chance.below(4); left > 0; left -= 1) bytes[chance.below(bytes.length)] = chance.below(256)
  return bytes
}

/** Bytes that are nothing. */
export const garbage = (chance: Chance): Uint8Array =>
  Uint8Array.from({ length: chance.below(200) }, () =>
    chance.pick([0, 10, 13, 34, 91, 92, 123, 125, 195, 255, chance.below(256)]),
  )
