import type { Dial } from '@parley/protocol'
import { stripVTControlCharacters } from 'node:util'
import { stderrOf } from '../failure.ts'

const endOf = (reason: unknown, shown: string): string => {
  const text = reason instanceof Error ? reason.message : ''
  const [line = ''] = text.split('\n')
  const how = / (exited with code \d+|was ended by \w+|closed its output)/.exec(line)?.[1]
  return how === undefined ? `${shown} ended` : `${shown} ${how}`
}

/** How a program ended and all that it said of that, for people to read. */
const crashReport = (reason: unknown, stderr: string, shown: string): string => {
  const said = stripVTControlCharacters(stderr).trim()
  return said === '' ? `${endOf(reason, shown)}, and wrote nothing to stderr.` : `${endOf(reason, shown)}:\n\n${said}`
}

/** Hears how a program ended, in one line, and what it said of that. */
export type HearCrash = (how: string, report: string) => void

// The program that runs files ends with such a line when it cannot run one.
const isRefused = (stderr: string): boolean => stderr.trim().split('\n').at(-1)?.startsWith('parley: ') ?? false

/** Dials as before; `crashed` is called when the program that was started ends without having been told to. */
export const reporting = (dial: Dial, shown: string, crashed: HearCrash): Dial => {
  let refused: { readonly signal: AbortSignal | undefined; readonly reason: unknown } | undefined
  return async (responder, signal) => {
    // Some servers die of a question that they do not know, so a client dials twice; a broken file stays broken.
    if (refused !== undefined && refused.signal === signal) throw refused.reason
    const link = await dial(responder, signal)
    let over = false
    const gone = (reason: unknown): void => {
      // Only a program on this machine has something to say when it ends.
      const stderr = stderrOf(reason)
      if (over || stderr === undefined) return
      over = true
      if (isRefused(stderr)) refused = { signal, reason }
      crashed(endOf(reason, shown), crashReport(reason, stderr, shown))
    }
    void link.closed.then(gone)
    return {
      closed: link.closed,
      request: async (method, params, options) => {
        try {
          return await link.request(method, params, options)
        } catch (error) {
          // Whoever asked may close the link before it says by itself that it is gone.
          gone(error)
          throw error
        }
      },
      notify: (method, params) => link.notify(method, params),
      [Symbol.asyncDispose]: () => {
        over = true
        return link[Symbol.asyncDispose]()
      },
    }
  }
}
