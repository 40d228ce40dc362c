import { ConnectionClosed, HttpFailure } from '@parley/core'
import { Abort } from './abort.ts'
import { afterwards, Backoff, pause, retryAfter } from './backoff.ts'
import type { Answer } from './carrier.ts'
import { hearEvents } from './incoming.ts'
import type { Reading } from './incoming.ts'
import { watchSilence } from './silence.ts'

/** One stream of a legacy session, to be followed across its breaks. */
export type Stream = Reading & {
  /** The stream itself, where it has been opened already. */
  readonly first?: Answer | undefined
  /** Opens it, from the event of that id on where one is known. Rejects with `HttpFailure` when it may not. */
  open(lastId: string | undefined, abort: Abort): Promise<Answer>
  /** Hears the data of one event; true says that no other is wanted. */
  hear(data: string): boolean
  /** Whether it can be opened again without knowing where it broke off. */
  readonly standing: boolean
  /** How often in a row opening it may fail. */
  readonly tries: number
}

const passingStatus = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429

const isPassing = (error: unknown): error is Error =>
  error instanceof ConnectionClosed || (error instanceof HttpFailure && passingStatus(error.status))

/** How long the server wants to be left alone, by its last words. */
const asked = (retry: number | undefined, failure: unknown, fails: number, backoff: Backoff): number => {
  const after = failure instanceof HttpFailure ? retryAfter(failure.headers) : 0
  // MUST (2025-11-25, basic/transports): the server's own number holds, as long as the server does answer (G9).
  if (retry !== undefined && fails === 0) return retry
  return Math.max(backoff.next(), after === 0 ? 0 : afterwards(after), retry ?? 0)
}

/** Opens the stream, which a server that is there answers as soon as it says anything on it. */
const openIn = async (stream: Stream, lastId: string | undefined, abort: Abort): Promise<Answer> => {
  const watch = watchSilence(stream.silence, (reason) => abort.abort(reason))
  try {
    return await stream.open(lastId, abort)
  } finally {
    watch.end()
  }
}

/**
 * Follows one stream, opening it again from where it broke off, until its listener has enough; settles with true then.
 *
 * Settles with false when it ended and cannot be resumed. Rejects with what opening it met when that is no passing
 * trouble or has lasted too long, with the reason for it when it is cut.
 */
export const follow = async (stream: Stream): Promise<boolean> => {
  const whole = stream.abort
  const backoff = new Backoff()
  let { first: answer } = stream
  let lastId: string | undefined
  let retry: number | undefined
  let fails = 0
  const listener = {
    event: ({ data, id, event = 'message' }: { data: string; id?: string | undefined; event?: string | undefined }) => {
      if (id !== undefined) lastId = id === '' ? undefined : id
      backoff.reset()
      return event === 'message' && data !== '' && stream.hear(data)
    },
    retry: (milliseconds: number): void => {
      retry = milliseconds
    },
  }
  for (;;) {
    let failure: Error | undefined
    // One for each connection: silence ends it, and not all that is followed.
    const abort = new Abort()
    const stop = (): void => abort.abort(whole.reason)
    whole.listen(stop)
    try {
      answer ??= await openIn(stream, lastId, abort)
      fails = 0
      if (await hearEvents(answer, { ...stream, abort }, listener)) return true
    } catch (error) {
      if (whole.aborted || !isPassing(error)) throw error
      failure = error
      // A connection that broke after it was opened has not failed to open.
      if (answer === undefined) fails += 1
    } finally {
      whole.forget(stop)
    }
    answer = undefined
    if (lastId === undefined && !stream.standing) {
      if (failure === undefined) return false
      throw failure
    }
    if (failure !== undefined && fails > stream.tries) throw failure
    await pause(asked(retry, failure, fails, backoff), whole.signal)
  }
}
