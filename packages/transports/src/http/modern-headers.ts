import type { JsonObject } from '@parley/core'
import { namedParam, versionHeader } from './headers.ts'
import { encodeHeader } from './sentinel.ts'
import { eitherReply } from './site.ts'

/** The headers of one modern message: what it is, so that nobody on the way has to read its body (H7, H8). */
export const modernHeaders = (method: string, params: JsonObject, version: string | undefined): Map<string, string> => {
  const headers = new Map([
    ['accept', eitherReply],
    ['content-type', 'application/json'],
    ['mcp-method', encodeHeader(method)],
  ])
  if (version !== undefined) headers.set(versionHeader, version)
  const name = params[namedParam(method) ?? '']
  if (typeof name === 'string') headers.set('mcp-name', encodeHeader(name))
  return headers
}
