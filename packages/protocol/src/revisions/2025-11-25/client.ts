import { InvalidResult } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { ClientRevision, Draft, Reply } from '../revision.ts'
import { serverNotification, serverRequest, serverResult } from './validators/client.gen.ts'

const writeCall = (draft: Draft): JsonObject =>
  draft.meta === undefined ? draft.params : { ...draft.params, _meta: draft.meta }

const readOutcome = (method: string, result: JsonObject): Reply => {
  const fault = serverResult(method)?.(result)
  if (fault !== undefined) throw new InvalidResult(method, `result${fault.path} ${fault.message}`)
  return { kind: 'complete', result }
}

const paramsFault = (method: string, params: JsonObject): string | undefined => {
  const fault = (serverRequest(method) ?? serverNotification(method))?.(params)
  return fault === undefined ? undefined : `params${fault.path} ${fault.message}`
}

/** Makes the asking half of a legacy revision. */
export const legacyClient = (version: string, batches = false): ClientRevision => ({
  version,
  era: 'legacy',
  batches,
  writeCall,
  readOutcome,
  paramsFault,
})

/** The asking half of 2025-11-25. */
export const november2025Client: ClientRevision = /* @__PURE__ */ legacyClient('2025-11-25')
