import { usage } from '../failure.ts'
import type { ServerFlags } from '../options.ts'

/** What the command line says of how to talk to a server. */
export type TalkFlags = ServerFlags & {
  readonly json?: boolean
  readonly era?: 'auto' | 'legacy' | 'modern'
  readonly timeout?: string
  readonly quiet?: boolean
  /** Of `call`. */
  readonly args?: string
  /** Of `call`. */
  readonly answer?: readonly string[]
  /** Of `read`. */
  readonly output?: string
}

/** What stands on the command line beside flags: words, and a command after `--`. */
export type Line = { readonly words: readonly string[]; readonly command: readonly string[] | undefined }

/** The milliseconds of a `--timeout`. @throws Failure for what is no number of seconds */
export const readTimeout = (text: string): number => {
  const seconds = Number(text)
  if (!(seconds > 0)) throw usage(`--timeout takes a number of seconds, not ${JSON.stringify(text)}.`)
  return seconds * 1000
}
