import { isObject, type JsonObject } from './json.ts'
import type { FromJsonSchema, JsonSchema } from './json-schema.ts'
import { checkBounds } from './schema-bounds.ts'
import type { SchemaBounds } from './schema-bounds.ts'
import type { Issue, SchemaValidator } from './validator.ts'

export type { Issue } from './validator.ts'

/** Which side of a schema is meant: what it takes, or what it makes of that. */
export type Direction = 'input' | 'output'

/** A schema of any library that follows Standard Schema V1 (standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardProperties<Input, Output>
}

/** What a Standard Schema carries under `~standard`. */
export interface StandardProperties<Input, Output> {
  readonly version: 1
  readonly vendor: string
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
  readonly types?: { readonly input: Input; readonly output: Output } | undefined
  /** The Standard JSON Schema trait, where the library has it. */
  readonly jsonSchema?: StandardJsonSchema | undefined
}

/** The trait by which a Standard Schema writes itself as JSON Schema. */
export interface StandardJsonSchema {
  readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>
  readonly output: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>
}

/** What a Standard Schema answers. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One complaint of a Standard Schema. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** A user's schema: any Standard Schema (zod, valibot, arktype, …) or plain JSON Schema. */
export type Schema = StandardSchema | JsonSchema

/** The type of the values that a schema accepts. */
export type InferInput<S extends Schema> = S extends StandardSchema
  ? NonNullable<S['~standard']['types']>['input']
  : FromJsonSchema<S>

/** The type of the values that a schema hands on: defaults filled in, transformations done. */
export type InferOutput<S extends Schema> = S extends StandardSchema
  ? NonNullable<S['~standard']['types']>['output']
  : FromJsonSchema<S>

/** What came of checking a value. `value` is what the schema made of it. */
export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** Checks a value against one schema; a promise only where the schema is asynchronous or its validator is still loading. */
export type Check = (value: unknown) => Checked | Promise<Checked>

/** Turns a Standard Schema without the JSON Schema trait into JSON Schema. */
export type SchemaConverter = (schema: StandardSchema, io: Direction) => JsonObject

const isStandard = (schema: Schema): schema is StandardSchema => schema['~standard'] !== undefined

/**
 * A schema as JSON Schema, for the side `io`. Plain JSON Schema comes back as it is.
 *
 * The schema's own trait comes first; `convert` serves those without one, and those whose trait fails.
 * @throws TypeError when neither yields an object
 */
export const toJsonSchema = (schema: Schema, io: Direction, convert?: SchemaConverter): JsonObject => {
  if (!isStandard(schema)) return schema
  const { vendor, jsonSchema } = schema['~standard']
  if (jsonSchema === undefined && convert === undefined) {
    throw new TypeError(
      `This ${vendor} schema does not convert itself to JSON Schema. Use a version of ${vendor} with the Standard JSON ` +
        'Schema trait (for valibot: toStandardJsonSchema of @valibot/to-json-schema), or give a converter.',
    )
  }
  try {
    if (jsonSchema !== undefined) return written(vendor, jsonSchema[io]({ target: 'draft-2020-12' }))
  } catch (error) {
    if (convert === undefined) throw inexpressible(vendor, io, error)
  }
  try {
    return written(vendor, convert?.(schema, io))
  } catch (error) {
    throw inexpressible(vendor, io, error)
  }
}

const written = (vendor: string, result: unknown): JsonObject => {
  if (!isObject(result)) throw new TypeError(`the converter for ${vendor} returned no object`)
  return result
}

