import { invalidRequest } from '@parley/core'
import type { RpcError } from '@parley/core'
import { revisions, takesBatches } from '@parley/protocol'
import type { Message } from '@parley/protocol'

const legacy = /* @__PURE__ */ revisions.filter(({ era }) => era === 'legacy')

/** Whether a revision is one of those with sessions. */
export const isLegacy = (version: string): boolean => legacy.some((revision) => revision.version === version)

/** Whether event streams start with an event to come back from (G9): in the newest revision that has sessions. */
export const isPrimed = (version: string | undefined): boolean =>
  version !== undefined && version === legacy[0]?.version

/** What a request without a session and without a version is read in: the revision that batches came with (G5). */
export const assumedVersion = (): string | undefined => legacy.find(({ batches }) => batches)?.version

/** Why an array of messages may not come in this revision, or nothing (B4, B5). */
export const batchFault = (message: Message, version: string | undefined, most: number): RpcError | undefined => {
  if (message.kind !== 'batch') return undefined
  const { length } = message.messages
  if (!takesBatches(version)) return invalidRequest('Batches are not part of the revision in use')
  if (length === 0) return invalidRequest('A batch holds at least one message')
  return length > most ? invalidRequest(`A batch holds at most ${most} messages`) : undefined
}
