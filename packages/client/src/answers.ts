import { describeIssues, internalError, invalidParams, isObject, methodNotFound, RpcError } from '@parley/core'
import type {
  ClientCapabilities,
  CreateMessageParams,
  CreateMessageResult,
  ElicitParams,
  ElicitResult,
  ElicitValue,
  Implementation,
  JsonObject,
  RequestedSchema,
  Root,
} from '@parley/core'
import { errorObject, failure, refusalFor, success } from '@parley/protocol'
import type { ClientRevision, Exchange, Question, QuestionMethod, RpcResponse } from '@parley/protocol'
import { guard } from './guard.ts'
import type { AskContext, AskingCall, Callbacks, RootsSource } from './options.ts'

/** What the answers need to know of the client and of whom it is connected to. */
export type Answering = {
  readonly callbacks: Callbacks
  readonly capabilities: ClientCapabilities
  readonly server: Implementation | undefined
  /** Hears of faults on this side, which the far side is told nothing of. */
  readonly onError: (error: unknown) => void
}

const questionMethods = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const

const capabilityNames = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
} as const satisfies Record<QuestionMethod, keyof ClientCapabilities>

const questionOf = (method: string, params: JsonObject | undefined): Question | undefined => {
  const known = questionMethods.find((name) => name === method)
  return known === undefined ? undefined : { method: known, params: params ?? {} }
}

// Validated against the revision's own schema before it gets here; the two casts below rest on that.
const elicitParamsOf = (question: Question): ElicitParams => question.params as ElicitParams
const sampleParamsOf = (question: Question): CreateMessageParams => question.params as CreateMessageParams

/** Whether a value is a URL that a browser opens as a page. */
export const isWebUrl = (value: unknown): value is string =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)

/** Why a question cannot be put to this client, whichever the era; undefined when it can. */
const questionFault = async (question: Question, declared: ClientCapabilities): Promise<string | undefined> => {
  const refusal = refusalFor(question, declared)
  if (refusal !== undefined) return refusal.message
  if (question.method === 'elicitation/create') {
    const params = elicitParamsOf(question)
    // A URL of another scheme could run a program, or read a file, when it is opened (Y1).
    return params.mode === 'url' && !isWebUrl(params.url) ? 'url must be an http: or https: URL' : undefined
  }
  if (question.method !== 'sampling/createMessage') return undefined
  const { samplingFault } = await import('@parley/core/questions')
  return samplingFault(sampleParamsOf(question).messages)
}

/** Throws TypeError for what is no `file:` URI: nothing else may be exposed as a root (Q7). */
export const checkRoots = (roots: readonly Root[]): void => {
  for (const { uri } of roots) {
    if (!URL.canParse(uri) || new URL(uri).protocol !== 'file:')
      throw new TypeError(`A root is a file: URI, not ${uri}`)
  }
}

const elicitAnswer = async (params: ElicitParams, given: ElicitResult): Promise<JsonObject> => {
  const { action, content, _meta } = given
  const head = _meta === undefined ? { action } : { action, _meta }
  if (action !== 'accept' && action !== 'decline' && action !== 'cancel') {
    throw new TypeError(`An elicitation is answered with accept, decline or cancel, not ${JSON.stringify(action)}`)
  }
  // MUST (client/elicitation): content goes with an accepted form and with nothing else (I8).
  if (action !== 'accept' || params.mode === 'url') return head
  const { checkElicitContent } = await import('@parley/core/questions')
  const issues = checkElicitContent(params.requestedSchema, content ?? {})
  if (issues.length > 0) throw new TypeError(`The form was not filled in as asked: ${describeIssues(issues)}`)
  return { ...head, content: content ?? {} }
}

const sampleAnswer = (given: CreateMessageResult): JsonObject => {
  const { role, content, model } = given
  const blocks = Array.isArray(content) ? content : [content]
  if (typeof model !== 'string' || (role !== 'user' && role !== 'assistant') || !blocks.every(isObject)) {
    throw new TypeError('A sampled message has a role, a model and content')
  }
  return { ...given }
}

const mostVisits = 1000

const hasRefused = (error: unknown): boolean => error instanceof RpcError && error.kind === 'userRefused'

