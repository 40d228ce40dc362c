import { invalidRequest } from '@parley/core'
import { errorObject, failure, success } from '@parley/protocol'
import type { Dial, Exchange, Responder, RpcNotification, RpcResponse } from '@parley/protocol'
import { checkRoots } from './answers.ts'
import { Client } from './client.ts'
import { negotiate } from './negotiate.ts'
import type { ClientOptions, Connectable } from './options.ts'

const mostEarly = 100

/** Before the handshake has ended, a ping is all that a server may ask (L4, L6). */
const answerEarly = ({ request }: Exchange): RpcResponse =>
  request.method === 'ping'
    ? success(request.id, {})
    : failure(request.id, errorObject(invalidRequest('The handshake has not ended')))

/**
 * Connects to a server and finds out which revision both sides speak.
 *
 * Rejects with `NegotiationFailed` when they share none, with whatever dialling failed with, or with the signal's
 * reason; nothing is left open then. A `TypeError` says that the options contradict themselves.
 */
export const connect = async (target: Dial | Connectable, options: ClientOptions): Promise<Client> => {
  if (typeof options.roots === 'object') checkRoots(options.roots)
  const connected: { client?: Client } = {}
  // A server may log, or tell of a change, in the very bytes that carry its answer to the handshake.
  const early: RpcNotification[] = []
  const responder: Responder = {
    respond: (exchange) => connected.client?.respond(exchange) ?? Promise.resolve(answerEarly(exchange)),
    hear: (notification) => {
      if (connected.client !== undefined) connected.client.hear(notification)
      else if (early.length < mostEarly) early.push(notification)
    },
  }
  const client = new Client(await negotiate(target, responder, options), options)
  connected.client = client
  for (const notification of early) client.hear(notification)
  try {
    if (client.era === 'legacy') await client.notify('notifications/initialized')
    const { logLevel, signal } = options
    const sets = logLevel !== undefined && client.era === 'legacy' && client.capabilities.logging !== undefined
    if (sets) await client.setLogLevel(logLevel, { signal })
  } catch (error) {
    await client.close()
    throw error
  }
  return client
}
