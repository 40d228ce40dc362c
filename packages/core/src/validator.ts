import type { JsonObject } from './json.ts'

/** One complaint about a value. */
export type Issue = {
  /** Where, dotted and bracketed, as in `a.b[0]`; empty for the value itself. */
  readonly path: string
  /** What is wrong, without the path. */
  readonly message: string
}

/**
 * Interprets JSON Schema: the port behind which ajv, or an interpreter for places that forbid code from strings, stands.
 *
 * `compile` throws a `TypeError` for a schema it cannot use; what it returns lists the issues of a value, none when valid,
 * neither changes the value nor throws, and may be called any number of times.
 */
export interface SchemaValidator {
  compile(schema: JsonObject): (value: unknown) => readonly Issue[]
}

/** The dialects of JSON Schema that `$schema` may declare; 2020-12 when it is absent. */
export type Dialect = '2020-12' | '2019-09' | 'draft-07' | 'draft-06'

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['//json-schema.org/draft/2020-12/schema', '2020-12'],
  ['//json-schema.org/draft/2019-09/schema', '2019-09'],
  ['//json-schema.org/draft-07/schema', 'draft-07'],
  ['//json-schema.org/draft-06/schema', 'draft-06'],
])

/**
 * The dialect that a schema declares.
 * @throws TypeError naming a dialect that is not spoken here (2025-11-25, basic/index#json-schema-usage)
 */
export const dialectOf = (schema: JsonObject): Dialect => {
  const { $schema } = schema
  if ($schema === undefined) return '2020-12'
  const uri = typeof $schema === 'string' ? $schema : ''
  // Written both ways in the wild: with either scheme, with and without an empty fragment.
  const dialect = DIALECTS.get(uri.replace(/^https?:/, '').replace(/#$/, ''))
  if (dialect !== undefined) return dialect
  throw new TypeError(
    `Unsupported JSON Schema dialect ${JSON.stringify($schema)}: ${[...DIALECTS.values()].join(', ')} are understood. ` +
      'Leave $schema out for 2020-12.',
  )
}
