import { toJsonSchema } from '@parley/core'
import type { Direction, JsonObject, Schema } from '@parley/core'
import type { FeatureHost } from './feature.ts'

const DEFAULT_DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

/**
 * A schema as it stands in a list. The default dialect is not spelled out: models pay for every word of a list.
 * @throws TypeError for a schema that has no form in JSON Schema
 */
export const listedSchema = (schema: Schema, io: Direction, host: FeatureHost): JsonObject => {
  const { $schema, ...rest } = toJsonSchema(schema, io, host.toJsonSchema)
  return typeof $schema !== 'string' || DEFAULT_DIALECT.test($schema) ? rest : { $schema, ...rest }
}
