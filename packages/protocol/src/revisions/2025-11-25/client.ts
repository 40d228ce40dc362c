import type { JsonObject } from '@parley/core'
import { faultIn } from '../../shape.ts'
import { readResult } from '../../tolerance.ts'
import type { Reading } from '../../tolerance.ts'
import type { ClientRevision, Draft, Reply } from '../revision.ts'
import { serverNotification, serverRequest, serverResult } from './validators/client.gen.ts'

const writeCall = (draft: Draft): JsonObject =>
  draft.meta === undefined ? draft.params : { ...draft.params, _meta: draft.meta }

const readOutcome = (method: string, result: JsonObject, reading?: Reading): Reply => ({
  kind: 'complete',
  result: readResult(method, result, serverResult(method), reading),
})

const paramsFault = (method: string, params: JsonObject): string | undefined => {
  const fault = faultIn(serverRequest(method) ?? serverNotification(method), params)
  return fault === undefined ? undefined : `params${fault.path} ${fault.message}`
}

/** What sets the asking half of one legacy revision apart from the others. */
export type ClientDialect = Pick<ClientRevision, 'version' | 'writeAnswer'> & { batches?: boolean }

/** Makes the asking half of a legacy revision. */
export const legacyClient = ({ batches = false, ...dialect }: ClientDialect): ClientRevision => ({
  ...dialect,
  era: 'legacy',
  batches,
  writeCall,
  readOutcome,
  paramsFault,
})

/** The asking half of 2025-11-25. */
export const november2025Client: ClientRevision = /* @__PURE__ */ legacyClient({
  version: '2025-11-25',
  writeAnswer: (_method, answer) => answer,
})
