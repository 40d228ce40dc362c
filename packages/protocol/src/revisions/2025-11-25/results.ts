import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { isStandard } from '../methods.ts'

/** What a legacy revision cannot carry, and its elders neither. Absent means that it can. */
export type Lacks = {
  /** Icons, and a description or website of an implementation. */
  icons?: boolean
  /** Titles, `_meta` on items, structured results and resource links. */
  titles?: boolean
  /** Audio content, tool annotations, and the `completions` capability. */
  audio?: boolean
}

const without = (object: JsonObject, keys: readonly string[]): JsonObject => {
  if (!keys.some((key) => key in object)) return object
  const copy = { ...object }
  for (const key of keys) delete copy[key]
  return copy
}

const mapList = (result: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject => {
  const list = result[key]
  return Array.isArray(list) ? { ...result, [key]: list.map((item) => (isObject(item) ? change(item) : item)) } : result
}

const itemKeys = (lacks: Lacks): string[] => [
  ...(lacks.icons === true ? ['icons'] : []),
  ...(lacks.titles === true ? ['title', '_meta'] : []),
]

/** A content block as an older revision can carry it: nothing is lost but its own kind. */
const writeBlock = (block: JsonObject, lacks: Lacks): JsonObject => {
  if (block['type'] === 'resource_link') {
    if (lacks.titles !== true) return without(block, itemKeys(lacks))
    return { type: 'text', text: `${String(block['name'])}: ${String(block['uri'])}` }
  }
  if (block['type'] === 'audio' && lacks.audio === true) {
    const { data, mimeType } = block
    return { type: 'resource', resource: { uri: `data:${String(mimeType)}`, mimeType, blob: data } }
  }
  return block
}

const writeTool = (tool: JsonObject, lacks: Lacks): JsonObject => {
  const { outputSchema } = tool
  const shown = without(tool, [...itemKeys(lacks), ...(lacks.audio === true ? ['annotations'] : [])])
  if (outputSchema === undefined) return shown
  // Before 2026-07-28 a structured result is an object (1.4), and before 2025-06-18 there is none.
  const fits = lacks.titles !== true && isObject(outputSchema) && outputSchema['type'] === 'object'
  return fits ? shown : without(shown, ['outputSchema'])
}

const writeToolResult = (result: JsonObject, lacks: Lacks): JsonObject => {
  const { structuredContent, content } = result
  const fits = structuredContent === undefined || (lacks.titles !== true && isObject(structuredContent))
  const shown = fits ? result : without(result, ['structuredContent'])
  if (lacks.icons !== true || !Array.isArray(content)) return shown
  return mapList(shown, 'content', (block) => writeBlock(block, lacks))
}

const writePrompt = (result: JsonObject, lacks: Lacks): JsonObject =>
  lacks.icons === true
    ? mapList(result, 'messages', (message) =>
        isObject(message['content']) ? { ...message, content: writeBlock(message['content'], lacks) } : message,
      )
    : result

const writeWelcome = (result: JsonObject, lacks: Lacks): JsonObject => {
  const { capabilities, serverInfo } = result
  const hidden = ['extensions', 'tasks', ...(lacks.audio === true ? ['completions'] : [])]
  const ownKeys = [
    ...(lacks.icons === true ? ['icons', 'description', 'websiteUrl'] : []),
    ...(lacks.titles === true ? ['title'] : []),
  ]
  return {
    ...result,
    ...(isObject(capabilities) && lacks.icons === true ? { capabilities: without(capabilities, hidden) } : {}),
    ...(isObject(serverInfo) ? { serverInfo: without(serverInfo, ownKeys) } : {}),
  }
}

const writeByMethod = (method: string, result: JsonObject, lacks: Lacks): JsonObject => {
  const item = (entry: JsonObject): JsonObject => without(entry, itemKeys(lacks))
  switch (method) {
    case 'tools/list':
      return mapList(result, 'tools', (tool) => writeTool(tool, lacks))
    case 'tools/call':
      return writeToolResult(result, lacks)
    case 'prompts/get':
      return writePrompt(result, lacks)
    case 'prompts/list':
      return lacks.icons === true ? mapList(result, 'prompts', item) : result
    case 'resources/list':
      return lacks.icons === true ? mapList(result, 'resources', item) : result
    case 'resources/templates/list':
      return lacks.icons === true ? mapList(result, 'resourceTemplates', item) : result
    case 'initialize':
      return writeWelcome(result, lacks)
    default:
      return result
  }
}

const modernKeys = ['resultType', 'ttlMs', 'cacheScope']

/** Writes a neutral result as a legacy revision has it: what is newer is taken out or put in older words (trap 3.1 #7). */
export const writeResult = (method: string, result: JsonObject, lacks: Lacks): JsonObject =>
  // What a custom method's result is made of is its own affair, in every revision.
  isStandard(method) ? without(writeByMethod(method, result, lacks), modernKeys) : result
