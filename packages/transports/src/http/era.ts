import { headerMismatch, internalError, invalidRequest, RpcError, unsupportedVersion } from '@parley/core'
import { metaOf, modernVersions, readCaller, revisions, takesBatches } from '@parley/protocol/server'
import type { Message, RpcRequest } from '@parley/protocol/server'
import { versionHeader } from './headers.ts'
import type { Head } from './wire.ts'

/** What becomes of a message that names no revision in its body. */
export type Verdict = { readonly era: 'legacy' } | { readonly era: 'none'; readonly error: RpcError | undefined }

const legacy: Verdict = { era: 'legacy' }
const refused = (error: RpcError): Verdict => ({ era: 'none', error })
const ignored: Verdict = { era: 'none', error: undefined }

const isServed = (version: string): boolean => revisions.some((revision) => revision.version === version)

const missingEnvelope = ({ params }: RpcRequest): RpcError => {
  try {
    readCaller(metaOf(params))
  } catch (error) {
    if (error instanceof RpcError) return error
  }
  return internalError()
}

const inModernWords = (message: Message): Verdict => {
  switch (message.kind) {
    case 'request':
      return refused(missingEnvelope(message))
    case 'notification':
      return ignored
    default:
      // MUST NOT (2026-07-28, basic/transports/streamable-http#sending-messages): clients send no responses.
      return refused(invalidRequest('A response answers nothing in this revision'))
  }
}

/**
 * Decides what to do with a message whose body names no revision, from the header that does (the dual-era table).
 *
 * Without that header it is of the legacy era, as it is with one of that era's revisions.
 */
export const eraOf = (message: Message, head: Head): Verdict => {
  const version = head.header(versionHeader)
  if (head.repeated(versionHeader)) return refused(headerMismatch('MCP-Protocol-Version stands more than once'))
  if (message.kind === 'batch') {
    if (version === undefined || takesBatches(version)) return legacy
    return refused(invalidRequest('A JSON array of messages is not taken in this revision'))
  }
  if (version === undefined || (message.kind === 'request' && message.method === 'initialize')) return legacy
  if (!isServed(version)) return refused(unsupportedVersion({ requested: version, supported: modernVersions }))
  return modernVersions.includes(version) ? inModernWords(message) : legacy
}
