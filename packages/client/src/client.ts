import type {
  CompleteResult,
  CompletionReference,
  GetPromptResult,
  Implementation,
  InferOutput,
  JsonObject,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  LoggingLevel,
  Prompt,
  Resource,
  ResourceTemplate,
  Schema,
  ServerCapabilities,
  SubscriptionFilter,
  Tool,
} from '@parley/core'
import type { Exchange, Link, Responder, RpcNotification, RpcResponse } from '@parley/protocol'
import { Answers } from './answers.ts'
import { ResponseCache } from './cache.ts'
import { Calls, notOffered } from './calls.ts'
import { readChange } from './changes.ts'
import { guard, reporterOf } from './guard.ts'
import { Subscriptions } from './listen.ts'
import type { Subscription } from './listen.ts'
import type { Agreement } from './negotiate.ts'
import { selfOf } from './options.ts'
import type { CallOptions, ClientOptions, RootsSource } from './options.ts'
import { checkedWith, textOf } from './outcomes.ts'
import type { ResourceOutcome, ToolOutcome } from './outcomes.ts'
import { OutputChecks } from './output.ts'
import { Lists } from './pages.ts'

/**
 * A connection to one server, in whichever revision both sides speak; `connect` makes it.
 *
 * Any number of calls may be under way at once. Each rejects with `RpcError` when the server says no, `InvalidResult`
 * when it answers with something else than promised, `TimeoutError` past a deadline, the signal's reason when
 * cancelled, and `ConnectionClosed` when the connection ends first. What the server does not advertise is refused with
 * `methodNotFound` and not sent. Whoever made the client closes it.
 */
export class Client implements Responder, AsyncDisposable {
  /** What the server says it is: for display, never for decisions (B11). Modern servers may say nothing. */
  readonly info: Implementation | undefined
  /** What the server offers. */
  readonly capabilities: ServerCapabilities
  /** How to use the server, for a model. */
  readonly instructions: string | undefined
  /** The revision that is spoken. */
  readonly version: string
  /** The era of that revision. */
  readonly era: 'legacy' | 'modern'
  /** Settles, never rejects, when the connection is gone, with the reason if there was one. */
  readonly closed: Promise<unknown>
  readonly #link: Link
  readonly #agreement: Agreement
  readonly #options: ClientOptions
  readonly #report: (error: unknown) => void
  readonly #answers: Answers
  readonly #calls: Calls
  readonly #outputs: OutputChecks
  readonly #lists: Lists
  readonly #cache: ResponseCache | undefined
  readonly #subscriptions: Subscriptions
  #closing: Promise<void> | undefined

