import { isObject, loggingLevels } from '@parley/core'
import type { JsonObject, ServerCapabilities } from '@parley/core'
import { connect } from '@parley/client'
import type { CallOptions, Client, Connectable } from '@parley/client'
import { isAdvertised } from '@parley/protocol'
import type { Call, Dial, Session } from '@parley/protocol'
import { memoryBus, Server } from '@parley/server'
import type { Middleware } from '@parley/server'
import { behalfOf } from './behalf.ts'
import type { CallerKind } from './caller.ts'
import { Conversations } from './conversations.ts'
import { outward } from './errors.ts'
import { Loudness } from './loudness.ts'
import type { ProxyOptions } from './options.ts'
import { Upstream } from './upstream.ts'
import { Waiting } from './waiting.ts'
import { Watches } from './watches.ts'

const askingMethods = ['tools/call', 'prompts/get', 'resources/read']
const plainMethods = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'completion/complete']

/** The part of what the server behind offers that a proxy can offer in its name. */
const carried = ({ tools, prompts, resources, completions, logging }: ServerCapabilities): ServerCapabilities => ({
  ...(tools === undefined ? {} : { tools }),
  ...(prompts === undefined ? {} : { prompts }),
  ...(resources === undefined ? {} : { resources }),
  ...(completions === undefined ? {} : { completions }),
  ...(logging === undefined ? {} : { logging }),
})

// What the envelope of one leg says for itself is not carried over to the other.
const ownMeta = (meta: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(meta).filter(([key]) => key !== 'progressToken' && !key.startsWith('io.modelcontextprotocol/')),
  )

const subscribedIn = (params: JsonObject): string[] => {
  const asked = isObject(params['notifications']) ? params['notifications']['resourceSubscriptions'] : undefined
  return Array.isArray(asked) ? asked.filter((uri) => typeof uri === 'string') : []
}

/** What callers of one kind see: a server of ours that answers with what the one behind answers. */
export class Front implements AsyncDisposable {
  /** Settles with the server once the one behind is connected; rejects when that failed. */
  readonly ready: Promise<Server>
  readonly #onError: (error: unknown) => void
  readonly #bus = memoryBus()
  readonly #upstream: Upstream
  readonly #watches: Watches
  readonly #waiting: Waiting
  readonly #conversations: Conversations
  readonly #loudness = new Loudness()
  readonly #watched = new WeakMap<Session, Map<string, () => void>>()
  #legacySessions = 0

  constructor(kind: CallerKind, target: Dial | Connectable, options: ProxyOptions) {
    this.#onError = options.onError ?? ((error) => console.error('The server behind the proxy:', error))
    this.#waiting = new Waiting(options.patience ?? 600_000, options.maxWaiting ?? 1000)
    this.#conversations = new Conversations((call, params, own) => this.#send(call, params, own), this.#waiting)
    const client = behalfOf(kind, this.#conversations, { ...options, onError: this.#onError })
    this.#upstream = new Upstream(
      (signal) => connect(target, { ...client, signal }),
      (opened, again) => {
        this.#watches.followLists(opened)
        if (again) this.#watches.renew()
      },
    )
    const publish = this.#bus.publish.bind(this.#bus)
    this.#watches = new Watches(() => this.#upstream.client(), publish, this.#onError)
    this.ready = this.#upstream.client().then((opened) => this.#serve(opened, options))
  }

  /** Whether nobody would miss it: no call is under way and no session is open. */
  get idle(): boolean {
    return this.#conversations.idle && this.#legacySessions === 0
  }

  /** Keeps the connection for as long as a legacy session lasts. */
  hold(session: Session): void {
    this.#legacySessions += 1
    session.whenEnded(() => {
      this.#legacySessions -= 1
    })
  }

