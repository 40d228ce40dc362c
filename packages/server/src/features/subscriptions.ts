import { invalidParams, internalError, resourceNotFound } from '@parley/core'
import type { JsonObject, Principal, ServerCapabilities, SubscriptionFilter } from '@parley/core'
import type { Call, Session } from '@parley/protocol/server'
import type { Change, ChangeBus } from '../changes.ts'
import { ChangePump } from './change-pump.ts'
import type { Feature, MethodHandler } from './feature.ts'
import { Listening } from './listening.ts'

/** How much one server lets its listeners ask of it. */
export type ListenLimits = {
  /** URIs in one filter or one legacy session. @default 1_000 */
  uris: number
  /** Listen requests of one verified principal. @default 16 */
  perPrincipal: number
  /** Listen requests of everybody together. @default 10_000 */
  total: number
}

/** The part of a filter that this server can honour (basic/patterns/subscriptions#acknowledgment). */
const honoured = (asked: SubscriptionFilter, capabilities: ServerCapabilities): SubscriptionFilter => {
  const { tools, prompts, resources } = capabilities
  const filter: SubscriptionFilter = {}
  if (asked.toolsListChanged === true && tools?.listChanged === true) filter.toolsListChanged = true
  if (asked.promptsListChanged === true && prompts?.listChanged === true) filter.promptsListChanged = true
  if (asked.resourcesListChanged === true && resources?.listChanged === true) filter.resourcesListChanged = true
  // MUST (server/resources): the same flag gates subscribing in every era (R6).
  if (asked.resourceSubscriptions !== undefined && resources?.subscribe === true) {
    filter.resourceSubscriptions = [...asked.resourceSubscriptions]
  }
  return filter
}

/** What there is to listen to. */
export type Offer = {
  /** Where changes are heard. */
  bus: ChangeBus
  /** What is advertised now. */
  capabilities: () => ServerCapabilities
  /** Whether there is a resource at a URI that this principal may not see. */
  hides: (uri: string, principal: Principal | undefined) => boolean
}

