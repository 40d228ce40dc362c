import type { Principal } from '@parley/core'
import type { Origin } from '@parley/protocol/server'
import type { Head } from './wire.ts'

/** What handlers learn of the HTTP request that a message came by. */
export const originOf = (head: Head, principal: Principal | undefined): Origin => ({
  road: 'http',
  ...(principal !== undefined && { principal }),
  header: (name) => head.header(name.toLowerCase()),
})
