import type { Dial } from '@parley/protocol'
import { stripVTControlCharacters } from 'node:util'

const endOf = (reason: unknown, shown: string): string => {
  const text = reason instanceof Error ? reason.message : ''
  const [line = ''] = text.split('\n')
  const how = / (exited with code \d+|was ended by \w+|closed its output)/.exec(line)?.[1]
  return how === undefined ? `${shown} ended` : `${shown} ${how}`
}

/** How a program ended and all that it said of that, for people to read. */
export const crashReport = (reason: unknown, stderr: string, shown: string): string => {
  const said = stripVTControlCharacters(stderr).trim()
  return said === '' ? `${endOf(reason, shown)}, and wrote nothing to stderr.` : `${endOf(reason, shown)}:\n\n${said}`
}

/** Dials as before; `crashed` hears a report when the program that was started ends without having been told to. */
export const reporting =
  (dial: Dial, shown: string, crashed: (report: string) => void): Dial =>
  async (responder, signal) => {
    const link = await dial(responder, signal)
    let closing = false
    void link.closed.then((reason) => {
      // Only a program on this machine has something to say when it ends.
      const stderr = reason instanceof Error && 'stderr' in reason ? reason.stderr : undefined
      if (!closing && typeof stderr === 'string') crashed(crashReport(reason, stderr, shown))
    })
    return {
      closed: link.closed,
      request: (method, params, options) => link.request(method, params, options),
      notify: (method, params) => link.notify(method, params),
      [Symbol.asyncDispose]: () => {
        closing = true
        return link[Symbol.asyncDispose]()
      },
    }
  }
