import type { Principal } from '@parley/core'
import type { ClientOptions, Connectable } from '@parley/client'
import type { Dial } from '@parley/protocol'

/** The server behind: how it is reached, or what says so for each principal, who is let in with what is theirs alone. */
export type ProxyTarget = Dial | Connectable | { for(principal: Principal | undefined): Dial | Connectable }

/** How much a proxy carries, and how it reaches the server behind it. */
export type ProxyOptions = {
  /** How it introduces itself to the server behind where its own caller gives no name. @default `parley-proxy` */
  readonly name?: string | undefined
  /** @default `0.0.0` */
  readonly version?: string | undefined
  /** Goes to the client underneath. */
  readonly client?: Pick<ClientOptions, 'probeTimeout' | 'strict' | 'versions' | 'validator'> | undefined
  /** Connections to the server behind that may be open at once, one for each kind of caller and principal. @default 100 */
  readonly maxConnections?: number | undefined
  /** Milliseconds that a call waits between two rounds for its caller to come back with the answers. @default 600_000 */
  readonly patience?: number | undefined
  /** Calls that may wait between rounds at once, in each connection. @default 1_000 */
  readonly maxWaiting?: number | undefined
  /** Hears what went wrong behind, whole; callers get one plain sentence. @default console.error */
  readonly onError?: ((error: unknown) => void) | undefined
}
