import { checkArguments, compile, isObject } from '@parley/core'
import type {
  Check,
  Checked,
  Direction,
  InferOutput,
  JsonObject,
  PromptArgument,
  Schema,
  StandardSchema,
} from '@parley/core'
import type { FeatureHost } from './feature.ts'
import { listedSchema } from './listed-schema.ts'

/** A prompt's arguments: a schema of an object, or a schema for each by name. */
export type ArgumentSchemas = Schema | { readonly [name: string]: StandardSchema }

/** The values of a prompt's arguments, as its schemas make them. */
export type ArgumentValues<A> = A extends StandardSchema
  ? InferOutput<A>
  : A extends { readonly [name: string]: StandardSchema }
    ? { [Name in keyof A]: InferOutput<A[Name]> }
    : A extends Schema
      ? InferOutput<A>
      : object

/** What a prompt's schemas come to. */
export type Arguments = {
  readonly listed: PromptArgument[]
  readonly properties: JsonObject
  /** Values are strings on the wire (P2); what takes no string is read from its JSON text. */
  readonly check: (args: JsonObject) => Checked | Promise<Checked>
}

/**
 * Reads a prompt's schemas.
 * @throws TypeError for arguments that are no object, and for schemas that have no form in JSON Schema
 */
export const argumentsOf = (schemas: ArgumentSchemas | undefined, host: FeatureHost): Arguments => {
  if (schemas === undefined) return { listed: [], properties: {}, check: () => ({ ok: true, value: {} }) }
  const { json, check } = isByName(schemas) ? byName(schemas, host) : whole(schemas, host)
  const properties = isObject(json['properties']) ? json['properties'] : {}
  const required: unknown[] = Array.isArray(json['required']) ? json['required'] : []
  const listed = Object.entries(properties).map(([name, schema]): PromptArgument => {
    const { title, description } = isObject(schema) ? schema : {}
    return {
      name,
      ...(typeof title === 'string' && { title }),
      ...(typeof description === 'string' && { description }),
      required: required.includes(name),
    }
  })
  return { listed, properties, check: (args) => checkArguments(check, json, args) }
}

type Read = { json: JsonObject; check: Check }

const whole = (schema: Schema, host: FeatureHost): Read => {
  const json = listedSchema(schema, 'input', host)
  if (json['type'] !== 'object')
    throw new TypeError('The args of a prompt must be an object: "type": "object" at the root')
  return { json, check: compile(schema, { validator: host.validator }) }
}

const isByName = (schemas: ArgumentSchemas): schemas is { readonly [name: string]: StandardSchema } => {
  const each: unknown[] = '~standard' in schemas ? [] : Object.values(schemas)
  return (
    each.length > 0 &&
    each.every((schema) =>
      typeof schema === 'object' || typeof schema === 'function' ? schema !== null && '~standard' in schema : false,
    )
  )
}

const byName = (schemas: { readonly [name: string]: StandardSchema }, host: FeatureHost): Read => {
  const checks = Object.entries(schemas).map(([name, schema]): [string, Check] => [name, compile(schema)])
  const written = (io: Direction): JsonObject =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, listedSchema(schema, io, host)]))
  const required = checks.flatMap(([name, check]) => (takesNothing(check) ? [] : [name]))
  return {
    json: { type: 'object', properties: written('input'), required },
    check: async (args) =>
      joined(await Promise.all(checks.map(async ([name, check]) => [name, await check(ownOf(args, name))]))),
  }
}

const ownOf = (args: unknown, name: string): unknown =>
  isObject(args) && Object.hasOwn(args, name) ? args[name] : undefined

const takesNothing = (check: Check): boolean => {
  const checked = check(undefined)
  // What answers later is taken for required: a list cannot wait for it.
  if (!(checked instanceof Promise)) return checked.ok
  checked.catch(() => undefined)
  return false
}

const joined = (each: readonly [string, Checked][]): Checked => {
  const issues = each.flatMap(([name, checked]) =>
    checked.ok ? [] : checked.issues.map(({ path, message }) => ({ path: joinPath(name, path), message })),
  )
  if (issues.length > 0) return { ok: false, issues }
  const values = each.flatMap(([name, checked]) =>
    checked.ok && checked.value !== undefined ? [[name, checked.value]] : [],
  )
  return { ok: true, value: Object.fromEntries(values) }
}

const joinPath = (name: string, path: string): string =>
  path === '' || path.startsWith('[') ? `${name}${path}` : `${name}.${path}`
