import { InvalidResult, isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { isCacheable, mayAskForInput, metaKeys } from '../../server.ts'
import { faultIn } from '../../shape.ts'
import { readResult } from '../../tolerance.ts'
import type { Reading } from '../../tolerance.ts'
import type { ClientRevision, ClientSelf, Draft, Reply } from '../revision.ts'
import { inputRequiredResult, serverNotification, serverRequest, serverResult } from './validators/client.gen.ts'
import { version } from './version.ts'

const envelope = (self: ClientSelf): JsonObject => ({
  [metaKeys.protocolVersion]: version,
  [metaKeys.clientInfo]: self.info,
  [metaKeys.clientCapabilities]: self.capabilities,
})

const writeCall = (draft: Draft, self: ClientSelf): JsonObject => {
  const meta = draft.meta === undefined ? envelope(self) : { ...draft.meta, ...envelope(self) }
  if (draft.logLevel !== undefined) meta[metaKeys.logLevel] = draft.logLevel
  // Node 20 takes half a microsecond to add a key to what it has just copied, and a tenth of that to copy beside one.
  const params: JsonObject = { _meta: meta, ...draft.params }
  // What a caller put there does not take the envelope's place.
  if (params['_meta'] !== meta) params['_meta'] = meta
  if (draft.answers !== undefined) params['inputResponses'] = draft.answers
  if (draft.state !== undefined) params['requestState'] = draft.state
  return params
}

const readQuestions = (method: string, result: JsonObject): Reply => {
  if (!mayAskForInput(method)) throw new InvalidResult(method, 'it cannot be answered with input_required')
  const { inputRequests = {}, requestState } = result
  const fault = inputRequiredResult(result)
  if (fault !== undefined) throw new InvalidResult(method, `result${fault.path} ${fault.message}`)
  if (!isObject(inputRequests)) throw new InvalidResult(method, 'inputRequests is not an object')
  const requests = inputRequests as Extract<Reply, { kind: 'input_required' }>['requests']
  if (typeof requestState === 'string') return { kind: 'input_required', requests, state: requestState }
  // MUST (basic/patterns/mrtr): at least one of the two is present (M2).
  if (Object.keys(requests).length === 0) throw new InvalidResult(method, 'input_required asks for nothing')
  return { kind: 'input_required', requests }
}

// SHOULD (server/utilities/caching): an absent ttl counts as 0, so its lack spoils no result (A4).
const withHints = (method: string, result: JsonObject): JsonObject =>
  isCacheable(method) && (result['ttlMs'] === undefined || result['cacheScope'] === undefined)
    ? { ...result, ttlMs: result['ttlMs'] ?? 0, cacheScope: result['cacheScope'] ?? 'private' }
    : result

const readOutcome = (method: string, wire: JsonObject, reading?: Reading): Reply => {
  const { resultType = 'complete' } = wire
  if (resultType === 'input_required') return readQuestions(method, wire)
  // MUST (basic/index#resulttype): a value that nobody negotiated makes the result invalid (B7).
  if (resultType !== 'complete') throw new InvalidResult(method, `unknown resultType ${JSON.stringify(resultType)}`)
  const result = readResult(method, withHints(method, wire), serverResult(method), reading)
  return { kind: 'complete', result }
}

const paramsFault = (method: string, params: JsonObject): string | undefined => {
  const fault = faultIn(serverRequest(method) ?? serverNotification(method), params)
  return fault === undefined ? undefined : `params${fault.path} ${fault.message}`
}

/** The asking half of 2026-07-28. */
export const modernClient: ClientRevision = {
  version,
  era: 'modern',
  batches: false,
  writeCall,
  readOutcome,
  writeAnswer: (_method, answer) => answer,
  paramsFault,
}
