import { HttpFailure } from '@parley/core'
import type { Dial } from '@parley/protocol/server'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { ExtraHeaders } from '../http/site.ts'
import { subprotocol } from './channel.ts'
import type { WebSocketOptions } from './client.ts'
import { nodeWire } from './node-wire.ts'
import { checkedUrl, openLink } from './opening.ts'
import type { Opening } from './opening.ts'
import { Pulse } from './pulse.ts'

/** How a server is reached over a WebSocket from Node. */
export type NodeWebSocketOptions = Omit<WebSocketOptions, 'WebSocket'> & {
  /** Headers of the upgrade, such as `authorization`, or what makes them anew for each dial. */
  headers?: ExtraHeaders | undefined
  /** Milliseconds between two pings; a server that answers none for three of them is given up. @default 15_000 */
  keepAlive?: number | undefined
}

const shownBody = 4000

/** Reads why an upgrade was refused, and lets go of the connection. */
const failureOf = async (request: ClientRequest, response: IncomingMessage): Promise<HttpFailure> => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  let body = ''
  try {
    response.setEncoding('utf8')
    for await (const chunk of response) {
      body += String(chunk)
      if (body.length >= shownBody) break
    }
  } catch {
    // The status says enough.
  }
  request.destroy()
  const { statusCode: status = 0 } = response
  return new HttpFailure(`The server refused the WebSocket with ${status}`, {
    status,
    body: body.slice(0, shownBody),
    headers,
  })
}

const open = (url: string, headers: Headers, maxMessage: number, openTimeout: number, pulse: Pulse): Opening => {
  const ws = new WebSocket(url, [subprotocol], {
    headers: Object.fromEntries(headers),
    perMessageDeflate: false,
    maxPayload: maxMessage,
    handshakeTimeout: openTimeout,
  })
  const heart = {
    ping: () => ws.ping(),
    busy: () => ws.bufferedAmount > 0,
    fail: () => ws.terminate(),
  }
  ws.on('open', () => pulse.add(heart))
  ws.on('close', () => pulse.delete(heart))
  return {
    socket: ws,
    wire: nodeWire(ws, { onAlive: () => pulse.touch(heart) }),
    refused: (reject) => {
      ws.on('unexpected-response', (request, response) => void failureOf(request, response).then(reject))
    },
    abandon: () => ws.terminate(),
  }
}

/**
 * Reaches a server over a WebSocket, with headers of yours at the upgrade: one JSON-RPC message a text frame.
 *
 * Every dial opens a connection, which closing the link closes. Dialling rejects with `HttpFailure` where the server
 * answers the upgrade with a status, such as 401; it follows no redirect. What is pending when the connection breaks
 * rejects with `ConnectionClosed`. Throws TypeError for a URL that is not one of WebSockets.
 *
 * @example
 * const dial = webSocket('wss://example.com/mcp', { headers: { authorization: `Bearer ${token}` } })
 */
export const webSocket = (url: string | URL, options: NodeWebSocketOptions = {}): Dial => {
  const { href } = checkedUrl(url)
  const { maxMessage = 33_554_432, openTimeout = 10_000, headers = {}, keepAlive = 15_000 } = options
  const pulse = new Pulse(keepAlive)
  return async (responder, signal) => {
    signal?.throwIfAborted()
    const sent = new Headers(typeof headers === 'function' ? await headers() : headers)
    signal?.throwIfAborted()
    const opening = open(href, sent, maxMessage, openTimeout, pulse)
    return openLink(opening, responder, { ...options, maxMessage, openTimeout }, signal)
  }
}
