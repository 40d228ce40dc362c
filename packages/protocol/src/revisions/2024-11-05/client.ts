import { writeAnswer } from '../2025-06-18/client.ts'
import { legacyClient } from '../2025-11-25/client.ts'
import type { ClientRevision } from '../revision.ts'

/** The asking half of 2024-11-05, the first revision. */
export const november2024Client: ClientRevision = /* @__PURE__ */ legacyClient({ version: '2024-11-05', writeAnswer })
