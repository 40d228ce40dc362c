import { andThen, internalError } from '@parley/core'
import type { Awaitable, Implementation, JsonObject, Principal, ServerCapabilities } from '@parley/core'
import { failure, InputRequired, revisionOf, success } from '@parley/protocol/server'
import type {
  Call,
  Encoded,
  Exchange,
  Mirrored,
  Responder,
  RpcNotification,
  RpcResponse,
  ServerRevision,
  Session,
} from '@parley/protocol/server'
import { handleWith, settle, wrap } from './dispatch.ts'
import { Completions } from './features/completions.ts'
import type { Feature, MethodHandler } from './features/feature.ts'
import { lifecycle } from './features/lifecycle.ts'
import { logging } from './features/logging.ts'
import { Prompts } from './features/prompts.ts'
import type { PromptRegistrar } from './features/prompts.ts'
import { Resources } from './features/resources.ts'
import type { ResourceRegistrar } from './features/resources.ts'
import { Subscriptions } from './features/subscriptions.ts'
import { Tools } from './features/tools.ts'
import type { ToolRegistrar } from './features/tools.ts'
import { Host } from './host.ts'
import type { Middleware } from './middleware.ts'
import type { ServerOptions } from './options.ts'
import { allScopes, scopesOf } from './scopes.ts'
import type { ScopedFeatures } from './scopes.ts'

/**
 * A set of features that answer calls, in whichever revision they were asked.
 *
 * One server serves any number of callers on any number of roads at once, old and new; it remembers nothing about them
 * itself. Hand it to a road: `serveStdio(server)`, `memory(server)`. Disposing ends every subscription with its closing
 * result and closes the lifespan, once.
 *
 * @example
 * const server = new Server({ name: 'calculator', version: '1.0.0' })
 * server.tool('add', { input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
 * server.resource('greeting://{name}', ({ name }) => `Hello, ${name}!`)
 */
export class Server<Value = undefined> implements Responder, AsyncDisposable {
  /** Registers a tool: a function that a model may call (server/tools). */
  readonly tool: ToolRegistrar<Value>
  /** Registers a resource at a URI, or at every URI of an RFC 6570 template (server/resources). */
  readonly resource: ResourceRegistrar<Value>
  /** Registers a prompt: messages that a user may start from (server/prompts). */
  readonly prompt: PromptRegistrar<Value>

  readonly #host: Host<Value>
  readonly #tools: Tools
  readonly #scoped: ScopedFeatures
  readonly #subscriptions: Subscriptions
  readonly #middleware: Middleware[] = []
  #closing: Promise<void> | undefined

  constructor(info: Implementation, options: ServerOptions<Value> = {}) {
    const host = new Host(info, options)
    const tools = new Tools(host)
    const prompts = new Prompts(host)
    const resources = new Resources(host)
    this.#host = host
    this.#tools = tools
    this.#scoped = { tools: tools.items, prompts: prompts.items, resources }
    host.scoped = this.#scoped
    this.#subscriptions = new Subscriptions(
      {
        bus: host.changes,
        capabilities: () => host.capabilities,
        hides: (uri, principal) => resources.hides(uri, principal),
      },
      options.listen,
    )
    this.tool = tools.registrar()
    this.prompt = prompts.registrar()
    this.resource = resources.registrar()
    const own = [tools, prompts, resources, new Completions(prompts, resources), this.#subscriptions]
    for (const feature of [...own, lifecycle(host, host.listHints), logging(options.logging ?? true)]) host.add(feature)
  }

  /** What the server says of itself. */
  get info(): Implementation {
    return this.#host.info
  }

  /** What is advertised now: it follows from what is registered. */
  get capabilities(): ServerCapabilities {
    return this.#host.capabilities
  }

  /**
   * Takes over a method, standard or custom, at the protocol's own level.
   *
   * The handler gets the call as it was read and returns the result as it goes out; a custom method's params come
   * unchecked.
   */
  handle(method: string, handler: MethodHandler): this {
    this.#host.takeOver(method, handler)
    return this
  }

  /** Wraps every call in middleware, the first one used outermost, or adds a feature. */
  use(addition: Middleware | Feature): this {
    if (typeof addition === 'function') {
      this.#middleware.push(addition)
      this.#host.next = wrap(this.#middleware, handleWith(this.#host.handlers, this.#host))
    } else this.#host.add(addition)
    return this
  }

  /** Tells whoever subscribed to a resource that its content changed. */
  resourceUpdated(uri: string): void {
    this.#host.publish({ updated: uri })
  }

  respond(exchange: Exchange): Awaitable<RpcResponse> {
    const revision = revisionOf(exchange)
    const refused = (error: unknown): RpcResponse => this.#refusal(exchange, revision, error)
    try {
      const call = this.#read(exchange, revision)
      if (!(call instanceof Promise)) return this.#answer(call, revision)
      return call.then((read) => this.#answer(read, revision), refused)
    } catch (error) {
      return refused(error)
    }
  }

  #refusal({ request }: Exchange, revision: ServerRevision, error: unknown, call?: Call): RpcResponse {
    return failure(request.id, revision.writeError(this.#host.outward(error, call)))
  }

  #read(exchange: Exchange, revision: ServerRevision): Awaitable<Call> {
    // The lifespan's value is gone, or about to go, from under any handler that would run now.
    if (this.#closing !== undefined) throw internalError('The server is closed')
    const opening = this.#host.opened.ready
    if (opening === undefined) return revision.readCall(exchange, this.#host)
    return opening.then(() => revision.readCall(exchange, this.#host))
  }

  #answer(call: Call, revision: ServerRevision): Awaitable<RpcResponse> {
    const { next, maxRounds } = this.#host
    return settle<RpcResponse>(call, {
      next,
      maxRounds,
      done: (outcome) => this.#written(call, outcome, revision),
      failed: (error) => this.#refusal(call.exchange, revision, error, call),
    })
  }

  #written(call: Call, result: JsonObject | Encoded | InputRequired, revision: ServerRevision): Awaitable<RpcResponse> {
    const outcome = result instanceof InputRequired ? result : ({ kind: 'complete', result } as const)
    const write = (): Awaitable<JsonObject | Encoded> => revision.writeOutcome(call, outcome, this.#host)
    const { id } = call.exchange.request
    return andThen(this.#host.standing.written(result, call, revision, write), (written) => success(id, written))
  }

  hear(notification: RpcNotification, session?: Session): void {
    if (notification.method === 'notifications/initialized') {
      // Nothing was negotiated without a handshake, so nothing may be told (L5).
      if (session?.state.version === undefined) return
      session.state.initialized = true
      this.#subscriptions.attach(session)
      return
    }
    try {
      const heard: unknown = this.#host.options.onNotification?.(notification, session)
      // Nothing keeps an async function out of there, and a rejection that nobody handles would end the process.
      if (heard instanceof Promise) heard.catch((error: unknown) => this.#host.report(error, undefined))
    } catch (error) {
      this.#host.report(error, undefined)
    }
  }

  mirrored(method: string, params: JsonObject, principal?: Principal): readonly Mirrored[] {
    return method === 'tools/call' ? this.#tools.mirrored(params['name'], principal) : []
  }

  /** Every scope that some item needs. */
  get scopes(): readonly string[] {
    return allScopes(this.#scoped)
  }

  scopesFor(method: string, params: JsonObject, principal?: Principal): readonly string[] {
    return scopesOf(this.#scoped, method, params, principal)
  }

  /** Ends every subscription with its closing result and closes the lifespan. Requests that come later are refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#subscriptions.close()
    await this.#host.opened.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
