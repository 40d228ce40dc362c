import { legacyClient } from '../2025-11-25/client.ts'
import type { ClientRevision } from '../revision.ts'

/** The asking half of 2025-03-26, the one revision with batches. */
export const march2025Client: ClientRevision = /* @__PURE__ */ legacyClient('2025-03-26', true)
