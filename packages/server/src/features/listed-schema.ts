import { toJsonSchema } from '@parley/core'
import type { Direction, JsonObject, Schema } from '@parley/core'
import type { FeatureHost } from './feature.ts'

const DEFAULT_DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

/**
 * A schema as it stands in a list. Plain JSON Schema stands there word for word. What a schema library wrote does not
 * spell out the default dialect: models pay for every word of a list, and nobody asked for these.
 * @throws TypeError for a schema that has no form in JSON Schema
 */
export const listedSchema = (schema: Schema, io: Direction, host: FeatureHost): JsonObject => {
  const json = toJsonSchema(schema, io, host.toJsonSchema)
  if (schema['~standard'] === undefined) return json
  const { $schema, ...rest } = json
  return typeof $schema !== 'string' || DEFAULT_DIALECT.test($schema) ? rest : json
}
