import type { Origin } from './exchange.ts'

/** How a peer behaves on its road. */
export type PeerOptions = {
  /** What is known of every arrival that brings no origin of its own. @default { road: 'custom' } */
  origin?: Origin
  /** Requests that may be served at once; more are refused with -32603. @default 1024 */
  maxInFlight?: number
  /** Milliseconds that requests in flight get to finish after the far side has stopped sending. @default 0 */
  linger?: number
  /** Whether one id may be in flight more than once, as on an HTTP session. @default false */
  sharedIds?: boolean
  /** What the session is called, where the road has given it a name. @default 128 bits of its own */
  sessionId?: string
  /** Messages that a 2025-03-26 batch may hold, up to 1,000. @default 50 */
  maxBatch?: number
  /**
   * Awaited when the far side has stopped sending and what was in flight is answered, before the road is closed: the
   * moment to end subscriptions with their results (U4).
   */
  beforeClose?: (() => Promise<void>) | undefined
}

/** The same with nothing left open. */
export type PeerSettings = Required<Omit<PeerOptions, 'sessionId'>>

const custom: Origin = { road: 'custom' }

/** Fills in what was left out. */
export const settingsOf = (options: PeerOptions): PeerSettings => {
  const { origin = custom, maxInFlight = 1024, linger = 0, sharedIds = false, maxBatch = 50, beforeClose } = options
  return { origin, maxInFlight, linger, sharedIds, maxBatch, beforeClose }
}
