import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

const folder = fileURLToPath(new URL('../../../../shared/spec', import.meta.url))

/** Whether the specification's own files are here; without them there is nothing to compare with. */
export const isPresent: boolean = existsSync(folder)

/** What the specification's own JSON Schema of a revision says of a value, by the name of a type. */
export const officialSchema = (version: string): ((type: string, value: unknown) => boolean) => {
  // Formats are not asserted: a URI that no URL parser takes is still a string to the TypeScript schema.
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(JSON.parse(readFileSync(`${folder}/${version}/schema.json`, 'utf8')), 'schema')
  return (type, value) => {
    const validate = ajv.getSchema(`schema#/$defs/${type}`)
    if (!validate) throw new Error(`the schema of ${version} has no ${type}`)
    return validate(value) === true
  }
}

/** An official example, filed under the name of its type. */
export type Example = { type: string; name: string; value: unknown }

/** The official examples of a revision. */
export const officialExamples = (version: string): Example[] => {
  const examples = `${folder}/${version}/examples`
  if (!existsSync(examples)) return []
  return readdirSync(examples).flatMap((type) =>
    readdirSync(`${examples}/${type}`).map((name) => ({
      type,
      name,
      value: JSON.parse(readFileSync(`${examples}/${type}/${name}`, 'utf8')),
    })),
  )
}
