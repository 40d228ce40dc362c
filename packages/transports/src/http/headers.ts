import { headerMismatch, isObject } from '@parley/core'
import type { JsonObject, RpcError } from '@parley/core'
import type { Mirrored, RpcRequest } from '@parley/protocol/server'
import { isSameNumber, isUnsafeInteger } from './decimal.ts'
import { decodeHeader } from './sentinel.ts'
import type { Head } from './wire.ts'

/** The header that names the revision a message is written in. */
export const versionHeader = 'mcp-protocol-version'

// Far more than a name or an argument worth routing by ever has; what is longer was sent to cost time.
const longest = 4096

/** The one of a request's params that `Mcp-Name` repeats; undefined where there is none (H8). */
export const namedParam = (method: string): string | undefined => {
  switch (method) {
    case 'tools/call':
    case 'prompts/get':
      return 'name'
    case 'resources/read':
      return 'uri'
    case 'tasks/get':
    case 'tasks/update':
    case 'tasks/cancel':
      return 'taskId'
    default:
      return undefined
  }
}

/** The value that a chain of keys leads to; undefined where it breaks off. */
export const valueAt = (root: unknown, path: readonly string[]): unknown => {
  let value = root
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** Whether a header's value says what the body says; numbers are compared as such (X4). */
const agrees = (text: string, value: unknown): boolean => {
  if (typeof value === 'number') return isSameNumber(text, value)
  return typeof value === 'boolean' ? text === String(value) : text === value
}

const isPrimitive = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

const faultOf = (head: Head, header: string, value: unknown): string | undefined => {
  const name = header.toLowerCase()
  const raw = head.header(name)
  const present = value !== undefined && value !== null
  if (raw === undefined) return present && isPrimitive(value) ? `${header} is missing` : undefined
  if (head.repeated(name)) return `${header} stands more than once`
  if (!present) return `${header} stands there, but the body has no such value`
  const text = decodeHeader(raw)
  if (text === undefined) return `${header} holds characters or base64 that it must not`
  if (text.length > longest) return `${header} is longer than ${longest} characters`
  // MUST (transports/streamable-http): what stands in a header is within ±(2^53 - 1). Beyond that the body's own digits are
  // lost by now, so that nothing can be held against them.
  if (isUnsafeInteger(value)) return `${header} repeats an integer that is too large to be compared`
  return agrees(text, value) ? undefined : `${header} does not match the body`
}

const methodFault = (head: Head, method: string): string | undefined => {
  const text = head.header('mcp-method')
  if (text === undefined) return 'Mcp-Method is missing'
  if (head.repeated('mcp-method')) return 'Mcp-Method stands more than once'
  // Values are case-sensitive, and only the other two may be encoded.
  return text === method ? undefined : 'Mcp-Method does not match the body'
}

/** What is wrong with the header that names the revision, for a message that names one itself; or nothing (H7). */
export const versionFault = (head: Head, version: string): RpcError | undefined => {
  const text = head.header(versionHeader)
  if (text === undefined) return headerMismatch('Header mismatch: MCP-Protocol-Version is missing')
  if (text === version && !head.repeated(versionHeader)) return undefined
  return headerMismatch(`Header mismatch: MCP-Protocol-Version does not match the body's _meta`)
}

/**
 * What is wrong with the headers that repeat parts of a modern request, or nothing (H9, X4).
 *
 * MUST (2026-07-28, basic/transports/streamable-http#server-validation): what routes by headers must not see another
 * request than the server serves.
 */
export const headerFault = (head: Head, request: RpcRequest, mirrored: readonly Mirrored[]): RpcError | undefined => {
  const params: JsonObject = request.params ?? {}
  const key = namedParam(request.method)
  let fault = methodFault(head, request.method)
  if (fault === undefined && key !== undefined) fault = faultOf(head, 'Mcp-Name', valueAt(params, [key]))
  for (const { header, path } of mirrored) fault ??= faultOf(head, header, valueAt(params, path))
  return fault === undefined ? undefined : headerMismatch(`Header mismatch: ${fault}`)
}
