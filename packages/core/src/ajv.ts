import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Ajv } from 'ajv/dist/ajv.js'
import type { ErrorObject, FuncKeywordDefinition, Options } from 'ajv/dist/ajv.js'
import { canonical, isObject, type JsonObject } from './json.ts'
import { compilePattern, PATTERN_STEPS, type PatternBudget } from './pattern.ts'
import { checkBounds, type SchemaBounds } from './schema-bounds.ts'
import { dialectOf, type Dialect, type Issue, type SchemaValidator } from './validator.ts'

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/i

const isDate = (text: string): boolean => {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  // `Date` rolls 30 February over into March.
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
}

const isDateTime = (text: string): boolean =>
  /^[t ]$/i.test(text.charAt(10)) && isDate(text.slice(0, 10)) && TIME.test(text.slice(11))

const isEmail = (text: string): boolean => {
  const at = text.lastIndexOf('@')
  return at > 0 && at < text.length - 1 && text.length <= 320 && !/\s/.test(text)
}

// Other formats stay annotations, as 2020-12 has them by default.
const formats = {
  date: isDate,
  'date-time': isDateTime,
  email: isEmail,
  uri: (text: string): boolean => URL.canParse(text),
}

const optionsWith = (budget: PatternBudget): Options => ({
  strict: false,
  ownProperties: true,
  // Meta-schemas are not loaded: `checkBounds` and ajv's own compiler refuse what is malformed.
  meta: false,
  validateSchema: false,
  allErrors: false,
  logger: false,
  unicodeRegExp: true,
  formats,
  // `code` would name the engine in standalone output, which is never asked for.
  code: { regExp: Object.assign((pattern: string) => compilePattern(pattern, budget), { code: 'compilePattern' }) },
})

const MAKERS: Readonly<Record<Dialect, (options: Options) => Ajv>> = {
  '2020-12': (options) => new Ajv2020(options),
  '2019-09': (options) => new Ajv2019(options),
  'draft-07': (options) => new Ajv(options),
  'draft-06': (options) => new Ajv(options),
}

// ajv compares each item with each; by canonical text it is one pass.
const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must not hold an item twice' },
  validate: (wanted: boolean, items: unknown[]) => !wanted || new Set(items.map(canonical)).size === items.length,
}

/**
 * JSON Schema through ajv: the declared dialect, no network, bounded schemas, patterns in linear time.
 *
 * It compiles schemas to code, which some platforms forbid; give those an interpreting `SchemaValidator`. `format` is
 * asserted for `date`, `date-time`, `email` and `uri`, and an annotation otherwise. Patterns run in linear time, on a
 * budget of steps for each value; what is still open when it ends does not match. Every issue is about the first
 * fault found.
 */
export const ajvValidator = (bounds: SchemaBounds = {}): SchemaValidator => ({
  compile(schema) {
    checkBounds(schema, bounds)
    const budget = { left: PATTERN_STEPS }
    const validate = compiled(schema, budget)
    return (value) => {
      budget.left = PATTERN_STEPS
      try {
        return validate(value) ? [] : (validate.errors ?? []).slice(0, 1).map((error) => issueOf(error, value))
      } catch (error) {
        if (error instanceof RangeError) return [{ path: '', message: 'is nested too deeply to be checked' }]
        throw error
      }
    }
  },
})

// ajv leaves a property named __proto__ unchecked, whatever its schema says; under a pattern it does not.
const checkable = (schema: JsonObject): JsonObject => {
  const text = JSON.stringify(schema)
  if (!text.includes('"__proto__"')) return schema
  return JSON.parse(text, (_key, value: unknown) => {
    if (!isObject(value) || !isObject(value['properties']) || !Object.hasOwn(value['properties'], '__proto__'))
      return value
    const { ['__proto__']: hidden, ...properties } = value['properties']
    const patterns = isObject(value['patternProperties']) ? value['patternProperties'] : {}
    return { ...value, properties, patternProperties: { ...patterns, '^__proto__$': hidden } }
  }) as JsonObject
}

const compiled = (schema: JsonObject, budget: PatternBudget): ReturnType<Ajv['compile']> => {
  try {
    // An instance for each: identifiers inside one schema would otherwise be visible to, and clash with, the next.
    const ajv = MAKERS[dialectOf(schema)](optionsWith(budget))
    return ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems).compile(checkable(schema))
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new TypeError('JSON Schema too large to be compiled; split it up.', { cause })
    throw new TypeError(`Invalid JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

const issueOf = (error: ErrorObject, root: unknown): Issue => {
  const segments = error.instancePath
    .split('/')
    .slice(1)
    .map((raw) => raw.replaceAll('~1', '/').replaceAll('~0', '~'))
  const { keyword, params } = error
  const { missingProperty, additionalProperty, unevaluatedProperty, allowedValues, allowedValue, type } = params
  if (keyword === 'required') return { path: pathOf([...segments, String(missingProperty)]), message: 'required' }
  const path = pathOf(segments)
  if (additionalProperty !== undefined || unevaluatedProperty !== undefined) {
    return {
      path: pathOf([...segments, String(additionalProperty ?? unevaluatedProperty)]),
      message: 'not expected here',
    }
  }
  if (keyword === 'type') {
    return { path, message: `expected ${[type].flat().join(' or ')}, received ${typeName(valueAt(root, segments))}` }
  }
  if (Array.isArray(allowedValues)) return { path, message: `expected one of ${listed(allowedValues)}` }
  if (keyword === 'const') return { path, message: `expected ${JSON.stringify(allowedValue)}` }
  return { path, message: error.message ?? `does not satisfy ${keyword}` }
}

const listed = (values: readonly unknown[]): string =>
  values
    .slice(0, 20)
    .map((value) => JSON.stringify(value))
    .join(', ') + (values.length > 20 ? ', …' : '')

const pathOf = (segments: readonly string[]): string =>
  segments.reduce(
    (path, segment) => (/^\d+$/.test(segment) ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`),
    '',
  )

const valueAt = (root: unknown, segments: readonly string[]): unknown =>
  segments.reduce(
    (value: unknown, key) => (Array.isArray(value) || isObject(value) ? Reflect.get(value, key) : undefined),
    root,
  )

const typeName = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
