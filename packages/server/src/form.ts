import { compile, formFault, isObject, toJsonSchema } from '@parley/core'
import type { Checked, JsonObject, RequestedSchema, Schema, SchemaConverter } from '@parley/core'

/** A schema as a form: what is asked for, and how an answer is read back. */
export type Form = {
  readonly requested: RequestedSchema
  /** Whether the schema accepts an answer's content. */
  readonly accepts: (answer: JsonObject) => boolean | Promise<boolean>
  /** The content as the schema makes it. */
  read(answer: JsonObject): Promise<unknown>
}

const formKeys = ['type', 'title', 'description', 'enum', 'enumNames', 'oneOf', 'items', 'anyOf', 'default', 'format']
const boundKeys = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems']
const known = new Set([...formKeys, ...boundKeys])
const formats = new Set(['email', 'uri', 'date', 'date-time'])

// Schema libraries write keywords that no form has, such as `pattern`; strict clients refuse a form with them.
const writeField = (field: unknown): unknown => {
  if (!isObject(field)) return field
  const kept = Object.entries(field).filter(
    ([key, value]) => known.has(key) && (key !== 'format' || formats.has(String(value))),
  )
  return Object.fromEntries(kept)
}

const requestedBy = (json: JsonObject): RequestedSchema => {
  const fault = formFault(json)
  if (fault !== undefined) throw new TypeError(`${fault} (MCP, client/elicitation#requested-schema)`)
  const properties = Object.entries(json['properties'] as JsonObject).map(([name, field]) => [name, writeField(field)])
  const requested = { type: 'object', properties: Object.fromEntries(properties) } as RequestedSchema
  return Array.isArray(json['required']) ? { ...requested, required: json['required'] as string[] } : requested
}

// A form whose fields are all optional may come back without any content.
const contentOf = ({ content = {} }: JsonObject): unknown => content

/** Turns a schema into a form. Throws TypeError for one that is not flat. */
export const makeForm = (schema: Schema, convert: SchemaConverter | undefined): Form => {
  const requested = requestedBy(toJsonSchema(schema, 'input', convert))
  if (!('~standard' in schema)) {
    // The form's own rules are all of a plain JSON Schema's, and they were checked when the answer came in.
    return { requested, accepts: () => true, read: (answer) => Promise.resolve(contentOf(answer)) }
  }
  const check = compile(schema)
  const accepted = (checked: Checked): boolean => checked.ok
  return {
    requested,
    accepts(answer) {
      if (answer['action'] !== 'accept') return true
      const checked = check(contentOf(answer))
      return checked instanceof Promise ? checked.then(accepted) : accepted(checked)
    },
    async read(answer) {
      const checked = await check(contentOf(answer))
      return checked.ok ? checked.value : contentOf(answer)
    },
  }
}
