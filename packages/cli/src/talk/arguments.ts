import { isObject } from '@parley/core'
import type { Json, JsonObject } from '@parley/core'
import { usage } from '../failure.ts'

type Sort = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The types that a schema allows, as far as they can be read off; none where it says nothing. */
const sortsOf = (schema: unknown): Set<string> => {
  if (!isObject(schema)) return new Set()
  const { type } = schema
  const own = typeof type === 'string' ? [type] : listed(type).filter((item) => typeof item === 'string')
  const values = [...listed(schema['enum']), ...('const' in schema ? [schema['const']] : [])]
  const branches = [...listed(schema['anyOf']), ...listed(schema['oneOf'])].flatMap((branch) => [...sortsOf(branch)])
  return new Set([...own, ...branches, ...values.map((value) => (value === null ? 'null' : typeof value))])
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const sortOf = (value: Json): Sort => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  // Whatever is left of JSON has the name that the language gives it.
  return typeof value as Sort
}

const fits = (value: Json, sorts: ReadonlySet<string>): boolean =>
  sorts.has(sortOf(value)) || (Number.isInteger(value) && sorts.has('integer'))

const indefinite = (words: readonly string[]): string =>
  words.map((word) => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`)).join(' or ')

/** Reads the text of one argument as what its schema says it is. @throws Failure when it is none of that */
export const readValue = (name: string, text: string, schema: unknown): Json => {
  const sorts = sortsOf(schema)
  const value = parsed(text)
  if (sorts.size === 0) return value === undefined ? text : value
  if (value !== undefined && typeof value !== 'string' && fits(value, sorts)) {
    // Where both would do, what was typed is text unless it can only be meant otherwise.
    if (!sorts.has('string') || typeof value === 'object') return value
  }
  if (sorts.has('string')) return text
  throw usage(`${name} takes ${indefinite([...sorts])}, not ${JSON.stringify(text)}.`)
}

const splitPair = (text: string): [name: string, value: string] => {
  const at = text.indexOf('=')
  if (at < 1) throw usage(`Arguments are written name=value, not ${JSON.stringify(text)}.`)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** Whether several arguments of one name make a list. */
const takesList = (schema: unknown): boolean => sortsOf(schema).has('array')

/** Reads `name=value` words with the types that a tool's input schema says. */
export const readArguments = (words: readonly string[], inputSchema: unknown): JsonObject => {
  const properties = isObject(inputSchema) && isObject(inputSchema['properties']) ? inputSchema['properties'] : {}
  const texts = new Map<string, string[]>()
  for (const word of words) {
    const [name, text] = splitPair(word)
    texts.set(name, [...(texts.get(name) ?? []), text])
  }
  const read = [...texts].map(([name, given]): [string, Json] => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const [first = '', ...more] = given
    const isList = takesList(schema) && (more.length > 0 || !Array.isArray(parsed(first)))
    if (isList)
      return [name, given.map((text) => readValue(name, text, isObject(schema) ? schema['items'] : undefined))]
    if (more.length > 0) throw usage(`${name} is given ${given.length} times, and takes one value.`)
    return [name, readValue(name, first, schema)]
  })
  return Object.fromEntries(read)
}

/** Reads `name=value` words as texts, as prompts take them. */
export const readTexts = (words: readonly string[]): { [name: string]: string } =>
  Object.fromEntries(words.map(splitPair))

/** Reads all arguments as one JSON object. @throws Failure for anything else */
export const readObject = (text: string, flag: string): JsonObject => {
  const value = parsed(text)
  if (!isObject(value)) throw usage(`${flag} takes a JSON object, not ${JSON.stringify(text.slice(0, 80))}.`)
  return value
}

/** What stands on stdin, to its end. */
export const readStdin = async (): Promise<string> => {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) text += String(chunk)
  return text
}
