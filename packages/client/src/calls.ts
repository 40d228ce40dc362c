import { ConnectionClosed, isObject, metaKeyFault, RpcError } from '@parley/core'
import type {
  CallToolResult,
  CompleteResult,
  ElicitUrlParams,
  GetPromptResult,
  JsonObject,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  LoggingLevel,
  LoggingMessageParams,
  ReadResourceResult,
} from '@parley/core'
import { clientRevisions, defaultMaxTimeout, isAdvertised, isCacheable } from '@parley/protocol'
import type { ClientSelf, Draft, Reading, Reply, RequestOptions, RpcNotification } from '@parley/protocol'
import { isWebUrl } from './answers.ts'
import type { Answers } from './answers.ts'
import { cacheKey } from './cache.ts'
import type { ResponseCache } from './cache.ts'
import { UrlElicitationRequired } from './errors.ts'
import { guard } from './guard.ts'
import type { Agreement } from './negotiate.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { converse, unaskable } from './rounds.ts'
import type { InputRequired } from './rounds.ts'

/** What each method gives; a revision has validated it. */
export type Results = {
  'tools/list': ListToolsResult
  'tools/call': CallToolResult
  'prompts/list': ListPromptsResult
  'prompts/get': GetPromptResult
  'resources/list': ListResourcesResult
  'resources/templates/list': ListResourceTemplatesResult
  'resources/read': ReadResourceResult
  'completion/complete': CompleteResult
}

/** What calls are made with. */
export type CallsOptions = {
  readonly agreement: Agreement
  readonly self: ClientSelf
  readonly options: ClientOptions
  readonly answers: Answers
  readonly cache: ResponseCache | undefined
  /** Hears the notifications of a call that it has no callback for. */
  readonly hear: (notification: RpcNotification) => void
  readonly onError: (error: unknown) => void
}

// A URL of another scheme could run a program when it is opened, whichever way it came (Y1).
const isVisit = (value: unknown): value is ElicitUrlParams =>
  isObject(value) && value['mode'] === 'url' && isWebUrl(value['url']) && typeof value['message'] === 'string'

/** Gives the errors that mean more than their code says their own name. */
const readError = (error: unknown, params: JsonObject): unknown => {
  if (!(error instanceof RpcError)) return error
  const { code, message, data } = error
  // Only 2025-11-25 has this code; it is opaque elsewhere, and then comes without these data (1.5).
  if (code === -32042 && isObject(data) && Array.isArray(data['elicitations']) && data['elicitations'].every(isVisit)) {
    return new UrlElicitationRequired(message, data['elicitations'], error)
  }
  // SHOULD (server/resources): both codes are accepted; the newer one means other things too (R2).
  const named = isObject(data) && data['uri'] !== undefined && data['uri'] === params['uri']
  const missing = code === -32002 || (code === -32602 && named)
  return missing ? new RpcError(code, message, data, 'resourceNotFound') : error
}

const checkMeta = (meta: JsonObject): void => {
  for (const key of Object.keys(meta)) {
    const fault = metaKeyFault(key)
    if (fault !== undefined) throw new TypeError(`meta: ${fault}`)
  }
}

/** The refusal of a call that is not sent, because the server does not advertise what it needs. */
export const notOffered = (method: string): RpcError =>
  new RpcError(-32601, `The server does not offer ${method}; nothing was sent`, undefined, 'methodNotFound')

/** Makes calls in the revision that was agreed on. */
export class Calls {
  readonly #with: CallsOptions
  readonly #reading: Reading
  // Between two rounds a call waits for a person, and would not notice by itself that the connection is gone.
  readonly #over = new AbortController()
  /** The least severe level to hear during each call; modern only. */
  logLevel: LoggingLevel | undefined

  constructor(options: CallsOptions) {
    this.#with = options
    this.#reading = { strict: options.options.strict, onDropped: options.onError }
    this.logLevel = options.options.logLevel
    void options.agreement.link.closed.then((reason) => this.#end(reason))
  }

  #end(reason: unknown): void {
    this.#over.abort(reason instanceof Error ? reason : new ConnectionClosed('The connection was closed'))
  }

  /** Whether the server offers a method, going by what it advertises (L5, B14). */
  offers(method: string): boolean {
    const { revision, capabilities } = this.#with.agreement
    // The first revision has no flag for completions, so its servers are not held to one (P3).
    const unflagged = method === 'completion/complete' && revision === clientRevisions.at(-1)
    return unflagged || isAdvertised(method, capabilities)
  }

