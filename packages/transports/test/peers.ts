import type { JsonObject } from '@parley/core'
import { RpcError } from '@parley/core'
import { failure, success } from '@parley/protocol'
import type { Exchange, Responder, RpcNotification } from '@parley/protocol'

/** A responder that answers with what `handle` returns, and keeps the notifications that it hears. */
export const responder = (
  handle: (exchange: Exchange) => JsonObject | Promise<JsonObject> = ({ request }) => ({
    echo: request.params ?? null,
  }),
): Responder & { heard: RpcNotification[] } => {
  const heard: RpcNotification[] = []
  return {
    heard,
    respond: async (exchange) => {
      try {
        return success(exchange.request.id, await handle(exchange))
      } catch (error) {
        const code = error instanceof RpcError ? error.code : -32603
        return failure(exchange.request.id, { code, message: String(error) })
      }
    },
    hear: (notification) => heard.push(notification),
  }
}

/** A promise and what settles it. */
export const signalled = <T = void>(): { promise: Promise<T>; settle: (value: T) => void } => {
  let settle: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return { promise, settle }
}
