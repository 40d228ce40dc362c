import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { revisions } from '@parley/protocol'
import type { Responder } from '@parley/protocol'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'

/** The newest revision of an era. */
export const newest = (era: 'legacy' | 'modern'): string =>
  revisions.find((revision) => revision.era === era)?.version ?? ''

/** Serves on a free port, and lets go of everything at once when it is closed. */
export const serve = (server: Responder, options: ServeHttpOptions = {}): Promise<HttpServer> =>
  serveHttp(server, { port: 0, linger: 0, ...options })

const plain = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** One request: its headers and its body. */
export type Asking = { headers: Record<string, string>; body: string }

const posting = (headers: Record<string, string>, message: object): Asking => ({
  headers: { ...plain, ...headers },
  body: JSON.stringify({ jsonrpc: '2.0', ...message }),
})

/** A modern call of a tool, with a token to hear of its progress by. */
export const modernCall = (name: string, args: object = {}, id: number = 1): Asking => {
  const version = newest('modern')
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
    progressToken: id,
  }
  const headers = { 'mcp-protocol-version': version, 'mcp-method': 'tools/call', 'mcp-name': name }
  return posting(headers, { id, method: 'tools/call', params: { _meta, name, arguments: args } })
}

/** What opens a legacy session. */
export const opening = (): Asking =>
  posting(
    {},
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: newest('legacy'), capabilities: {}, clientInfo: { name: 'soak', version: '1' } },
    },
  )

/** A legacy call of a tool in a session, with a token to hear of its progress by. */
export const legacyCall = (session: string, name: string, args: object = {}): Asking =>
  posting(
    { 'mcp-session-id': session, 'mcp-protocol-version': newest('legacy') },
    { id: 2, method: 'tools/call', params: { name, arguments: args, _meta: { progressToken: 2 } } },
  )

/** A POST as it goes over the wire. */
export const rawPost = (url: string, { headers, body }: Asking): string => {
  const all = { host: new URL(url).host, ...headers, 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${new URL(url).pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Opens a connection. */
export const dial = async (url: string): Promise<Socket> => {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  // Once it is there, what becomes of it shows in its end.
  await once(socket, 'connect')
  return socket.on('error', () => undefined)
}

/** Makes one request with the platform's `fetch`. */
export const ask = (url: string, { headers, body }: Asking, signal?: AbortSignal): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body, ...(signal !== undefined && { signal }) })

/** The value below which so much of the others lie. */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)] ?? NaN
