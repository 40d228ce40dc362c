import { InvalidResult, isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Fault } from './fault.ts'
import { check } from './shape.ts'
import type { Shape } from './shape.ts'

// What stands below these is the user's own JSON, in which null is a value like any other.
const opaque = new Set(['structuredContent', 'inputSchema', 'outputSchema', 'arguments', '_meta', 'data', 'settings'])
const lists: readonly string[] = ['tools', 'prompts', 'resources', 'resourceTemplates']
const mostDropped = 50

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(kept.map(([key, inner]) => [key, opaque.has(key) ? inner : withoutNulls(inner)]))
}

/** The list and the place of the item that a fault lies in. */
const itemAt = ({ path }: Fault): { list: string; index: number } | undefined => {
  const [, list = '', index = ''] = path.split('/')
  return lists.includes(list) && /^\d+$/.test(index) ? { list, index: Number(index) } : undefined
}

const withoutItem = (result: JsonObject, list: string, index: number): JsonObject => {
  const items = result[list]
  return Array.isArray(items) ? { ...result, [list]: items.toSpliced(index, 1) } : result
}

const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0

/** A result read kindly: what could be made of it, what was left out of its list, and what is still wrong. */
export type Tolerated = { result: JsonObject; dropped: readonly Fault[]; fault: Fault | undefined }

/**
 * Makes what can be made of a slightly wrong result: null counts as absent, and a list is read without its broken items.
 *
 * A result that is right comes back as it is. Nothing is made up: what is still wrong is told.
 */
export const tolerate = (result: JsonObject, shape: Shape): Tolerated => {
  let fault = check(shape, result)
  const dropped: Fault[] = []
  if (fault === undefined) return { result, dropped, fault }
  let read = withoutNulls(result) as JsonObject
  for (fault = check(shape, read); fault !== undefined && dropped.length < mostDropped; fault = check(shape, read)) {
    const item = itemAt(fault)
    if (item === undefined) break
    const shorter = withoutItem(read, item.list, item.index)
    // An empty list that nobody sent would be made up.
    if (isEmpty(shorter[item.list])) break
    dropped.push(fault)
    read = shorter
  }
  return { result: read, dropped, fault }
}

/** How kindly results are read. */
export type Reading = {
  /** Refuses whatever is not exactly as promised. @default false */
  strict?: boolean | undefined
  /** Hears of each item that was left out of a list, and why. */
  onDropped?: ((why: InvalidResult) => void) | undefined
}

/** Reads a complete result; throws `InvalidResult` for what the method does not promise. */
export const readResult = (
  method: string,
  result: JsonObject,
  shape: Shape | undefined,
  { strict = false, onDropped }: Reading = {},
): JsonObject => {
  if (shape === undefined) return result
  const read: Tolerated = strict ? { result, dropped: [], fault: check(shape, result) } : tolerate(result, shape)
  if (read.fault !== undefined) throw new InvalidResult(method, `result${read.fault.path} ${read.fault.message}`)
  for (const { path, message } of read.dropped)
    onDropped?.(new InvalidResult(method, `left out an item: result${path} ${message}`))
  return read.result
}
