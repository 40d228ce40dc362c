import { isObject, parseJson, type JsonObject } from './json.ts'
import type { Check, Checked } from './schema.ts'

/**
 * Checks a call's arguments, and forgives a host that sent values as JSON text.
 *
 * Only when the schema refuses the raw arguments, top-level strings whose declared schema takes no string are parsed,
 * and the result is used if the schema accepts it. Otherwise the issues are those of the raw arguments. Synchronous
 * where `check` is.
 */
export const checkArguments = (check: Check, jsonSchema: JsonObject, args: JsonObject): Checked | Promise<Checked> => {
  const first = check(args)
  return first instanceof Promise
    ? first.then((checked) => secondTry(check, jsonSchema, args, checked))
    : secondTry(check, jsonSchema, args, first)
}

const secondTry = (
  check: Check,
  jsonSchema: JsonObject,
  args: JsonObject,
  first: Checked,
): Checked | Promise<Checked> => {
  if (first.ok) return first
  const repaired = parseStringified(jsonSchema, args)
  if (repaired === undefined) return first
  const second = check(repaired)
  const choose = (checked: Checked): Checked => (checked.ok ? checked : first)
  return second instanceof Promise ? second.then(choose) : choose(second)
}

const parseStringified = (jsonSchema: JsonObject, args: JsonObject): JsonObject | undefined => {
  const { properties } = jsonSchema
  if (!isObject(properties)) return undefined
  let found = false
  const members = Object.entries(args).map(([name, value]): [string, unknown] => {
    if (typeof value !== 'string' || !Object.hasOwn(properties, name)) return [name, value]
    if (takesString(properties[name], jsonSchema, 0)) return [name, value]
    const parsed = parseText(value)
    if (parsed === undefined) return [name, value]
    found = true
    return [name, parsed]
  })
  // `fromEntries` defines members, where assignment would set the prototype for one named `__proto__`.
  return found ? Object.fromEntries(members) : undefined
}

const parseText = (text: string): unknown => {
  if (!/^\s*[[{tfn\d-]/.test(text)) return undefined
  try {
    const value = parseJson(text)
    // A number that JavaScript cannot hold exactly would reach the tool as another number.
    const inexact =
      typeof value === 'number' && (Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value))
    return inexact ? undefined : value
  } catch {
    return undefined
  }
}

const REFERENCES = 8

// In doubt, yes: a parameter that might want text is never touched.
const takesString = (schema: unknown, root: JsonObject, depth: number): boolean => {
  if (!isObject(schema) || depth > REFERENCES) return schema !== false
  const { type, enum: values, anyOf, oneOf, allOf, $ref } = schema
  const takes = (each: unknown): boolean => takesString(each, root, depth + 1)
  if (type !== undefined && ![type].flat().includes('string')) return false
  if ('const' in schema && typeof schema.const !== 'string') return false
  if (Array.isArray(values) && !values.some((value) => typeof value === 'string')) return false
  if (Array.isArray(anyOf) && !anyOf.some(takes)) return false
  if (Array.isArray(oneOf) && !oneOf.some(takes)) return false
  if (Array.isArray(allOf) && !allOf.every(takes)) return false
  return typeof $ref !== 'string' || takes(referenced($ref, root))
}

const referenced = ($ref: string, root: JsonObject): unknown => {
  const [, group, name] = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec($ref) ?? []
  if (group === undefined || name === undefined) return true
  const defs = root[group]
  return isObject(defs) && Object.hasOwn(defs, name) ? defs[name] : true
}
