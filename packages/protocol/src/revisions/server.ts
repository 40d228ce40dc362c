import type { Exchange } from '../exchange.ts'
import { namedVersion } from '../meta.ts'
import { november2024Server } from './2024-11-05/server.ts'
import { march2025Server } from './2025-03-26/server.ts'
import { june2025Server } from './2025-06-18/server.ts'
import { settleVersion } from './2025-11-25/handshake.ts'
import { november2025Server } from './2025-11-25/server.ts'
import { modernServer } from './2026-07-28/server.ts'
import type { ServerRevision } from './revision.ts'

/** The answering halves of every revision, newest first. */
export const serverRevisions: readonly ServerRevision[] = [
  modernServer,
  november2025Server,
  june2025Server,
  march2025Server,
  november2024Server,
]

/**
 * The revision that one exchange is to be read in (requirements: the dual-era table).
 *
 * Never throws. A request that names a version, or that nothing is known of, gets the newest revision, whose `readCall`
 * gives the error that explains itself.
 */
export const revisionOf = (exchange: Exchange): ServerRevision => {
  const { request, session } = exchange
  if (session === undefined || namedVersion(request.params) !== undefined) return modernServer
  // The handshake's answer is already written in the revision that it settles on.
  if (request.method === 'initialize') return revisionNamed(settleVersion(request.params?.['protocolVersion']))
  const { version } = session.state
  if (version === undefined) return request.method === 'ping' ? november2025Server : modernServer
  return revisionNamed(version)
}

const revisionNamed = (version: string): ServerRevision =>
  serverRevisions.find((revision) => revision.version === version) ?? modernServer
