import { orElse } from '@parley/core'
import type { Awaitable } from '@parley/core'
import type { Responder } from '@parley/protocol/server'
import { HttpEndpoint } from './endpoint.ts'
import type { ReadBody } from './endpoint.ts'
import { readBody, swallow } from './node-body.ts'
import { NodeHead, NodeReply } from './node-reply.ts'
import type { NodeRequest, NodeResponse } from './node-reply.ts'
import type { HttpOptions } from './options.ts'
import { streamLimits } from './stream-limits.ts'

/** Answers requests of `node:http`, and of `node:http2`, on behalf of a server. */
export interface NodeHandler {
  (request: NodeRequest, response: NodeResponse): void
  /**
   * Refuses what comes from now on, lets requests in flight finish, and ends every stream. Settles when that is done.
   *
   * The server stays open. Dispose of it first, and whoever listens gets a closing result.
   */
  close(): Promise<void>
}

const ignore = (): void => undefined

/**
 * Makes what answers requests of `node:http`, or of `node:http2`, on behalf of a server, both eras on one URL.
 *
 * It stands directly on Node's request and response, and can be mounted wherever those are handed out, under any path,
 * ahead of body parsers. Only requests for loopback hosts are let in unless `allowedHosts` says otherwise.
 * @throws TypeError for hosts or origins that are none
 */
export const toNodeHandler = (server: Responder, options: HttpOptions = {}): NodeHandler => {
  const endpoint = new HttpEndpoint(server, options)
  const limits = streamLimits(options)
  const answer = (request: NodeRequest, response: NodeResponse): Awaitable<void> => {
    const reply = new NodeReply(response, limits, () => swallow(request))
    const head = new NodeHead(request)
    const read: ReadBody = (bodyLimits) => readBody(request, Number(head.header('content-length') ?? 0), bodyLimits)
    return endpoint.handle(head, read, reply)
  }
  const handle = (request: NodeRequest, response: NodeResponse): void => {
    // A write to a client that is gone is no error of ours.
    response.on('error', ignore)
    void orElse(
      () => answer(request, response),
      () => void response.destroy(),
    )
  }
  return Object.assign(handle, { close: () => endpoint.close() })
}
