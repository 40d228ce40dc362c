import type { JsonObject } from '@parley/core'
import { isObject } from '@parley/core'
import { isDeepStrictEqual } from 'node:util'
import { isMap, parseDocument, stringify } from 'yaml'
import type { Document, Pair, YAMLMap } from 'yaml'
import { usage } from '../failure.ts'
import { eolOf, unparsed } from './text.ts'

const read = (text: string, path: string): Document.Parsed => {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error === undefined) return document
  throw unparsed(path, error)
}

// Older readers of YAML take yes and no for other words for true and false: such texts are quoted.
const plain = { version: '1.1' } as const

const indented = (text: string, indent: number, eol: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join(eol) + eol

const keyOf = (pair: Pair): string => {
  const { key } = pair
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key)
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

const rangeOf = (node: unknown): readonly number[] | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? node.range : undefined

/** Where the lines of a member end; comments above the next member are about that one. */
const endOf = (text: string, pair: Pair): number => {
  const [, end = text.length] = rangeOf(pair.value) ?? rangeOf(pair.key) ?? []
  const line = text.indexOf('\n', Math.max(end - 1, 0))
  return line < 0 ? text.length : line + 1
}

const startOf = (pair: Pair): number => rangeOf(pair.key)?.[0] ?? 0

const splice = (text: string, from: number, to: number, inserted: string, eol: string): string => {
  const before = text.slice(0, from)
  const gap = before === '' || before.endsWith('\n') || inserted === '' ? '' : eol
  return before + gap + inserted + text.slice(to)
}

type Edit = {
  readonly text: string
  readonly eol: string
  readonly name: string
  readonly value: JsonObject | undefined
}

const editMap = ({ text, eol, name, value }: Edit, map: YAMLMap): string => {
  const [first] = map.items
  const indent = first === undefined ? 2 : startOf(first) - lineStart(text, startOf(first))
  const block =
    value === undefined
      ? ''
      : indented(stringify({ [name]: value }, { ...plain, indent: Math.max(indent, 1) }), indent, eol)
  const held = map.items.find((pair) => keyOf(pair) === name)
  if (held !== undefined) return splice(text, lineStart(text, startOf(held)), endOf(text, held), block, eol)
  const last = map.items.at(-1)
  const end = last === undefined ? text.length : endOf(text, last)
  return splice(text, end, end, block, eol)
}

const without = (config: JsonObject, section: string, name: string): JsonObject => {
  const held = config[section]
  const { [name]: _, ...others } = isObject(held) ? held : {}
  return { ...config, [section]: others }
}

const objectIn = (document: Document.Parsed): JsonObject => {
  const value: unknown = document.toJS()
  // YAML that is more than JSON is only compared here.
  return isObject(value) ? value : {}
}

const edited = (document: Document.Parsed, section: string, edit: Edit): string => {
  const { text, eol, name, value } = edit
  const map: unknown = document.get(section)
  if (isMap(map) && map.flow !== true && map.items.length > 0) return editMap(edit, map)
  if (value === undefined) return text
  const block = indented(stringify({ [section]: { [name]: value } }, plain), 0, eol)
  if (!document.has(section)) return splice(text, text.length, text.length, block, eol)
  const isEmpty = map === undefined || map === null || (isMap(map) && map.items.length === 0)
  const lines = text.split(eol)
  const at = lines.findIndex((line) => line.startsWith(`${section}:`))
  const empties = ['', '{}', 'null', '~']
  if (!isEmpty || at < 0 || !empties.includes(lines[at]?.slice(section.length + 1).trim() ?? '')) return text
  return [...lines.slice(0, at), block.slice(0, -eol.length), ...lines.slice(at + 1)].join(eol)
}

/**
 * Sets one member of one section of a YAML text, or removes it, and leaves every other line as it is.
 *
 * The result is parsed again and held against what was meant.
 * @throws Failure for a text that does not parse, or that writes the section in a way that cannot be edited line by line
 */
export const editYaml = (
  text: string,
  [section = '', name = '']: readonly string[],
  value: JsonObject | undefined,
  path: string,
): string => {
  const document = read(text, path)
  const eol = eolOf(text)
  const result = edited(document, section, { text, eol, name, value })
  const before = objectIn(document)
  const cleared = without(before, section, name)
  const held = cleared[section]
  const meant =
    value === undefined ? cleared : { ...cleared, [section]: { ...(isObject(held) ? held : {}), [name]: value } }
  const after = objectIn(read(result, path))
  const compared = value === undefined ? without(after, section, name) : after
  const isGone = value !== undefined || !(isObject(after[section]) && Object.hasOwn(after[section], name))
  if (!isGone || !isDeepStrictEqual(compared, meant)) {
    throw usage(`${path} writes ${section} in a way that is not edited here: change it by hand.`)
  }
  return result
}
