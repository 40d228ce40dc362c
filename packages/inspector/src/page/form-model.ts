import type { Json, JsonObject } from '@parley/core'
import { isObject } from './json.ts'

/** One of several values, with the words it is shown by. */
export type Option = { readonly value: Json; readonly label: string }

/** What every field of a form has. */
export type FieldFacts = {
  readonly title?: string
  readonly description?: string
  readonly initial?: Json
  /** Whether null may be given, too. */
  readonly isNullable?: boolean
}

/** The part of a field that depends on what it takes. `json` is for what no form fits. */
export type FieldKind =
  | { readonly kind: 'text'; readonly format?: string; readonly least?: number; readonly most?: number }
  | { readonly kind: 'number'; readonly isInteger: boolean; readonly least?: number; readonly most?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly Option[] }
  | { readonly kind: 'choices'; readonly options: readonly Option[]; readonly least?: number; readonly most?: number }
  | { readonly kind: 'list'; readonly item: Field; readonly least?: number; readonly most?: number }
  | { readonly kind: 'group'; readonly members: readonly Member[] }
  | { readonly kind: 'json' }

/** One field of a form, as its schema describes it. */
export type Field = FieldFacts & FieldKind
/** A field with its name in an object. */
export type Member = { readonly name: string; readonly isRequired: boolean; readonly field: Field }

// A schema may refer to itself for ever.
const deepest = 8
const mostMembers = 500

