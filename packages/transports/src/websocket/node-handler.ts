import { principalKey } from '@parley/core'
import type { Authorize, Principal } from '@parley/core'
import { Deadlines } from '@parley/protocol/server'
import type { Responder } from '@parley/protocol/server'
import type { IncomingMessage } from 'node:http'
import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { Admissions } from '../http/admission.ts'
import { Backlog } from '../http/backlog.ts'
import { makeGate } from '../http/gate.ts'
import type { Admission, GateOptions } from '../http/gate.ts'
import { NodeHead, NodeReply } from '../http/node-reply.ts'
import { verified } from '../http/protection.ts'
import { refuse } from '../http/refusal.ts'
import type { Refusal } from '../http/refusal.ts'
import { streamLimits } from '../http/stream-limits.ts'
import type { Head } from '../http/wire.ts'
import { admitted } from './admitted.ts'
import { closeCodes, subprotocol } from './channel.ts'
import type { WebSocketLimits } from './channel.ts'
import { Connection } from './node-connection.ts'
import type { Household } from './node-connection.ts'
import { withoutCookies } from './node-head.ts'
import { Pulse } from './pulse.ts'

/** How a server is served over WebSockets. */
export type WebSocketServerOptions = GateOptions &
  WebSocketLimits & {
    /** The one path that is served; others are 404. @default every path that is routed here */
    path?: string | undefined
    /** Verifies who opens a connection, from the head of the upgrade; no cookie is shown to it. @default everyone may */
    authorize?: Authorize | undefined
    /** Bytes that one message from a client may have. @default 4_194_304 */
    maxMessage?: number | undefined
    /** Milliseconds between two pings; a client that answers none for three of them is given up. @default 15_000 */
    keepAlive?: number | undefined
    /** Bytes that may wait for all clients together; beyond, those with most of it are cut off. @default 268_435_456 */
    maxWaiting?: number | undefined
    /** Connections that may be open; beyond, an upgrade gets 503. @default 10_000 */
    maxConnections?: number | undefined
    /** The same for one verified principal. @default 100 */
    maxConnectionsPerPrincipal?: number | undefined
    /** Requests that may be served at once; those that listen do not count. @default 4_096 */
    maxInFlight?: number | undefined
    /** The same for one connection. @default 1_024 */
    maxInFlightPerConnection?: number | undefined
    /** The same for one verified principal. @default 256 */
    maxInFlightPerPrincipal?: number | undefined
    /** Milliseconds that requests in flight get to finish when serving ends. @default 10_000 */
    linger?: number | undefined
  }

/** Takes the upgrades of a server of `node:http`: `http.on('upgrade', handler)`. */
export interface WebSocketHandler {
  (request: IncomingMessage, socket: Duplex, head: Uint8Array): void
  /** How many connections are open. */
  readonly size: number
  /**
   * Refuses what comes from now on, lets requests in flight finish, and closes every connection with 1001.
   *
   * The server stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
}

const wanted = (head: Head): boolean =>
  (head.header('sec-websocket-protocol') ?? '').split(',').some((each) => each.trim() === subprotocol)

/** Answers an upgrade with a status, and closes its socket. */
const turnAway = (request: IncomingMessage, refusal: Refusal): void => {
  const { socket } = request
  if (socket.destroyed) return
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.on('finish', () => socket.destroySoon())
  refuse(new NodeReply(response, streamLimits({ stall: 1000 }), () => undefined), refusal)
}

/** The upgrades and connections of one server. */
class Doors {
  readonly #options: WebSocketServerOptions
  readonly #gate: (head: Head) => Admission
  readonly #admissions: Admissions
  readonly #household: Household
  readonly #upgrades: WebSocketServer
  readonly #open = new Set<Connection>()
  readonly #byOwner = new Map<string, number>()
  /** Those that are open, and those that may be soon. */
  #inside = 0
  #closing: Promise<void> | undefined

