import { andThen, internalError, methodNotFound, RpcError } from '@parley/core'
import { InputRequired } from '@parley/protocol/server'
import type { Call, Encoded } from '@parley/protocol/server'
import type { Awaitable, JsonObject } from '@parley/core'
import { CallContext } from './call-context.ts'
import type { ContextHost } from './call-context.ts'
import type { HandlerResult, MethodHandler } from './features/feature.ts'
import type { Middleware } from './middleware.ts'

type Completed = JsonObject | Encoded

/** Takes a call to its handler; a promise only where something on the way needs one. */
export type Step = (call: Call) => Awaitable<HandlerResult>

/** Wraps a handler in middleware, the first given outermost. */
export const wrap = (middleware: readonly Middleware[], innermost: Step): Step =>
  middleware.reduceRight<Step>((next, one) => (call) => one(call, async (given) => next(given)), innermost)

/** Whoever refuses calls that their callers may not make. */
export interface Porter {
  /** @throws RpcError for a call that its caller may not make */
  permit(call: Call): void
}

/** Runs the handler of a call, once, in a context of its own. */
export const handleWith =
  (handlers: ReadonlyMap<string, MethodHandler>, host: ContextHost & Porter): Step =>
  (call) => {
    const handler = handlers.get(call.method)
    if (handler === undefined) throw methodNotFound(call.method)
    host.permit(call)
    const ctx = new CallContext(call, host)
    let result: Awaitable<HandlerResult> | undefined
    try {
      result = handler(call, ctx)
    } finally {
      if (!(result instanceof Promise)) ctx.flush()
    }
    return result instanceof Promise ? flushed(result, ctx) : result
  }

// `finally` would do the same with three promises more.
const flushed = (result: Promise<HandlerResult>, ctx: CallContext): Promise<HandlerResult> =>
  result.then(
    (settled) => {
      ctx.flush()
      return settled
    },
    (error: unknown) => {
      ctx.flush()
      throw error
    },
  )

const isRefusal = (error: unknown): boolean => error instanceof RpcError && error.kind === 'missingCapability'

/**
 * Runs a call once and says what came of it.
 *
 * Open questions win over whatever the handler returned or threw, for a handler may have caught what they threw; only
 * a missing capability wins over them (B13).
 */
const runOnce = (call: Call, next: Step): Awaitable<HandlerResult> => {
  let result: Awaitable<HandlerResult>
  try {
    result = next(call)
  } catch (error) {
    return thrown(call, error)
  }
  if (!(result instanceof Promise)) return returned(call, result)
  return result.then(
    (settled) => returned(call, settled),
    (error: unknown) => thrown(call, error),
  )
}

const returned = (call: Call, result: HandlerResult): Awaitable<HandlerResult> => {
  const closing = call.input.close()
  return closing === undefined ? result : closing.then((open) => open ?? result)
}

const thrown = (call: Call, error: unknown): Promise<HandlerResult> => {
  const closing = call.input.close()
  if (closing === undefined) throw error
  return closing.then((open) => {
    if (open === undefined || isRefusal(error)) throw error
    return open
  })
}

/** Runs a call to its outcome. In the legacy era what it leaves open is asked live, and it is run again. */
export const settle = (
  call: Call,
  next: Step,
  maxRounds: number,
  round: number = 0,
): Awaitable<Completed | InputRequired> =>
  andThen<HandlerResult, Completed | InputRequired>(runOnce(call, next), (result) => {
    const pursuit = result instanceof InputRequired ? call.input.pursue(result) : undefined
    if (pursuit === undefined) return result
    return pursuit.then((input) => {
      if (round === maxRounds) throw internalError(`The call asked for input more than ${maxRounds} times`)
      return settle({ ...call, input }, next, maxRounds, round + 1)
    })
  })
