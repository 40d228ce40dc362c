import type { ClientCapabilities, Implementation, Json, JsonObject, LoggingLevel } from '@parley/core'
import type { Exchange } from './exchange.ts'
import type { Input, Question } from './input.ts'
import type { Encoded } from './message.ts'

/** Who asks, as it says of itself. Never a ground for trust (B11). */
export interface Caller {
  /** The revision the call is made in. */
  readonly version: string
  readonly info: Implementation | undefined
  readonly capabilities: ClientCapabilities
  /** The least severe level the caller wants to hear now; undefined means none. */
  readonly logLevel: LoggingLevel | undefined
}

/** A request, read out of whichever revision it was made in. */
export interface Call {
  readonly method: string
  /** Neutral and validated: no envelope, no retry fields. */
  readonly params: JsonObject
  /** The request's `_meta`, as it came: progressToken, traceparent, vendor keys. */
  readonly meta: JsonObject
  readonly caller: Caller
  /** Asks the caller: live or replayed. */
  readonly input: Input
  readonly exchange: Exchange
  /** How far its progress has got. A handler that is run again goes on from there: it is the same token's (C5). */
  readonly reached: { progress: number }
}

/**
 * More is needed from the caller before the call can complete (2026-07-28, basic/patterns/mrtr).
 *
 * A handler may return one itself. `requests` are the questions, by keys unique within the call; `state` is what it
 * wants back on the retry, and is always sealed on the wire. One of the two must be there.
 */
export class InputRequired {
  readonly kind = 'input_required'
  readonly requests: Readonly<Record<string, Question>> | undefined
  readonly state: Json | undefined

  constructor(asked: { requests?: Record<string, Question> | undefined; state?: Json | undefined }) {
    this.requests = asked.requests
    this.state = asked.state
  }
}

/** What became of a call that did not fail. */
export type Outcome = { kind: 'complete'; result: JsonObject | Encoded } | InputRequired
