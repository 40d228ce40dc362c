import { ConnectionClosed, isObject } from '@parley/core'
import type { Abort } from './abort.ts'

/** One HTTP request of a client's, whole. */
export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  readonly body?: string | undefined
  /** Gives the request up, and the answer that has begun. */
  readonly abort: Abort
}

/** Takes the next bytes of a body; true says that no more are wanted. */
export type Take = (chunk: Uint8Array) => boolean

/** The answer to one HTTP request, from its head on. Whoever has it reads its body, discards it or cuts it. */
export interface Answer {
  /** 0 is that of a redirect which the platform keeps to itself. */
  readonly status: number
  /** One header by lower-case name; several lines of it are joined by a comma. */
  header(name: string): string | null
  /** All headers, for those who are told of a failure. */
  headers(): Headers
  /**
   * Hands the body on as it comes, and no faster than it is taken; called once. Settles with true when `take` has enough,
   * with false when the body ends before that.
   *
   * Rejects with `ConnectionClosed` when the connection breaks, with the reason for it when the request was given up,
   * and with what `take` throws.
   */
  read(take: Take): Promise<boolean>
  /**
   * Lets go of what has not been read. The little that there may be is read all the same, for a moment: a connection that
   * is cut in the middle cannot be used again.
   */
  discard(): void
  /** Closes the connection on what has not been read; a read that waits ends. */
  cut(): void
}

/** What carries a client's requests to a server and brings the answers back: a platform's way to speak HTTP. */
export interface Carrier {
  /**
   * Sends one request and settles with the head of the answer, whatever its status. A redirect is an answer like any other.
   *
   * Rejects with `ConnectionClosed` when there is no answer, with the reason for it when the request was given up.
   * A POST is never sent twice.
   */
  send(outgoing: Outgoing): Promise<Answer>
  /** Closes the connections that are kept, and those in use. Nothing is sent after that. */
  close(): void
}

/** The most bytes that are read of a body which nobody wants, so that its connection can be kept. */
export const mostDiscarded = 65_536
/** Milliseconds that reading such a body may take. */
export const discardTime = 1000

/** Whether the answer's status says yes. */
export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300

/** What a broken request is to its caller; an authorizing `fetch` has errors of its own, and they stay as they are. */
export const networkError = (error: unknown, abort: Abort, message: string): unknown => {
  if (abort.aborted) return abort.reason
  // What `fetch` rejects with when the network fails: a TypeError by the standard, some platforms' system errors besides.
  const isOurs = error instanceof TypeError || (isObject(error) && typeof error['code'] === 'string')
  return isOurs ? new ConnectionClosed(message, { cause: error }) : error
}
