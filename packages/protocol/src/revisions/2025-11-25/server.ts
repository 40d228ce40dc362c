import { invalidParams, isObject, methodNotFound } from '@parley/core'
import type { JsonObject, RpcError } from '@parley/core'
import type { Call, Outcome } from '../../call.ts'
import { shownContext } from '../../capabilities.ts'
import type { Exchange } from '../../exchange.ts'
import { Encoded, errorObject } from '../../message.ts'
import type { ErrorObject } from '../../message.ts'
import { metaOf } from '../../meta.ts'
import { isStandard, legacyMethods, sharedMethods } from '../methods.ts'
import type { ServerRevision, ServerSelf } from '../revision.ts'
import { SessionCaller, sessionOf } from './handshake.ts'
import { LiveInput, rehearsedInput } from './questions.ts'
import type { QuestionRules } from './questions.ts'
import { writeResult } from './results.ts'
import type { Lacks } from './results.ts'
import { faultIn } from '../../shape.ts'
import { clientRequest } from './validators/server.gen.ts'

const has = (method: string): boolean => sharedMethods.includes(method) || legacyMethods.includes(method)

const readParams = (method: string, wire: JsonObject): JsonObject => {
  const fault = faultIn(clientRequest(method), wire)
  if (fault !== undefined) throw invalidParams(`${method}: params${fault.path} ${fault.message}`)
  if (!('_meta' in wire)) return wire
  const { _meta, ...params } = wire
  return params
}

const writeError = (error: RpcError, lacks: Lacks): ErrorObject => {
  const written = errorObject(error)
  switch (error.kind) {
    case 'resourceNotFound':
      return { ...written, code: -32002 }
    case 'unsupportedVersion':
      return { ...written, code: -32602 }
    case 'missingCapability':
    case 'headerMismatch':
      return { ...written, code: -32600 }
    case 'urlElicitationRequired':
      // Only 2025-11-25 has this code (I9).
      return lacks.icons === true ? { ...written, code: -32603 } : written
    default:
      return written
  }
}

/** What sets one legacy revision apart from the others. */
export type Dialect = {
  version: string
  batches: boolean
  lacks: Lacks
  questions: QuestionRules
}

const noParams: JsonObject = Object.freeze({})

const readCall = (exchange: Exchange, self: ServerSelf, questions: QuestionRules): Call => {
  const { method, params: wire = noParams } = exchange.request
  if ((isStandard(method) && !has(method)) || !self.answers(method)) throw methodNotFound(method)
  const caller = new SessionCaller(sessionOf(exchange).state)
  const input = self.rehearse
    ? rehearsedInput(exchange, caller.capabilities, questions)
    : new LiveInput(exchange, caller.capabilities, questions)
  const reached = { progress: -Infinity }
  return { method, params: readParams(method, wire), meta: metaOf(wire), caller, input, exchange, reached }
}

const writeOutcome = (call: Call, outcome: Outcome, lacks: Lacks): JsonObject | Encoded => {
  // The server pursues open questions before it writes, so none reach this far.
  if (outcome.kind === 'input_required') throw new TypeError('A legacy result cannot ask for input')
  const { result } = outcome
  if (!(result instanceof Encoded)) return writeResult(call.method, result, lacks)
  const parsed: unknown = JSON.parse(result.text)
  return isObject(parsed) ? writeResult(call.method, parsed, lacks) : result
}

/** Makes the answering half of a legacy revision. */
export const legacyServer = (dialect: Dialect): ServerRevision => ({
  version: dialect.version,
  era: 'legacy',
  batches: dialect.batches,
  has,
  readCall: (exchange, self) => readCall(exchange, self, dialect.questions),
  writeOutcome: (call, outcome) => writeOutcome(call, outcome, dialect.lacks),
  writeError: (error) => writeError(error, dialect.lacks),
})

/** How 2025-11-25 puts questions: every kind there is. */
export const questionRules: QuestionRules = {
  refusal: () => undefined,
  write(question, declared) {
    const { method } = question
    const params = shownContext(question, declared)
    // MUST (client/elicitation#url-mode-elicitation-requests): each visit has an id here; no other revision knows them.
    const visits = method === 'elicitation/create' && params['mode'] === 'url' && params['elicitationId'] === undefined
    return visits ? { ...params, elicitationId: crypto.randomUUID() } : params
  },
}

/** The answering half of 2025-11-25. */
export const november2025Server: ServerRevision = /* @__PURE__ */ legacyServer({
  version: '2025-11-25',
  batches: false,
  lacks: {},
  questions: questionRules,
})
