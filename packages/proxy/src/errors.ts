import { ConnectionClosed, internalError, RpcError } from '@parley/core'
import { UrlElicitationRequired } from '@parley/client'

/** What becomes of a failure on its way to the proxy's own caller: errors of the server behind pass, others are told plainly. */
export const outward = async <Value>(work: Promise<Value>, onError: (error: unknown) => void): Promise<Value> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof UrlElicitationRequired && error.cause instanceof RpcError) throw error.cause
    // A cancellation is nobody's fault, and goes nowhere.
    if (error instanceof RpcError || (error instanceof DOMException && error.name === 'AbortError')) throw error
    onError(error)
    if (error instanceof ConnectionClosed)
      throw internalError('The server behind this proxy went away before it answered')
    throw internalError('The server behind this proxy did not answer as it should')
  }
}
