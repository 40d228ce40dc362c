import { ConnectionClosed, orElse } from '@parley/core'
import type { Responder } from '@parley/protocol/server'
import { HttpEndpoint } from './endpoint.ts'
import type { ReadBody } from './endpoint.ts'
import { Mailbox } from './mailbox.ts'
import type { HttpOptions } from './options.ts'
import { BodyReader, tooLarge } from './reader.ts'
import type { BodyLimits } from './reader.ts'
import { BodyFault } from './refusal.ts'
import { streamLimits } from './stream-limits.ts'
import type { StreamLimits } from './stream-limits.ts'
import type { EventStream, Head, Reply } from './wire.ts'

/** Answers web-standard requests on behalf of a server. */
export interface HttpHandler {
  (request: Request): Promise<Response>
  /**
   * Refuses what comes from now on, lets requests in flight finish, and ends every stream. Settles when that is done.
   *
   * The server stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
}

// `Headers` joins lines of one name, so that only a comma tells; none of these has one of its own.
const commaless = new Set([
  'host',
  'origin',
  'sec-fetch-site',
  'content-length',
  'mcp-protocol-version',
  'mcp-session-id',
  'mcp-method',
  'last-event-id',
])

class RequestHead implements Head {
  readonly method: string
  readonly path: string
  readonly #headers: Headers
  readonly #host: string

  constructor(request: Request) {
    const { host, pathname } = new URL(request.url)
    this.method = request.method
    this.path = pathname
    this.#headers = request.headers
    this.#host = host
  }

  header(name: string): string | undefined {
    // Some platforms keep Host out of the headers; the URL was made of it then.
    return this.#headers.get(name) ?? (name === 'host' ? this.#host : undefined)
  }

  repeated(name: string): boolean {
    return commaless.has(name) && (this.#headers.get(name)?.includes(',') ?? false)
  }
}

/** A reply that becomes a `Response`. */
class ResponseReply implements Reply {
  readonly #limits: StreamLimits
  readonly #settle: (response: Response) => void
  #controller: AbortController | undefined
  #reason: Error | undefined
  #mailbox: Mailbox | undefined
  #onLost: ((reason: Error) => void) | undefined
  #complete = false

  constructor(request: Request, limits: StreamLimits, settle: (response: Response) => void) {
    this.#limits = limits
    this.#settle = settle
    const left = (): void => this.#leave(new ConnectionClosed('The client is gone'))
    if (request.signal.aborted) left()
    else request.signal.addEventListener('abort', left, { once: true })
  }

  #leave(reason: Error): void {
    if (this.#complete || this.#mailbox?.closed === true || this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#mailbox?.leave(reason)
    this.#onLost?.(reason)
  }

  get gone(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void {
    this.#complete = true
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    this.#settle(new Response(body ?? null, { status, headers: { ...type, ...headers } }))
  }

  stream(headers: Readonly<Record<string, string>>, lost?: (reason: Error) => void): EventStream {
    const mailbox = new Mailbox(this.#limits, (reason) => this.#leave(reason))
    this.#mailbox = mailbox
    if (this.#reason === undefined) this.#onLost = lost
    else mailbox.leave(this.#reason)
    this.#settle(new Response(mailbox.readable, { status: 200, headers }))
    return mailbox
  }
}

const gather = async (request: Request, limits: BodyLimits): Promise<Uint8Array> => {
  if (request.bodyUsed) throw new BodyFault(500, 'The body was read before: mount this ahead of body parsers')
  if (Number(request.headers.get('content-length') ?? 0) > limits.size) throw tooLarge(limits.size)
  const reader = request.body?.getReader()
  if (reader === undefined) return new Uint8Array()
  return new Promise<Uint8Array>((resolve, reject) => {
    const give = (reason: unknown): void => {
      gathered.stop()
      reader.cancel(reason).catch(() => undefined)
      reject(reason)
    }
    const gathered = new BodyReader(limits, give)
    gathered.watch()
    const step = async (): Promise<void> => {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) gathered.push(chunk.value)
      resolve(gathered.finish())
    }
    step().catch(give)
  })
}

/**
 * Makes what answers `Request`s on behalf of a server, both eras on one URL: `export default { fetch: httpHandler(server) }`.
 *
 * It runs on Node, Bun, Deno, Workers, and in every framework that speaks `Request` and `Response`. Only requests for
 * loopback hosts are let in unless `allowedHosts` says otherwise.
 * @throws TypeError for hosts or origins that are none
 */
export const httpHandler = (server: Responder, options: HttpOptions = {}): HttpHandler => {
  const endpoint = new HttpEndpoint(server, options)
  const limits = streamLimits(options)
  const answer = (request: Request): Promise<Response> =>
    new Promise((resolve, reject) => {
      const reply = new ResponseReply(request, limits, resolve)
      const read: ReadBody = (bodyLimits) => gather(request, bodyLimits)
      void orElse(() => endpoint.handle(new RequestHead(request), read, reply), reject)
    })
  return Object.assign(answer, { close: () => endpoint.close() })
}
