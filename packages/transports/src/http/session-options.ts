import type { EventLog } from './events.ts'

/** How legacy clients are served over HTTP. */
export type SessionOptions = {
  /**
   * Whether sessions are kept. Without them every POST stands alone: there is no stream to open by GET, a client can be
   * asked nothing, and neither logging nor news of changes is offered. @default true
   */
  sessions?: boolean | undefined
  /** Milliseconds after which a session that nobody uses is ended. @default 1_800_000 */
  sessionIdle?: number | undefined
  /** Sessions that may be open at once. @default 10_000 */
  maxSessions?: number | undefined
  /** The same for one verified principal. @default 100 */
  maxSessionsPerPrincipal?: number | undefined
  /** Requests of one session that may be served at once. @default 256 */
  maxInFlightPerSession?: number | undefined
  /** Streams that one session may have open by GET. @default 16 */
  maxStreamsPerSession?: number | undefined
  /** Messages that a 2025-03-26 batch may hold. @default 50 */
  maxBatch?: number | undefined
  /** Keeps what went out, so that broken streams can be resumed; false keeps nothing. @default memoryEventLog() */
  events?: EventLog | false | undefined
  /** Milliseconds after which a client whose stream broke is asked to come back. @default 1_000 */
  retry?: number | undefined
  /** Milliseconds after which a stream is closed for its client to come back, where it can. @default Infinity */
  pollAfter?: number | undefined
  /** Milliseconds for which a question waits for a client that left. @default 900_000 */
  patience?: number | undefined
}
