import type { Call } from '@parley/protocol/server'
import type { HandlerResult } from './features/feature.ts'

/** Goes on with a call, as it is or changed. */
export type Next = (call: Call) => Promise<HandlerResult>

/**
 * Wraps every call, a handler's own reads of resources among them: look at it, change it, answer in its stead, look at
 * what came of it.
 *
 * What a list gives is frozen, for it is shared with every caller: return a copy to change it, as
 * `{ ...result, tools: result.tools.filter(isWanted) }` is one.
 */
export type Middleware = (call: Call, next: Next) => Promise<HandlerResult>
