import { connect } from '@parley/client'
import type { Callbacks, Client } from '@parley/client'
import { revisions } from '@parley/protocol'
import { exitCodes, Failure, stderrOf } from '../failure.ts'
import { dim } from '../paint.ts'
import { ownVersion } from '../self.ts'
import type { Target } from '../target.ts'
import { deskAnswers, givenAnswers } from './ask.ts'
import { dialTarget } from './dial.ts'
import { readTimeout } from './flags.ts'
import type { TalkFlags } from './flags.ts'
import { ProgressLine } from './progress.ts'

/** One conversation with a server, as a command has it. */
export type Talk = {
  readonly client: Client
  readonly progress: ProgressLine
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
}

const cancelled = (): Failure => new Failure('Cancelled.', exitCodes.cancelled)

// A server that writes without end fills no terminal.
const mostStderr = 1_048_576

const stderrShower = (progress: ProgressLine, quiet: boolean): ((chunk: string) => void) => {
  let left = quiet ? 0 : mostStderr
  return (chunk) => {
    if (left <= 0) return
    left -= chunk.length
    progress.above(dim(chunk, process.stderr))
    if (left <= 0) progress.above('The server writes more to stderr than is shown here.\n')
  }
}

/** The revisions that an era names, for `connect`. */
const versionsOf = (era: TalkFlags['era']): readonly string[] | undefined =>
  era === undefined || era === 'auto'
    ? undefined
    : revisions.filter((revision) => revision.era === era).map((revision) => revision.version)

const callbacksFor = (flags: TalkFlags, stop: AbortController, progress: ProgressLine): Callbacks => {
  if (flags.answer !== undefined) return givenAnswers(flags.answer)
  // Where nobody sits, nobody can be asked, and the server is to know that.
  if (!process.stdin.isTTY || !process.stderr.isTTY) return {}
  return deskAnswers({ signal: stop.signal, cancel: () => stop.abort(cancelled()), pause: () => progress.clear() })
}

const died = (error: unknown, shown: string): unknown => {
  if (!(error instanceof Error) || error.name !== 'ConnectionClosed') return error
  const stderr = stderrOf(error)
  const details = stderr?.trim() === '' ? undefined : stderr
  return new Failure(`${shown}: ${error.message.split(/; the last|\n/)[0]}.`, exitCodes.connection, details)
}

/** Connects to a target, does something with it, and closes. Ctrl-C cancels what is under way, and then ends. */
export const withTalk = async <Value>(
  target: Target,
  flags: TalkFlags,
  work: (talk: Talk) => Promise<Value>,
): Promise<Value> => {
  const progress = new ProgressLine()
  const stop = new AbortController()
  const { signal } = stop
  const onInterrupt = (): void => stop.abort(cancelled())
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt)
  const { timeout } = flags
  let live = false
  const shower = stderrShower(progress, flags.quiet ?? false)
  // What a server says before it dies is part of why; it is shown once, with the reason.
  let early = ''
  const stderr = (chunk: string): void => (live ? shower(chunk) : void (early = (early + chunk).slice(-65_536)))
  try {
    const client = await connect(await dialTarget(target, flags, { stderr }), {
      name: 'parley',
      version: ownVersion(),
      signal,
      versions: versionsOf(flags.era),
      onLog: ({ level, data }) => shower(`${level}: ${typeof data === 'string' ? data : JSON.stringify(data)}\n`),
      onError: (error) => shower(`${String(error)}\n`),
      ...(timeout === undefined ? {} : { timeout: readTimeout(timeout), maxTimeout: Infinity }),
      ...callbacksFor(flags, stop, progress),
    })
    live = true
    if (early !== '') shower(early)
    try {
      return await work({ client, progress, signal })
    } finally {
      progress.clear()
      await client.close()
    }
  } catch (error) {
    throw signal.aborted ? cancelled() : died(error, target.shown)
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt)
  }
}
