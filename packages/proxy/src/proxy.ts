import { internalError, RpcError } from '@parley/core'
import type { Awaitable, Principal } from '@parley/core'
import type { Connectable } from '@parley/client'
import { errorObject, failure, success } from '@parley/protocol'
import type { Dial, Exchange, Responder, RpcNotification, RpcResponse, Session } from '@parley/protocol'
import { callerKind, kindKey } from './caller.ts'
import { Front } from './front.ts'
import type { ProxyOptions, ProxyTarget } from './options.ts'

/** A server whose features are another's. Hand it to a road: `serveStdio(proxy(http(url)))`. */
export interface ProxyServer extends Responder, AsyncDisposable {}

const targetFor = (target: ProxyTarget, principal: Principal | undefined): Dial | Connectable =>
  typeof target === 'object' && 'for' in target ? target.for(principal) : target

class Fronts implements ProxyServer {
  readonly #target: ProxyTarget
  readonly #options: ProxyOptions
  readonly #fronts = new Map<string, Front>()
  readonly #bySession = new WeakMap<Session, Front>()
  #closing: Promise<void> | undefined

  constructor(target: ProxyTarget, options: ProxyOptions) {
    this.#target = target
    this.#options = options
  }

  respond(exchange: Exchange): Awaitable<RpcResponse> {
    const { id, method } = exchange.request
    // MUST (2025-11-25, basic/utilities/ping): answered promptly, also before there is anybody behind to ask.
    if (method === 'ping' && exchange.session !== undefined) return success(id, {})
    return this.#respond(exchange)
  }

  async #respond(exchange: Exchange): Promise<RpcResponse> {
    try {
      const front = this.#frontOf(exchange)
      const server = await front.ready
      this.#bind(exchange, front)
      return await server.respond(exchange)
    } catch (error) {
      const told = error instanceof RpcError ? error : this.#unreachable(error)
      return failure(exchange.request.id, errorObject(told))
    }
  }

  #unreachable(error: unknown): RpcError {
    const { onError = console.error } = this.#options
    onError(error)
    return internalError('The server behind this proxy cannot be reached')
  }

  /** The front that a legacy session began with stays its own: what it negotiated there is what it knows. */
  #frontOf(exchange: Exchange): Front {
    const { session } = exchange
    const own = session === undefined ? undefined : this.#bySession.get(session)
    if (own !== undefined) return own
    const kind = callerKind(exchange)
    return this.#frontFor(kindKey(kind), () => {
      return new Front(kind, targetFor(this.#target, kind.principal), this.#options)
    })
  }

  #bind({ session, request }: Exchange, front: Front): void {
    if (session === undefined || request.method !== 'initialize' || this.#bySession.has(session)) return
    this.#bySession.set(session, front)
    front.hold(session)
  }

  #frontFor(key: string, open: () => Front): Front {
    if (this.#closing !== undefined) throw internalError('The server is closed')
    const known = this.#fronts.get(key)
    if (known !== undefined) {
      // The one used last stands last, so that room is made at the other end.
      this.#fronts.delete(key)
      this.#fronts.set(key, known)
      return known
    }
    this.#makeRoom()
    const front = open()
    this.#fronts.set(key, front)
    // What could not be connected is tried anew by whoever comes next.
    front.ready.catch(() => {
      if (this.#fronts.get(key) === front) this.#fronts.delete(key)
    })
    return front
  }

  #makeRoom(): void {
    if (this.#fronts.size < (this.#options.maxConnections ?? 100)) return
    for (const [key, front] of this.#fronts) {
      if (!front.idle) continue
      this.#fronts.delete(key)
      front[Symbol.asyncDispose]().catch(this.#options.onError ?? console.error)
      return
    }
    throw internalError('Too many connections to the server behind are in use', { retry: true })
  }

  hear(notification: RpcNotification, session?: Session): void {
    if (session === undefined) return
    const front = this.#bySession.get(session)
    front?.ready.then(
      (server) => server.hear(notification, session),
      () => undefined,
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#fronts.values()].map((front) => front[Symbol.asyncDispose]()))
    this.#fronts.clear()
  }
}

/**
 * Serves what another server offers: its tools, resources, prompts and completions, its progress and log lines, its
 * questions and its changes, in whichever era each side speaks.
 *
 * The server behind is connected to when the first request comes, with the abilities of whoever sends it; callers with
 * other abilities, and each principal, get a connection of their own. A connection that is lost is made anew for the next
 * request. A call in which the server behind asks something is kept open while its own caller is asked, so nothing is
 * called twice. Methods of extensions are not carried. Disposing closes every connection.
 *
 * @example
 * await serveStdio(proxy(http('https://example.com/mcp')))
 */
export const proxy = (target: ProxyTarget, options: ProxyOptions = {}): ProxyServer => new Fronts(target, options)
