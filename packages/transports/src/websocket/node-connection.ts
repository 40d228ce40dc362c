import { principalKey } from '@parley/core'
import type { Authorize, Principal } from '@parley/core'
import { Peer } from '@parley/protocol/server'
import type { Deadline, Deadlines, Origin, Responder } from '@parley/protocol/server'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Backlog } from '../http/backlog.ts'
import { verified } from '../http/protection.ts'
import type { Head } from '../http/wire.ts'
import { closeCodes, WebSocketChannel } from './channel.ts'
import type { WebSocketLimits } from './channel.ts'
import { originOf } from './node-head.ts'
import { nodeWire } from './node-wire.ts'
import type { Heart, Pulse } from './pulse.ts'

/** A WebSocket that was let in, and what is known of whoever opened it. */
export type Visitor = {
  readonly ws: WebSocket
  readonly socket: Socket
  readonly head: Head
  readonly principal: Principal | undefined
}

/** What the connections of one server share. */
export type Household = {
  readonly server: Responder
  readonly limits: WebSocketLimits & { maxMessage: number; maxInFlightPerConnection: number }
  readonly authorize: Authorize | undefined
  readonly pulse: Pulse
  readonly backlog: Backlog
  readonly deadlines: Deadlines
}

/** The server's end of one WebSocket, from its upgrade on; the credentials that it came with are asked about again when they expire. */
export class Connection implements Heart {
  readonly #ws: WebSocket
  readonly #head: Head
  readonly #household: Household
  readonly #channel: WebSocketChannel
  #principal: Principal | undefined
  #origin: Origin
  #expiry: Deadline | undefined
  #over = false
  /** Settles, never rejects, when the connection is gone. */
  readonly closed: Promise<void>

  constructor({ ws, socket, head, principal }: Visitor, household: Household) {
    const { limits, server, pulse, backlog } = household
    this.#ws = ws
    this.#head = head
    this.#household = household
    this.#principal = principal
    this.#origin = originOf(head, principal)
    const wire = nodeWire(ws, { socket, onAlive: () => pulse.touch(this) })
    this.#channel = new WebSocketChannel(wire, { ...limits, waits: true, backlog, origin: () => this.#origin })
    const peer = new Peer(this.#channel, server, {
      origin: this.#origin,
      maxInFlight: limits.maxInFlightPerConnection,
    })
    pulse.add(this)
    this.#await()
    this.closed = peer.closed.then(() => this.#leave())
  }

  #leave(): void {
    this.#over = true
    this.#expiry?.clear()
    this.#household.pulse.delete(this)
  }

  #await(): void {
    const { expiresAt } = this.#principal ?? {}
    if (expiresAt === undefined) return
    this.#expiry = this.#household.deadlines.set(Math.max(0, expiresAt - Date.now()), () => void this.#recheck())
  }

  /** The answer may be better than before, where the credentials are ones that can be prolonged. */
  async #recheck(): Promise<void> {
    const { authorize } = this.#household
    const found = authorize === undefined ? undefined : await verified(authorize, this.#head)
    if (this.#over) return
    const good = found !== undefined && !('status' in found) && principalKey(found) === principalKey(this.#principal)
    if (!good || (found.expiresAt ?? Infinity) <= Date.now()) {
      await this.close(closeCodes.expired, 'The credentials have expired')
      return
    }
    this.#principal = found
    this.#origin = originOf(this.#head, found)
    this.#await()
  }

  /** Closes behind what was sent; settles when the connection is gone. */
  async close(code: number, reason: string): Promise<void> {
    await this.#channel.close(code, reason)
    await this.closed
  }

  ping(): void {
    this.#ws.ping()
  }

  busy(): boolean {
    return this.#ws.bufferedAmount > 0 || this.#ws.isPaused
  }

  fail(): void {
    this.#ws.terminate()
  }
}
