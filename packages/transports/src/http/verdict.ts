import { HttpFailure, InvalidResult, RpcError } from '@parley/core'
import { isModernCode } from './body.ts'

/** What a failed probe tells of a server's era: which it is, or nothing. */
export type HttpVerdict = 'modern' | 'legacy' | 'none'

// The server may be of either era: it wants to know who asks, or to be asked later.
const isUndecided = (status: number): boolean => status === 401 || status === 407 || status === 408 || status === 429

/**
 * Reads what `server/discover` met on this road (2026-07-28, basic/transports/streamable-http#backward-compatibility).
 *
 * A modern code is modern; any other JSON-RPC error, an answer that is no answer, and a 4xx that says nothing are
 * legacy; asking for credentials, redirects, 5xx, broken connections and silence tell nothing.
 */
export const httpVerdict = (error: unknown): HttpVerdict => {
  // `server/discover` is mandatory, so that a server without it is no modern one, whatever it answers (2.3).
  if (error instanceof RpcError) return isModernCode(error.code) ? 'modern' : 'legacy'
  if (error instanceof InvalidResult) return 'legacy'
  if (!(error instanceof HttpFailure)) return 'none'
  const { status, headers } = error
  if (status < 400 || status >= 500 || isUndecided(status)) return 'none'
  const challenged = /^bearer\b/i.test(headers.get('www-authenticate') ?? '')
  return status === 403 && challenged ? 'none' : 'legacy'
}

/** Whether `initialize` failed as it does where only HTTP+SSE is spoken (2.3). */
export const mayBeSse = (error: unknown): error is HttpFailure =>
  error instanceof HttpFailure && (error.status === 400 || error.status === 404 || error.status === 405)
