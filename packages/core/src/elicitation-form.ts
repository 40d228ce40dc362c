import type { Issue } from './schema.ts'
import { isObject } from './json.ts'
import type { JsonObject } from './json.ts'
import type { PrimitiveSchema, RequestedSchema } from './model/index.ts'

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text))
const isEmail = (text: string): boolean => {
  const at = text.lastIndexOf('@')
  return at > 0 && at < text.length - 1 && !/\s/.test(text)
}
const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['date-time', isDateTime],
  ['email', isEmail],
  ['uri', (text) => URL.canParse(text)],
])

const choicesOf = (field: JsonObject): readonly unknown[] | undefined => {
  if (Array.isArray(field['enum'])) return field['enum']
  const titled = field['oneOf'] ?? field['anyOf']
  return Array.isArray(titled) ? titled.map((option) => (isObject(option) ? option['const'] : undefined)) : undefined
}

const checkString = (field: JsonObject, value: unknown): string | undefined => {
  if (typeof value !== 'string') return 'must be a string'
  const choices = choicesOf(field)
  if (choices !== undefined && !choices.includes(value)) return `must be one of ${choices.join(', ')}`
  const { minLength, maxLength, format } = field
  if (typeof minLength === 'number' && [...value].length < minLength)
    return `must have at least ${minLength} characters`
  if (typeof maxLength === 'number' && [...value].length > maxLength) return `must have at most ${maxLength} characters`
  const fits = typeof format === 'string' ? formats.get(format) : undefined
  return fits === undefined || fits(value) ? undefined : `must be a ${String(format)}`
}

const checkNumber = (field: JsonObject, value: unknown): string | undefined => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  if (field['type'] === 'integer' && !Number.isInteger(value)) return 'must be an integer'
  const { minimum, maximum } = field
  if (typeof minimum === 'number' && value < minimum) return `must be at least ${minimum}`
  if (typeof maximum === 'number' && value > maximum) return `must be at most ${maximum}`
  return undefined
}

const checkArray = (field: JsonObject, value: unknown): string | undefined => {
  if (!Array.isArray(value)) return 'must be a list'
  const items = isObject(field['items']) ? field['items'] : {}
  const choices = choicesOf(items)
  const stray = value.find((item) => typeof item !== 'string' || (choices !== undefined && !choices.includes(item)))
  if (stray !== undefined) return `must hold only ${choices?.join(', ') ?? 'strings'}`
  const { minItems, maxItems } = field
  if (typeof minItems === 'number' && value.length < minItems) return `must hold at least ${minItems} items`
  if (typeof maxItems === 'number' && value.length > maxItems) return `must hold at most ${maxItems} items`
  return undefined
}

const checkField = (field: PrimitiveSchema, value: unknown): string | undefined => {
  switch (field.type) {
    case 'string':
      return checkString(field, value)
    case 'number':
    case 'integer':
      return checkNumber(field, value)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    default:
      return checkArray(field, value)
  }
}

/**
 * Checks what a form was filled in with against the form (client/elicitation#requested-schema).
 *
 * Returns what is wrong, field by field; empty when all is well. Fields that the form does not have are ignored.
 */
export const checkElicitContent = (schema: RequestedSchema, content: JsonObject): Issue[] => {
  const issues: Issue[] = []
  const required = new Set(schema.required)
  for (const [name, field] of Object.entries(schema.properties)) {
    const value = Object.hasOwn(content, name) ? content[name] : undefined
    if (value === undefined) {
      if (required.has(name)) issues.push({ path: name, message: 'is required' })
      continue
    }
    const message = checkField(field, value)
    if (message !== undefined) issues.push({ path: name, message })
  }
  return issues
}

const primitiveTypes = new Set(['string', 'number', 'integer', 'boolean'])

const isPrimitive = (field: unknown): boolean => {
  if (!isObject(field)) return false
  if (typeof field['type'] === 'string' && primitiveTypes.has(field['type'])) return true
  return field['type'] === 'array' && isObject(field['items']) && choicesOf(field['items']) !== undefined
}

/** Says why a JSON Schema cannot be a form, or nothing: forms are flat objects of primitive fields (I2). */
export const formFault = (schema: JsonObject): string | undefined => {
  if (schema['type'] !== 'object' || !isObject(schema['properties'])) return 'A form is an object with properties'
  const odd = Object.entries(schema['properties']).find(([, field]) => !isPrimitive(field))
  return odd === undefined ? undefined : `A form is flat, and its field "${odd[0]}" is not a primitive or a choice`
}
