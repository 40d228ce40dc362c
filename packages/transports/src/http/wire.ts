import type { Awaitable } from '@parley/core'

/** An HTTP request as far as its head goes. */
export type Head = {
  readonly method: string
  /** Path without query. */
  readonly path: string
  /** One header by lower-case name; undefined when absent; several lines of one name joined by `, `. */
  header(name: string): string | undefined
  /** Whether a header that must stand once stands more than once (host, origin, content-type, mcp-*, ...). */
  repeated(name: string): boolean
}

/** The answer to one HTTP request. Exactly one of send and stream is called, once. */
export interface Reply {
  /** A whole answer. `body` is JSON text; its content type is application/json unless headers say otherwise. */
  send(status: number, headers: Readonly<Record<string, string>>, body?: string): void
  /**
   * Starts an event stream with status 200. `lost` hears once, and never before this returns, that the client went away,
   * or was cut off, before it had the end, and why; it takes less to keep than a signal. Of one that `stays` open by
   * nature the head goes ahead, for where it waits for what follows, Node keeps it in pieces for as long as the stream.
   */
  stream(headers: Readonly<Record<string, string>>, lost?: (reason: Error) => void, stays?: boolean): EventStream
  /** Aborts when the client went away before the answer was complete. Lazy: made when looked at. */
  readonly gone: AbortSignal
}

/**
 * One event stream. Writes are queued in order and bounded: past a soft limit (64 KiB; on Node 4 KiB before anything was
 * taken) they wait; past a hard one (4 MiB), when the client takes nothing for too long (30 s), and when far too much waits
 * for all clients together, it is cut.
 */
export interface EventStream {
  /** How much waits for the client, in characters. */
  readonly waiting: number
  /** Whether the client is gone, or was cut off; from the start where it had left before. `lost` is not called then. */
  readonly lost: boolean
  /**
   * Queues text that is already framed as SSE, at once and in the order of the calls. A promise is backpressure;
   * it rejects with {@link ConnectionClosed} when the client is gone or was cut off. What is `owed`, an answer, the hard
   * limit does not keep out.
   */
  write(text: string, owed?: boolean): Awaitable<void>
  /** Ends the stream after what is queued. Later writes reject; a second end does nothing. */
  end(): void
}
