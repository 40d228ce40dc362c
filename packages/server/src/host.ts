import { createSealer, extensionIdFault, internalError, RpcError } from '@parley/core'
import type {
  CacheHints,
  Implementation,
  JsonObject,
  ReadResourceResult,
  Schema,
  SchemaConverter,
  SchemaValidator,
  Sealer,
  ServerCapabilities,
} from '@parley/core'
import { capabilityOf, Encoded, InputRequired, isAdvertised } from '@parley/protocol/server'
import type { Call, ServerSelf } from '@parley/protocol/server'
import type { ContextHost } from './call-context.ts'
import { isCancellation } from './cancellation.ts'
import { memoryBus } from './changes.ts'
import type { Change, ChangeBus } from './changes.ts'
import type { OwnResource } from './context.ts'
import { handleWith } from './dispatch.ts'
import type { Porter, Step } from './dispatch.ts'
import type { Feature, FeatureHost, MethodHandler } from './features/feature.ts'
import { makeForm } from './form.ts'
import type { Form } from './form.ts'
import { LifespanHolder } from './lifespan.ts'
import type { ErrorReport, OnDuplicate, ServerOptions } from './options.ts'
import { checkHints } from './pages.ts'
import { permit } from './scopes.ts'
import type { ScopedFeatures } from './scopes.ts'
import { StandingResults } from './standing.ts'

const reportToConsole = (error: unknown, { call, correlationId }: ErrorReport): void => {
  const { name, uri } = call?.params ?? {}
  const what = name ?? uri
  // A peer chose the name: written as JSON, it cannot move the cursor of whoever reads this.
  const where = typeof what === 'string' ? ` ${JSON.stringify(what)}` : ''
  console.error(`[${correlationId}] ${call?.method ?? 'server'}${where} failed:`, error)
}

/** Keeps an asynchronous reporter's own failure from ending the process. */
const quieten = (outcome: unknown): void => {
  if (outcome instanceof Promise) outcome.catch(() => undefined)
}

const inWords = (error: unknown): string => {
  try {
    return String(error)
  } catch {
    return 'Internal error'
  }
}

const checkExtensions = (capabilities: ServerCapabilities | undefined): void => {
  for (const id of Object.keys(capabilities?.extensions ?? {})) {
    const fault = extensionIdFault(id)
    if (fault !== undefined) throw new TypeError(`capabilities.extensions: ${fault}`)
  }
}

/** What a server's parts know of one another: its settings, its features, and what they share. */
export class Host<Value> implements ServerSelf, FeatureHost, ContextHost, Porter {
  readonly info: Implementation
  readonly options: ServerOptions<Value>
  readonly changes: ChangeBus
  readonly opened: LifespanHolder<Value>
  /** Who answers which method. */
  readonly handlers: Map<string, MethodHandler> = new Map()
  /** Runs a call through all middleware to its handler. */
  next: Step = handleWith(this.handlers, this)
  /** Where it is known which scopes a call needs. */
  scoped: ScopedFeatures | undefined
  /** Results that are written but once. */
  readonly standing: StandingResults = new StandingResults()
  readonly #features: Feature[] = []
  readonly #takenOver = new Set<string>()
  readonly #forms = new WeakMap<Schema, Form>()
  #sealer: Sealer | undefined
  #capabilities: ServerCapabilities | undefined

  constructor(info: Implementation, options: ServerOptions<Value>) {
    this.info = info
    this.options = options
    this.changes = options.changes ?? memoryBus()
    this.opened = new LifespanHolder(options.lifespan)
    checkExtensions(options.capabilities)
    checkHints(this.listHints)
  }

  get instructions(): string | undefined {
    return this.options.instructions
  }

  get maxRounds(): number {
    return this.options.maxRounds ?? 10
  }

  get rehearse(): boolean {
    return this.options.rehearse ?? false
  }

  get pageSize(): number {
    return this.options.pageSize ?? 100
  }

  get listHints(): CacheHints {
    return this.options.listHints ?? {}
  }

  get onDuplicate(): OnDuplicate {
    return this.options.onDuplicate ?? 'throw'
  }

  get validator(): SchemaValidator | undefined {
    return this.options.validator
  }

