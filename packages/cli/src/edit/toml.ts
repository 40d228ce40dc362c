import type { JsonObject } from '@parley/core'
import { isObject } from '@parley/core'
import { parse, stringify } from 'smol-toml'
import { isDeepStrictEqual } from 'node:util'
import { usage } from '../failure.ts'
import { eolOf, unparsed } from './text.ts'

const parsed = (text: string, path: string): JsonObject => {
  try {
    // Dates become texts on the way, and tables lose what sets them apart from other objects; all of it is only compared.
    const plain: unknown = JSON.parse(JSON.stringify(parse(text)))
    return isObject(plain) ? plain : {}
  } catch (error) {
    throw unparsed(path, error)
  }
}

/** The keys of a table's header, or undefined for any other line. */
const headerOf = (line: string): readonly string[] | undefined => {
  const found = /^\s*\[{1,2}([^[\]].*?)\]{1,2}\s*(?:#.*)?$/.exec(line)
  if (found === null) return undefined
  try {
    let table: unknown = parse(`[${found[1]}]`)
    const keys: string[] = []
    while (isObject(table)) {
      const [key] = Object.keys(table)
      if (key === undefined) break
      keys.push(key)
      table = table[key]
    }
    return keys
  } catch {
    return undefined
  }
}

const startsWith = (keys: readonly string[], start: readonly string[]): boolean =>
  start.every((key, index) => keys[index] === key)

const isRemark = (line: string): boolean => /^\s*(?:#|$)/.test(line)

/** The lines that are not a table's own, nor those of the tables below it; and where that table stood. */
const withoutTable = (
  lines: readonly string[],
  table: readonly string[],
): { kept: string[]; at: number | undefined } => {
  const kept: string[] = []
  // Comments above the next table are about that one.
  let remarks: string[] = []
  let inside = false
  let at: number | undefined
  for (const line of lines) {
    const header = headerOf(line)
    if (header !== undefined) inside = startsWith(header, table)
    if (inside) at ??= kept.length
    if (inside && isRemark(line)) remarks.push(line)
    else if (inside) remarks = []
    else kept.push(...remarks.splice(0), line)
  }
  return { kept: [...kept, ...remarks], at }
}

const nested = (keys: readonly string[], value: JsonObject): JsonObject =>
  keys.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value)

const setIn = (config: JsonObject, keys: readonly string[], value: JsonObject | undefined): JsonObject => {
  const [key, ...rest] = keys
  if (key === undefined) return value ?? {}
  const { [key]: held, ...others } = config
  if (rest.length === 0) return value === undefined ? others : { ...others, [key]: value }
  return { ...others, [key]: setIn(isObject(held) ? held : {}, rest, value) }
}

const withoutEmpty = (config: JsonObject, [key, ...rest]: readonly string[]): JsonObject => {
  if (key === undefined || !isObject(config[key])) return config
  const { [key]: held, ...others } = config
  const inner = withoutEmpty(held as JsonObject, rest)
  return Object.keys(inner).length === 0 ? others : { ...others, [key]: inner }
}

const blockOf = (keys: readonly string[], value: JsonObject, eol: string): string[] => {
  const lines = stringify(nested(keys, value)).trimEnd().split('\n')
  // The tables on the way need no headers of their own.
  const first = lines.findIndex((line) => headerOf(line)?.length === keys.length)
  return lines
    .slice(Math.max(first, 0))
    .map((line) => line.replace(/\r$/, ''))
    .join(eol)
    .split(eol)
}

/**
 * Sets one table of a TOML text, or removes it, and leaves every other line as it is.
 *
 * The result is parsed again and held against what was meant.
 * @throws Failure for a text that does not parse, or that writes the table in a way that cannot be edited line by line
 */
export const editToml = (
  text: string,
  keys: readonly string[],
  value: JsonObject | undefined,
  path: string,
): string => {
  const before = parsed(text, path)
  const eol = eolOf(text)
  const { kept, at } = withoutTable(text === '' ? [] : text.split(eol), keys)
  const block = value === undefined ? [] : blockOf(keys, value, eol)
  const place = at ?? kept.length
  const above = kept.slice(0, place)
  const below = kept.slice(place)
  // One empty line stands between two tables, however many were there.
  while (block.length > 0 && below[0]?.trim() === '') below.shift()
  while (block.length > 0 && above.at(-1)?.trim() === '') above.pop()
  const spaced = block.length === 0 ? [] : [...(above.length === 0 ? [] : ['']), ...block, '']
  // What is taken out takes the empty line above it along.
  if (block.length === 0 && at !== undefined && above.at(-1) === '' && (below[0] ?? '') === '') above.pop()
  const edited = [...above, ...spaced, ...below].join(eol)
  const meant = withoutEmpty(setIn(before, keys, value), keys.slice(0, -1))
  if (!isDeepStrictEqual(withoutEmpty(parsed(edited, path), keys.slice(0, -1)), meant)) {
    throw usage(`${path} writes ${keys.join('.')} in a way that is not edited here: change it by hand.`)
  }
  return edited
}
