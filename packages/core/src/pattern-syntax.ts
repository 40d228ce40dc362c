/** A regular expression, parsed; lazy and greedy quantifiers are one, for only whether it matches is asked. */
export type PatternNode =
  | { readonly kind: 'char'; readonly accepts: (point: number) => boolean }
  | { readonly kind: 'edge'; readonly edge: '^' | '$' | 'b' | 'B' }
  | { readonly kind: 'look'; readonly node: PatternNode; readonly behind: boolean; readonly negative: boolean }
  | { readonly kind: 'all'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'any'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number }

type Cursor = { readonly pattern: string; index: number; depth: number }

const MAX_DEPTH = 100

/**
 * Parses the regular expressions of ECMAScript (with the `u` flag, or without where only that is valid).
 * @throws TypeError for a fault in the syntax, and for back references and inline modifiers, which no linear matcher can do
 */
export const parsePattern = (pattern: string): PatternNode => {
  // The platform judges the syntax, so that the parser below may take it for granted; the result is never run.
  if (construct(pattern) === undefined) throw new TypeError(`Invalid pattern ${JSON.stringify(pattern)}`)
  return alternatives({ pattern, index: 0, depth: 0 })
}

const construct = (source: string): RegExp | undefined => {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags)
    } catch {
      continue
    }
  }
  return undefined
}

const alternatives = (cursor: Cursor): PatternNode => {
  const nodes = [sequence(cursor)]
  while (cursor.pattern[cursor.index] === '|') {
    cursor.index += 1
    nodes.push(sequence(cursor))
  }
  return { kind: 'any', nodes }
}

const sequence = (cursor: Cursor): PatternNode => {
  const nodes: PatternNode[] = []
  for (let next = cursor.pattern[cursor.index]; next !== undefined && next !== '|' && next !== ')';) {
    nodes.push(quantified(cursor, term(cursor, next)))
    next = cursor.pattern[cursor.index]
  }
  return { kind: 'all', nodes }
}

const term = (cursor: Cursor, next: string): PatternNode => {
  if (next === '(') return group(cursor)
  if (next === '[') return charClass(cursor)
  if (next === '\\') return escape(cursor)
  const point = cursor.pattern.codePointAt(cursor.index) ?? 0
  cursor.index += point > 0xffff ? 2 : 1
  if (next === '^' || next === '$') return { kind: 'edge', edge: next }
  if (next === '.') return { kind: 'char', accepts: (each) => !LINE_ENDS.has(each) }
  return { kind: 'char', accepts: (each) => each === point }
}

const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x2028, 0x2029])

const LOOKS: ReadonlyMap<string, { behind: boolean; negative: boolean }> = new Map([
  ['?=', { behind: false, negative: false }],
  ['?!', { behind: false, negative: true }],
  ['?<=', { behind: true, negative: false }],
  ['?<!', { behind: true, negative: true }],
])

const group = (cursor: Cursor): PatternNode => {
  const [, opening = ''] =
    /^\((\?(?:<?[=!]|:|<[^>]*>|[-a-z]+:))?/.exec(cursor.pattern.slice(cursor.index, cursor.index + 256)) ?? []
  if (/^\?[-a-z]/.test(opening)) throw new TypeError('Patterns with inline modifiers are not supported')
  cursor.index += 1 + opening.length
  cursor.depth += 1
  if (cursor.depth > MAX_DEPTH) throw new TypeError(`Patterns may nest ${MAX_DEPTH} groups`)
  const node = alternatives(cursor)
  cursor.depth -= 1
  cursor.index += 1
  const look = LOOKS.get(opening)
  return look === undefined ? node : { kind: 'look', node, ...look }
}

const charClass = (cursor: Cursor): PatternNode => {
  const start = cursor.index
  while (cursor.pattern[cursor.index] !== ']') cursor.index += cursor.pattern[cursor.index] === '\\' ? 2 : 1
  cursor.index += 1
  return single(cursor.pattern.slice(start, cursor.index))
}

const escape = (cursor: Cursor): PatternNode => {
  const next = cursor.pattern[cursor.index + 1] ?? ''
  if (next === 'b' || next === 'B') {
    cursor.index += 2
    return { kind: 'edge', edge: next }
  }
  if (/[1-9k]/.test(next)) throw new TypeError('Patterns with back references are not supported')
  const rest = cursor.pattern.slice(cursor.index, cursor.index + 64)
  const [text = rest.slice(0, 2)] =
    /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z])/.exec(
      rest,
    ) ?? []
  cursor.index += text.length
  return single(text)
}

/**
 * A class or an escape stands for one character: the platform may judge that, since one character leaves it nothing to
 * go back to. ASCII is looked up.
 */
const single = (source: string): PatternNode => {
  const regExp = construct(`^${source}$`)
  if (regExp === undefined) throw new TypeError(`Patterns with ${JSON.stringify(source)} are not supported`)
  const test = (point: number): boolean => regExp.test(String.fromCodePoint(point))
  const ascii = Array.from({ length: 128 }, (_, point) => test(point))
  return { kind: 'char', accepts: (point) => ascii[point] ?? test(point) }
}

const quantified = (cursor: Cursor, node: PatternNode): PatternNode => {
  const [text = '', sign, low, comma, high] =
    /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(cursor.pattern.slice(cursor.index, cursor.index + 40)) ?? []
  if (text === '') return node
  cursor.index += text.length
  const min = sign === '+' ? 1 : Number(low ?? 0)
  const max =
    sign === '?' ? 1 : sign !== undefined || (comma !== undefined && high === '') ? Infinity : Number(high ?? low)
  return { kind: 'repeat', node, min, max }
}
