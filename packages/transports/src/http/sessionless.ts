import { isObject, RpcError } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { RpcResponse } from '@parley/protocol/server'

const remembered: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
])

/** What is refused where no session could remember it, or nothing. */
export const unremembered = (method: string): RpcError | undefined =>
  remembered.has(method)
    ? new RpcError(
        -32601,
        `Method not found: ${method} needs a session, and this server keeps none`,
        undefined,
        'methodNotFound',
      )
    : undefined

const without = (offer: unknown, ...names: string[]): unknown =>
  isObject(offer) ? Object.fromEntries(Object.entries(offer).filter(([name]) => !names.includes(name))) : offer

/**
 * What is left of a server's capabilities where no session is kept: nobody has a log level or a subscription, and there is
 * no stream that changes could be told on.
 */
const lasting = (capabilities: JsonObject): JsonObject => {
  const offers = Object.entries(capabilities).filter(([name]) => name !== 'logging')
  return Object.fromEntries(offers.map(([name, offer]) => [name, without(offer, 'subscribe', 'listChanged')]))
}

/** The answer to `initialize`, with no promise in it that only a session could keep. */
export const withoutPromises = (response: RpcResponse): RpcResponse => {
  if (response.kind !== 'result' || !('capabilities' in response.result)) return response
  const { capabilities } = response.result
  return isObject(capabilities)
    ? { ...response, result: { ...response.result, capabilities: lasting(capabilities) } }
    : response
}
