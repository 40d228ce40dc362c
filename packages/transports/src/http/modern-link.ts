import { ConnectionClosed, InvalidResult, isObject, LinkedList, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { decode, encode, namedVersion, Pending } from '@parley/protocol'
import type { Message, RequestId, RequestOptions, Responder, RpcNotification, RpcRequest } from '@parley/protocol'
import { Abort } from './abort.ts'
import { answerTo, mediaType, readMessageBody, readRefusal, refusalOf } from './body.ts'
import { isOk } from './carrier.ts'
import type { Answer } from './carrier.ts'
import { hearEvents } from './incoming.ts'
import { modernHeaders } from './modern-headers.ts'
import type { KnownTools } from './known-tools.ts'
import { post } from './patience.ts'
import { eventStream } from './site.ts'
import type { Site } from './site.ts'

const mostPages = 100

const isNamed = (tool: unknown, name: unknown): boolean => isObject(tool) && tool['name'] === name

const whyNot = (message: Message): string =>
  message.kind === 'broken' ? message.error.message : 'what came back is not the answer to this request'

/**
 * Makes modern requests, each a POST of its own (2026-07-28, basic/transports/streamable-http).
 *
 * Nothing is kept between them but what tools want to see in headers. Cancelling a request closes its stream, which is
 * how its server learns of it (H13).
 */
export class ModernLink {
  readonly #site: Site
  readonly #responder: Responder
  readonly #tools: KnownTools
  readonly #pending: Pending
  readonly #posts = new LinkedList<Abort>()
  #version: string | undefined
  #over: ConnectionClosed | undefined

  constructor(site: Site, responder: Responder, tools: KnownTools) {
    this.#site = site
    this.#responder = responder
    this.#tools = tools
    this.#pending = new Pending({
      send: (request) => this.#post(request),
      tellCancelled: (id, reason) => {
        const asked = this.#posts.all().find((each) => each.id === id)
        asked?.abort(new DOMException(reason, 'AbortError'))
      },
      // A modern server puts no requests, so that none of them can keep it waiting.
      answering: () => false,
    })
  }

  /** Makes one request, as a `Link` does. */
  async request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const start = performance.now()
    try {
      return await this.#once(method, params, options)
    } catch (error) {
      const mismatch = method === 'tools/call' && error instanceof RpcError && error.kind === 'headerMismatch'
      if (!mismatch || !(await this.#learnsBetter(params, options))) throw error
      const { maxTimeout = Infinity } = options
      // What was spent is spent, so that both attempts together take no longer than one may.
      const left = Math.max(0, maxTimeout - (performance.now() - start))
      return this.#once(method, params, maxTimeout === Infinity ? options : { ...options, maxTimeout: left })
    }
  }

  async #once(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    if (this.#over !== undefined) throw this.#over
    this.#version = namedVersion(params) ?? this.#version
    const result = await this.#pending.request(method, params, options)
    return method === 'tools/list' ? this.#tools.screen(result) : result
  }

  /** Lists the tools again, and tells whether this one turns out to want other headers than it was given (X6). */
  async #learnsBetter(params: JsonObject, options: RequestOptions): Promise<boolean> {
    const before = this.#tools.headersOf(params)
    try {
      await this.#findTool(params, options)
    } catch (error) {
      if (options.signal?.aborted === true) throw error
      // The mismatch says more than that the tools could not be listed either.
      return false
    }
    return JSON.stringify(before) !== JSON.stringify(this.#tools.headersOf(params))
  }

  async #findTool(params: JsonObject, { signal, timeout, maxTimeout }: RequestOptions): Promise<void> {
    let cursor: unknown
    for (let page = 0; page < mostPages; page += 1) {
      const list: JsonObject = { _meta: params['_meta'], ...(cursor === undefined ? {} : { cursor }) }
      const { tools, nextCursor } = await this.#once('tools/list', list, { signal, timeout, maxTimeout })
      const found = Array.isArray(tools) && tools.some((tool: unknown) => isNamed(tool, params['name']))
      if (found || typeof nextCursor !== 'string' || nextCursor === cursor) return
      cursor = nextCursor
    }
  }

  async #post(request: RpcRequest): Promise<void> {
    const { id, method, params = {} } = request
    const abort = new Abort(id)
    this.#posts.add(abort)
    try {
      const headers = modernHeaders(method, params, this.#version)
      if (method === 'tools/call') for (const [name, value] of this.#tools.headersOf(params)) headers.set(name, value)
      const answer = await post(this.#site, { headers, body: encode(request), abort })
      await this.#read(request, answer, abort)
    } finally {
      this.#posts.delete(abort)
    }
  }

  async #read(request: RpcRequest, answer: Answer, abort: Abort): Promise<void> {
    const { id, method } = request
    const { maxMessage, silence } = this.#site
    if (!isOk(answer)) {
      const refusal = await readRefusal(answer)
      const error = refusalOf(id, refusal)
      if (error === undefined) throw refusal.failure
      return this.#pending.settle(error)
    }
    if (mediaType(answer) !== eventStream) {
      const message = await readMessageBody(answer, method, maxMessage)
      if (!this.#take(id, message)) throw new InvalidResult(method, whyNot(message))
      return
    }
    const answered = await hearEvents(
      answer,
      { name: method, limit: maxMessage, silence, abort },
      { event: ({ data, event = 'message' }) => event === 'message' && data !== '' && this.#hear(id, data) },
    )
    // A stream cannot be resumed in this revision: whoever called may call again (H14).
    if (!answered) throw new ConnectionClosed(`The stream ended before ${method} was answered`)
  }

  #hear(id: RequestId, data: string): boolean {
    const message = decode(data)
    if (message.kind === 'notification') {
      return this.#notified(id, message)
    }
    // MUST NOT (transports/streamable-http#receiving-messages): no requests come here, so none is answered (T39).
    return this.#take(id, message)
  }

  #take(id: RequestId, message: Message): boolean {
    const answer = answerTo(id, message)
    if (answer !== undefined) this.#pending.settle(answer)
    return answer !== undefined
  }

  /** Hands a notification on, and tells whether it ended the request. */
  #notified(id: RequestId, notification: RpcNotification): boolean {
    const { method, params } = notification
    if (method === 'notifications/progress') {
      // MUST (transports/streamable-http#receiving-messages): what comes on a request's stream is about that request.
      if (params?.['progressToken'] === id) this.#pending.progress(params)
      return false
    }
    const taken = this.#pending.notification(id, notification)
    // Another road's way to end a listen; where it comes here, it means the same (3.2 #3).
    if (method === 'notifications/cancelled') return taken
    if (!taken) this.#responder.hear(notification)
    return false
  }

  /** Sends one notification, as a `Link` does. */
  async notify(method: string, params?: JsonObject): Promise<void> {
    if (this.#over !== undefined) throw this.#over
    const abort = new Abort()
    this.#posts.add(abort)
    try {
      const headers = modernHeaders(method, params ?? {}, this.#version)
      const body = encode({ kind: 'notification', method, params })
      const answer = await post(this.#site, { headers, body, abort })
      if (!isOk(answer)) throw (await readRefusal(answer)).failure
      answer.discard()
    } finally {
      this.#posts.delete(abort)
    }
  }

  /** Rejects what is under way, and closes its streams. */
  close(reason: ConnectionClosed): void {
    this.#over ??= reason
    this.#pending.close(reason)
    for (const abort of this.#posts.all()) abort.abort(reason)
  }
}
