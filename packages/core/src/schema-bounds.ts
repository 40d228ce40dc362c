import { isObject, type JsonObject } from './json.ts'
import { dialectOf } from './validator.ts'

/** How large a JSON Schema may be. */
export type SchemaBounds = {
  /**
   * Levels of schemas within schemas.
   * @default 64
   */
  depth?: number
  /**
   * Subschemas in all.
   * @default 10000
   */
  subschemas?: number
}

const TYPES: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'null', 'object', 'array'])

type Place = 'one' | 'list' | 'map'

/** Where schemas stand within a schema. Everything else (`const`, `default`, `enum`, `examples`) is data. */
const PLACES: ReadonlyMap<string, readonly Place[]> = new Map<string, readonly Place[]>([
  ...['additionalItems', 'additionalProperties', 'contains', 'contentSchema', 'else', 'if', 'not'].map(one),
  ...['propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties'].map(one),
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword): [string, Place[]] => [keyword, ['list']]),
  ...['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'].map(
    (keyword): [string, Place[]] => [keyword, ['map']],
  ),
  ['items', ['one', 'list']],
])

function one(keyword: string): [string, Place[]] {
  return [keyword, ['one']]
}

const IN_PLACE: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'dependencies',
  'dependentSchemas',
  'else',
  'if',
  'not',
  'oneOf',
  'then',
])

type Visit = { schema: JsonObject; depth: number; base: string; path: string }
type Reference = { from: JsonObject; target: string; base: string; path: string }
type Survey = {
  readonly documents: Map<string, JsonObject>
  readonly anchors: Map<string, JsonObject>
  readonly references: Reference[]
  /** Every subschema, with those that judge the same value as itself. */
  readonly seen: Map<unknown, JsonObject[]>
}

/** A base for schemas that name none, so that relative identifiers still resolve. */
const NOWHERE = 'schema://local/'

/**
 * Refuses a JSON Schema that is malformed, too large, of an unknown dialect, or that refers outside itself.
 *
 * It visits the places where schemas stand and nothing else, without recursion. Nothing is ever fetched
 * (2026-07-28, basic/index#json-schema-usage).
 * @throws TypeError that says where the fault is and what to do
 */
export const checkBounds = (schema: JsonObject, bounds: SchemaBounds = {}): void => {
  const { depth: deepest = 64, subschemas = 10_000 } = bounds
  dialectOf(schema)
  const survey: Survey = {
    documents: new Map([[NOWHERE, schema]]),
    anchors: new Map(),
    references: [],
    seen: new Map(),
  }
  const open: Visit[] = [{ schema, depth: 1, base: NOWHERE, path: '#' }]
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    if (survey.seen.has(visit.schema)) continue
    const sameValue: JsonObject[] = []
    survey.seen.set(visit.schema, sameValue)
    if (survey.seen.size > subschemas)
      throw new TypeError(`JSON Schema with more than ${subschemas} subschemas; split it up.`)
    if (visit.depth > deepest)
      throw new TypeError(`JSON Schema nested deeper than ${deepest} levels at ${visit.path}; use $defs.`)
    checkShape(visit)
    const base = note(visit, survey)
    for (const [child, path, keyword] of childrenOf(visit)) {
      if (IN_PLACE.has(keyword)) sameValue.push(child)
      open.push({ schema: child, depth: visit.depth + 1, base, path })
    }
  }
  for (const reference of survey.references) link(reference, survey)
  checkEffort(survey)
}

const fault = (path: string, message: string): TypeError => new TypeError(`JSON Schema at ${path}: ${message}`)

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')

// ajv ignores some of these faults and would report the others only when the first value arrives.
const checkShape = ({ schema, path }: Visit): void => {
  const { type, required, enum: values, pattern } = schema
  if (type !== undefined && ![type].flat().every((name) => TYPES.has(name))) {
    throw fault(path, `type ${JSON.stringify(type)} is none of ${[...TYPES].join(', ')}`)
  }
  if (required !== undefined && !isStrings(required)) throw fault(path, 'required must be a list of names')
  if (values !== undefined && !Array.isArray(values)) throw fault(path, 'enum must be a list')
  if (pattern !== undefined && typeof pattern !== 'string') throw fault(path, 'pattern must be a string')
}

