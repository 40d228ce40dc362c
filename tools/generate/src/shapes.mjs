/**
 * @typedef {import('./schemas.mjs').Schema} Schema
 * @typedef {{ ref: string }} Ref A shape by its name.
 */

const nameIn = ($ref) => $ref.slice($ref.lastIndexOf('/') + 1)

const wordsIn = (schema) => ('const' in schema ? [schema.const] : schema.enum)

/** The field by which the objects among some schemas are told apart: each must give it fixed words. */
const discriminator = (schemas) => {
  const objects = schemas.filter((schema) => schema.properties)
  if (objects.length < 2) return undefined
  const names = Object.keys(objects[0].properties).toSorted()
  return names.find((name) => objects.every((schema) => schema.properties[name] && wordsIn(schema.properties[name])))
}

/**
 * Gathers shapes from many schemas and keeps each one once, whatever names it came by.
 *
 * @returns the shapes by name, and a function that takes definitions and gives two converters of schemas to shapes;
 *   `named` also keeps a shape that has no name of its own
 */
export const shapeBook = () => {
  /** @type {Map<string, unknown>} */
  const shapes = new Map()
  const namesByText = new Map()

  const keep = (name, shape) => {
    if (typeof shape === 'string' || typeof shape.ref === 'string') return shape
    const text = JSON.stringify(shape)
    const known = namesByText.get(text)
    if (known !== undefined) return { ref: known }
    let free = name
    for (let suffix = 2; shapes.has(free); suffix += 1) free = `${name}${suffix}`
    namesByText.set(text, free)
    shapes.set(free, shape)
    return { ref: free }
  }

  /** @param {Map<string, Schema>} definitions */
  const reader = (definitions) => {
    const done = new Map()
    const pending = new Set()

    const byName = (name) => {
      if (pending.has(name)) throw new Error(`${name} contains itself, which a table of shapes cannot say`)
      if (!done.has(name)) {
        pending.add(name)
        done.set(name, keep(name, convert(definitions.get(name))))
        pending.delete(name)
      }
      return done.get(name)
    }

    const resolve = (schema) => (schema.$ref ? definitions.get(nameIn(schema.$ref)) : schema)

    const choice = (schemas) => {
      const flat = schemas.flatMap((schema) => resolve(schema).anyOf ?? [schema])
      const by = discriminator(flat.map(resolve))
      const any = flat.flatMap((schema) => (Array.isArray(schema.type) ? schema.type : [convert(schema)]))
      return by === undefined ? { any } : { any, by }
    }

    const object = ({ properties = {}, required = [], additionalProperties }) => {
      const fields = (isWanted) => {
        const names = Object.keys(properties).filter(isWanted)
        return names.length === 0
          ? undefined
          : Object.fromEntries(names.map((name) => [name, convert(properties[name])]))
      }
      const shape = {
        required: fields((name) => required.includes(name)),
        optional: fields((name) => !required.includes(name)),
        rest: additionalProperties && convert(additionalProperties),
      }
      const parts = Object.entries(shape).filter(([, part]) => part !== undefined)
      return parts.length === 0 ? 'object' : Object.fromEntries(parts)
    }

    const convert = (schema) => {
      if (schema.$ref) return byName(nameIn(schema.$ref))
      if (wordsIn(schema)) return { words: wordsIn(schema) }
      if (schema.anyOf) return choice(schema.anyOf)
      if (Array.isArray(schema.type)) return { any: schema.type }
      if (schema.type === 'array') return { items: convert(schema.items) }
      if (schema.type === 'object') return object(schema)
      const { type = 'unknown', minimum, maximum } = schema
      return minimum === undefined && maximum === undefined ? type : { number: type, minimum, maximum }
    }

    return { convert, named: (name, schema) => keep(name, convert(schema)) }
  }

  return { reader, shapes }
}
