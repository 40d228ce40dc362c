import { ConnectionClosed } from '@parley/core'
import { redirected } from './redirect.ts'

/** What makes HTTP requests: the platform's `fetch`, or one that adds authorization. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

/** Headers that go with every request, or what makes them anew for each. */
export type ExtraHeaders = HeadersInit | (() => HeadersInit | Promise<HeadersInit>)

/** The server that a client talks to. */
export type Site = {
  readonly url: URL
  readonly fetch: Fetch
  readonly headers: ExtraHeaders
  /** Bytes that one body, or characters that one event, may have. */
  readonly maxMessage: number
  /** Milliseconds without a byte after which an event stream is taken for broken. */
  readonly silence: number
  /** Milliseconds that a server may ask to be left alone for before it is asked again. */
  readonly patience: number
}

/** One request to that server. */
export type Sending = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: ReadonlyMap<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  /** Where to, when it is not the site's own URL. */
  readonly url?: URL
}

/** Both kinds of reply; every POST names them (H4). */
export const eitherReply = 'application/json, text/event-stream'
/** The one kind of reply that a GET may have (G1). */
export const eventStream = 'text/event-stream'

const mostRedirects = 5

// What `fetch` rejects with when the network fails: a TypeError by the standard, some platforms' system errors besides.
const isNetworkError = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof Error && 'code' in error && typeof error.code === 'string')

/** What a broken request is to its caller; an authorizing `fetch` has errors of its own, and they stay as they are. */
export const networkError = (error: unknown, signal: AbortSignal, message: string): unknown => {
  if (signal.aborted) return signal.reason
  return isNetworkError(error) ? new ConnectionClosed(message, { cause: error }) : error
}

const headersOf = async (site: Site, sending: Sending): Promise<Headers> => {
  const headers = new Headers(typeof site.headers === 'function' ? await site.headers() : site.headers)
  for (const [name, value] of sending.headers) headers.set(name, value)
  return headers
}

/**
 * Sends one request and settles with the head of its answer, whatever its status.
 *
 * It follows redirects within the same origin and no others: not one header or body crosses to another origin. Rejects
 * with `ConnectionClosed` when there was no answer, with `HttpFailure` for a redirect that is not followed.
 */
export const send = async (site: Site, sending: Sending): Promise<Response> => {
  const headers = await headersOf(site, sending)
  const { method, signal, body } = sending
  let url = sending.url ?? site.url
  for (let hops = 0; ; hops += 1) {
    signal.throwIfAborted()
    const init: RequestInit = { method, headers, signal, redirect: 'manual' }
    if (body !== undefined) init.body = body
    let response: Response
    try {
      response = await site.fetch(url, init)
    } catch (error) {
      throw networkError(error, signal, `The server could not be reached: ${method} ${url.origin}`)
    }
    const next = redirected(response, url, method, hops < mostRedirects)
    if (next === undefined) return response
    // Not awaited: nobody needs what a redirect says.
    response.body?.cancel().catch(() => undefined)
    url = next
  }
}