const textIn = (schema: JsonObject, key: string): string | undefined => {
  const value = schema[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const countIn = (schema: JsonObject, ...keys: string[]): number | undefined => {
  const value = keys.map((key) => schema[key]).find((each) => typeof each === 'number')
  return typeof value === 'number' ? value : undefined
}

const bounds = (least: number | undefined, most: number | undefined): { least?: number; most?: number } => ({
  ...(least === undefined ? {} : { least }),
  ...(most === undefined ? {} : { most }),
})

/** Follows a reference within the same document; any other leads nowhere. */
const referred = (root: JsonObject, reference: string): unknown => {
  if (!reference.startsWith('#')) return undefined
  let at: unknown = root
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

const resolve = (schema: unknown, root: JsonObject): JsonObject => {
  let at: unknown = schema
  for (let steps = 0; steps < deepest && isObject(at); steps++) {
    const { $ref, ...beside } = at
    if (typeof $ref !== 'string') return at
    const target = referred(root, $ref)
    at = isObject(target) ? { ...target, ...beside } : beside
  }
  return isObject(at) ? at : {}
}

const isNull = (schema: JsonObject): boolean => schema['type'] === 'null' || schema['const'] === null

/** Takes null out of what a schema allows. */
const withoutNull = (schema: JsonObject, root: JsonObject): { rest: JsonObject; isNullable: boolean } => {
  const { type } = schema
  if (Array.isArray(type) && type.includes('null')) {
    const types = type.filter((each) => each !== 'null')
    return { rest: { ...schema, type: types.length === 1 ? types[0] : types }, isNullable: true }
  }
  for (const key of ['anyOf', 'oneOf']) {
    const union = schema[key]
    if (!Array.isArray(union)) continue
    const arms = union.map((arm) => resolve(arm, root))
    const others = arms.filter((arm) => !isNull(arm))
    if (others.length === arms.length) continue
    const { [key]: _, ...beside } = schema
    const rest = others.length === 1 ? { ...others[0], ...beside } : { ...beside, [key]: others }
    return { rest, isNullable: true }
  }
  return { rest: schema, isNullable: schema['nullable'] === true }
}

const labelOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

// What came as JSON is JSON.
const isJson = (value: unknown): value is Json => value !== undefined

const optionsOf = (schema: JsonObject): readonly Option[] | undefined => {
  const { enum: values, enumNames: names, const: only } = schema
  if (isJson(only)) return [{ value: only, label: textIn(schema, 'title') ?? labelOf(only) }]
  if (Array.isArray(values)) {
    const titles: unknown[] = Array.isArray(names) ? names : []
    return values.filter(isJson).map((value, at) => {
      const title = titles[at]
      return { value, label: typeof title === 'string' ? title : labelOf(value) }
    })
  }
  const arms = schema['oneOf'] ?? schema['anyOf']
  if (!Array.isArray(arms) || arms.length === 0) return undefined
  const options = arms.flatMap((arm) => {
    const value = isObject(arm) ? arm['const'] : undefined
    return isObject(arm) && isJson(value) ? [{ value, label: textIn(arm, 'title') ?? labelOf(value) }] : []
  })
  return options.length === arms.length ? options : undefined
}

const membersOf = (schema: JsonObject, root: JsonObject, depth: number): readonly Member[] => {
  const { properties } = schema
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  if (!isObject(properties)) return []
  return Object.entries(properties)
    .slice(0, mostMembers)
    .map(([name, each]) => ({
      name,
      isRequired: required.includes(name),
      field: fieldAt(each, root, depth + 1),
    }))
}

const listKind = (schema: JsonObject, root: JsonObject, depth: number): FieldKind => {
  const { items } = schema
  const within = bounds(countIn(schema, 'minItems'), countIn(schema, 'maxItems'))
  if (!isObject(items)) return { kind: 'json' }
  const options = optionsOf(resolve(items, root))
  if (options !== undefined) return { kind: 'choices', options, ...within }
  return { kind: 'list', item: fieldAt(items, root, depth + 1), ...within }
}

const groupKind = (schema: JsonObject, root: JsonObject, depth: number): FieldKind => {
  const members = membersOf(schema, root, depth)
  // An object whose names are the caller's own is written by hand.
  return members.length === 0 && depth > 0 ? { kind: 'json' } : { kind: 'group', members }
}

const numberKind = (schema: JsonObject): FieldKind => ({
  kind: 'number',
  isInteger: schema['type'] === 'integer',
  ...bounds(countIn(schema, 'minimum', 'exclusiveMinimum'), countIn(schema, 'maximum', 'exclusiveMaximum')),
})

const textKind = (schema: JsonObject): FieldKind => {
  const format = textIn(schema, 'format')
  const within = bounds(countIn(schema, 'minLength'), countIn(schema, 'maxLength'))
  return { kind: 'text', ...(format === undefined ? {} : { format }), ...within }
}

const kindOf = (schema: JsonObject, root: JsonObject, depth: number): FieldKind => {
  const options = optionsOf(schema)
  if (options !== undefined) return { kind: 'choice', options }
  switch (schema['type']) {
    case 'string':
      return textKind(schema)
    case 'number':
    case 'integer':
      return numberKind(schema)
    case 'boolean':
      return { kind: 'boolean' }
    case 'array':
      return listKind(schema, root, depth)
    case 'object':
      return groupKind(schema, root, depth)
    default:
      return isObject(schema['properties']) ? groupKind(schema, root, depth) : { kind: 'json' }
  }
}

const fieldAt = (given: unknown, root: JsonObject, depth: number): Field => {
  if (depth > deepest) return { kind: 'json' }
  const resolved = resolve(given, root)
  const parts: unknown[] = Array.isArray(resolved['allOf']) ? resolved['allOf'] : []
  const merged = parts.length === 1 ? { ...resolve(parts[0], root), ...resolved } : resolved
  const { rest, isNullable } = withoutNull(merged, root)
  const [title, description] = [textIn(rest, 'title'), textIn(rest, 'description')]
  const initial = rest['default']
  return {
    ...kindOf(rest, root, depth),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(isJson(initial) ? { initial } : {}),
    ...(isNullable ? { isNullable } : {}),
  }
}

/** The form that fills in a JSON Schema. Never throws: what fits no form is written as JSON. */
export const fieldOf = (schema: JsonObject): Field => fieldAt(schema, schema, 0)
