import { legacyClient } from '../2025-11-25/client.ts'
import type { ClientRevision } from '../revision.ts'

/** The asking half of 2025-06-18. */
export const june2025Client: ClientRevision = /* @__PURE__ */ legacyClient('2025-06-18')
