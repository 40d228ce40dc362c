import { ToolError } from '@parley/core'
import type { Deadlines } from '@parley/protocol/server'
import type { Context } from '../context.ts'

/**
 * Runs a tool's work in a context whose signal aborts after `timeout` milliseconds as well.
 * @throws ToolError (by rejection) when the time is over; what the work comes to afterwards is dropped
 */
export const runWithin = (
  timeout: number,
  deadlines: Deadlines,
  ctx: Context,
  run: (ctx: Context) => unknown,
): Promise<unknown> => {
  const expiry = new AbortController()
  const late = new ToolError(`The tool timed out after ${timeout} ms`)
  const expired = new Promise<never>((_resolve, reject) => {
    expiry.signal.addEventListener('abort', () => reject(late), { once: true })
  })
  const deadline = deadlines.set(timeout, () => expiry.abort(late))
  const work = (async () => run(within(ctx, AbortSignal.any([ctx.signal, expiry.signal]))))()
  return Promise.race([work, expired]).finally(() => deadline.clear())
}

/** The same context with another signal. Whatever else is asked of it, the context itself answers. */
const within = (ctx: Context, signal: AbortSignal): Context =>
  new Proxy(ctx, {
    get(target, key) {
      if (key === 'signal') return signal
      const value: unknown = Reflect.get(target, key, target)
      // Methods must find their private state; `log` is a getter's, whole in itself, and has methods of its own.
      return typeof value === 'function' && key !== 'log' ? value.bind(target) : value
    },
  })
