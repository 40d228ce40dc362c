import { andThen, describeIssues, isObject } from '@parley/core'
import type { Awaitable, CallToolResult, Check, ContentBlock, Json } from '@parley/core'
import { InputRequired } from '@parley/protocol/server'
import { isContentBlock, text } from '../content.ts'

/** A whole result that a tool made itself; `toolResult` makes one. */
export class ToolResult {
  readonly result: CallToolResult

  constructor(result: CallToolResult) {
    this.result = result
  }
}

/**
 * Gives a tool's result whole: content, structured content, `isError` and `_meta`.
 *
 * Where the tool has an output schema, this is how it returns content of its own; `structuredContent` must fit the
 * schema then, unless `isError` is set.
 */
export const toolResult = (result: CallToolResult): ToolResult => new ToolResult(result)

/** A failure that the model is told of. */
export const failed = (message: string): CallToolResult => ({ content: [text(message)], isError: true })

/**
 * What a tool returned, as a result.
 *
 * Without an output schema: blocks, and lists of blocks and strings with at least one block, are the content; nothing
 * is an empty content; an object with `content` is the result itself. Any other value is JSON: its text (a string's is
 * itself), and structured content, which is the object itself or `{ result: value }`. With an output schema the value is
 * what the schema makes of it, as structured content and as JSON text (O5).
 * @throws TypeError, or rejects with one, for what JSON cannot hold and for what the output schema refuses
 */
export const resultOf = (value: unknown, output: Check | undefined): Awaitable<CallToolResult | InputRequired> => {
  if (value instanceof InputRequired) return value
  if (value instanceof ToolResult) return output === undefined ? value.result : conforming(value.result, output)
  if (output !== undefined) return andThen(outputOf(value, output), structured)
  if (value === undefined) return { content: [] }
  if (typeof value === 'string') return { content: [text(value)], structuredContent: { result: value } }
  if (isWholeResult(value)) return value
  if (Array.isArray(value) && value.some((each) => each instanceof Promise)) return Promise.all(value).then(unchecked)
  return unchecked(value)
}

/** The result of a value that no schema describes. */
const unchecked = (value: unknown): CallToolResult => {
  const blocks = blocksOf(value)
  if (blocks !== undefined) return { content: blocks }
  const { content, structuredContent } = structured(value)
  return { content, structuredContent: isObject(structuredContent) ? structuredContent : { result: structuredContent } }
}

const RESULT_KEYS: ReadonlySet<string> = new Set(['content', 'structuredContent', 'isError', '_meta'])

const isWholeResult = (value: unknown): value is CallToolResult =>
  isObject(value) &&
  Array.isArray(value['content']) &&
  value['content'].every(isContentBlock) &&
  Object.keys(value).every((key) => RESULT_KEYS.has(key))

const blocksOf = (value: unknown): ContentBlock[] | undefined => {
  if (isContentBlock(value)) return [value]
  if (!Array.isArray(value) || !value.some(isContentBlock)) return undefined
  const blocks = value.map((each: unknown) => (typeof each === 'string' ? text(each) : each))
  return blocks.every(isContentBlock) ? blocks : undefined
}

const outputOf = (value: unknown, output: Check): Awaitable<unknown> =>
  andThen(output(value), (checked) => {
    if (checked.ok) return checked.value
    throw new TypeError(`The tool returned what its output schema refuses: ${describeIssues(checked.issues)}`)
  })

const conforming = (result: CallToolResult, output: Check): Awaitable<CallToolResult> => {
  if (result.isError === true) return result
  return andThen(outputOf(result.structuredContent, output), (value) => {
    const { structuredContent } = structured(value)
    return { ...result, structuredContent }
  })
}

const structured = (value: unknown): { content: ContentBlock[]; structuredContent: Json } => {
  const written = jsonText(value)
  // What writes itself, as a date does, counts as what it writes; the rest goes out as it is, unparsed.
  const writesItself = isObject(value) && typeof value['toJSON'] === 'function'
  return { content: [text(written)], structuredContent: (writesItself ? JSON.parse(written) : value) as Json }
}

/**
 * The JSON text of a value.
 * @throws TypeError for what JSON cannot hold, with what to do about it where that is plain
 */
export const jsonText = (value: unknown): string => {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob) {
    throw new TypeError('Bytes have no form in JSON: make content of them with image(), audio() or file()')
  }
  if (value instanceof Map || value instanceof Set) {
    throw new TypeError('A Map or Set has no form in JSON: make an object or an array of it')
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no number ${value}`)
  const written: string | undefined = JSON.stringify(value)
  if (written === undefined) throw new TypeError(`JSON has no ${typeof value}`)
  return written
}
