import { sentenceOf, usage } from '../failure.ts'
import type { Failure } from '../failure.ts'

/** The byte order mark of a text: it belongs to the file, not to what stands in it. */
export const markOf = (text: string): string => (text.startsWith('\uFEFF') ? '\uFEFF' : '')

/** How the lines of a text end. */
export const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** A file that does not parse, with the first line of why. */
export const unparsed = (path: string, why: unknown): Failure =>
  usage(`${path} does not parse, and is left as it is: ${sentenceOf(why).split('\n')[0]}`)
