import { revisions } from '@parley/protocol/server'

const legacy = /* @__PURE__ */ revisions.filter(({ era }) => era === 'legacy')

/** Whether a revision is one of those with sessions. */
export const isLegacy = (version: string): boolean => legacy.some((revision) => revision.version === version)

/** Whether event streams start with an event to come back from (G9): in the newest revision that has sessions. */
export const isPrimed = (version: string | undefined): boolean =>
  version !== undefined && version === legacy[0]?.version

/** What a request without a session and without a version is read in: the revision that batches came with (G5). */
export const assumedVersion = (): string | undefined => legacy.find(({ batches }) => batches)?.version