  #serve(
    { info, instructions, capabilities }: Client,
    { name = 'parley-proxy', version = '0.0.0' }: ProxyOptions,
  ): Server {
    const server = new Server(info ?? { name, version }, {
      ...(instructions === undefined ? {} : { instructions }),
      capabilities: carried(capabilities),
      logging: capabilities.logging !== undefined,
      changes: this.#bus,
      // The server behind has its own limit.
      maxRounds: 1000,
      onError: this.#onError,
      onNotification: ({ method }) => this.#hear(method),
    })
    const offers = (method: string): boolean => isAdvertised(method, capabilities)
    for (const method of plainMethods.filter(offers)) {
      server.handle(method, (call, { signal }) => this.#send(call, call.params, { signal }))
    }
    for (const method of askingMethods.filter(offers)) {
      server.handle(method, (call, ctx) => this.#conversations.answer(call, ctx))
    }
    return server.use(this.#follow)
  }

  async #send(call: Call, params: JsonObject, options: CallOptions): Promise<JsonObject> {
    const { method, meta } = call
    this.#loudness.note(call)
    const request = async (): Promise<JsonObject> => {
      const client = await this.#upstream.client()
      // A call does not fail for lines that might not be heard.
      await this.#loudness.tell(client).catch(this.#onError)
      // How long anything may take is for the caller to say, and for the server behind.
      const patient = { timeout: Infinity, maxTimeout: Infinity, meta: ownMeta(meta) }
      return client.request(method, params, { ...options, ...patient })
    }
    return outward(request(), this.#onError)
  }

  /** Keeps the server behind in step with what the proxy answers by itself. */
  readonly #follow: Middleware = async (call, next) => {
    switch (call.method) {
      case 'logging/setLevel':
        await this.#setLevel(call)
        return next(call)
      case 'resources/subscribe':
        await this.#subscribe(call)
        return next(call)
      case 'resources/unsubscribe':
        this.#unsubscribe(call)
        return next(call)
      case 'subscriptions/listen':
        return this.#listen(call, () => next(call))
      default:
        return next(call)
    }
  }

  async #setLevel({ params, exchange: { session } }: Call): Promise<void> {
    const level = loggingLevels.find((known) => known === params['level'])
    if (session === undefined || level === undefined) return
    this.#loudness.set(session, level)
    const tell = async (): Promise<void> => this.#loudness.tell(await this.#upstream.client())
    await outward(tell(), this.#onError)
  }

  #watch(uri: string): Promise<() => void> {
    return outward(this.#watches.watch(uri), this.#onError)
  }

  async #listen<Result>({ params }: Call, listen: () => Promise<Result>): Promise<Result> {
    const leaves: (() => void)[] = []
    try {
      for (const uri of subscribedIn(params)) leaves.push(await this.#watch(uri))
      return await listen()
    } finally {
      for (const leave of leaves) leave()
    }
  }

  async #subscribe({ params, exchange: { session } }: Call): Promise<void> {
    const { uri } = params
    if (session === undefined || typeof uri !== 'string') return
    const watched = this.#watchedBy(session)
    if (!watched.has(uri)) watched.set(uri, await this.#watch(uri))
  }

  #watchedBy(session: Session): Map<string, () => void> {
    const known = this.#watched.get(session)
    if (known !== undefined) return known
    const watched = new Map<string, () => void>()
    this.#watched.set(session, watched)
    session.whenEnded(() => watched.forEach((leave) => leave()))
    return watched
  }

  #unsubscribe({ params, exchange: { session } }: Call): void {
    const { uri } = params
    const watched = session === undefined ? undefined : this.#watched.get(session)
    if (watched === undefined || typeof uri !== 'string') return
    watched.get(uri)?.()
    watched.delete(uri)
  }

  #hear(method: string): void {
    if (method !== 'notifications/roots/list_changed') return
    const tell = async (): Promise<void> => {
      const client = await this.#upstream.client()
      if (client.era === 'legacy') await client.notify(method)
    }
    tell().catch(this.#onError)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.close()
    const closing = this.#upstream[Symbol.asyncDispose]()
    const server = await this.ready.catch(() => undefined)
    await server?.close()
    await closing
  }
}
