import { questionRules } from '../2025-03-26/server.ts'
import { legacyServer } from '../2025-11-25/server.ts'
import type { ServerRevision } from '../revision.ts'

/** The answering half of 2024-11-05, the first revision. */
export const november2024Server: ServerRevision = /* @__PURE__ */ legacyServer({
  version: '2024-11-05',
  batches: false,
  lacks: { icons: true, titles: true, audio: true },
  questions: questionRules,
})
