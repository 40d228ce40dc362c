/** One challenge of a `WWW-Authenticate` header: its scheme in lower case, and its parameters. */
export type Challenge = {
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

const longest = 16_384
const most = 32

const isToken = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 94 && code <= 122) ||
  (code >= 35 && code <= 39) ||
  code === 33 ||
  code === 42 ||
  code === 43 ||
  code === 45 ||
  code === 46 ||
  code === 124 ||
  code === 126 // ! * + - . | ~

const isBlank = (code: number): boolean => code === 32 || code === 9

const past = (text: string, from: number, holds: (code: number) => boolean): number => {
  let at = from
  while (at < text.length && holds(text.charCodeAt(at))) at += 1
  return at
}

/** Reads a quoted string from its opening quote on; undefined when it has no end. */
const readQuoted = (text: string, from: number): { value: string; end: number } | undefined => {
  const parts: string[] = []
  let start = from + 1
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '"') return { value: parts.join('') + text.slice(start, at), end: at + 1 }
    if (sign === '\\') {
      parts.push(text.slice(start, at))
      start = at + 1
      at += 1
    }
  }
  return undefined
}

const readValue = (text: string, from: number): { value: string; end: number } | undefined => {
  const at = past(text, from, isBlank)
  if (text[at] === '"') return readQuoted(text, at)
  const end = past(text, at, isToken)
  return end === at ? undefined : { value: text.slice(at, end), end }
}

/**
 * Reads the challenges of a `WWW-Authenticate` header (RFC 9110, section 11.6.1), in one pass.
 *
 * What comes after something that cannot be read is left out. Of a header that is longer than 16 KiB nothing is read; of
 * a parameter that comes twice the first counts.
 */
export const readChallenges = (header: string): readonly Challenge[] => {
  const found: { scheme: string; parameters: Map<string, string> }[] = []
  if (header.length > longest) return found
  let at = 0
  for (;;) {
    at = past(header, at, (code) => isBlank(code) || code === 44)
    const end = past(header, at, isToken)
    if (end === at || found.length > most) return found
    const name = header.slice(at, end).toLowerCase()
    const equals = past(header, end, isBlank)
    const current = found.at(-1)
    if (header[equals] !== '=' || current === undefined) {
      found.push({ scheme: name, parameters: new Map() })
      at = end
      continue
    }
    const read = readValue(header, equals + 1)
    if (read !== undefined && !current.parameters.has(name)) current.parameters.set(name, read.value)
    // Nothing readable behind it: the padding of a token68, such as Negotiate sends, or the end of what can be read.
    at = read?.end ?? past(header, equals, (code) => code === 61)
    if (header[at] === '"') return found
  }
}

/** What an answer says about how to be let in: the challenge that OAuth is about, if there is one. */
export const challengeOf = (response: Response): Challenge | undefined => {
  const challenges = readChallenges(response.headers.get('www-authenticate') ?? '')
  return challenges.find(({ scheme }) => scheme === 'bearer' || scheme === 'dpop')
}
