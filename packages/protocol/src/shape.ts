import type { Fault } from './fault.ts'

/** A JSON type; `unknown` is any of them. */
export type Kind = 'unknown' | 'object' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** Fields by name. */
export type Fields = { readonly [name: string]: Shape }

/** An object: some fields it must have, some it may have, and what any other field must be. */
export type ObjectShape = { readonly required?: Fields; readonly optional?: Fields; readonly rest?: Shape }

/**
 * What a JSON value must look like, as data. The tables in `*.gen.ts` are made of it, from the wire types; a page of
 * code reads them, because the same checks compiled to code are many times their size.
 */
export type Shape =
  | Kind
  | ObjectShape
  | { readonly items: Shape }
  | { readonly words: readonly (string | number | boolean)[] }
  | { readonly number: 'number' | 'integer'; readonly minimum?: number; readonly maximum?: number }
  | AnyShape

/** A choice of shapes; `by` names the field that tells objects apart, where there is one. */
export type AnyShape = { readonly any: readonly Shape[]; readonly by?: string }

type Holder = { readonly [key: string]: unknown }

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fault = (message: string): Fault => ({ path: '', message })

/** Puts the faulty part's place before its fault; called only once something is wrong. */
const at = (key: string, found: Fault | undefined): Fault | undefined => {
  if (found) found.path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${found.path}`
  return found
}

const isKind = (kind: Kind, value: unknown): boolean => {
  if (kind === 'unknown') return true
  if (kind === 'object') return isHolder(value)
  if (kind === 'integer') return Number.isInteger(value)
  return kind === 'null' ? value === null : typeof value === kind
}

const named = (kind: Kind): string =>
  kind === 'null' ? kind : `${kind === 'object' || kind === 'integer' ? 'an' : 'a'} ${kind}`

const checkKind = (kind: Kind, value: unknown): Fault | undefined =>
  isKind(kind, value) ? undefined : fault(`must be ${named(kind)}`)

const checkWords = (words: readonly unknown[], value: unknown): Fault | undefined => {
  if (words.includes(value)) return undefined
  const list = words.map((word) => JSON.stringify(word)).join(', ')
  return fault(words.length === 1 ? `must be ${list}` : `must be one of ${list}`)
}

const checkItems = (items: Shape, value: unknown): Fault | undefined => {
  if (!Array.isArray(value)) return fault('must be an array')
  for (let index = 0; index < value.length; index += 1) {
    const found = check(items, value[index])
    if (found) return at(`${index}`, found)
  }
  return undefined
}

const checkFields = (shape: ObjectShape, value: Holder): Fault | undefined => {
  for (const key in shape.required) {
    const field = shape.required[key] ?? 'unknown'
    const found = value[key] === undefined ? fault('is required') : check(field, value[key])
    if (found) return at(key, found)
  }
  for (const key in shape.optional) {
    const found = value[key] === undefined ? undefined : check(shape.optional[key] ?? 'unknown', value[key])
    if (found) return at(key, found)
  }
  return undefined
}

const checkObject = (shape: ObjectShape, value: unknown): Fault | undefined => {
  if (!isHolder(value)) return fault('must be an object')
  const found = checkFields(shape, value)
  if (found || shape.rest === undefined) return found
  for (const [key, inner] of Object.entries(value)) {
    if (isDeclared(shape, key)) continue
    const rest = check(shape.rest, inner)
    if (rest) return at(key, rest)
  }
  return undefined
}

const isDeclared = (shape: ObjectShape, key: string): boolean =>
  Object.hasOwn(shape.required ?? {}, key) || Object.hasOwn(shape.optional ?? {}, key)

const isObjectShape = (shape: Shape): shape is ObjectShape =>
  typeof shape === 'object' && !('items' in shape || 'words' in shape || 'number' in shape || 'any' in shape)

/** Whether a shape is the one meant by a value, going by its JSON type and by the field that tells shapes apart. */
const isMeant = (shape: Shape, value: unknown, by: string | undefined): boolean => {
  if (typeof shape === 'object' && 'items' in shape) return Array.isArray(value)
  if (!isObjectShape(shape)) return check(shape, value) === undefined
  if (!isHolder(value)) return false
  if (by === undefined) return true
  const required = shape.required?.[by]
  const word = required ?? shape.optional?.[by]
  if (word === undefined) return true
  const said = value[by]
  if (said === undefined) return required === undefined
  // On the way of every content block: what is wrong with the others is nobody's concern.
  if (typeof word === 'object' && 'words' in word) return (word.words as readonly unknown[]).includes(said)
  return check(word, said) === undefined
}

const wordsOf = (shape: Shape, by: string): readonly (string | number | boolean)[] => {
  const word = isObjectShape(shape) ? (shape.required?.[by] ?? shape.optional?.[by]) : undefined
  return typeof word === 'object' && 'words' in word ? word.words : []
}

const checkAny = ({ any, by }: AnyShape, value: unknown): Fault | undefined => {
  let meant = 0
  let found: Fault | undefined
  for (const shape of any) {
    if (!isMeant(shape, value, by)) continue
    meant += 1
    found = check(shape, value)
    if (!found) return undefined
  }
  if (meant === 1) return found
  if (meant === 0 && by !== undefined && isHolder(value)) {
    const words = [...new Set(any.flatMap((shape) => wordsOf(shape, by)))]
    return at(by, value[by] === undefined ? fault('is required') : checkWords(words, value[by]))
  }
  const kinds = any.filter((shape) => typeof shape === 'string').map(named)
  return fault(kinds.length === any.length ? `must be ${kinds.join(' or ')}` : 'has none of the shapes allowed here')
}

/** Holds a value against a shape: the first fault, or `undefined` when there is none. */
export const check = (shape: Shape, value: unknown): Fault | undefined => {
  if (typeof shape === 'string') return checkKind(shape, value)
  if ('items' in shape) return checkItems(shape.items, value)
  if ('words' in shape) return checkWords(shape.words, value)
  if ('any' in shape) return checkAny(shape, value)
  if (!('number' in shape)) return checkObject(shape, value)
  const { number, minimum = -Infinity, maximum = Infinity } = shape
  if (!isKind(number, value)) return fault(`must be ${named(number)}`)
  if (Number(value) < minimum) return fault(`must be at least ${minimum}`)
  return Number(value) > maximum ? fault(`must be at most ${maximum}`) : undefined
}

/** The same where a shape may be unknown, in which any value lies. */
export const faultIn = (shape: Shape | undefined, value: unknown): Fault | undefined =>
  shape === undefined ? undefined : check(shape, value)
