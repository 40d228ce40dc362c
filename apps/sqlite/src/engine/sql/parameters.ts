import type { Params, Value } from '../engine.ts'
import { Refused } from '../errors.ts'
import { MAX_PARAMS } from '../limits.ts'
import type { Token } from './tokens.ts'

/** A value on its way to a worker, with the parameter it is for. */
export type Binding = {
  /** The number that SQLite gives the parameter, from 1. */
  readonly index: number
  /** The parameter as written; a bare `?` has no name. */
  readonly name: string | null
  readonly value: Value
}

const refuse = (message: string, position?: number): never => {
  throw new Refused('params', message, position)
}

type Slot = { readonly index: number; readonly token: Token }

// SQLite's numbering: a bare ? is one more than the highest so far, and a name that came before keeps its number.
const slotsOf = (tokens: readonly Token[]): readonly Slot[] => {
  const byName = new Map<string, number>()
  const slots = new Map<number, Slot>()
  let highest = 0
  for (const token of tokens) {
    if (token.kind !== 'variable') continue
    const numbered = token.text.startsWith('?') && token.text.length > 1
    const index = numbered ? Number(token.text.slice(1)) : (byName.get(token.text) ?? highest + 1)
    if (index < 1 || index > MAX_PARAMS) refuse(`Parameters have numbers from 1 to ${MAX_PARAMS}.`, token.start)
    if (!numbered && token.text !== '?') byName.set(token.text, index)
    highest = Math.max(highest, index)
    if (!slots.has(index)) slots.set(index, { index, token })
  }
  return [...slots.values()]
}

const isList = (params: Params): params is readonly Value[] => Array.isArray(params)

const fromList = (slots: readonly Slot[], values: readonly Value[]): readonly Binding[] => {
  const highest = slots.reduce((most, { index }) => Math.max(most, index), 0)
  if (values.length !== highest) refuse(`The statement has ${highest} parameters, and ${values.length} values came.`)
  return slots.map(({ index, token }) => ({
    index,
    name: token.text === '?' ? null : token.text,
    value: values[index - 1] ?? null,
  }))
}

const fromNames = (slots: readonly Slot[], values: ReadonlyMap<string, Value>): readonly Binding[] => {
  const used = new Set<string>()
  const bindings = slots.map(({ index, token }) => {
    const name = token.text.slice(1)
    const value = values.get(name)
    if (value === undefined) refuse(`The parameter ${token.text} has no value.`, token.start)
    used.add(name)
    return { index, name: token.text === '?' ? null : token.text, value: value ?? null }
  })
  for (const name of values.keys()) if (!used.has(name)) refuse(`The statement has no parameter :${name}.`)
  return bindings
}

const int64 = (digits: string): boolean => {
  if (!/^-?\d{1,19}$/.test(digits)) return false
  const value = BigInt(digits)
  return BigInt.asIntN(64, value) === value
}

const check = (value: Value): void => {
  if (typeof value === 'number' && !Number.isFinite(value)) refuse('A number among the values is not finite.')
  if (typeof value !== 'object' || value === null) return
  if ('$int' in value) {
    if (!int64(value.$int)) refuse('The value of $int is a decimal integer of 64 bits, as a string.')
  } else if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value.$blob)) refuse('The value of $blob is base64.')
}

/** Pairs the parameters of a statement with values. Throws `Refused` where they do not fit one another. */
export const bindingsOf = (tokens: readonly Token[], params: Params = []): readonly Binding[] => {
  const slots = slotsOf(tokens)
  const bindings = isList(params) ? fromList(slots, params) : fromNames(slots, new Map(Object.entries(params)))
  for (const { value } of bindings) check(value)
  return bindings
}

/** A value as SQLite takes it. Integers become bigints, so that no driver stores them as reals. */
export const boundValue = (value: Value): null | number | bigint | string | Uint8Array => {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return value
  return '$int' in value ? BigInt(value.$int) : new Uint8Array(Buffer.from(value.$blob, 'base64'))
}
