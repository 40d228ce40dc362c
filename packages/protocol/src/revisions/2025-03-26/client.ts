import { writeAnswer } from '../2025-06-18/client.ts'
import { legacyClient } from '../2025-11-25/client.ts'
import type { ClientRevision } from '../revision.ts'

/** The asking half of 2025-03-26, the one revision with batches. */
export const march2025Client: ClientRevision = /* @__PURE__ */ legacyClient({
  version: '2025-03-26',
  batches: true,
  writeAnswer,
})
