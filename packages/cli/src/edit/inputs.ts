import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import { editJson, readJsonText } from './json.ts'
import { eolOf, markOf } from './text.ts'

const hasId = (value: unknown, id: string): boolean => isObject(value) && value['id'] === id

/** Where the last member of a list ends in a text, and the blanks before the one that may follow it. */
const endOfLast = (text: string, keys: readonly string[]): { at: number; gap: string } | undefined => {
  const tree = parseTree(text, [], { allowTrailingComma: true })
  const last = tree === undefined ? undefined : findNodeAtLocation(tree, [...keys])?.children?.at(-1)
  if (last === undefined) return undefined
  const line = text.slice(text.lastIndexOf('\n', last.offset - 1) + 1, last.offset)
  const eol = eolOf(text)
  // Beside it where it stands on a line with others, else below.
  return { at: last.offset + last.length, gap: line.trim() === '' ? eol + line : ' ' }
}

/** Describes what a host asks the user for, unless it is described already; the rest of the text stays as it is. */
export const addInput = (text: string, id: string, description: string, path: string): string => {
  const config = readJsonText(text, path)
  const inputs = isObject(config) ? config['inputs'] : undefined
  const input: JsonObject = { type: 'promptString', id, description, password: true }
  if (Array.isArray(inputs) && inputs.some((each) => hasId(each, id))) return text
  const mark = markOf(text)
  const json = text.slice(mark.length)
  const end = endOfLast(json, ['inputs'])
  if (end === undefined) return editJson(text, ['inputs'], [input], path)
  const { at, gap } = end
  return `${mark}${json.slice(0, at)},${gap}${JSON.stringify(input)}${json.slice(at)}`
}
