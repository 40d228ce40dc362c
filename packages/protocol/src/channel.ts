import type { Awaitable } from '@parley/core'
import type { Message } from './message.ts'
import type { Origin } from './exchange.ts'

/**
 * Where on a road a message came by, and where its answers go back.
 *
 * Opaque to all but the road that made it: on a legacy HTTP session it is one POST. Most roads have none.
 */
export type Lane = object

/** One message that came in, with what the road knows about it. */
export type Arrival = {
  readonly message: Message
  /** Where it came from; absent, the peer's own standing origin holds. */
  readonly origin?: Origin
  readonly lane?: Lane
  /** Called once, when all that the message asked for has been answered, or never will be (C2). */
  readonly done?: () => void
}

/** What a channel hands its messages to, in place of being iterated. */
export interface Receiver {
  /** Takes one message as it arrives. Never throws. */
  take(arrival: Arrival): void
  /** Hears once that nothing more comes: where iterating would end, or, with the reason, where it would throw. */
  end(reason?: unknown): void
}

/**
 * A two-way road for whole messages: all that a transport of your own must be.
 *
 * Iterate it once; iterating ends when the far side is gone, and throws only when the road itself broke. Messages that
 * cannot be read arrive as `broken`, so that one of them never ends the road. Disposing closes this end, settles every
 * `send`, and ends the iteration; doing so again does nothing.
 */
export interface Channel extends AsyncIterable<Arrival>, AsyncDisposable {
  /**
   * Takes one message, queued at once in the order of the calls.
   *
   * A promise is backpressure: it settles when the road would like the next one; no promise means now. It rejects with
   * `ConnectionClosed` when the road is closed, and never stays pending after that. `lane` is the arrival's own; without
   * it, the road's standing lane.
   */
  send(message: Message, lane?: Lane): Awaitable<void>
  /**
   * Hands over each message as it arrives, in place of iterating: for roads on which a promise for every message is felt,
   * or one for every road.
   */
  receive?(receiver: Receiver): void
}
