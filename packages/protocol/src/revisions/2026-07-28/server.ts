import { invalidParams, isObject, methodNotFound } from '@parley/core'
import type { Implementation, JsonObject, RpcError } from '@parley/core'
import type { Call, Outcome } from '../../call.ts'
import type { Exchange } from '../../exchange.ts'
import type { Input } from '../../input.ts'
import { Encoded, errorObject } from '../../message.ts'
import type { ErrorObject } from '../../message.ts'
import { metaKeys, metaOf } from '../../meta.ts'
import { isCacheable, isStandard, mayAskForInput, modernMethods, sharedMethods } from '../methods.ts'
import type { ServerRevision, ServerSelf } from '../revision.ts'
import { readCaller } from './envelope.ts'
import { readInput, writeInputRequired } from './rounds.ts'
import { faultIn } from '../../shape.ts'
import { clientRequest } from './validators/server.gen.ts'
import { version } from './version.ts'

const has = (method: string): boolean => sharedMethods.includes(method) || modernMethods.includes(method)

const neutralParams = (method: string, wire: JsonObject): JsonObject => {
  if (mayAskForInput(method)) {
    const { _meta, inputResponses, requestState, ...params } = wire
    return params
  }
  const { _meta, ...params } = wire
  return params
}

const readCall = (exchange: Exchange, self: ServerSelf): Call | Promise<Call> => {
  const { method } = exchange.request
  const wire = exchange.request.params ?? {}
  const meta = metaOf(wire)
  const caller = readCaller(meta)
  if ((isStandard(method) && !has(method)) || !self.answers(method)) throw methodNotFound(method)
  const fault = faultIn(clientRequest(method), wire)
  if (fault !== undefined) throw invalidParams(`${method}: params${fault.path} ${fault.message}`)
  const params = neutralParams(method, wire)
  const input = readInput(wire, params, caller, exchange, self)
  const reached = { progress: -Infinity }
  const call = (ready: Input): Call => ({ method, params, meta, caller, input: ready, exchange, reached })
  return input instanceof Promise ? input.then(call) : call(input)
}

/** Most results say nothing of what every result says: then it is put in front of their text, and nothing is copied. */
const completed = (method: string, result: JsonObject, self: ServerSelf): JsonObject | Encoded =>
  isSpoken(result) ? merged(method, result, self) : headed(method, JSON.stringify(result), self)

// Spelled out: a loop over the keys would be slower than the search.
const isSpoken = (result: JsonObject): boolean =>
  '_meta' in result || 'resultType' in result || 'ttlMs' in result || 'cacheScope' in result || 'toJSON' in result

const merged = (method: string, result: JsonObject, self: ServerSelf): JsonObject => {
  const written: JsonObject = {
    resultType: 'complete',
    ...result,
    _meta: { [metaKeys.serverInfo]: self.info, ...metaOf(result) },
  }
  // MUST (server/utilities/caching): both stand in every such result; the defaults share nothing (A1).
  if (isCacheable(method)) {
    written['ttlMs'] ??= 0
    written['cacheScope'] ??= 'private'
  }
  return written
}

const encoded = (method: string, result: Encoded, self: ServerSelf): JsonObject | Encoded => {
  // Written in front of the text as it is, a key that the text has itself would stand twice.
  if (/"(?:resultType|_meta|ttlMs|cacheScope)"/.test(result.text)) {
    const parsed: unknown = JSON.parse(result.text)
    if (isObject(parsed)) return merged(method, parsed, self)
  }
  return headed(method, result.text, self)
}

const headed = (method: string, text: string, self: ServerSelf): Encoded => {
  const hints = isCacheable(method) ? ',"ttlMs":0,"cacheScope":"private"' : ''
  const head = `${headOf(self.info)}${hints}`
  return new Encoded(text === '{}' ? `${head}}` : `${head},${text.slice(1)}`)
}

const heads = /* @__PURE__ */ new WeakMap<Implementation, string>()

const headOf = (info: Implementation): string => {
  let head = heads.get(info)
  if (head === undefined) {
    head = `{"resultType":"complete","_meta":${JSON.stringify({ [metaKeys.serverInfo]: info })}`
    heads.set(info, head)
  }
  return head
}

const writeOutcome = (call: Call, outcome: Outcome, self: ServerSelf): JsonObject | Encoded | Promise<JsonObject> => {
  if (outcome.kind === 'input_required') return writeInputRequired(call, outcome, self)
  if (outcome.result instanceof Encoded) return encoded(call.method, outcome.result, self)
  return completed(call.method, outcome.result, self)
}

const writeError = (error: RpcError): ErrorObject => {
  const written = errorObject(error)
  // MUST NOT (basic/index#error-codes): codes of earlier revisions, and reserved ones that nobody has defined (B15).
  if (written.code === -32002) return { ...written, code: -32602 }
  const reserved = written.code <= -32020 && written.code >= -32099
  if ((reserved && written.code < -32022) || error.kind === 'userRefused') return { ...written, code: -32603 }
  return written
}

/** The answering half of 2026-07-28. */
export const modernServer: ServerRevision = {
  version,
  era: 'modern',
  batches: false,
  has,
  readCall,
  writeOutcome,
  writeError,
}