  constructor(server: Responder, options: WebSocketServerOptions) {
    const { maxMessage = 4_194_304, maxInFlightPerConnection = 1024 } = options
    const { maxInFlight: total = 4096, maxInFlightPerPrincipal: perPrincipal = 256 } = options
    this.#options = options
    this.#gate = makeGate(options)
    this.#admissions = new Admissions({ total, perPrincipal })
    this.#household = {
      server: admitted(server, this.#admissions, () => this.#closing !== undefined),
      limits: { ...options, maxMessage, maxInFlightPerConnection },
      authorize: options.authorize,
      backlog: new Backlog(options.maxWaiting ?? 268_435_456),
      pulse: new Pulse(options.keepAlive ?? 15_000),
      deadlines: new Deadlines(),
    }
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compressing costs memory for each connection, and tells by its sizes what is in what it hides.
      perMessageDeflate: false,
      maxPayload: maxMessage,
      handleProtocols: () => subprotocol,
    })
  }

  get size(): number {
    return this.#open.size
  }

  readonly upgrade = (request: IncomingMessage, head: Uint8Array): void => {
    // From here on nobody else minds what becomes of the socket.
    request.socket.on('error', () => request.socket.destroy())
    this.#inside += 1
    let entered = false
    const answer = async (): Promise<void> => {
      try {
        entered = await this.#admit(request, Buffer.from(head.buffer, head.byteOffset, head.byteLength))
      } catch {
        request.socket.destroy()
      } finally {
        if (!entered) this.#inside -= 1
      }
    }
    void answer()
  }

  /** Tells whether the connection was opened. */
  async #admit(request: IncomingMessage, first: Buffer): Promise<boolean> {
    const head = withoutCookies(new NodeHead(request))
    const known = this.#refusal(head) ?? (await this.#principal(head))
    const refusal = 'status' in known ? known : this.#lateRefusal(known.principal)
    if (refusal === undefined && 'principal' in known) return this.#enter(request, first, head, known.principal)
    if (refusal !== undefined) turnAway(request, refusal)
    return false
  }

  /** The checks for which it must be known who asks. */
  #lateRefusal(principal: Principal | undefined): Refusal | undefined {
    if (this.#closing !== undefined) return { status: 503 }
    const { maxConnectionsPerPrincipal = 100 } = this.#options
    const owner = principalKey(principal)
    if (owner === '' || (this.#byOwner.get(owner) ?? 0) < maxConnectionsPerPrincipal) return undefined
    return { status: 503, headers: { 'retry-after': '60' } }
  }

  async #principal(head: Head): Promise<Refusal | { principal: Principal | undefined }> {
    const { authorize } = this.#options
    if (authorize === undefined) return { principal: undefined }
    const found = await verified(authorize, head)
    return 'status' in found ? found : { principal: found }
  }

  /** The checks that cost nothing, the cheapest first. */
  #refusal(head: Head): Refusal | undefined {
    const { maxConnections = 10_000, path } = this.#options
    if (this.#closing !== undefined || this.#inside > maxConnections) {
      return { status: 503, headers: { 'retry-after': '1' } }
    }
    const { refusal } = this.#gate(head)
    if (refusal !== undefined) return refusal
    if (path !== undefined && head.path !== path) return { status: 404 }
    if (head.method !== 'GET') return { status: 405, headers: { allow: 'GET' } }
    if (wanted(head)) return undefined
    return { status: 400, headers: { 'sec-websocket-protocol': subprotocol } }
  }

  #enter(request: IncomingMessage, first: Buffer, head: Head, principal: Principal | undefined): boolean {
    const { socket } = request
    let entered = false
    // Calls back before it returns, or has refused.
    this.#upgrades.handleUpgrade(request, socket, first, (ws) => {
      entered = true
      const connection = new Connection({ ws, socket, head, principal }, this.#household)
      this.#open.add(connection)
      void this.#stay(connection, principalKey(principal))
    })
    return entered
  }

  /** Counts a connection for as long as it is there. */
  async #stay(connection: Connection, owner: string): Promise<void> {
    this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? 0) + 1)
    await connection.closed
    this.#open.delete(connection)
    this.#inside -= 1
    const left = (this.#byOwner.get(owner) ?? 1) - 1
    if (left === 0) this.#byOwner.delete(owner)
    else this.#byOwner.set(owner, left)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#admissions.emptied(this.#options.linger ?? 10_000)
    // The last answers, and the closing results of those that listen, are still on their way to their connections.
    await new Promise((resolve) => setTimeout(resolve, this.#open.size > 0 ? moment : 0))
    await Promise.all([...this.#open].map((each) => each.close(closeCodes.goingAway, 'The server is closing')))
  }
}

const moment = 10

/**
 * Makes what takes the WebSocket upgrades of a server of `node:http` or `node:https`, both eras on each connection.
 *
 * An upgrade passes the same checks as a request over HTTP: Host, Origin and Sec-Fetch-Site, then `authorize`. It must ask
 * for the subprotocol `mcp`, and only loopback hosts are let in unless `allowedHosts` says otherwise. Credentials that
 * expire are checked again then, and the connection is closed with 4401 where they are no longer good. It answers every
 * upgrade that it is given, so where there are other handlers, hand it only those of its path.
 * @throws TypeError for hosts or origins that are none
 *
 * @example
 * const http = createServer(toNodeHandler(server))
 * http.on('upgrade', webSocketHandler(server, { path: '/mcp' }))
 */
export const webSocketHandler = (server: Responder, options: WebSocketServerOptions = {}): WebSocketHandler => {
  const doors = new Doors(server, options)
  const handle = (request: IncomingMessage, _socket: Duplex, head: Uint8Array): void => doors.upgrade(request, head)
  return Object.defineProperty(Object.assign(handle, { size: 0, close: () => doors.close() }), 'size', {
    get: () => doors.size,
  })
}
