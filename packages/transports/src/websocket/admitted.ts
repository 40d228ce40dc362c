import { internalError } from '@parley/core'
import { errorObject, failure } from '@parley/protocol/server'
import type { Exchange, Responder, RpcResponse } from '@parley/protocol/server'
import type { Admissions } from '../http/admission.ts'

const busy = ({ request }: Exchange, message: string): RpcResponse =>
  failure(request.id, errorObject(internalError(message, { retry: true })))

/** A server behind the limits on what is served at once over many connections; those that listen do not count. */
export const admitted = (server: Responder, admissions: Admissions, isClosing: () => boolean): Responder => ({
  respond: async (exchange) => {
    if (isClosing()) return busy(exchange, 'The server is about to close')
    if (exchange.request.method === 'subscriptions/listen') return server.respond(exchange)
    const leave = admissions.enter(exchange.origin.principal)
    if (leave === undefined) return busy(exchange, 'Too many requests are in flight; retry when some are answered')
    try {
      return await server.respond(exchange)
    } finally {
      leave()
    }
  },
  hear: (notification, session) => server.hear(notification, session),
})
