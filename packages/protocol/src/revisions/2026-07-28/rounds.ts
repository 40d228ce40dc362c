import { internalError, invalidParams, isObject, principalKey } from '@parley/core'
import type { ClientCapabilities, JsonObject, RpcError } from '@parley/core'
import type { Call, Caller, InputRequired } from '../../call.ts'
import { refusalFor, shownContext } from '../../capabilities.ts'
import type { Exchange } from '../../exchange.ts'
import type { Input, Memory, Question } from '../../input.ts'
import { Ledger, readMemory } from '../../ledger.ts'
import type { LedgerOptions } from '../../ledger.ts'
import { metaKeys } from '../../meta.ts'
import { mayAskForInput } from '../methods.ts'
import type { ServerSelf } from '../revision.ts'

/** How long a sealed state may be presented, renewed each round. */
const stateLifetime = 600_000

// SHOULD (basic/patterns/mrtr): state is bound to the principal and to the request that it was made for (M5).
const bindingOf = (method: string, params: JsonObject, exchange: Exchange): JsonObject => ({
  principal: principalKey(exchange.origin.principal),
  method,
  params,
})

const readAnswers = (value: unknown): ReadonlyMap<string, JsonObject> | undefined => {
  if (value === undefined) return undefined
  if (!isObject(value)) throw invalidParams('inputResponses must be an object')
  const answers = new Map<string, JsonObject>()
  for (const [key, answer] of Object.entries(value)) {
    if (!isObject(answer)) throw invalidParams(`inputResponses[${JSON.stringify(key)}] must be an object`)
    answers.set(key, answer)
  }
  return answers
}

/** What the ledger of one call starts from. One object: closures for each call would cost more than reading it. */
class Start implements LedgerOptions {
  readonly given: ReadonlyMap<string, JsonObject> | undefined
  readonly memory: Memory | undefined
  readonly #method: string
  readonly #caller: Caller
  readonly #self: ServerSelf

  constructor(
    method: string,
    caller: Caller,
    self: ServerSelf,
    given?: ReadonlyMap<string, JsonObject>,
    memory?: Memory,
  ) {
    this.given = given
    this.memory = memory
    this.#method = method
    this.#caller = caller
    this.#self = self
  }

  refusal(question: Question): RpcError | undefined {
    return refusalFor(question, this.#caller.capabilities)
  }

  onDrift(): void {
    this.#self.report(new Error(`${this.#method} cannot be replayed: ${unrepeatable}`))
  }
}

/**
 * Makes the input of a call from the fields of its retry.
 *
 * A first round settles at once. A state that was not sealed here for this very call rejects, always with one error.
 */
export const readInput = (
  wire: JsonObject,
  params: JsonObject,
  caller: Caller,
  exchange: Exchange,
  self: ServerSelf,
): Input | Promise<Input> => {
  const { method } = exchange.request
  // The fields mean something on three methods alone; elsewhere they are somebody's own params (trap 3.2 #6).
  if (!mayAskForInput(method)) return new Ledger(new Start(method, caller, self))
  const answers = readAnswers(wire['inputResponses'])
  const state = wire['requestState']
  if (state === undefined) return new Ledger(new Start(method, caller, self, answers))
  if (typeof state !== 'string') throw invalidParams('requestState must be a string')
  return self.sealer
    .open(state, bindingOf(method, params, exchange))
    .then((text) => new Ledger(new Start(method, caller, self, answers, readMemory(text))))
}

const unrepeatable =
  'a question that was answered is no longer put, and another is. Keep what varies, such as a time, out of its words, or name it'

// This revision has no `elicitationId`: a handler may give one all the same, for callers of the revision that has.
const written = (question: Question, declared: ClientCapabilities): Question => {
  const params = shownContext(question, declared)
  if (question.method !== 'elicitation/create' || params['elicitationId'] === undefined) {
    return params === question.params ? question : { ...question, params }
  }
  const { elicitationId: _, ...rest } = params
  return { ...question, params: rest }
}

/** Writes an `input_required` result, with everything that the retry must bring back sealed into its state. */
export const writeInputRequired = async (call: Call, outcome: InputRequired, self: ServerSelf): Promise<JsonObject> => {
  if (!mayAskForInput(call.method)) throw internalError(`${call.method} cannot be answered with input_required`)
  for (const question of Object.values(outcome.requests ?? {})) {
    const refusal = refusalFor(question, call.caller.capabilities)
    if (refusal !== undefined) throw refusal
  }
  const memory = call.input.memory(outcome.state)
  if (memory !== undefined && memory.round > self.maxRounds) {
    throw internalError(`The call asked for input more than ${self.maxRounds} times`)
  }
  // SHOULD (basic/index#meta): every result says who answers, this one like any other (B10).
  const result: JsonObject = { resultType: 'input_required', _meta: { [metaKeys.serverInfo]: self.info } }
  const questions = Object.entries(outcome.requests ?? {})
  const asks = questions.length > 0
  if (asks) {
    const { capabilities } = call.caller
    const requests = questions.map(([key, question]): [string, Question] => [key, written(question, capabilities)])
    result['inputRequests'] = Object.fromEntries(requests)
  }
  const binding = bindingOf(call.method, call.params, call.exchange)
  if (memory !== undefined)
    result['requestState'] = await self.sealer.seal(JSON.stringify(memory), binding, stateLifetime)
  // MUST (basic/patterns/mrtr): at least one of the two is present (M2).
  if (!asks && memory === undefined) throw internalError('input_required asks for nothing')
  return result
}
