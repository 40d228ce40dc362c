import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'

/** One value of a request's params that also stands in an HTTP header (2026-07-28, transports/streamable-http). */
export type Mirrored = {
  /** The header's whole name, such as `Mcp-Param-Region`. */
  readonly header: string
  /** The keys that lead to the value. */
  readonly path: readonly string[]
}

/** The keyword with which a tool's schema asks for a header. */
const keyword = 'x-mcp-header'

// The places where schemas stand. Everything else (`const`, `default`, `enum`, `examples`) is data, in which the
// keyword's name means nothing.
const single = ['additionalItems', 'additionalProperties', 'contains', 'contentSchema', 'else', 'if', 'items', 'not']
const more = ['propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties']
const listed = ['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']
const named = ['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties']

// The path is undefined off the chain of `properties`: there no value can be told to be the annotated one.
type Place = { readonly schema: JsonObject; readonly path: readonly string[] | undefined }

const off = (value: unknown): Place[] => (isObject(value) ? [{ schema: value, path: undefined }] : [])

const within = ({ schema, path }: Place): Place[] => [
  ...[...single, ...more].flatMap((key) => off(schema[key])),
  ...listed.flatMap((key) => (Array.isArray(schema[key]) ? schema[key].flatMap(off) : [])),
  ...named.flatMap((key) => {
    const schemas = schema[key]
    if (!isObject(schemas)) return []
    if (key !== 'properties' || path === undefined) return Object.values(schemas).flatMap(off)
    return Object.entries(schemas).flatMap(([name, inner]): Place[] =>
      isObject(inner) ? [{ schema: inner, path: [...path, name] }] : [],
    )
  }),
]

const primitives: readonly unknown[] = ['string', 'integer', 'boolean']

// A value that may also be null is still one value of one type: null has no header.
const isPrimitive = ({ type }: JsonObject): boolean => {
  const types: unknown[] = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null')
  return types.length === 1 && primitives.includes(types[0])
}

const read = ({ schema, path }: Place): Mirrored => {
  const name = schema[keyword]
  const where = path === undefined || path.length === 0 ? '' : ` at ${path.join('.')}`
  const fault = (message: string): TypeError => new TypeError(`${keyword}${where} ${message}`)
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw fault('must be a header name of RFC 9110')
  if (path === undefined || path.length === 0) {
    throw fault(`(${name}) must stand on a property that only properties lead to`)
  }
  if (!isPrimitive(schema)) throw fault(`(${name}) must stand on a string, an integer or a boolean`)
  return { header: `Mcp-Param-${name}`, path }
}

/**
 * The arguments that a tool's input schema wants to see in headers; each `path` starts at the arguments.
 *
 * @throws TypeError for an annotation that makes the whole tool invalid: an improper or repeated name, a value that is
 * no string, integer or boolean, or a place that more than `properties` leads to (X2)
 */
export const mirroredArguments = (inputSchema: JsonObject): readonly Mirrored[] => {
  const found = new Map<string, Mirrored>()
  const open: Place[] = [{ schema: inputSchema, path: [] }]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (Object.hasOwn(place.schema, keyword)) {
      const mirrored = read(place)
      const key = mirrored.header.toLowerCase()
      if (found.has(key)) throw new TypeError(`${keyword}: ${mirrored.header} is asked for twice`)
      found.set(key, mirrored)
    }
    open.push(...within(place).toReversed())
  }
  return [...found.values()]
}
