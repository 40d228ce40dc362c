import type { Principal } from '@parley/core'
import type { Origin } from '@parley/protocol/server'
import type { Head } from '../http/wire.ts'

/**
 * The head of an upgrade as far as credentials go: without its cookies.
 *
 * A browser sends them along with whatever page opens the WebSocket, so they say nothing of who wants it (T11).
 */
export const withoutCookies = (head: Head): Head => ({
  method: head.method,
  path: head.path,
  header: (name) => (name === 'cookie' ? undefined : head.header(name)),
  repeated: (name) => head.repeated(name),
})

/** What handlers learn of the upgrade that a message's connection began with. */
export const originOf = (head: Head, principal: Principal | undefined): Origin => ({
  road: 'websocket',
  ...(principal !== undefined && { principal }),
  header: (name) => head.header(name.toLowerCase()),
})
