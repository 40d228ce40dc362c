import type {
  Awaitable,
  ClientCapabilities,
  Implementation,
  JsonObject,
  LoggingLevel,
  ServerCapabilities,
} from '@parley/core'

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
  /** Sends a notification that belongs to no request, on the session's standing road; a promise is backpressure. */
  notify(method: string, params?: JsonObject): Awaitable<void>
}

/** A session that nothing was negotiated on. Without a name from its road it makes one of 128 random bits. */
export const blankSession = (name: string | undefined, ended: AbortSignal, notify: Session['notify']): Session => {
  let id = name
  return {
    get id() {
      // Made when somebody asks: on a pipe nobody does, and a platform's crypto may take longer to load than all else.
      id ??= crypto.randomUUID()
      return id
    },
    state: { initialized: false, subscriptions: [] },
    ended,
    notify,
  }
}
