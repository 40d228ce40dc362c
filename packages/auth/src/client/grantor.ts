import type { JsonObject } from '@parley/core'
import type { KnownClient } from './known-client.ts'
import type { Protection } from './protection.ts'
import type { ServerMetadata } from './server-metadata.ts'
import type { Granted } from './token-endpoint.ts'

/** What a token is asked for. */
export type Wish = {
  readonly protection: Protection
  /** Undefined leaves the choice to the authorization server. */
  readonly scopes: readonly string[] | undefined
  readonly signal: AbortSignal | undefined
}

/** What came of it. */
export type Grant = {
  readonly clientId: string
  readonly granted: Granted
  /** What was asked for in the end. */
  readonly requested: readonly string[]
  readonly dpopKey: JsonObject | undefined
}

/** A way to come by a token: by asking the user, or by what a machine knows. */
export interface Grantor {
  /** Which of the issuers that a server names to go to; undefined when there are none. */
  choose(issuers: readonly string[]): string | undefined
  grant(wish: Wish): Promise<Grant>
  /** The client that a token was issued to, if it is still known. */
  recall(server: ServerMetadata, clientId: string): Promise<KnownClient | undefined>
}