  constructor(agreement: Agreement, options: ClientOptions) {
    const { link, revision, info, capabilities, instructions } = agreement
    this.info = info
    this.capabilities = capabilities
    this.instructions = instructions
    this.version = revision.version
    this.era = revision.era
    this.closed = link.closed
    this.#link = link
    this.#agreement = agreement
    this.#options = options
    const self = selfOf(options, revision.era)
    const onError = reporterOf(options.onError)
    this.#report = onError
    this.#answers = new Answers({ callbacks: options, capabilities: self.capabilities, server: info, onError })
    this.#cache = options.cache === false ? undefined : new ResponseCache()
    this.#outputs = new OutputChecks(options.validator)
    const hear = (notification: RpcNotification): void => this.#hearSubscribed(notification)
    const shared = { agreement, self, options, onError }
    this.#calls = new Calls({
      ...shared,
      answers: this.#answers,
      cache: this.#cache,
      hear: (heard) => this.hear(heard),
    })
    this.#lists = new Lists(this.#calls, this.#cache, this.#outputs, options)
    const call = (method: string, params: JsonObject): Promise<unknown> => this.#calls.request(method, params)
    this.#subscriptions = new Subscriptions({ agreement, self, timeout: options.timeout, hear, call })
    void link.closed.then(() => this.#subscriptions.end(this.#closing === undefined))
  }

  /** Settles when the server has answered at all. */
  async ping(options: CallOptions = {}): Promise<void> {
    if (this.era === 'legacy') await this.#calls.request('ping', {}, options)
    else await this.#calls.request('server/discover', {}, { ...options, cache: false })
  }

  /** Every tool that the server offers. */
  listTools(options?: CallOptions): Promise<Tool[]> {
    return this.#lists.all('tools/list', (page) => page.tools, options)
  }

  /**
   * The server's tools, page by page, as `listPrompts` and the others have theirs.
   *
   * Throws `InvalidResult` when a cursor comes twice, past `maxPages` or past `maxListSize`. When a cursor fails, what was kept of the list
   * is dropped and the error thrown: start again (A6); `listTools` does so by itself.
   */
  toolPages(options?: CallOptions): AsyncGenerator<ListToolsResult, void, undefined> {
    return this.#lists.pages('tools/list', options)
  }

  /** Every prompt that the server offers. */
  listPrompts(options?: CallOptions): Promise<Prompt[]> {
    return this.#lists.all('prompts/list', (page) => page.prompts, options)
  }

  /** The server's prompts, page by page; see `toolPages`. */
  promptPages(options?: CallOptions): AsyncGenerator<ListPromptsResult, void, undefined> {
    return this.#lists.pages('prompts/list', options)
  }

  /** Every resource that the server lists. */
  listResources(options?: CallOptions): Promise<Resource[]> {
    return this.#lists.all('resources/list', (page) => page.resources, options)
  }

  /** The server's resources, page by page; see `toolPages`. */
  resourcePages(options?: CallOptions): AsyncGenerator<ListResourcesResult, void, undefined> {
    return this.#lists.pages('resources/list', options)
  }

  /** Every resource template that the server lists. */
  listResourceTemplates(options?: CallOptions): Promise<ResourceTemplate[]> {
    return this.#lists.all('resources/templates/list', (page) => page.resourceTemplates, options)
  }

  /** The server's resource templates, page by page; see `toolPages`. */
  resourceTemplatePages(options?: CallOptions): AsyncGenerator<ListResourceTemplatesResult, void, undefined> {
    return this.#lists.pages('resources/templates/list', options)
  }

  /**
   * Calls a tool, and answers what it asks for with the callbacks that the client was given.
   *
   * A tool's own failure is an outcome with `isError`, not a rejection. The structured result is checked against
   * `options.output` if that is there, and else against the tool's own schema if that is known.
   */
  callTool(name: string, args?: JsonObject, options?: CallOptions): Promise<ToolOutcome>
  callTool<S extends Schema>(
    name: string,
    args: JsonObject | undefined,
    options: CallOptions & { output: S },
  ): Promise<ToolOutcome<InferOutput<S>>>
  async callTool(
    name: string,
    args?: JsonObject,
    options: CallOptions & { output?: Schema } = {},
  ): Promise<ToolOutcome<unknown>> {
    const { validate = 'known' } = this.#options
    if (validate === 'always' && !this.#outputs.knows(name)) await this.listTools({ signal: options.signal })
    const params = args === undefined ? { name } : { name, arguments: args }
    const result = await this.#calls.call('tools/call', params, options)
    const { content, structuredContent, isError = false, _meta: meta } = result
    const checking = validate === 'never' ? undefined : this.#outputs.check(name, result)
    if (checking !== undefined) await checking
    if (isError || options.output === undefined) return { content, meta, isError, structured: structuredContent }
    const where = { method: 'tools/call', name: 'structuredContent', validator: this.#options.validator }
    const structured = await checkedWith(options.output, structuredContent, where)
    return { content, meta, isError, structured }
  }

  /** A prompt, filled in. Argument values are strings (P2). */
  getPrompt(name: string, args?: { [name: string]: string }, options?: CallOptions): Promise<GetPromptResult> {
    return this.#calls.call('prompts/get', args === undefined ? { name } : { name, arguments: args }, options)
  }

  /** What a resource holds. Rejects with an `RpcError` of the kind `resourceNotFound` when there is none. */
  async readResource(uri: string, options?: CallOptions): Promise<ResourceOutcome> {
    const { contents, _meta: meta } = await this.#calls.call('resources/read', { uri }, options)
    return { contents, meta, text: () => textOf(contents) }
  }

  /** The values that a half-typed one may become. `context` holds those already chosen for the other arguments. */
  async complete(
    ref: CompletionReference,
    argument: { name: string; value: string },
    context?: { [name: string]: string },
    options?: CallOptions,
  ): Promise<CompleteResult['completion']> {
    const params = context === undefined ? { ref, argument } : { ref, argument, context: { arguments: context } }
    const { completion } = await this.#calls.call('completion/complete', params, options)
    return completion
  }

  /** Sets the least severe level to hear: at once in the legacy era, with each call from now on in the modern one. */
  async setLogLevel(level: LoggingLevel, options?: CallOptions): Promise<void> {
    if (!this.#calls.offers('logging/setLevel')) throw notOffered('logging/setLevel')
    if (this.era === 'legacy') await this.#calls.request('logging/setLevel', { level }, options)
    else this.#calls.logLevel = level
  }

  /** Says anew what the server may work in, and tells a legacy server. Rejects with TypeError for other than `file:` URIs. */
  async setRoots(roots: RootsSource): Promise<void> {
    if (this.#options.roots === undefined) throw new TypeError('Roots can only be set anew on a client made with roots')
    this.#answers.roots = roots
    if (this.era === 'legacy') await this.#link.notify('notifications/roots/list_changed')
  }

  /**
   * Hears of the server's changes, in either era; settles once the server has said which of them it will tell.
   *
   * Rejects with an `RpcError` of the kind `methodNotFound` when a legacy server advertises none of them: one without
   * sessions cannot. Of what is not read, 10,000 changes or 4,194,304 characters are kept; iterating throws past that.
   * Aborting the signal ends it with the signal's reason.
   */
  listen(filter: SubscriptionFilter, options: { signal?: AbortSignal | undefined } = {}): Promise<Subscription> {
    return this.#subscriptions.open(filter, options.signal)
  }

  /** Makes any request, such as one of an extension's; its result is checked against `options.result` if that is there. */
  request(method: string, params?: JsonObject, options?: CallOptions): Promise<JsonObject>
  request<S extends Schema>(
    method: string,
    params: JsonObject | undefined,
    options: CallOptions & { result: S },
  ): Promise<InferOutput<S>>
  async request(
    method: string,
    params: JsonObject = {},
    options: CallOptions & { result?: Schema } = {},
  ): Promise<unknown> {
    const result = await this.#calls.request(method, params, options)
    if (options.result === undefined) return result
    return checkedWith(options.result, result, { method, name: 'result', validator: this.#options.validator })
  }

  /** Sends any notification; settles when the road took it. */
  notify(method: string, params?: JsonObject): Promise<void> {
    return this.#link.notify(method, params)
  }

  /** Closes the connection and settles when it is gone; what is under way rejects with `ConnectionClosed`. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#subscriptions.end(false)
    await this.#link[Symbol.asyncDispose]()
  }

  /** Closes the connection. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Answers a legacy server's request; the road calls it. A modern server has none to make, and gets no answer (T3). */
  respond(exchange: Exchange): Promise<RpcResponse | undefined> {
    if (this.era === 'modern') return Promise.resolve(undefined)
    return this.#answers.respond(exchange, this.#agreement.revision)
  }

  /** Hears a notification that belongs to no request; the road calls it. */
  hear(notification: RpcNotification): void {
    const { method, params = {} } = notification
    if (this.#agreement.revision.paramsFault(method, params) !== undefined) return
    this.#changed(notification)
    // MUST (2026-07-28, basic/patterns/subscriptions): modern changes come inside a subscription, or not at all.
    if (this.era === 'legacy') this.#subscriptions.hear(notification)
    const line = this.#calls.readLog(notification)
    if (line !== undefined) guard(() => this.#options.onLog?.(line), this.#report)
    if (method === 'notifications/elicitation/complete') this.#answers.endVisit(params['elicitationId'])
    guard(() => this.#options.onNotification?.(method, params), this.#report)
  }

  /** Hears what comes inside a subscription; what is no change belongs to an extension. */
  #hearSubscribed(notification: RpcNotification): void {
    const { method, params = {} } = notification
    this.#changed(notification)
    if (readChange(notification) === undefined)
      guard(() => this.#options.onNotification?.(method, params), this.#report)
  }

  /** Forgets what a change spoils. */
  #changed({ method, params }: RpcNotification): void {
    this.#cache?.hear(method, params)
    if (method === 'notifications/tools/list_changed') this.#outputs.forget()
  }
}
