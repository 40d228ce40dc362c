import type { Dial } from '@parley/protocol'
import { subprotocol } from './channel.ts'
import type { WebSocketLimits } from './channel.ts'
import { checkedUrl, openLink } from './opening.ts'
import { platformWire } from './platform.ts'
import type { WebSocketConstructor } from './platform.ts'

/** How a server is reached over a WebSocket. */
export type WebSocketOptions = WebSocketLimits & {
  /** Makes the WebSocket. @default the platform's own, which browsers have, and Node from 22 on */
  WebSocket?: WebSocketConstructor | undefined
  /** Bytes that one message from the server may have. @default 33_554_432 */
  maxMessage?: number | undefined
  /** Milliseconds for the connection to open. @default 10_000 */
  openTimeout?: number | undefined
}

const platformConstructor = (): WebSocketConstructor => {
  const found: unknown = Reflect.get(globalThis, 'WebSocket')
  if (typeof found !== 'function') {
    throw new TypeError('There is no WebSocket on this platform: give one in options, or take the one for Node')
  }
  return found as WebSocketConstructor
}

/**
 * Reaches a server over a WebSocket of the platform's: one JSON-RPC message a text frame, subprotocol `mcp`.
 *
 * Every dial opens a connection, which closing the link closes. What is pending when it breaks rejects with
 * `ConnectionClosed`. A browser sends no headers of yours with the upgrade, so that the server knows it by its `Origin`
 * alone; for credentials take the client for Node, or HTTP. Close codes below 3000 go out as themselves plus 3000, since
 * programs may not send them: a binary frame closes with 4003. Throws TypeError for a URL that is not one of WebSockets.
 *
 * @example
 * const client = await connect(webSocket('wss://example.com/mcp'), { name: 'me', version: '1.0.0' })
 */
export const webSocket = (url: string | URL, options: WebSocketOptions = {}): Dial => {
  const { href } = checkedUrl(url)
  const { maxMessage = 33_554_432, openTimeout = 10_000 } = options
  return async (responder, signal) => {
    signal?.throwIfAborted()
    const socket = new (options.WebSocket ?? platformConstructor())(href, [subprotocol])
    const opening = { socket, wire: platformWire(socket), abandon: () => socket.close() }
    return openLink(opening, responder, { ...options, maxMessage, openTimeout }, signal)
  }
}
