import type { Responder } from '@parley/protocol'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpEndpoint } from './endpoint.ts'
import { readBody, swallow } from './node-body.ts'
import { NodeHead, NodeReply } from './node-reply.ts'
import type { HttpOptions } from './options.ts'

/** Answers requests of `node:http` on behalf of a server. */
export interface NodeHandler {
  (request: IncomingMessage, response: ServerResponse): void
  /**
   * Refuses what comes from now on, lets requests in flight finish, and ends every stream. Settles when that is done.
   *
   * The server stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
}

/**
 * Makes what answers requests of `node:http` on behalf of a server, both eras on one URL.
 *
 * It stands directly on Node's request and response, and can be mounted wherever those are handed out, under any path,
 * ahead of body parsers. Only requests for loopback hosts are let in unless `allowedHosts` says otherwise.
 * @throws TypeError for hosts or origins that are none
 */
export const toNodeHandler = (server: Responder, options: HttpOptions = {}): NodeHandler => {
  const endpoint = new HttpEndpoint(server, options)
  const { softLimit = 1_048_576, stall = 30_000, bodyTimeout = 10_000 } = options
  const limits = { softLimit, stall }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = new NodeReply(response, limits, () => swallow(request))
    const read = (limit: number): Promise<Uint8Array> => readBody(request, limit, bodyTimeout)
    await endpoint.handle(new NodeHead(request), read, reply)
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A write to a client that is gone is no error of ours.
    response.on('error', () => undefined)
    answer(request, response).catch(() => response.destroy())
  }
  return Object.assign(handle, { close: () => endpoint.close() })
}
