import type { JsonObject } from '@parley/core'
import type { Exchange, Link, Responder, RpcNotification, RpcResponse } from '@parley/protocol'
import { success } from '@parley/protocol'
import { http } from '../src/http/client.ts'
import type { HttpClientOptions, HttpTarget } from '../src/http/client.ts'

/** One request that the client made. */
export type Seen = {
  method: string
  url: string
  headers: Headers
  text: string
  /** The body, parsed; an empty object where there is none. */
  body: JsonObject
  signal: AbortSignal
  redirect: string | undefined
}

/** What a scripted server does with a request. */
export type Play = (seen: Seen, index: number) => Response | Promise<Response>

/** An event stream that the test writes. */
export type Stream = {
  response: Response
  /** Writes text as it is. */
  write(text: string): void
  /** Writes one message as an event. */
  send(message: JsonObject, id?: string): void
  end(): void
  /** Breaks the connection. */
  cut(): void
  /** Settles when the client let go of it. */
  cancelled: Promise<void>
}

export const url = 'https://example.com/mcp'
export const modernVersion = '2026-07-28'

/** The params of a modern request. */
export const modern = (params: JsonObject = {}, version = modernVersion): JsonObject => ({
  ...params,
  _meta: {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
})

export const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
  })

/** The answer to a request. */
export const answer = (seen: Seen, result: JsonObject = { resultType: 'complete' }, init?: ResponseInit): Response =>
  json({ jsonrpc: '2.0', id: seen.body['id'], result }, init)

/** An error in answer to a request. */
export const refuse = (seen: Seen, status: number, code: number, id: unknown = seen.body['id']): Response =>
  json({ jsonrpc: '2.0', id, error: { code, message: `code ${code}` } }, { status })

export const accepted = (): Response => new Response(null, { status: 202 })

export const stream = (headers: Record<string, string> = {}): Stream => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let letGo: () => void = () => undefined
  const cancelled = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
    cancel: () => letGo(),
  })
  const write = (text: string): void => controller?.enqueue(new TextEncoder().encode(text))
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream', ...headers } }),
    write,
    send: (message, id) =>
      write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`),
    end: () => controller?.close(),
    cut: () => controller?.error(new TypeError('terminated')),
    cancelled,
  }
}

const untilAborted = (work: Promise<Response>, signal: AbortSignal): Promise<Response> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })

/** A server in place of the network: what it was sent can be looked at. */
export class Far {
  readonly seen: Seen[] = []
  readonly #play: Play

  constructor(play: Play) {
    this.#play = play
  }

  readonly fetch = async (to: URL, init: RequestInit): Promise<Response> => {
    const text = typeof init.body === 'string' ? init.body : ''
    const signal = init.signal ?? new AbortController().signal
    const seen: Seen = {
      method: init.method ?? 'GET',
      url: to.href,
      headers: new Headers(init.headers),
      text,
      body: text === '' ? {} : (JSON.parse(text) as JsonObject),
      signal,
      redirect: init.redirect,
    }
    const index = this.seen.push(seen) - 1
    return untilAborted(
      Promise.resolve().then(() => this.#play(seen, index)),
      signal,
    )
  }

  target(options: HttpClientOptions = {}, to: string = url): HttpTarget {
    return http(to, { fetch: this.fetch, ...options })
  }

  dial(options: HttpClientOptions = {}, responder: Responder = new Hearer()): Promise<Link> {
    return this.target(options).dial(responder)
  }

  /** The requests of one HTTP method. */
  of(method: string): Seen[] {
    return this.seen.filter((each) => each.method === method)
  }

  /** What was sent with one JSON-RPC method. */
  calls(method: string): Seen[] {
    return this.seen.filter((each) => each.body['method'] === method)
  }
}

/** A client's own end: what it heard, and was asked. */
export class Hearer implements Responder {
  readonly heard: RpcNotification[] = []
  readonly asked: string[] = []
  #wake: () => void = () => undefined

  respond({ request }: Exchange): Promise<RpcResponse> {
    this.asked.push(request.method)
    this.#wake()
    return Promise.resolve(success(request.id, { answered: request.method }))
  }

  hear(notification: RpcNotification): void {
    this.heard.push(notification)
    this.#wake()
  }

  /** Settles when so many notifications were heard. */
  async until(count: number): Promise<void> {
    while (this.heard.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** What a promise rejects with; undefined when it does not. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Lets everything that is ready happen. */
export const settle = async (turns = 20): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
}