  /** Makes a standard call. */
  call<M extends keyof Results>(method: M, params: JsonObject, options?: CallOptions): Promise<Results[M]> {
    // The revision validated the result against this method's own schema.
    return this.request(method, params, options) as Promise<Results[M]>
  }

  /** Makes any call, through the cache and all rounds of input. */
  async request(method: string, params: JsonObject, options: CallOptions = {}): Promise<JsonObject> {
    if (!this.offers(method)) throw notOffered(method)
    options.signal?.throwIfAborted()
    if (options.meta !== undefined) checkMeta(options.meta)
    const cache = isCacheable(method) ? this.#with.cache : undefined
    const key = cache === undefined ? '' : cacheKey(method, params)
    const kept = options.cache === false ? undefined : cache?.get(key)
    if (kept !== undefined) return kept
    const changes = cache?.changes ?? 0
    const draft: Draft = { method, params, meta: options.meta, logLevel: options.logLevel ?? this.logLevel }
    const maxTimeout = options.maxTimeout ?? this.#with.options.maxTimeout ?? defaultMaxTimeout
    const began = performance.now()
    const reply = await this.#round(draft, maxTimeout, options)
    if (reply.kind === 'input_required') return this.#converse(draft, reply, began, maxTimeout, options)
    cache?.set(key, method, params, reply.result, changes)
    return reply.result
  }

  // MUST NOT (server/utilities/caching): what took answers is never kept (A2).
  #converse(
    draft: Draft,
    reply: InputRequired,
    began: number,
    maxTimeout: number,
    options: CallOptions,
  ): Promise<JsonObject> {
    return converse(draft, reply, began, {
      send: (round, left) => this.#round(round, left, options),
      answer: (method, params, signal) => this.#answer(draft, method, params, signal),
      maxRounds: this.#with.options.maxRounds ?? 10,
      maxTimeout,
      signal: options.signal === undefined ? this.#over.signal : AbortSignal.any([options.signal, this.#over.signal]),
    })
  }

  async #answer(
    asking: Draft,
    method: string,
    params: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const { answers } = this.#with
    // MUST NOT (basic/patterns/mrtr): a server asks for nothing that the request did not declare (M3).
    const fault = await answers.fault(method, params)
    if (fault !== undefined) throw unaskable(asking.method, method, fault)
    return answers.answer(method, params, signal, asking)
  }

  /** Makes one round. `then`, since one more async function on the way of every call is felt. */
  #round(draft: Draft, maxTimeout: number, options: CallOptions): Promise<Reply> {
    const { agreement, self, options: client } = this.#with
    const { link, revision } = agreement
    const request: RequestOptions = { signal: options.signal, timeout: options.timeout ?? client.timeout, maxTimeout }
    if (options.onProgress !== undefined) request.onProgress = this.#onProgress(options.onProgress)
    if (options.onLog !== undefined) request.onNotification = this.#onNotification(options.onLog)
    return link.request(draft.method, revision.writeCall(draft, self), request).then(
      (result) => revision.readOutcome(draft.method, result, this.#reading),
      (error: unknown) => this.#failed(error, draft),
    )
  }

  #failed(error: unknown, { params }: Draft): never {
    const read = readError(error, params)
    if (read instanceof UrlElicitationRequired) {
      for (const { elicitationId } of read.elicitations) this.#with.answers.expectVisit(elicitationId)
    }
    throw read
  }

  #onProgress(listener: NonNullable<CallOptions['onProgress']>): (params: JsonObject) => void {
    return (params) => {
      const { progress, total, message } = params
      if (typeof progress !== 'number') return
      const heard: Parameters<typeof listener>[0] = { progress }
      if (typeof total === 'number') heard.total = total
      if (typeof message === 'string') heard.message = message
      guard(() => listener(heard), this.#with.onError)
    }
  }

  #onNotification(onLog: NonNullable<CallOptions['onLog']>): (notification: RpcNotification) => void {
    return (notification) => {
      const line = this.readLog(notification)
      if (line === undefined) this.#with.hear(notification)
      else guard(() => onLog(line), this.#with.onError)
    }
  }

  /** The log line that a notification is; undefined when it is none, or malformed. */
  readLog({ method, params = {} }: RpcNotification): LoggingMessageParams | undefined {
    if (method !== 'notifications/message') return undefined
    const fault = this.#with.agreement.revision.paramsFault(method, params)
    // The revision has just validated it.
    return fault === undefined ? (params as LoggingMessageParams) : undefined
  }
}