const inexpressible = (vendor: string, io: Direction, cause: unknown): TypeError =>
  new TypeError(
    `The ${io} of this ${vendor} schema has no form in JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )

/** How a schema is turned into a check. */
export type CompileOptions = {
  /**
   * What interprets JSON Schema.
   * @default ajv, loaded when the first value is checked against a JSON Schema
   */
  validator?: SchemaValidator | undefined
  /** How large a JSON Schema may be. @default 64 levels, 10_000 subschemas */
  bounds?: SchemaBounds | undefined
}

/**
 * Makes a schema into a check. A Standard Schema may transform the value; JSON Schema never does, defaults included.
 *
 * A check that stays synchronous for a Standard Schema answers without a promise. With JSON Schema and no `validator`,
 * checks return promises until ajv is loaded; if it finds the schema faulty, they reject with a `TypeError`.
 * @throws TypeError at once for a JSON Schema of an unknown dialect, with an outside reference, or out of bounds
 */
export const compile = (schema: Schema, options: CompileOptions = {}): Check => {
  if (isStandard(schema)) return (value) => checkStandard(schema, value)
  checkBounds(schema, options.bounds)
  const { validator } = options
  if (validator !== undefined) return plain(validator.compile(schema))
  let check: ((value: unknown) => Checked) | undefined
  return (value) => {
    if (check !== undefined) return check(value)
    return lazyAjv().then((ajv) => {
      check ??= plain(ajv.compile(schema))
      return check(value)
    })
  }
}

/**
 * Makes a schema into a check that looks at a JSON Schema no sooner than the first value comes.
 *
 * For schemas that somebody else chose: most are never used, and what is made of them is loaded with the first that is.
 * Checks of JSON Schema return promises until then, and reject with a `TypeError` where `compile` would throw it.
 */
export const compileLater = (schema: Schema, options: CompileOptions = {}): Check => {
  if (isStandard(schema)) return (value) => checkStandard(schema, value)
  let check: ((value: unknown) => Checked) | undefined
  const made = async (): Promise<(value: unknown) => Checked> => {
    const { checkBounds: refuse } = await import('./bounds.ts')
    refuse(schema, options.bounds)
    return plain((options.validator ?? (await lazyAjv())).compile(schema))
  }
  return (value) => {
    if (check !== undefined) return check(value)
    return made().then((ready) => (check ??= ready)(value))
  }
}

let loading: Promise<SchemaValidator> | undefined

// ajv is most of what the whole package weighs; most servers never need it.
const lazyAjv = (): Promise<SchemaValidator> => {
  loading ??= import('./ajv.ts').then(
    ({ ajvValidator }) => ajvValidator(),
    (cause: unknown) => {
      loading = undefined
      throw new TypeError('JSON Schema needs the package ajv, or a validator of your own in the options.', { cause })
    },
  )
  return loading
}

/**
 * Starts loading what interprets JSON Schema, for whoever will need it soon: it takes tens of milliseconds that a first
 * check would wait for. Does nothing for a Standard Schema.
 */
export const preload = (schema: Schema): void => {
  // Whoever checks hears of a failure.
  if (!isStandard(schema)) lazyAjv().catch(() => undefined)
}

const plain =
  (validate: (value: unknown) => readonly Issue[]) =>
  (value: unknown): Checked => {
    const issues = validate(value)
    return issues.length === 0 ? { ok: true, value } : { ok: false, issues }
  }

const checkStandard = (schema: StandardSchema, value: unknown): Checked | Promise<Checked> => {
  const result = schema['~standard'].validate(value)
  return result instanceof Promise ? result.then(settle) : settle(result)
}

const settle = (result: StandardResult<unknown>): Checked =>
  result.issues === undefined
    ? { ok: true, value: result.value }
    : { ok: false, issues: result.issues.map(({ message, path }) => ({ path: pathOf(path ?? []), message })) }

const pathOf = (path: NonNullable<StandardIssue['path']>): string => {
  let text = ''
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment
    text += typeof key === 'number' ? `[${key}]` : text === '' ? String(key) : `.${String(key)}`
  }
  return text
}

const LISTED = 10

/** Issues as one sentence that names the fields, for a model or a person: `a: expected number; b: required`. */
export const describeIssues = (issues: readonly Issue[]): string => {
  const listed = issues.slice(0, LISTED).map(({ path, message }) =>
    // Some libraries name the field themselves.
    path === '' || message.startsWith(`${path} `) ? message : `${path}: ${message}`,
  )
  if (issues.length > LISTED) listed.push(`and ${issues.length - LISTED} more`)
  return listed.join('; ')
}
