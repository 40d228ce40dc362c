import { internalError, methodNotFound, RpcError } from '@parley/core'
import { InputRequired } from '@parley/protocol'
import type { Call, Encoded } from '@parley/protocol'
import type { JsonObject } from '@parley/core'
import { CallContext } from './call-context.ts'
import type { ContextHost } from './call-context.ts'
import type { HandlerResult, MethodHandler } from './features/feature.ts'
import type { Middleware, Next } from './middleware.ts'

type Completed = JsonObject | Encoded

/** Wraps a handler in middleware, the first given outermost. */
export const wrap = (middleware: readonly Middleware[], innermost: Next): Next =>
  middleware.reduceRight<Next>((next, one) => (call) => one(call, next), innermost)

/** Runs the handler of a call, once, in a context of its own. */
export const handleWith =
  (handlers: ReadonlyMap<string, MethodHandler>, host: ContextHost): Next =>
  async (call) => {
    const handler = handlers.get(call.method)
    if (handler === undefined) throw methodNotFound(call.method)
    const ctx = new CallContext(call, host)
    try {
      return await handler(call, ctx)
    } finally {
      ctx.flush()
    }
  }

const isRefusal = (error: unknown): boolean => error instanceof RpcError && error.kind === 'missingCapability'

/**
 * Runs a call once and says what came of it.
 *
 * Open questions win over whatever the handler returned or threw, for a handler may have caught what they threw; only
 * a missing capability wins over them (B13).
 */
const runOnce = async (call: Call, next: Next): Promise<HandlerResult> => {
  let result: HandlerResult
  try {
    result = await next(call)
  } catch (error) {
    const open = await call.input.close()
    if (open === undefined || isRefusal(error)) throw error
    return open
  }
  const closing = call.input.close()
  return closing === undefined ? result : ((await closing) ?? result)
}

/** Runs a call to its outcome. In the legacy era what it leaves open is asked live, and it is run again. */
export const settle = async (call: Call, next: Next, maxRounds: number): Promise<Completed | InputRequired> => {
  let current = call
  for (let round = 0; round <= maxRounds; round++) {
    const result = await runOnce(current, next)
    const { pursue } = current.input
    if (!(result instanceof InputRequired) || pursue === undefined) return result
    current = { ...current, input: await pursue(result) }
  }
  throw internalError(`The call asked for input more than ${maxRounds} times`)
}
