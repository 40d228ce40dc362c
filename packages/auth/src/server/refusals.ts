import { shown } from '../client/errors.ts'
import type { TokenCheck, TokenFault } from './token.ts'

const pause = 60_000
const quoted = (text: string): string => JSON.stringify(shown(text))

/** One line that says why a token was refused. What came out of a token is one printable line, and cut. */
export const describeFault = ({ check, expected, actual }: TokenFault): string => {
  const compared = [
    ...(expected === undefined ? [] : [`expected ${quoted(expected)}`]),
    ...(actual === undefined ? [] : [`got ${quoted(actual)}`]),
  ]
  const what = check === 'unreachable' ? 'Nothing could be found out about a token' : `A token was refused: ${check}`
  return `${what}${compared.length === 0 ? '' : ` (${compared.join(', ')})`}`
}

/** Warns of refusals on the console: of each check at most once a minute, since anybody can make it fail. */
export const warnSometimes = (now: () => number): ((fault: TokenFault) => void) => {
  const last = new Map<TokenCheck, number>()
  return (fault) => {
    if (now() - (last.get(fault.check) ?? -Infinity) < pause) return
    last.set(fault.check, now())
    console.warn(describeFault(fault))
  }
}
