import { samplingFault } from '@parley/core'
import type {
  CreateMessageParams,
  CreateMessageResult,
  ElicitResult,
  Json,
  JsonObject,
  ListRootsResult,
  Principal,
  Root,
  Schema,
  ServerCapabilities,
} from '@parley/core'
import type { Call, Caller, QuestionMethod, RequestId } from '@parley/protocol/server'
import { revisions } from '@parley/protocol/server'
import type { AskName, Context, FormAnswer, FormQuestion, Log, OwnResource, UrlQuestion } from './context.ts'
import { makeLog } from './log.ts'
import { ProgressReporter } from './progress.ts'
import type { Form } from './form.ts'

/** What a context needs of the server that it belongs to. */
export interface ContextHost {
  /** What the server advertises. */
  readonly capabilities: ServerCapabilities
  /** What `lifespan` opened. */
  readonly lifespan: unknown
  /** The form for a schema, made once. */
  form(schema: Schema): Form
  /** Reads one of the server's own resources for the call. */
  readOwn(uri: string, call: Call): Promise<OwnResource>
}

/** A promise that may be started well before it is awaited: see `Ledger.ask`. */
const awaitable = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined)
  return promise
}

/** The context of one call. Its parts come into being when they are touched. */
export class CallContext implements Context {
  readonly call: Call
  readonly #host: ContextHost
  #log: Log | undefined
  #progress: ProgressReporter | undefined

  constructor(call: Call, host: ContextHost) {
    this.call = call
    this.#host = host
  }

  get signal(): AbortSignal {
    return this.call.exchange.signal
  }

  get requestId(): RequestId {
    return this.call.exchange.request.id
  }

  get version(): string {
    return this.call.caller.version
  }

  get era(): 'legacy' | 'modern' {
    return revisions.find((revision) => revision.version === this.version)?.era ?? 'modern'
  }

  get caller(): Caller {
    return this.call.caller
  }

  get auth(): Principal | undefined {
    return this.call.exchange.origin.principal
  }

  get road(): string {
    return this.call.exchange.origin.road
  }

  get lifespan(): unknown {
    return this.#host.lifespan
  }

  header(name: string): string | undefined {
    return this.call.exchange.origin.header?.(name)
  }

  get log(): Log {
    this.#log ??= makeLog(this.call, this.#host.capabilities)
    return this.#log
  }

  progress(progress: number, total?: number, message?: string): Promise<void> {
    this.#progress ??= new ProgressReporter(this.call)
    return this.#progress.report(progress, total, message)
  }

  /** Puts the last progress on the road, ahead of the result. */
  flush(): void {
    this.#progress?.flush()
  }

  readResource(uri: string): Promise<OwnResource> {
    return this.#host.readOwn(uri, this.call)
  }

  elicit<const S extends Schema>(question: FormQuestion<S>, options?: AskName): Promise<FormAnswer<never>>
  elicit(question: UrlQuestion, options?: AskName): Promise<ElicitResult>
  elicit(question: FormQuestion<Schema> | UrlQuestion, options: AskName = {}): Promise<unknown> {
    if (!('url' in question)) return awaitable(this.#elicitForm(question, options))
    // MUST (client/elicitation#url-mode-elicitation-requests): the URL is a valid one.
    if (!URL.canParse(question.url)) {
      return awaitable(Promise.reject(new TypeError(`${JSON.stringify(question.url)} is no URL to visit`)))
    }
    return this.#ask('elicitation/create', { mode: 'url', ...question }, options)
  }

  async #elicitForm({ message, schema }: FormQuestion<Schema>, options: AskName): Promise<unknown> {
    const form = this.#host.form(schema)
    const params = { mode: 'form', message, requestedSchema: form.requested }
    const { accepts } = form
    const answer = await this.call.input.ask({ method: 'elicitation/create', params }, { ...options, accepts })
    return answer['action'] === 'accept' ? { action: 'accept', content: await form.read(answer) } : answer
  }

  #ask(method: QuestionMethod, params: JsonObject, options: AskName): Promise<JsonObject> {
    return this.call.input.ask({ method, params }, options)
  }

  sample(params: CreateMessageParams, options: AskName = {}): Promise<CreateMessageResult> {
    const fault = samplingFault(params.messages)
    if (fault !== undefined) return awaitable(Promise.reject(new TypeError(fault)))
    // Input settles only with an answer that fits its question.
    return this.#ask('sampling/createMessage', params, options) as Promise<CreateMessageResult>
  }

  roots(): Promise<Root[]> {
    const asked = this.#ask('roots/list', {}, {}) as Promise<ListRootsResult>
    return awaitable(asked.then(({ roots }) => roots))
  }

  once<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T> {
    return this.call.input.once(key, work)
  }
}
