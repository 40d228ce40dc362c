import type { Link, Responder } from '@parley/protocol'
import { carrier } from '#carrier'
import { KnownTools } from './known-tools.ts'
import type { OnInvalidTool } from './known-tools.ts'
import { HttpLink } from './link.ts'
import type { Acquaintance, LinkOptions } from './link.ts'
import type { ExtraHeaders } from './site.ts'
import { httpVerdict } from './verdict.ts'
import type { HttpVerdict } from './verdict.ts'
import type { Fetch } from './web-carrier.ts'

export type { OnInvalidTool } from './known-tools.ts'
export type { ExtraHeaders } from './site.ts'
export type { HttpVerdict } from './verdict.ts'
export type { Fetch } from './web-carrier.ts'

/** How a server is reached over HTTP. */
export type HttpClientOptions = {
  /**
   * Makes the requests; one that adds authorization goes here. @default `node:http` on Node, for its `fetch` costs several
   * times as much; the platform's `fetch` elsewhere
   */
  fetch?: Fetch | undefined
  /** Headers that go with every request, or what makes them anew for each. They never go to another origin. */
  headers?: ExtraHeaders | undefined
  /** Bytes that one body, or characters that one event, may have. @default 33_554_432 */
  maxMessage?: number | undefined
  /** Hears of a tool that is left out of `tools/list`, for its headers are against the rules. @default console.warn */
  onInvalidTool?: OnInvalidTool | undefined
  /** Whether to keep a stream open for what a legacy server sends of its own accord. @default true */
  listen?: boolean | undefined
  /** How often in a row a request's broken stream may fail to be resumed; legacy only. @default 10 */
  resumptions?: number | undefined
  /**
   * Milliseconds without a byte, comments included, after which an open event stream is taken for broken: a network that
   * drops packets without a word breaks nothing. A legacy stream is resumed then; a modern request, a listen among them,
   * rejects with `ConnectionClosed`. Only for servers that keep idle streams alive; give it three of their intervals.
   * Servers made with this library send a comment every 15 seconds. @default Infinity
   */
  silence?: number | undefined
  /**
   * Milliseconds that a server may ask to be left alone for, by 429 and `Retry-After`; a request is then made again, twice
   * at the most. One that is told to wait longer rejects with `HttpFailure`. 0 waits for none. @default 5_000
   */
  patience?: number | undefined
}

/** A server that can be reached over HTTP, to be connected to once or often. */
export type HttpTarget = {
  /** Makes a link. Nothing is sent before the first request is. A `Dial`. */
  dial(responder: Responder, signal?: AbortSignal): Promise<Link>
  /** Reads what `server/discover` met: the server's era, or nothing. */
  verdict(error: unknown): HttpVerdict
}

const greeting = 500
const renewal = 60_000
const farewell = 2000

const checked = (url: string | URL): URL => {
  const read = new URL(url)
  if (read.protocol !== 'http:' && read.protocol !== 'https:') {
    throw new TypeError(`A server is reached over http: or https:, not ${read.protocol}`)
  }
  if (read.username !== '' || read.password !== '') {
    throw new TypeError('Credentials do not belong in a URL; put them into headers, or into fetch')
  }
  read.hash = ''
  return read
}

/**
 * Reaches a server over Streamable HTTP, in any revision, and over HTTP+SSE where a server speaks nothing newer.
 *
 * Modern requests are one POST each, and cancelling one closes it. Legacy sessions keep their id, listen for what the
 * server sends of its own accord, resume what breaks where the server allows it, are opened anew when the server has
 * forgotten them, and are ended by closing the link. A redirect is followed within the server's own origin only.
 *
 * Requests reject with `HttpFailure` when a status says no and no message says why, with `ConnectionClosed` when the
 * answer was lost; calling again is for the caller to decide (H14). Keep the target to connect again: it remembers an
 * old server, and asks it nothing new next time. Throws TypeError for a URL that is not one of HTTP.
 *
 * @example
 * const client = await connect(http('https://example.com/mcp'), { name: 'me', version: '1.0.0' })
 */
export const http = (url: string | URL, options: HttpClientOptions = {}): HttpTarget => {
  const { maxMessage = 33_554_432, headers, listen = true, resumptions = 10 } = options
  const { silence = Infinity, patience = 5000 } = options
  const known: Acquaintance = {}
  const linkOptions = (): LinkOptions => ({
    site: { url: checked(url), carrier: carrier(options.fetch), headers, maxMessage, silence, patience },
    tools: new KnownTools(options.onInvalidTool),
    legacy: { listen, tries: resumptions, greeting, renewal, farewell },
    known,
  })
  checked(url)
  return {
    dial: async (responder, signal) => {
      signal?.throwIfAborted()
      return new HttpLink(responder, linkOptions())
    },
    verdict: httpVerdict,
  }
}
