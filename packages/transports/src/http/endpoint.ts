import { andThen, invalidRequest, LinkedList } from '@parley/core'
import type { Awaitable, JsonObject, Principal, PublicDocument, RpcError } from '@parley/core'
import { brokenPromise, Deadlines, decode, isLongLived, modernVersions, namedVersion } from '@parley/protocol/server'
import type { Message, Responder, RpcNotification, RpcRequest, RpcResponse } from '@parley/protocol/server'
import { Admissions } from './admission.ts'
import type { Annex } from './annex.ts'
import { Budget } from './budget.ts'
import { preflightHeaders, withCors } from './cors.ts'
import { eraOf } from './era.ts'
import { makeGate } from './gate.ts'
import type { Admission } from './gate.ts'
import { headerFault, versionHeader } from './headers.ts'
import { lapsing } from './lapsing.ts'
import { acceptsStreams, bodyRefusal, mediaRefusal } from './media.ts'
import { HttpExchange, modernFault } from './modern.ts'
import type { ModernRules } from './modern.ts'
import type { HttpOptions } from './options.ts'
import { originOf } from './origin.ts'
import { documentAt, publish, scopeRefusal, verified } from './protection.ts'
import { Pulse } from './pulse.ts'
import type { BodyLimits } from './reader.ts'
import { BodyFault, refuse } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { LegacySessions } from './sessions.ts'
import type { Head, Reply } from './wire.ts'

/** Reads a request's whole body. Rejects with `BodyFault` where it is refused, and otherwise when the client is gone. */
export type ReadBody = (limits: BodyLimits) => Promise<Uint8Array>

/** One message, with all that is known of its sender. */
type Visit = { readonly head: Head; readonly reply: Reply; readonly principal: Principal | undefined }

const busy = (status: 429 | 503): Refusal => ({ status, headers: { 'retry-after': '1' } })

const bad = (error: RpcError): Refusal => ({ status: 400, error })

// For what is on its way already when serving ends.
const moment = 50

/**
 * Both eras of a server on one URL, whatever carries its requests and replies.
 *
 * Every request passes the same checks in the same order, the cheap ones first, and nothing of a body is read that will
 * be refused. Which era a message is of is decided once, from the message and its headers.
 */
export class HttpEndpoint {
  readonly #server: Responder
  readonly #options: HttpOptions
  readonly #gate: (head: Head, anyPage?: boolean) => Admission
  readonly #admissions: Admissions
  readonly #bodies: BodyLimits
  readonly #modern: ModernRules
  readonly #legacy: LegacySessions
  readonly #annex: Annex | undefined
  readonly #open = new LinkedList<HttpExchange>()
  readonly #methods: readonly string[]
  #closing: Promise<void> | undefined

