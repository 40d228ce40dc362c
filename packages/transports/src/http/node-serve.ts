import type { Responder } from '@parley/protocol/server'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { bind, bracketed, checkHost } from './node-bind.ts'
import { toNodeHandler } from './node-handler.ts'
import type { NodeHandler } from './node-handler.ts'
import type { HttpOptions } from './options.ts'

/** How a server is served over HTTP by a process of its own. */
export type ServeHttpOptions = Omit<HttpOptions, 'path'> & {
  /** 0 takes any free one. @default 3000 */
  port?: number | undefined
  /** The address to listen on. Beyond loopback, `allowedHosts` or `behindProxy` must say who may call. @default '127.0.0.1' */
  host?: string | undefined
  /** The one path that is served. @default '/mcp' */
  path?: string | undefined
  /** Milliseconds for the head of a request, from the opening of its connection on. @default 10_000 */
  headersTimeout?: number | undefined
  /** Milliseconds that an idle connection is kept; longer than a balancer in front keeps it. @default 75_000 */
  keepAliveTimeout?: number | undefined
  /** Milliseconds between two looks for connections that are over their time. @default 1_000 */
  checkInterval?: number | undefined
  /** Bytes that the head of a request may have. @default 16_384 */
  maxHeaderSize?: number | undefined
  /** Connections that may be open; beyond, requests get 503. @default 10_000 */
  maxConnections?: number | undefined
}

/** A server that is being served over HTTP. */
export interface HttpServer extends AsyncDisposable {
  /** Where it is served, with the port that was taken. */
  readonly url: string
  /**
   * Takes no more connections, lets requests in flight finish for `linger` milliseconds, ends every stream, and closes.
   *
   * The `Server` itself stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
  /** Settles, never rejects, when serving is over. */
  readonly closed: Promise<void>
}

const urlOf = (host: string, port: number, path: string): string => `http://${bracketed(host)}:${port}${path}`

/** One server on one port, from its first connection to its last. */
class Serving implements HttpServer {
  readonly url: string
  readonly closed: Promise<void>
  readonly #http: Server
  readonly #handler: NodeHandler
  readonly #unused: ReadonlySet<Socket>
  #closing: Promise<void> | undefined

  constructor(http: Server, handler: NodeHandler, unused: ReadonlySet<Socket>, url: string) {
    this.#http = http
    this.#handler = handler
    this.#unused = unused
    this.url = url
    this.closed = new Promise((resolve) => http.once('close', () => resolve()))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // Idle connections are closed with it; the others after their answers, which say so.
    this.#http.close()
    // To Node, a connection is idle only after its first request; clients open spare ones, and keep them for later.
    for (const socket of this.#unused) if (socket.bytesRead === 0) socket.destroy()
    await this.#handler.close()
    const timer = setTimeout(() => this.#http.closeAllConnections(), lastWords)
    this.#http.closeIdleConnections()
    await this.closed
    clearTimeout(timer)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

// What the answers that were just sent get to reach their clients.
const lastWords = 1000

// Connections beyond the most that are still told so, instead of being closed without a word.
const spare = 1000

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void

/** Answers the requests of the first so many connections, and refuses those of the others; notes those that have sent none. */
const limited = (http: Server, handler: NodeHandler, most: number, unused: Set<Socket>): OnRequest => {
  const refused = new WeakSet<Socket>()
  let open = 0
  http.maxConnections = most + spare
  http.on('connection', (socket) => {
    open += 1
    if (open > most) refused.add(socket)
    socket.setKeepAlive(true, 60_000)
    unused.add(socket)
    socket.once('close', () => {
      open -= 1
      unused.delete(socket)
    })
  })
  return (request, response) => {
    unused.delete(request.socket)
    if (!http.listening) response.shouldKeepAlive = false
    // A connection that was busy when serving ended is idle only now.
    response.once('close', () => {
      if (!http.listening) http.closeIdleConnections()
    })
    if (!refused.has(request.socket)) return handler(request, response)
    response.writeHead(503, { 'retry-after': '1', 'content-length': '0', connection: 'close' }).end()
  }
}

/**
 * Serves over HTTP on a port of this machine, both eras on one URL; settles once it listens.
 *
 * It listens on loopback unless told otherwise, and checks Host and Origin of every request. It rejects with a `TypeError`
 * when asked to listen wider without a word on who may call, and with the system's error when the port cannot be had.
 * (2026-07-28, basic/transports/streamable-http.)
 */
export const serveHttp = async (server: Responder, options: ServeHttpOptions = {}): Promise<HttpServer> => {
  const { host = '127.0.0.1', port = 3000, path = '/mcp', maxConnections = 10_000 } = options
  checkHost(host, options)
  const http = createServer({
    headersTimeout: options.headersTimeout ?? 10_000,
    // Bodies have a clock of their own, which forgives large ones that keep arriving.
    requestTimeout: 0,
    connectionsCheckingInterval: options.checkInterval ?? 1000,
    keepAliveTimeout: options.keepAliveTimeout ?? 75_000,
    maxHeaderSize: options.maxHeaderSize ?? 16_384,
  })
  const { port: taken, hosts } = await bind(http, port, host, options)
  try {
    const handler = toNodeHandler(server, { ...options, ...hosts, path })
    const unused = new Set<Socket>()
    http.on('request', limited(http, handler, maxConnections, unused))
    return new Serving(http, handler, unused, urlOf(host, taken, path))
  } catch (error) {
    http.close()
    throw error
  }
}
