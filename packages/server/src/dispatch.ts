import { internalError, methodNotFound, orElse, RpcError } from '@parley/core'
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

/** How a call is run, and what is made of its outcome. */
export type Course<T> = {
  readonly next: Step
  /** How often it may ask for input. */
  readonly maxRounds: number
  done(outcome: Completed | InputRequired): Awaitable<T>
  failed(error: unknown): T
}

/**
 * Runs a call to its outcome. In the legacy era what it leaves open is asked live, and it is run again.
 *
 * Open questions win over whatever the handler returned or threw, for a handler may have caught what they threw; only
 * a missing capability wins over them (B13). Only `failed` can make it throw or reject.
 */
export const settle = <T>(call: Call, course: Course<T>, round: number = 0): Awaitable<T> => {
  let result: Awaitable<HandlerResult>
  try {
    result = course.next(call)
  } catch (error) {
    return thrown(call, error, course, round)
  }
  if (!(result instanceof Promise)) return returned(call, result, course, round)
  // All that follows in one step: each promise more is a microtask, and what it holds stays while the handler waits.
  return result.then(
    (settled) => returned(call, settled, course, round),
    (error: unknown) => thrown(call, error, course, round),
  )
}

const returned = <T>(call: Call, result: HandlerResult, course: Course<T>, round: number): Awaitable<T> => {
  let ended: Awaitable<T>
  try {
    const closing = call.input.close()
    if (closing === undefined) ended = conclude(call, result, course, round)
    else ended = closing.then((open) => conclude(call, open ?? result, course, round))
  } catch (error) {
    return course.failed(error)
  }
  return ended instanceof Promise ? ended.catch((error: unknown) => course.failed(error)) : ended
}

const thrown = <T>(call: Call, error: unknown, course: Course<T>, round: number): Awaitable<T> =>
  orElse(
    () => {
      const closing = call.input.close()
      if (closing === undefined) return course.failed(error)
      return closing.then((open) => {
        if (open === undefined || isRefusal(error)) throw error
        return conclude(call, open, course, round)
      })
    },
    (other) => course.failed(other),
  )

const conclude = <T>(call: Call, result: HandlerResult, course: Course<T>, round: number): Awaitable<T> => {
  const pursuit = result instanceof InputRequired ? call.input.pursue(result) : undefined
  if (pursuit === undefined) return course.done(result)
  return pursuit.then((input) => {
    if (round === course.maxRounds) throw internalError(`The call asked for input more than ${round} times`)
    return settle({ ...call, input }, course, round + 1)
  })
}
