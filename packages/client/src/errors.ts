import type { ElicitUrlParams, RpcError } from '@parley/core'

/**
 * The server wants some URLs visited before it serves the request; only the last legacy revision says so with an error.
 *
 * Show each to the user as `onElicitUrl` would, then make the call again. `onElicitComplete` hears when one is done.
 */
export class UrlElicitationRequired extends Error {
  override readonly name = 'UrlElicitationRequired'
  /** What to visit, and why. */
  readonly elicitations: readonly ElicitUrlParams[]

  constructor(message: string, elicitations: readonly ElicitUrlParams[], cause: RpcError) {
    super(message, { cause })
    this.elicitations = elicitations
  }
}
