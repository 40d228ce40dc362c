import { Refused } from '../errors.ts'
import { MAX_SQL } from '../limits.ts'

/** What a token is. A `word` is a keyword or a bare name, a `name` is a quoted one. */
export type TokenKind = 'word' | 'name' | 'string' | 'blob' | 'number' | 'variable' | 'operator'

/** A piece of a statement. Comments and spaces are none. */
export type Token = {
  readonly kind: TokenKind
  /** As written, quotes included. */
  readonly text: string
  /** Where it begins, in UTF-16 units. */
  readonly start: number
}

const refuse = (message: string, position: number): never => {
  throw new Refused('token', message, position)
}

const codeAt = (sql: string, at: number): number => (at < sql.length ? sql.charCodeAt(at) : -1)
// SQLite's own five; a vertical tab is none at the start of a run, so it is none here.
const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isHex = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66)
const isLetter = (code: number): boolean =>
  ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x5f || code >= 0x80
const isWordPart = (code: number): boolean => isLetter(code) || isDigit(code) || code === 0x24

const endOfWord = (sql: string, from: number): number => {
  let at = from
  while (isWordPart(codeAt(sql, at))) at++
  return at
}

const endOfQuoted = (sql: string, start: number, close: string): number => {
  let at = start
  for (;;) {
    at = sql.indexOf(close, at + 1)
    if (at === -1) return refuse(`The ${close === "'" ? 'text' : 'name'} that begins here is never closed.`, start)
    // In brackets nothing is doubled; in quotes a doubled one stands for itself.
    if (close === ']' || codeAt(sql, at + 1) !== close.charCodeAt(0)) return at + 1
    at++
  }
}

const endOfComment = (sql: string, start: number): number => {
  if (sql[start] === '-') {
    const end = sql.indexOf('\n', start)
    return end === -1 ? sql.length : end + 1
  }
  const end = sql.indexOf('*/', start + 2)
  // SQLite lets it run to the end. A reader would take what follows for a part of the statement.
  return end === -1 ? refuse('The comment that begins here is never closed.', start) : end + 2
}

const endOfDigits = (sql: string, from: number, isOne: (code: number) => boolean): number => {
  let at = from
  while (isOne(codeAt(sql, at)) || (codeAt(sql, at) === 0x5f && isOne(codeAt(sql, at + 1)))) at++
  return at
}

const endOfExponent = (sql: string, at: number): number => {
  if ((codeAt(sql, at) | 0x20) !== 0x65) return at
  const sign = codeAt(sql, at + 1)
  const digits = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1
  return isDigit(codeAt(sql, digits)) ? endOfDigits(sql, digits, isDigit) : at
}

const endOfNumber = (sql: string, start: number): number => {
  const hex = sql[start] === '0' && (codeAt(sql, start + 1) | 0x20) === 0x78 && isHex(codeAt(sql, start + 2))
  let at = hex ? endOfDigits(sql, start + 2, isHex) : endOfDigits(sql, start, isDigit)
  if (!hex) {
    if (codeAt(sql, at) === 0x2e) at = endOfDigits(sql, at + 1, isDigit)
    at = endOfExponent(sql, at)
  }
  return isWordPart(codeAt(sql, at)) ? refuse('This is neither a number nor a name.', start) : at
}

const endOfBlob = (sql: string, start: number): number => {
  let at = start + 2
  while (isHex(codeAt(sql, at))) at++
  const whole = codeAt(sql, at) === 0x27 && (at - start) % 2 === 0
  return whole ? at + 1 : refuse("A blob is written as x'…' with an even number of hexadecimal digits.", start)
}

const endOfVariable = (sql: string, start: number): number => {
  if (sql[start] === '?') {
    let at = start + 1
    while (isDigit(codeAt(sql, at))) at++
    return at
  }
  const end = endOfWord(sql, start + 1)
  if (end === start + 1) refuse('A parameter needs a name after this sign.', start)
  // SQLite reads `$name::more(anything)` as one variable. Whoever cannot tell where it ends must not run it.
  if (sql[end] === '(' || sql.startsWith('::', end)) refuse('The name of a parameter has letters, digits and _.', start)
  return end
}

const two = new Set(['==', '<=', '<>', '<<', '>=', '>>', '!=', '||', '->'])
const one = new Set('-()+*/%=<>|,&~.;')

const endOfOperator = (sql: string, start: number): number => {
  if (sql.startsWith('->>', start)) return start + 3
  if (two.has(sql.slice(start, start + 2))) return start + 2
  return one.has(sql[start] ?? '') ? start + 1 : refuse('This character has no meaning in SQL.', start)
}

const quoted = (sql: string, start: number): readonly [TokenKind, number] | undefined => {
  const sign = sql[start]
  if (sign === "'") return ['string', endOfQuoted(sql, start, "'")]
  if (sign === '"' || sign === '`') return ['name', endOfQuoted(sql, start, sign)]
  return sign === '[' ? ['name', endOfQuoted(sql, start, ']')] : undefined
}

const variableSigns = new Set('?:@$')

const next = (sql: string, start: number): readonly [TokenKind, number] => {
  const code = codeAt(sql, start)
  if ((code | 0x20) === 0x78 && codeAt(sql, start + 1) === 0x27) return ['blob', endOfBlob(sql, start)]
  if (isLetter(code)) return ['word', endOfWord(sql, start)]
  if (isDigit(code) || (code === 0x2e && isDigit(codeAt(sql, start + 1)))) return ['number', endOfNumber(sql, start)]
  if (variableSigns.has(sql[start] ?? '')) return ['variable', endOfVariable(sql, start)]
  return quoted(sql, start) ?? ['operator', endOfOperator(sql, start)]
}

/**
 * The tokens of a text, where SQLite would find them too; in time linear to its length. Throws `Refused` for a text
 * that is too long, holds a NUL, or that SQLite would not read either.
 */
export const tokensOf = (sql: string): readonly Token[] => {
  if (sql.length > MAX_SQL) {
    throw new Refused('length', `The statement has ${sql.length} characters, and ${MAX_SQL} are allowed.`)
  }
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    if (isSpace(codeAt(sql, at))) at++
    else if (sql.startsWith('--', at) || sql.startsWith('/*', at)) at = endOfComment(sql, at)
    else {
      const [kind, end] = next(sql, at)
      tokens.push({ kind, text: sql.slice(at, end), start: at })
      at = end
    }
  }
  return tokens
}

/** What a token names, without its quotes. */
export const nameOf = ({ kind, text }: Token): string => {
  if (kind !== 'name' && kind !== 'string') return text
  const close = text.at(-1) ?? ''
  const inner = text.slice(1, -1)
  return close === ']' ? inner : inner.replaceAll(close + close, close)
}
