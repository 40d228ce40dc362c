import { Backlog } from './backlog.ts'
import type { HttpOptions } from './options.ts'

/** How much may wait for clients, and for how long. */
export type StreamLimits = {
  /** Characters of one stream that may wait before its sender waits too. */
  readonly softLimit: number
  /** Characters of one stream past which nothing is added but answers: the client is cut off. */
  readonly hardLimit: number
  /** Milliseconds that a client may take nothing. */
  readonly stall: number
  /** What waits for all of them. */
  readonly backlog: Backlog
}

/** The limits of one server, as its options say. */
export const streamLimits = (options: HttpOptions): StreamLimits => ({
  softLimit: options.softLimit ?? 65_536,
  hardLimit: options.hardLimit ?? 4_194_304,
  stall: options.stall ?? 30_000,
  backlog: new Backlog(options.maxWaiting ?? 268_435_456),
})

/** Why a client is cut off whose sender goes on and on without waiting. */
export const tooMuch = (limit: number): string => `The client has yet to take more than ${limit} characters`

/** Why a client is cut off that takes nothing. */
export const tooSlow = (stall: number): string => `The client took nothing for ${stall} ms`
