import { Peer } from '@parley/protocol/server'
import type { Dial, PeerOptions, Responder } from '@parley/protocol/server'
import { pair } from './pair.ts'
import type { PairOptions } from './pair.ts'

const memoryRoad: PeerOptions = { origin: { road: 'memory' } }

/**
 * Reaches a server in this very process, for tests and for programs that bring their server along.
 *
 * Every dial is a connection of its own. Closing the link closes both its ends; the server itself stays, since others
 * may be talking to it.
 */
export const memory =
  (server: Responder, options: PairOptions = {}): Dial =>
  async (responder, signal) => {
    signal?.throwIfAborted()
    const [near, far] = pair(options)
    const serving = new Peer(far, server, memoryRoad)
    const peer = new Peer(near, responder, memoryRoad)
    return {
      closed: peer.closed,
      request: (method, params, requestOptions) => peer.request(method, params, requestOptions),
      notify: (method, params) => peer.notify(method, params),
      [Symbol.asyncDispose]: async () => {
        await peer[Symbol.asyncDispose]()
        await serving.closed
      },
    }
  }
