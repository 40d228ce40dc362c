import type { ClientCapabilities, Implementation, JsonObject, LoggingLevel, ServerCapabilities } from '@parley/core'

/** What a legacy connection remembers: plain data, so that it may be kept elsewhere. */
export type SessionState = {
  /** The revision that `initialize` settled on; absent before. */
  version?: string
  /** What the client said of itself. */
  info?: Implementation
  /** What the client declared. */
  capabilities?: ClientCapabilities
  /** What the server offered then: nothing else is told of later (L5). */
  offered?: ServerCapabilities
  /** Whether `notifications/initialized` was heard. */
  initialized: boolean
  /** The threshold that `logging/setLevel` set. */
  logLevel?: LoggingLevel
  /** The URIs that `resources/subscribe` named. */
  subscriptions: string[]
}

/** A legacy connection, from `initialize` to its end. Modern requests have none. */
export interface Session {
  /** Names the session: 128 random bits. Holding it proves nothing (G13). */
  readonly id: string
  readonly state: SessionState
  /** Aborts when the session is over. */
  readonly ended: AbortSignal
  /** Sends a notification that belongs to no request, on the session's standing road. */
  notify(method: string, params?: JsonObject): Promise<void>
}
