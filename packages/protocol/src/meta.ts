import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'

/** The `_meta` keys that the specification reserves (2026-07-28, basic/index#meta). */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const

const nothing: JsonObject = Object.freeze({})

/** The `_meta` of some params or result; an empty object where there is none. */
export const metaOf = (holder: JsonObject | undefined): JsonObject => {
  const meta = holder?.['_meta']
  return isObject(meta) ? meta : nothing
}

/** The revision that a request names in its own `_meta`; a modern request always does. */
export const namedVersion = (params: JsonObject | undefined): string | undefined => {
  const version = metaOf(params)[metaKeys.protocolVersion]
  return typeof version === 'string' ? version : undefined
}
