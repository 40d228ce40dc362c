import { invalidRequest } from '@parley/core'
import type { Broken, RequestId } from '@parley/protocol/server'

// Implementations write the id either right after the first brace, behind the version, or right before the last one.
// Only what JSON itself takes as an id may match, for it is parsed where nobody catches.
const idInHead =
  /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*("[^"\\\p{Cc}]{0,256}"|-?(?:0|[1-9]\d{0,14}))\s*,\s*"(method|result|error)"/u
const kindInHead = /^\s*\{\s*"(method|result|error)"/
const idInTail = /"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*("[^"\\\p{Cc}]{0,256}"|-?(?:0|[1-9]\d{0,14}))\s*\}\s*$/u

const decoder = new TextDecoder()

/**
 * Makes a broken message of a line that was too long to keep.
 *
 * The id is read from the ends of the line where it stands there, so that whoever waits for this answer learns at once
 * why it does not come.
 */
export const tooLong = (head: Uint8Array, tail: Uint8Array, limit: number): Broken => {
  const start = decoder.decode(head)
  const first = idInHead.exec(start)
  const last = first === null ? idInTail.exec(decoder.decode(tail)) : null
  const kind = first?.[2] ?? kindInHead.exec(start)?.[1]
  const id = kind === undefined ? undefined : (first ?? last)?.[1]
  return {
    kind: 'broken',
    id: id === undefined ? undefined : (JSON.parse(id) as RequestId),
    response: id !== undefined && kind !== 'method',
    error: invalidRequest(`The message is longer than ${limit} bytes`),
  }
}