  get toJsonSchema(): SchemaConverter | undefined {
    return this.options.toJsonSchema
  }

  get lifespan(): Value | undefined {
    return this.opened.value
  }

  get sealer(): Sealer {
    const { secrets, audience = this.info.name } = this.options
    this.#sealer ??= createSealer(secrets === undefined ? { audience } : { audience, secrets })
    return this.#sealer
  }

  get capabilities(): ServerCapabilities {
    this.#capabilities ??= this.#advertise()
    return this.#capabilities
  }

  #advertise(): ServerCapabilities {
    const parts = [...this.#features.map((feature) => feature.capabilities()), this.options.capabilities ?? {}]
    const advertised: ServerCapabilities = Object.assign({}, ...parts)
    // These two hold what features bring by names of their own; of the others, the last word is the whole word.
    for (const name of ['extensions', 'experimental'] as const) {
      const brought = parts.flatMap((part) => part[name] ?? [])
      if (brought.length > 0) advertised[name] = Object.assign({}, ...brought)
    }
    // A method that was taken over is offered, whatever else is registered.
    for (const method of this.#takenOver) {
      const capability = capabilityOf(method)
      if (capability !== undefined) advertised[capability] ??= {}
    }
    return advertised
  }

  /** Adds a feature; methods that were taken over stay so. */
  add(feature: Feature): void {
    checkExtensions(feature.capabilities())
    this.#features.push(feature)
    this.#capabilities = undefined
    for (const [method, handler] of feature.methods) {
      if (!this.#takenOver.has(method)) this.handlers.set(method, handler)
    }
  }

  /** Puts a handler in the place of whatever answers a method. */
  takeOver(method: string, handler: MethodHandler): void {
    this.#takenOver.add(method)
    this.#capabilities = undefined
    this.handlers.set(method, handler)
  }

  answers(method: string): boolean {
    if (!this.handlers.has(method)) return false
    return this.#takenOver.has(method) || isAdvertised(method, this.capabilities)
  }

  permit(call: Call): void {
    if (this.scoped !== undefined) permit(this.scoped, call)
  }

  publish(change: Change): void {
    // What is advertised follows from what is registered, not from what a resource holds.
    if ('list' in change) this.#capabilities = undefined
    this.changes.publish(change)
  }

  keep(method: string, result: JsonObject): void {
    this.standing.add(method, result)
  }

  warn(message: string): void {
    console.warn(message)
  }

  /** An error as it may leave the server: `RpcError` as it is, anything else reported and masked. */
  outward(error: unknown, call: Call | undefined): RpcError {
    if (error instanceof RpcError) return error
    // Nobody hears this answer, and a caller who left is no failure to report.
    if (call !== undefined && isCancellation(error, call.exchange.signal))
      return internalError('The call was cancelled')
    const correlationId = this.report(error, call)
    const shown = this.options.revealErrors === true ? inWords(error) : 'Internal error'
    return internalError(`${shown} (${correlationId})`, { correlationId })
  }

  mask(error: unknown, call: Call): string {
    return this.outward(error, call).message
  }

  /** Reports a failure that stays inside, and gives the id that stands for it outside. */
  report(error: unknown, call?: Call): string {
    const correlationId = crypto.randomUUID()
    const report: ErrorReport = call === undefined ? { correlationId } : { call, correlationId }
    try {
      const hear = this.options.onError ?? reportToConsole
      quieten(hear(error, report))
    } catch {
      // A reporter that fails leaves nobody to report to.
    }
    return correlationId
  }

  form(schema: Schema): Form {
    let form = this.#forms.get(schema)
    if (form === undefined) this.#forms.set(schema, (form = makeForm(schema, this.toJsonSchema)))
    return form
  }

  async readOwn(uri: string, call: Call): Promise<OwnResource> {
    // Through the middleware, for that may be what keeps some callers from some resources.
    const result = await this.next({ ...call, method: 'resources/read', params: { uri } })
    if (result instanceof InputRequired)
      throw internalError(`${uri} asks for input of its own, so a handler cannot read it`)
    const own = (result instanceof Encoded ? JSON.parse(result.text) : result) as ReadResourceResult
    return { ...own, text: () => own.contents.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n') }
  }
}
