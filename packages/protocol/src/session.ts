import type {
  Awaitable,
  ClientCapabilities,
  Implementation,
  JsonObject,
  LoggingLevel,
  ServerCapabilities,
} from '@parley/core'
import type { Channel } from './channel.ts'

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
  /** Calls once when the session is over, at once where it is. It takes less to keep than a signal. */
  whenEnded(listener: () => void): void
  /** Sends a notification that belongs to no request, on the session's standing road; a promise is backpressure. */
  notify(method: string, params?: JsonObject): Awaitable<void>
}

/** The session that a peer opens, blank at first. Tens of thousands may be idle: what they may never need is made late. */
export class PeerSession implements Session {
  readonly state: SessionState = { initialized: false, subscriptions: [] }
  readonly #channel: Channel
  #id: string | undefined
  #controller: AbortController | undefined
  #listeners: (() => void)[] | undefined
  #reason: unknown

  /** Without a name from its road it makes one of 128 random bits. */
  constructor(name: string | undefined, channel: Channel) {
    this.#id = name
    this.#channel = channel
  }

  get id(): string {
    // On a pipe nobody asks, and a platform's crypto may take longer to load than all else.
    this.#id ??= crypto.randomUUID()
    return this.#id
  }

  get ended(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Why it is over; undefined while it is not. */
  get reason(): unknown {
    return this.#reason
  }

  whenEnded(listener: () => void): void {
    if (this.#reason !== undefined) return listener()
    // A list that is grown from nothing keeps room for sixteen more, and one listener is the rule.
    if (this.#listeners === undefined) this.#listeners = [listener]
    else this.#listeners.push(listener)
  }

  notify(method: string, params?: JsonObject): Awaitable<void> {
    return this.#channel.send({ kind: 'notification', method, params })
  }

  /** Ends it, once. */
  end(reason: Error): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason)
    for (const listener of this.#listeners ?? []) listener()
    this.#listeners = undefined
  }
}
