/** Whose events are meant: one session of one principal. Every access names both, so that none is unscoped (G13). */
export type EventScope = {
  readonly session: string
  /** The principal's key; the empty string for nobody. */
  readonly principal: string
}

/** One event as it was logged: the id it went out under, and its data. */
export type LoggedEvent = { readonly id: string; readonly text: string }

/** What a client has missed on one stream. */
export type Replay = {
  /** The stream that the last event id belongs to; no event of another one is in `events` (G8). */
  readonly stream: string
  /** The events after that id, in order. */
  readonly events: readonly LoggedEvent[]
  /** Whether none in between has been dropped. */
  readonly complete: boolean
}

/**
 * Keeps what went out on the event streams of legacy sessions, so that a broken one can be resumed.
 *
 * An implementation answers either always at once or always with promises; promises of one stream settle in the order
 * of the calls. A rejected `append` sends its event without an id.
 */
export interface EventLog {
  /** Keeps one event and gives the id it goes out under: unique in the session, and visible ASCII. */
  append(scope: EventScope, stream: string, text: string): string | Promise<string>
  /** What came after an event, or undefined for an id that this session of this principal does not have. */
  replay(scope: EventScope, lastEventId: string): Replay | undefined | Promise<Replay | undefined>
  /** Says that nothing more comes on a stream. What it holds is kept for a while, in case its end was not received. */
  end(scope: EventScope, stream: string): void | Promise<void>
  /** Forgets a session's events. */
  drop(scope: EventScope): void | Promise<void>
}