/** Records what a subschema is called and what it refers to; returns the base that its children resolve against. */
const note = ({ schema, base, path }: Visit, survey: Survey): string => {
  const { $id, $anchor, $dynamicAnchor, $ref, $dynamicRef, $recursiveRef } = schema
  const own = typeof $id === 'string' ? resolve($id, base, path) : base
  // Before 2019-09 an anchor was written as an identifier.
  const [document = own, fragment] = own.split('#')
  if (typeof $id === 'string') {
    if (fragment) survey.anchors.set(own, schema)
    else survey.documents.set(document, schema)
  }
  for (const anchor of [$anchor, $dynamicAnchor]) {
    if (typeof anchor === 'string') survey.anchors.set(`${document}#${anchor}`, schema)
  }
  for (const target of [$ref, $dynamicRef, $recursiveRef]) {
    if (typeof target === 'string') survey.references.push({ from: schema, target, base: document, path })
    else if (target !== undefined) throw fault(path, 'a reference must be a string')
  }
  return document
}

const resolve = (reference: string, base: string, path: string): string => {
  try {
    return new URL(reference, base).href
  } catch {
    throw fault(path, `${JSON.stringify(reference)} is no URI reference`)
  }
}

function* childrenOf({ schema, path }: Visit): Generator<[JsonObject, string, string]> {
  for (const [keyword, value] of Object.entries(schema)) {
    const places = keyword === 'dependencies' ? dependencies(value) : PLACES.get(keyword)
    if (places === undefined) continue
    const here = `${path}/${keyword}`
    if (Array.isArray(value) && places.includes('list')) {
      for (const [index, item] of value.entries()) yield* subschema(item, `${here}/${index}`, keyword)
    } else if (places.includes('map')) {
      if (!isObject(value)) throw fault(here, 'must be an object of schemas')
      for (const [name, item] of Object.entries(value)) {
        if (keyword !== 'dependencies' || !Array.isArray(item)) yield* subschema(item, `${here}/${name}`, keyword)
      }
    } else if (places.includes('one')) yield* subschema(value, here, keyword)
    else throw fault(here, 'must be a list of schemas')
  }
}

const dependencies = (value: unknown): readonly Place[] | undefined => (isObject(value) ? ['map'] : undefined)

function* subschema(value: unknown, path: string, keyword: string): Generator<[JsonObject, string, string]> {
  if (isObject(value)) yield [value, path, keyword]
  else if (typeof value !== 'boolean') throw fault(path, 'must be a schema: an object, true or false')
}

const link = ({ from, target, base, path }: Reference, { documents, anchors, seen }: Survey): void => {
  const resolved = resolve(target, base, path)
  const [document = '', fragment = ''] = resolved.split('#')
  const root = documents.get(document)
  if (root === undefined) {
    throw fault(
      path,
      `the reference ${JSON.stringify(target)} leads outside this schema and is never fetched; use $defs`,
    )
  }
  const found = fragment === '' ? root : fragment.startsWith('/') ? follow(root, fragment) : anchors.get(resolved)
  const edges = seen.get(found)
  if (edges === undefined && typeof found !== 'boolean') {
    throw fault(path, `the reference ${JSON.stringify(target)} leads to no schema in this one`)
  }
  if (isObject(found)) seen.get(from)?.push(found)
}

const follow = (root: unknown, fragment: string): unknown => {
  let value = root
  for (const raw of decode(fragment).slice(1).split('/')) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const EFFORT = 10_000

/**
 * Counts how often subschemas can be applied to one value. A few references, each used twice by the next, double the
 * work at every step; one that leads back to itself never ends.
 */
const checkEffort = ({ seen }: Survey): void => {
  const effort = new Map<unknown, number>()
  const open: unknown[] = [...seen.keys()]
  for (let schema = open.at(-1); schema !== undefined; schema = open.at(-1)) {
    const known = effort.get(schema)
    const next = seen.get(schema) ?? []
    if (known === undefined) {
      effort.set(schema, PENDING)
      for (const each of next) {
        if (effort.get(each) === PENDING)
          throw new TypeError('JSON Schema: a reference leads back to itself without end.')
        if (!effort.has(each)) open.push(each)
      }
      continue
    }
    open.pop()
    if (known !== PENDING) continue
    const sum = next.reduce((total, each) => total + (effort.get(each) ?? 0), 1)
    if (sum > EFFORT) throw new TypeError(`JSON Schema: its references apply more than ${EFFORT} schemas to one value.`)
    effort.set(schema, sum)
  }
}

const PENDING = -1
