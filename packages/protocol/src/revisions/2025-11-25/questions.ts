import { internalError, ToolError } from '@parley/core'
import type { ClientCapabilities, Json, JsonObject, RpcError } from '@parley/core'
import { answerFits } from '../../answers.ts'
import type { InputRequired } from '../../call.ts'
import { refusalFor } from '../../capabilities.ts'
import type { Exchange } from '../../exchange.ts'
import { callIsOver } from '../../input.ts'
import type { AskOptions, Input, Memory, Question } from '../../input.ts'
import { Ledger } from '../../ledger.ts'

/** How a revision puts questions to a client. */
export type QuestionRules = {
  /** Why this revision cannot put the question, whatever the client declared. */
  refusal(question: Question, declared: ClientCapabilities): RpcError | undefined
  /** The question's params as this revision writes them. */
  write(question: Question, declared: ClientCapabilities): JsonObject
}

const mostTries = 3

// An answer that does not fit counts as missing, and is asked for again, as in the modern era (M8).
const put = async (
  question: Question,
  exchange: Exchange,
  declared: ClientCapabilities,
  rules: QuestionRules,
  accepts?: AskOptions['accepts'],
): Promise<JsonObject> => {
  // A road without a way back makes every caller one that cannot be asked.
  if (exchange.ask === undefined) throw refusalFor(question, {}) ?? internalError('The road carries no questions')
  // A person may take as long as they like; the request being served ends the wait.
  const params = rules.write(question, declared)
  for (let tries = 1; tries <= mostTries; tries++) {
    const answer = await exchange.ask(question.method, params, { timeout: Infinity, maxTimeout: Infinity })
    const fits = await answerFits(question, answer)
    if (fits && (accepts === undefined || (await accepts(answer)))) return answer
  }
  // Meant for the model: it is the caller that answers amiss, and nothing here that is broken.
  throw new ToolError(
    `${question.method} was answered ${mostTries} times with something that does not fit the question`,
  )
}

const noAnswers: ReadonlyMap<string, JsonObject> = new Map()

/** Input that is asked live: a question is a request of the server's own, sent while the client's is being served. */
export class LiveInput implements Input {
  readonly answers: ReadonlyMap<string, JsonObject> = noAnswers
  readonly state: Json | undefined = undefined
  readonly #exchange: Exchange
  readonly #declared: ClientCapabilities
  readonly #rules: QuestionRules
  #once: Map<string, Promise<Json | undefined>> | undefined
  #over = false

  constructor(exchange: Exchange, declared: ClientCapabilities, rules: QuestionRules) {
    this.#exchange = exchange
    this.#declared = declared
    this.#rules = rules
  }

  ask(question: Question, options: AskOptions = {}): Promise<JsonObject> {
    const answer = this.#ask(question, options)
    // See Ledger.ask: a question may be started well before it is awaited.
    answer.catch(() => undefined)
    return answer
  }

  async #ask(question: Question, options: AskOptions): Promise<JsonObject> {
    if (this.#over) throw callIsOver()
    const refusal = this.#refusal(question)
    if (refusal !== undefined) throw refusal
    return put(question, this.#exchange, this.#declared, this.#rules, options.accepts)
  }

  #refusal(question: Question): RpcError | undefined {
    return this.#rules.refusal(question, this.#declared) ?? refusalFor(question, this.#declared)
  }

  once<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T> {
    if (this.#over) return Promise.reject(callIsOver())
    this.#once ??= new Map()
    const running = this.#once.get(key)
    if (running !== undefined) return running as Promise<T>
    const result = (async () => work())()
    result.catch(() => undefined)
    this.#once.set(key, result)
    return result
  }

  close(): undefined {
    this.#over = true
  }

  memory(): Memory | undefined {
    return undefined
  }

  pursue(required: InputRequired): Promise<Input> {
    const memory: Memory = { answers: {}, once: {}, asked: [], round: 1, drift: 0 }
    if (required.state !== undefined) memory.state = required.state
    return pursue(required, memory, this.#exchange, this.#declared, this.#rules)
  }
}

/** Input that is replayed on a legacy road: what a run leaves open is asked live, and the handler run again. */
export const rehearsedInput = (
  exchange: Exchange,
  declared: ClientCapabilities,
  rules: QuestionRules,
  given?: ReadonlyMap<string, JsonObject>,
  memory?: Memory,
): Input =>
  new Ledger({
    refusal: (question) => rules.refusal(question, declared) ?? refusalFor(question, declared),
    given,
    memory,
    pursue: (required, before) => pursue(required, before, exchange, declared, rules),
  })

const pursue = async (
  required: InputRequired,
  memory: Memory,
  exchange: Exchange,
  declared: ClientCapabilities,
  rules: QuestionRules,
): Promise<Input> => {
  const questions = Object.entries(required.requests ?? {})
  for (const [, question] of questions) {
    const refusal = rules.refusal(question, declared) ?? refusalFor(question, declared)
    if (refusal !== undefined) throw refusal
  }
  const answers = await Promise.all(
    questions.map(async ([key, question]): Promise<[string, JsonObject]> => [
      key,
      await put(question, exchange, declared, rules),
    ]),
  )
  return rehearsedInput(exchange, declared, rules, new Map(answers), memory)
}
