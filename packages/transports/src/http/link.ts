import { ConnectionClosed } from '@parley/core'
import type { HttpFailure, JsonObject } from '@parley/core'
import { namedVersion, Peer } from '@parley/protocol'
import type { Link, RequestOptions, Responder } from '@parley/protocol'
import type { KnownTools } from './known-tools.ts'
import { LegacyChannel } from './legacy-channel.ts'
import type { LegacyOptions } from './legacy-channel.ts'
import { ModernLink } from './modern-link.ts'
import type { Site } from './site.ts'
import { SseChannel } from './sse-channel.ts'
import { httpVerdict, mayBeSse } from './verdict.ts'

/** What links to one server tell one another: the error by which it showed itself a legacy one (V6). */
export type Acquaintance = { legacy?: Error | undefined }

/** What a link over HTTP is made with. */
export type LinkOptions = {
  readonly site: Site
  readonly tools: KnownTools
  readonly legacy: LegacyOptions
  readonly known: Acquaintance
}

const road = { origin: { road: 'http' } }

/**
 * A client's end of the HTTP road, in both eras; each request shows by itself which one it belongs to.
 *
 * There is no connection: it ends when it is disposed, or when a legacy server goes on with nothing that was agreed.
 */
export class HttpLink implements Link {
  readonly closed: Promise<unknown>
  readonly #options: LinkOptions
  readonly #responder: Responder
  readonly #modern: ModernLink
  #legacy: Peer | undefined
  #end: (reason?: unknown) => void = () => undefined
  #probed: Error | undefined
  #over: ConnectionClosed | undefined
  #closing: Promise<void> | undefined

  constructor(responder: Responder, options: LinkOptions) {
    this.#options = options
    this.#responder = responder
    this.#modern = new ModernLink(options.site, responder, options.tools)
    this.closed = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  async request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    if (this.#over !== undefined) throw this.#over
    if (namedVersion(params) !== undefined) {
      return method === 'server/discover' ? this.#probe(params, options) : this.#modern.request(method, params, options)
    }
    if (method === 'initialize') return this.#initialize(params, options)
    if (this.#legacy === undefined)
      throw new ConnectionClosed(`${method} names no revision, and no initialize came before`)
    return this.#legacy.request(method, params, options)
  }

  async #probe(params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    const { known } = this.#options
    // SHOULD (2026-07-28, basic/versioning): the era is remembered, and probed for again once that has failed (V6).
    if (known.legacy !== undefined && this.#probed === undefined) {
      this.#probed = known.legacy
      throw this.#probed
    }
    try {
      return await this.#modern.request('server/discover', params, options)
    } catch (error) {
      if (error instanceof Error && httpVerdict(error) === 'legacy') this.#probed = error
      throw error
    }
  }

  async #initialize(params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    const { known } = this.#options
    try {
      const result = await this.#openLegacy(params, options)
      known.legacy = this.#probed
      return result
    } catch (error) {
      known.legacy = undefined
      throw error
    }
  }

  async #openLegacy(params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    const { site, legacy } = this.#options
    await this.#legacy?.[Symbol.asyncDispose]()
    const peer = new Peer(new LegacyChannel(site, legacy), this.#responder, road)
    this.#adopt(peer)
    try {
      return await peer.request('initialize', params, options)
    } catch (error) {
      if (!mayBeSse(error)) throw error
      return this.#openSse(params, options, error)
    }
  }

  /** Tries the oldest transport, where POSTing to the URL failed as it does there (basic/transports). */
  async #openSse(params: JsonObject, options: RequestOptions, failure: HttpFailure): Promise<JsonObject> {
    const channel = new SseChannel(this.#options.site)
    const peer = new Peer(channel, this.#responder, road)
    const streamable = this.#legacy
    this.#adopt(peer)
    const stop = (): void => void peer[Symbol.asyncDispose]()
    options.signal?.addEventListener('abort', stop)
    try {
      if (!(await channel.open())) throw failure
      await streamable?.[Symbol.asyncDispose]()
      return await peer.request('initialize', params, options)
    } catch (error) {
      await peer[Symbol.asyncDispose]()
      throw options.signal?.aborted === true ? options.signal.reason : error
    } finally {
      options.signal?.removeEventListener('abort', stop)
    }
  }

  /** Makes a peer the one that speaks for the legacy era: its end is the link's, unless another has taken its place. */
  #adopt(peer: Peer): void {
    this.#legacy = peer
    void this.#watch(peer)
  }

  async #watch(peer: Peer): Promise<void> {
    const reason = await peer.closed
    if (this.#legacy === peer && reason !== undefined) this.#settle(reason)
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    if (this.#over !== undefined) throw this.#over
    return this.#legacy === undefined ? this.#modern.notify(method, params) : this.#legacy.notify(method, params)
  }

  #settle(reason?: unknown): void {
    this.#over ??=
      reason instanceof ConnectionClosed ? reason : new ConnectionClosed('The connection was closed', { cause: reason })
    this.#modern.close(this.#over)
    this.#end(reason)
  }

  async #close(): Promise<void> {
    this.#over ??= new ConnectionClosed('The connection was closed')
    this.#modern.close(this.#over)
    await this.#legacy?.[Symbol.asyncDispose]()
    // Last, for ending a session is a request as well.
    this.#options.site.carrier.close()
    this.#end()
  }

  /** Ends the session, if there is one, and lets go of every stream. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }
}
