import type { Answer, Carrier, Outgoing } from './carrier.ts'
import { redirected } from './redirect.ts'

/** Headers that go with every request, or what makes them anew for each. */
export type ExtraHeaders = HeadersInit | (() => HeadersInit | Promise<HeadersInit>)

/** The server that a client talks to. */
export type Site = {
  readonly url: URL
  readonly carrier: Carrier
  readonly headers: ExtraHeaders | undefined
  /** Bytes that one body, or characters that one event, may have. */
  readonly maxMessage: number
  /** Milliseconds without a byte after which an event stream is taken for broken. */
  readonly silence: number
  /** Milliseconds that a server may ask to be left alone for before it is asked again. */
  readonly patience: number
}

/** One request to that server. */
export type Sending = Omit<Outgoing, 'url'> & {
  /** Where to, when it is not the site's own URL. */
  readonly url?: URL
}

/** Both kinds of reply; every POST names them (H4). */
export const eitherReply = 'application/json, text/event-stream'
/** The one kind of reply that a GET may have (G1). */
export const eventStream = 'text/event-stream'

const mostRedirects = 5

const headersOf = async (extra: ExtraHeaders, own: Sending['headers']): Promise<Sending['headers']> =>
  new Map([...new Headers(typeof extra === 'function' ? await extra() : extra), ...own])

/**
 * Sends one request and settles with the head of its answer, whatever its status.
 *
 * It follows redirects within the same origin and no others: not one header or body crosses to another origin. Rejects
 * with `ConnectionClosed` when there was no answer, with `HttpFailure` for a redirect that is not followed.
 */
export const send = async (site: Site, sending: Sending): Promise<Answer> => {
  const headers = site.headers === undefined ? sending.headers : await headersOf(site.headers, sending.headers)
  const { method, abort, body } = sending
  let url = sending.url ?? site.url
  for (let hops = 0; ; hops += 1) {
    const answer = await site.carrier.send({ method, url, headers, body, abort })
    const next = redirected(answer, url, method, hops < mostRedirects)
    if (next === undefined) return answer
    answer.discard()
    url = next
  }
}
