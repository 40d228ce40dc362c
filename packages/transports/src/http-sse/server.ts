import type { OpenAnnex } from '../http/annex.ts'
import { SseSessions } from './sessions.ts'

export type { OpenAnnex } from '../http/annex.ts'

/** Where HTTP+SSE is served. */
export type HttpSseOptions = {
  /** The path of the event stream; never that of the MCP endpoint. @default '/sse' */
  path?: string | undefined
  /** The path under which messages are posted, each client's to a path of its own below it. @default '/messages' */
  messages?: string | undefined
  /** What a proxy or a framework takes off the front of both paths before they get here. @default '' */
  prefix?: string | undefined
}

// RFC 3986's path without escapes and empty segments: what is sent is compared as it stands, and `//` names a host.
const isPath = (text: string): boolean => /^(?:\/[\w.~!$&'()*+,;=:@-]+)+$/.test(text)

/**
 * The HTTP+SSE transport of 2024-11-05, served beside the MCP endpoint for clients that speak nothing newer (H17).
 *
 * It goes into the option `sse` of whatever serves over HTTP, and all its checks, limits and session options hold here,
 * too: these sessions are counted apart, a session is one stream and ends with it, and `sessionIdle` ends one that is
 * never initialized. Sessions live in one process, so a balancer must keep a client's requests together.
 *
 * @deprecated Replaced by Streamable HTTP in 2025-03-26; serve it only where old clients must still be met.
 * @throws TypeError for paths that are none
 * @example
 * await serveHttp(server, { sse: httpSse() })
 */
export const httpSse = (options: HttpSseOptions = {}): OpenAnnex => {
  const { path = '/sse', messages = '/messages', prefix = '' } = options
  for (const [name, text] of Object.entries({ path, messages, ...(prefix !== '' && { prefix }) })) {
    if (!isPath(text)) throw new TypeError(`${name}: ${JSON.stringify(text)} is no path, such as /sse`)
  }
  return (server, rest) => new SseSessions(server, { path, messages, prefix }, rest)
}