/** The defaults that a form brings along, to fill it in with before the user sees it (I10). */
export const defaultsOf = (schema: RequestedSchema): { [name: string]: ElicitValue } =>
  Object.fromEntries(
    Object.entries(schema.properties).flatMap(([name, field]): [string, ElicitValue][] =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  )

/** Answers what a server asks, for both eras: live requests of a legacy server, and the input that a modern one needs. */
export class Answers {
  readonly #self: Answering
  readonly #visits = new Set<string>()
  #roots: RootsSource | undefined

  constructor(self: Answering) {
    this.#self = self
    this.roots = self.callbacks.roots
  }

  /** What the server may work in. Throws TypeError for a list that holds anything but `file:` URIs. */
  set roots(source: RootsSource | undefined) {
    if (typeof source === 'object') checkRoots(source)
    this.#roots = source
  }

  /** Remembers that a visit to a URL was asked for, so that its end means something. */
  expectVisit(id: string | undefined): void {
    if (id === undefined) return
    this.#visits.add(id)
    const [oldest] = this.#visits
    if (this.#visits.size > mostVisits && oldest !== undefined) this.#visits.delete(oldest)
  }

  /** Tells of the end of a visit that was asked for; any other is ignored (I9). */
  endVisit(id: unknown): void {
    const { callbacks, onError } = this.#self
    if (typeof id === 'string' && this.#visits.delete(id)) guard(() => callbacks.onElicitComplete?.(id), onError)
  }

  /** Why a question cannot be put to this client; undefined when it can. Its params must fit their schema. */
  async fault(method: string, params: JsonObject | undefined): Promise<string | undefined> {
    const question = questionOf(method, params)
    return question === undefined ? 'no client knows that' : questionFault(question, this.#self.capabilities)
  }

  /** Settles with the answer to a question without a fault; rejects with what the callback threw. */
  async answer(
    method: string,
    params: JsonObject | undefined,
    signal: AbortSignal,
    call?: AskingCall,
  ): Promise<JsonObject> {
    const question = questionOf(method, params)
    const context: AskContext = { signal, server: this.#self.server, call }
    switch (question?.method) {
      case 'elicitation/create':
        return this.#elicit(elicitParamsOf(question), context)
      case 'sampling/createMessage':
        return this.#sample(sampleParamsOf(question), context)
      case 'roots/list':
        return this.#list(context)
      default:
        throw methodNotFound(method)
    }
  }

  /** Answers a legacy server's request. Never rejects. */
  async respond(exchange: Exchange, revision: ClientRevision): Promise<RpcResponse> {
    const { id, method, params } = exchange.request
    try {
      return success(id, method === 'ping' ? {} : await this.#reply(method, params ?? {}, revision, exchange))
    } catch (error) {
      if (error instanceof RpcError) return failure(id, errorObject(error))
      if (!exchange.signal.aborted) this.#self.onError(error)
      return failure(id, errorObject(internalError()))
    }
  }

  async #reply(method: string, params: JsonObject, revision: ClientRevision, exchange: Exchange): Promise<JsonObject> {
    const question = questionOf(method, params)
    if (question === undefined || this.#self.capabilities[capabilityNames[question.method]] === undefined) {
      throw methodNotFound(method)
    }
    const fault = revision.paramsFault(method, params) ?? (await questionFault(question, this.#self.capabilities))
    if (fault !== undefined) throw invalidParams(`${method}: ${fault}`)
    return revision.writeAnswer(method, await this.answer(method, params, exchange.signal))
  }

  async #elicit(params: ElicitParams, context: AskContext): Promise<JsonObject> {
    const { onElicit, onElicitUrl } = this.#self.callbacks
    try {
      if (params.mode !== 'url') {
        if (onElicit === undefined) throw methodNotFound('elicitation/create')
        return await elicitAnswer(params, await onElicit(params, context))
      }
      if (onElicitUrl === undefined) throw methodNotFound('elicitation/create')
      this.expectVisit(params.elicitationId)
      const { readableHost } = await import('@parley/core/questions')
      const host = readableHost(new URL(params.url))
      return await elicitAnswer(params, await onElicitUrl(params, { ...context, host }))
    } catch (error) {
      // Only an elicitation has a word for no (3.2 #7).
      if (hasRefused(error)) return { action: 'decline' }
      throw error
    }
  }

  async #sample(params: CreateMessageParams, context: AskContext): Promise<JsonObject> {
    const { onSample } = this.#self.callbacks
    if (onSample === undefined) throw methodNotFound('sampling/createMessage')
    return sampleAnswer(await onSample(params, context))
  }

  async #list(context: AskContext): Promise<JsonObject> {
    if (this.#roots === undefined) throw methodNotFound('roots/list')
    const roots = typeof this.#roots === 'function' ? await this.#roots(context) : this.#roots
    checkRoots(roots)
    return { roots }
  }
}