  /** @throws TypeError for `allowedHosts` or `allowedOrigins` that are none, and for a path that would be served twice */
  constructor(server: Responder, options: HttpOptions = {}) {
    const { maxInFlight: total = 4096, maxInFlightPerPrincipal: perPrincipal = 256 } = options
    this.#server = server
    this.#options = options
    this.#gate = makeGate(options)
    this.#admissions = new Admissions({ total, perPrincipal })
    this.#bodies = {
      size: options.maxBody ?? 4_194_304,
      patience: options.bodyTimeout ?? 10_000,
      budget: new Budget(options.maxBodies ?? 268_435_456),
    }
    this.#modern = {
      pulse: new Pulse(options.keepAlive ?? 15_000),
      deadlines: new Deadlines(),
      jsonDelay: options.jsonDelay ?? 10_000,
      crowded: (options.hardLimit ?? 4_194_304) / 2,
    }
    this.#legacy = new LegacySessions(server, options)
    this.#annex = options.sse?.(server, options)
    // A GET could not be told from one that listens here.
    if (this.#beside(options.path) !== undefined) throw new TypeError(`HTTP+SSE needs a path beside ${options.path}`)
    this.#methods = options.sessions === false ? ['POST', 'OPTIONS'] : ['GET', 'POST', 'DELETE', 'OPTIONS']
  }

  /** How many requests are being served; those that listen do not count. */
  get inFlight(): number {
    return this.#admissions.size
  }

  /** Answers one request. Settles when the answer is complete, or left to a stream that stays open; never rejects. */
  handle(head: Head, body: ReadBody, reply: Reply): Awaitable<void> {
    const { authorize } = this.#options
    const document = documentAt(head.path, authorize, this.#server)
    const { refusal, origin } = this.#admit(head, document)
    const answering = origin === undefined ? reply : withCors(reply, origin)
    if (refusal !== undefined) return refuse(answering, refusal)
    if (document !== undefined) return publish(document, head, answering)
    if (head.method === 'OPTIONS') return this.#describe(head, answering)
    if (authorize === undefined) return this.#visit({ head, reply: answering, principal: undefined }, body)
    return andThen(verified(authorize, head), (known) => {
      if ('status' in known) return answering.send(known.status, known.headers ?? {})
      return this.#visit({ head, reply: answering, principal: known }, body)
    })
  }

  #visit(visit: Visit, body: ReadBody): Awaitable<void> {
    const { head, principal, reply } = visit
    if (head.method === 'GET') return this.#listen(visit)
    if (head.method === 'DELETE') return this.#legacy.delete(head, principal, reply)
    return this.#post(visit, body)
  }

  /** The annex, where a path is one of its own. */
  #beside(path: string | undefined): Annex | undefined {
    return path === undefined || this.#annex?.methods(path) === undefined ? undefined : this.#annex
  }

  #methodsOf(path: string): readonly string[] {
    return this.#annex?.methods(path) ?? this.#methods
  }

  #admit(
    head: Head,
    document: PublicDocument | undefined,
  ): { refusal: Refusal | undefined; origin?: string | undefined } {
    const { refusal, ...rest } = this.#gate(head, document !== undefined)
    if (refusal !== undefined) return { refusal }
    const { path } = this.#options
    if (this.#closing !== undefined) return { refusal: busy(503), ...rest }
    if (document !== undefined) return { refusal: undefined, ...rest }
    const isServed = path === undefined || head.path === path || this.#beside(head.path) !== undefined
    if (!isServed) return { refusal: { status: 404 }, ...rest }
    const methods = this.#methodsOf(head.path)
    if (methods.includes(head.method)) return { refusal: undefined, ...rest }
    return { refusal: { status: 405, headers: { allow: methods.join(', ') } }, ...rest }
  }

  #describe(head: Head, reply: Reply): void {
    const preflight = head.header('access-control-request-method') !== undefined
    const allow = this.#methodsOf(head.path).join(', ')
    reply.send(204, { allow, ...(preflight && preflightHeaders(head, allow)) })
  }

  #listen({ head, reply, principal }: Visit): void {
    const beside = this.#beside(head.path)
    // MUST (2026-07-28, basic/transports/streamable-http): the modern revision has no stream of its own to open (H15).
    if (beside === undefined && modernVersions.includes(head.header(versionHeader) ?? '')) {
      return refuse(reply, { status: 405, headers: { allow: 'POST, OPTIONS' } })
    }
    if (!acceptsStreams(head.header('accept'))) {
      return refuse(reply, { status: 406, error: invalidRequest('Accept must list text/event-stream') })
    }
    ;(beside ?? this.#legacy).get(head, principal, lapsing(reply, principal))
  }

  #post(visit: Visit, body: ReadBody): Awaitable<void> {
    const { head, principal, reply } = visit
    const beside = this.#beside(head.path)
    const refusal = beside === undefined ? mediaRefusal(head) : (bodyRefusal(head) ?? beside.refusal(head, principal))
    if (this.#admissions.full(principal)) return refuse(reply, busy(429))
    if (refusal !== undefined) return refuse(reply, refusal)
    this.#admissions.expect()
    return body(this.#bodies).then(
      (bytes) => this.#take(visit, bytes, beside),
      (error: unknown) => this.#unread(reply, error),
    )
  }

  #take(visit: Visit, bytes: Uint8Array, beside: Annex | undefined): Awaitable<void> {
    const { principal, reply } = visit
    // Only now: whoever sends slowly must not take the place of those who have something to be served.
    const leave = this.#admissions.enter(principal)
    this.#admissions.arrived()
    if (leave === undefined) return refuse(reply, busy(429))
    let done: Awaitable<void>
    try {
      const message = decode(bytes, { depth: this.#options.depth ?? 128 })
      done = this.#lacks(visit, message) ? undefined : this.#route(visit, message, leave, beside)
    } catch (error) {
      leave()
      throw error
    }
    if (!(done instanceof Promise)) return leave()
    // `finally` would do the same with more promises.
    return done.then(leave, (error: unknown) => {
      leave()
      throw error
    })
  }

  /** Refuses a message whose sender may not have what it asks for. */
  #lacks({ reply, principal }: Visit, message: Message): boolean {
    const { authorize } = this.#options
    const lack = authorize && scopeRefusal({ authorize, server: this.#server }, message, principal)
    if (lack === undefined) return false
    reply.send(lack.status, lack.headers ?? {})
    return true
  }

  #unread(reply: Reply, error: unknown): void {
    const { status, message } = error instanceof BodyFault ? error : new BodyFault(400, 'The body could not be read')
    refuse(reply, { status, headers: status === 503 ? { 'retry-after': '1' } : {}, error: invalidRequest(message) })
    this.#admissions.arrived()
  }

  /** Decides which era a message is of (the dual-era table), and hands it over. */
  #route(visit: Visit, message: Message, leave: () => void, beside: Annex | undefined): Awaitable<void> {
    const { head, reply, principal } = visit
    if (beside !== undefined) return beside.post(head, message, principal, reply)
    // The answer to what was meant as a response names no request.
    if (message.kind === 'broken') return refuse(reply, bad(message.error), message.response ? undefined : message.id)
    if (message.kind === 'request' || message.kind === 'notification') {
      const named = namedVersion(message.params)
      if (named !== undefined) return this.#serve(visit, message, named, leave)
    }
    const verdict = eraOf(message, head)
    if (verdict.era === 'legacy') return this.#legacy.post(head, message, principal, reply)
    if (verdict.error === undefined) reply.send(202, {})
    else refuse(reply, bad(verdict.error), message.kind === 'request' ? message.id : undefined)
  }

  #serve(visit: Visit, message: RpcRequest | RpcNotification, version: string, leave: () => void): Awaitable<void> {
    const { head, reply, principal } = visit
    const fault = modernFault(head, message, version) ?? this.#mismatch(visit, message)
    if (fault !== undefined) return refuse(reply, bad(fault), message.kind === 'request' ? message.id : undefined)
    if (message.kind === 'notification') {
      // Closing the stream is how a modern request is cancelled here, so this one means nothing.
      if (message.method !== 'notifications/cancelled') this.#server.hear(message)
      return reply.send(202, {})
    }
    const listens = isLongLived(message.method)
    if (listens) leave()
    const exchange = new HttpExchange(
      message,
      originOf(head, principal),
      listens ? lapsing(reply, principal) : reply,
      this.#modern,
    )
    const response = this.#respond(exchange)
    if (!(response instanceof Promise)) return exchange.finish(response)
    this.#open.add(exchange)
    exchange.wait()
    const finish = (settled: RpcResponse | undefined): void => {
      this.#open.delete(exchange)
      exchange.finish(settled)
    }
    const finished = response.then(finish, () => finish(brokenPromise(message)))
    // A listener may stay for days, and so would all that waited for its end.
    return listens ? undefined : finished
  }

  #respond(exchange: HttpExchange): Awaitable<RpcResponse | undefined> {
    try {
      return this.#server.respond(exchange)
    } catch {
      return brokenPromise(exchange.request)
    }
  }

  #mismatch({ head, principal }: Visit, message: RpcRequest | RpcNotification): RpcError | undefined {
    if (message.kind === 'notification') return undefined
    const params: JsonObject = message.params ?? {}
    return headerFault(head, message, this.#server.mirrored?.(message.method, params, principal) ?? [])
  }

  /**
   * Refuses what comes from now on, lets requests in flight finish for `linger` milliseconds, and ends every stream.
   *
   * Dispose of the server first, and whoever listens gets the closing result.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#admissions.emptied(this.#options.linger ?? 10_000)
    await this.#farewells()
    for (const exchange of this.#open.all()) exchange.abandon()
    await Promise.all([this.#legacy.close(), this.#annex?.close()])
  }

  /** A server that was just disposed of is about to send its listeners their closing results. */
  async #farewells(): Promise<void> {
    const deadline = performance.now() + moment
    while (this.#open.first !== undefined && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}
