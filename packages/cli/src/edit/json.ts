import { isObject } from '@parley/core'
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode, visit } from 'jsonc-parser'
import type { Node, ParseError } from 'jsonc-parser'
import { usage } from '../failure.ts'
import { eolOf, markOf, unparsed } from './text.ts'

const placeOf = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}

const treeOf = (json: string, path: string): Node => {
  const errors: ParseError[] = []
  const tree = parseTree(json, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error === undefined && tree !== undefined) return tree
  const what = error === undefined ? 'nothing to read' : printParseErrorCode(error.error)
  throw unparsed(path, `${what} at ${placeOf(json, error?.offset ?? 0)}.`)
}

/** Reads JSON in which comments and trailing commas may stand; an empty file is an empty object. @throws Failure */
export const readJsonText = (text: string, path: string): unknown => {
  const json = text.slice(markOf(text).length)
  return json.trim() === '' ? {} : getNodeValue(treeOf(json, path))
}

/** How a text is laid out: what a level is indented by, and how lines end; neither where it is all on one line. */
type Layout = { readonly unit: string; readonly eol: string }

const layoutOf = (json: string): Layout => {
  const eol = eolOf(json)
  if (!json.trim().includes('\n') && json.trim() !== '{}') return { unit: '', eol: '' }
  const unit = /^([ \t]+)\S/m.exec(json)?.[1] ?? '  '
  return { unit: unit.startsWith('\t') ? '\t' : unit, eol }
}

const indentAt = (json: string, offset: number): string => {
  const line = json.slice(json.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

const written = (value: unknown, indent: string, { unit, eol }: Layout): string =>
  JSON.stringify(value, undefined, unit).replaceAll('\n', `${eol}${indent}`)

const member = (key: string, value: unknown, indent: string, layout: Layout): string =>
  `${JSON.stringify(key)}:${layout.unit === '' ? '' : ' '}${written(value, indent, layout)}`

/** Where the comma stands between two offsets; those in comments do not count. */
const commaIn = (json: string, from: number, to: number): number | undefined => {
  let found: number | undefined
  visit(
    json,
    {
      onSeparator: (separator, offset) => {
        if (separator === ',' && offset >= from && offset < to) found ??= offset
      },
    },
    { allowTrailingComma: true },
  )
  return found
}

const splice = (json: string, from: number, to: number, inserted = ''): string =>
  json.slice(0, from) + inserted + json.slice(to)

const endOf = (node: Node): number => node.offset + node.length

const insert = (json: string, object: Node, key: string, value: unknown, layout: Layout): string => {
  const close = endOf(object) - 1
  const outer = indentAt(json, object.offset)
  const indent = outer + layout.unit
  const last = object.children?.at(-1)
  const text = layout.eol + indent + member(key, value, indent, layout)
  // After whatever stands there last, be it a comment of the user's.
  const end = json.slice(0, close).trimEnd().length
  const isTight = end === close || !json.slice(end, close).includes('\n')
  const tail = isTight ? layout.eol + outer : ''
  const added = splice(json, end, isTight ? close : end, text + tail)
  if (last === undefined || commaIn(json, endOf(last), close) !== undefined) return added
  return splice(added, endOf(last), endOf(last), ',')
}

const isBlank = (text: string): boolean => text.trim() === ''

const remove = (json: string, object: Node, property: Node): string => {
  const members = object.children ?? []
  const index = members.indexOf(property)
  const next = members[index + 1]
  const previous = members[index - 1]
  const comma = commaIn(json, endOf(property), next?.offset ?? endOf(object) - 1)
  const own = comma === undefined ? endOf(property) : comma + 1
  // The whole lines, with a comment behind the entry; unless something else stands on them.
  const start = json.lastIndexOf('\n', property.offset - 1) + 1
  const stop = json.indexOf('\n', own)
  const behind = stop < 0 ? '' : json.slice(own, stop).trim()
  const alone =
    start > 0 &&
    stop >= 0 &&
    isBlank(json.slice(start, property.offset)) &&
    (behind === '' || /^(?:\/\/|\/\*.*\*\/$)/.test(behind))
  const cut = alone ? splice(json, start, stop + 1) : splice(json, property.offset, own)
  const spare =
    previous === undefined || next !== undefined || comma !== undefined
      ? undefined
      : commaIn(json, endOf(previous), property.offset)
  return spare === undefined ? cut : splice(cut, spare, spare + 1)
}

/**
 * Sets one member of a JSON text, or removes it, and leaves every other character as it is.
 *
 * Comments, indentation and line ends stay; members on the way that are missing are made.
 * @throws Failure for a text that does not parse, or has something else than an object on the way
 */
export const editJson = (text: string, keys: readonly string[], value: unknown, path: string): string => {
  const mark = markOf(text)
  const json = text.trim() === '' || text === mark ? '{}\n' : text.slice(mark.length)
  const tree = treeOf(json, path)
  const layout = layoutOf(json)
  for (const [depth, key] of keys.entries()) {
    const way = keys.slice(0, depth)
    const object = findNodeAtLocation(tree, way)
    if (object === undefined || !isObject(getNodeValue(object))) {
      throw usage(`${path} has something else than an object at ${way.join('.') || 'its top'}, and is left as it is.`)
    }
    const held = findNodeAtLocation(tree, [...way, key])
    if (held === undefined) {
      if (value === undefined) return text
      const nested = keys.slice(depth + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
      return mark + insert(json, object, key, nested, layout)
    }
    if (depth < keys.length - 1) continue
    // A value stands in a property, which has its key beside it.
    if (value === undefined) return mark + (held.parent === undefined ? json : remove(json, object, held.parent))
    return mark + splice(json, held.offset, endOf(held), written(value, indentAt(json, held.offset), layout))
  }
  return text
}