/** Tells callers of changes: a listen of the modern era, or the implicit one of a legacy session. */
export class Subscriptions implements Feature {
  readonly #bus: ChangeBus
  readonly #capabilities: Offer['capabilities']
  readonly #hides: Offer['hides']
  readonly #limits: ListenLimits
  readonly #listenings = new Set<Listening>()
  readonly #byPrincipal = new Map<string, number>()
  // Counted on entry: those that wait for their acknowledgment to be taken hold a place as well.
  #entered = 0
  /** The legacy sessions that are told of changes, with what tells them once there was one. */
  readonly #sessions = new Map<Session, ChangePump | undefined>()
  #silence: (() => void) | undefined
  #closed = false

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    ['subscriptions/listen', (call) => this.#listen(call)],
    ['resources/subscribe', (call) => this.#subscribe(call)],
    ['resources/unsubscribe', (call) => this.#unsubscribe(call)],
  ])

  constructor(offer: Offer, limits: Partial<ListenLimits> = {}) {
    this.#bus = offer.bus
    this.#capabilities = offer.capabilities
    this.#hides = offer.hides
    this.#limits = { uris: 1_000, perPrincipal: 16, total: 10_000, ...limits }
  }

  capabilities(): Partial<ServerCapabilities> {
    return {}
  }

  /** How many listen requests are open. */
  get open(): number {
    return this.#entered
  }

  #listen({ params, exchange }: Call): Promise<JsonObject> {
    const asked = params['notifications'] as SubscriptionFilter
    this.#checkUris(asked.resourceSubscriptions?.length ?? 0)
    const { principal } = exchange.origin
    const filter = this.#honoured(asked, principal)
    const listening = new Listening(exchange, filter)
    this.#enter(listening.principal)
    try {
      // MUST (basic/patterns/subscriptions#acknowledgment): queued ahead of any change, the first message (U2).
      const acknowledged = listening.acknowledge()
      this.#listenings.add(listening)
      this.#hear()
      if (!(acknowledged instanceof Promise)) return this.#untilEnd(listening)
      const refused = (error: unknown): never => {
        this.#leave(listening)
        throw error
      }
      return acknowledged.then(() => this.#untilEnd(listening), refused)
    } catch (error) {
      this.#leave(listening)
      throw error
    }
  }

  // What cannot be read must not be heard of either; it is left out, as what does not exist might be.
  #honoured(asked: SubscriptionFilter, principal: Principal | undefined): SubscriptionFilter {
    const filter = honoured(asked, this.#capabilities())
    const { resourceSubscriptions: uris } = filter
    return uris === undefined
      ? filter
      : { ...filter, resourceSubscriptions: uris.filter((uri) => !this.#hides(uri, principal)) }
  }

  #checkUris(count: number): void {
    if (count > this.#limits.uris) throw invalidParams(`At most ${this.#limits.uris} resources may be subscribed to`)
  }

  #enter(principal: string): void {
    const held = this.#byPrincipal.get(principal) ?? 0
    const crowded = principal !== '' && held >= this.#limits.perPrincipal
    if (crowded || this.#entered >= this.#limits.total)
      throw internalError('Too many subscriptions are open', { retry: true })
    this.#entered += 1
    this.#byPrincipal.set(principal, held + 1)
  }

  /** Lets one go that has entered. */
  #leave(listening: Listening): void {
    const { principal } = listening
    this.#listenings.delete(listening)
    this.#hush()
    this.#entered -= 1
    const left = (this.#byPrincipal.get(principal) ?? 1) - 1
    if (left === 0) this.#byPrincipal.delete(principal)
    else this.#byPrincipal.set(principal, left)
  }

  /** Settles with the closing result when the server ends the subscription; rejects when the caller has. */
  #untilEnd(listening: Listening): Promise<JsonObject> {
    const ended = listening.wait(() => this.#leave(listening))
    if (this.#closed) listening.end()
    return ended
  }

  // One ear does for all who listen, for tens of thousands may be idle.
  #hear(): void {
    this.#silence ??= this.#bus.listen((change) => this.#tell(change))
  }

  #hush(): void {
    if (this.#listenings.size + this.#sessions.size > 0) return
    this.#silence?.()
    this.#silence = undefined
  }

  #tell(change: Change): void {
    for (const listening of this.#listenings) listening.tell(change)
    for (const [session, known] of this.#sessions) {
      if (!this.#concerns(session, change)) continue
      const pump = known ?? new ChangePump((method, params) => session.notify(method, params))
      if (known === undefined) this.#sessions.set(session, pump)
      pump.push(change)
    }
  }

  /** Starts telling a legacy session of changes; it is over with the session. */
  attach(session: Session): void {
    if (this.#sessions.has(session)) return
    this.#sessions.set(session, undefined)
    this.#hear()
    session.whenEnded(() => {
      this.#sessions.delete(session)
      this.#hush()
    })
  }

  #concerns(session: Session, change: Change): boolean {
    if ('updated' in change) return session.state.subscriptions.includes(change.updated)
    // MUST (2025-06-18, basic/lifecycle#operation): only what was negotiated is used (L5).
    return session.state.offered?.[change.list]?.listChanged === true
  }

  #subscribe(call: Call): JsonObject {
    const subscriptions = call.exchange.session?.state.subscriptions ?? []
    const uri = call.params['uri'] as string
    if (this.#hides(uri, call.exchange.origin.principal)) throw resourceNotFound(uri)
    if (!subscriptions.includes(uri)) {
      this.#checkUris(subscriptions.length + 1)
      subscriptions.push(uri)
    }
    return {}
  }

  #unsubscribe(call: Call): JsonObject {
    const subscriptions = call.exchange.session?.state.subscriptions ?? []
    const at = subscriptions.indexOf(call.params['uri'] as string)
    if (at >= 0) subscriptions.splice(at, 1)
    return {}
  }

  /** Ends every listen with its closing result. */
  close(): void {
    this.#closed = true
    for (const listening of this.#listenings) listening.end()
  }
}
