import type { Responder } from '@parley/protocol/server'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { makeGate } from '../http/gate.ts'
import { bind, bracketed, checkHost } from '../http/node-bind.ts'
import { NodeHead, NodeReply } from '../http/node-reply.ts'
import { documentAt, publish } from '../http/protection.ts'
import { refuse } from '../http/refusal.ts'
import { streamLimits } from '../http/stream-limits.ts'
import { webSocketHandler } from './node-handler.ts'
import type { WebSocketHandler, WebSocketServerOptions } from './node-handler.ts'

/** How a server is served over WebSockets by a process of its own. */
export type ServeWebSocketOptions = Omit<WebSocketServerOptions, 'path'> & {
  /** 0 takes any free one. @default 3000 */
  port?: number | undefined
  /** The address to listen on. Beyond loopback, `allowedHosts` or `behindProxy` must say who may call. @default '127.0.0.1' */
  host?: string | undefined
  /** The one path that is served. @default '/mcp' */
  path?: string | undefined
  /** Milliseconds for the head of an upgrade, from the opening of its connection on. @default 10_000 */
  headersTimeout?: number | undefined
  /** Bytes that the head of an upgrade may have. @default 16_384 */
  maxHeaderSize?: number | undefined
}

/** A server that is being served over WebSockets. */
export interface WebSocketServing extends AsyncDisposable {
  /** Where it is served, with the port that was taken. */
  readonly url: string
  /** How many connections are open. */
  readonly size: number
  /**
   * Takes no more connections, lets requests in flight finish for `linger` milliseconds, and closes them all with 1001.
   *
   * The `Server` itself stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
  /** Settles, never rejects, when serving is over. */
  readonly closed: Promise<void>
}

// Connections beyond the most that are still told so, instead of being closed without a word.
const spare = 1000

class Serving implements WebSocketServing {
  readonly url: string
  readonly closed: Promise<void>
  readonly #http: Server
  readonly #handler: WebSocketHandler
  #closing: Promise<void> | undefined

  constructor(http: Server, handler: WebSocketHandler, url: string) {
    this.#http = http
    this.#handler = handler
    this.url = url
    this.closed = new Promise((resolve) => http.once('close', () => resolve()))
  }

  get size(): number {
    return this.#handler.size
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#http.close()
    await this.#handler.close()
    this.#http.closeAllConnections()
    await this.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Answers what is no upgrade: with what `authorize` publishes, or with the word that there is nothing else here. */
const besides = (server: Responder, options: WebSocketServerOptions): RequestListener => {
  const gate = makeGate(options)
  return (request, response) => {
    const head = new NodeHead(request)
    const document = documentAt(head.path, options.authorize, server)
    if (document === undefined) {
      response.writeHead(426, { upgrade: 'websocket', connection: 'upgrade, close', 'content-length': '0' }).end()
      return
    }
    const reply = new NodeReply(response, streamLimits({}), () => undefined)
    const { refusal } = gate(head, true)
    if (refusal === undefined) publish(document, head, reply)
    else refuse(reply, refusal)
  }
}

/**
 * Serves over WebSockets on a port of this machine, both eras on each connection; settles once it listens.
 *
 * It listens on loopback unless told otherwise, and checks Host and Origin of every upgrade. It rejects with a `TypeError`
 * when asked to listen wider without a word on who may call, and with the system's error when the port cannot be had.
 *
 * @example
 * const serving = await serveWebSocket(server, { port: 3001 })
 */
export const serveWebSocket = async (
  server: Responder,
  options: ServeWebSocketOptions = {},
): Promise<WebSocketServing> => {
  const { host = '127.0.0.1', port = 3000, path = '/mcp', maxConnections = 10_000 } = options
  checkHost(host, options)
  const { headersTimeout = 10_000, maxHeaderSize = 16_384 } = options
  const http = createServer({ headersTimeout, maxHeaderSize, connectionsCheckingInterval: 1000 })
  http.maxConnections = maxConnections + spare
  const { port: taken, hosts } = await bind(http, port, host, options)
  try {
    const handler = webSocketHandler(server, { ...options, ...hosts, path })
    http.on('request', besides(server, { ...options, ...hosts }))
    http.on('upgrade', handler)
    return new Serving(http, handler, `ws://${bracketed(host)}:${taken}${path}`)
  } catch (error) {
    http.close()
    throw error
  }
}
