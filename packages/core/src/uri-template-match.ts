import type { Part, Variable } from './uri-template-syntax.ts'

/** A step of matching: text that must stand there, one variable's text, or a run of named variables. */
export type Atom =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'capture'; readonly variable: Variable; readonly barred: string; readonly separator: string }
  | {
      readonly kind: 'named'
      readonly first: string
      readonly separator: string
      readonly variables: ReadonlyMap<string, Variable>
    }

const MAX_URI = 131_072

/** Turns the parts of a template into the atoms that a URI is matched with. */
export const layOut = (parts: readonly Part[]): Atom[] => {
  const atoms: Atom[] = []
  for (const part of parts) {
    if (part.kind === 'text') {
      atoms.push(part)
      continue
    }
    const { first, separator, named, reserved } = part.operator
    if (named) {
      atoms.push({
        kind: 'named',
        first,
        separator,
        variables: new Map(part.variables.map((each) => [each.name, each])),
      })
      continue
    }
    for (const [index, variable] of part.variables.entries()) {
      const before = index === 0 ? first : separator
      if (before !== '') atoms.push({ kind: 'text', text: before })
      // A list of path segments, `{/path*}`, is written with slashes between.
      const barred = reserved ? '' : variable.explode && separator === '/' ? '?#' : '/?#'
      atoms.push({ kind: 'capture', variable, barred, separator })
    }
  }
  return atoms
}

/** A text equal for atoms that differ in nothing but names; `+` marks captures that may hold a slash. */
export const shapeOf = (atoms: readonly Atom[]): string =>
  atoms
    .map((atom) => {
      // Encoded, so that nothing in a literal looks like a mark.
      if (atom.kind === 'text') return encodeURIComponent(atom.text)
      if (atom.kind === 'capture') return `{${atom.barred.startsWith('/') ? '' : '+'}}`
      return `{${atom.first}${[...atom.variables.keys()].toSorted().join(',')}}`
    })
    .join('')

type Found = Map<string, string | string[]>

/**
 * Reads the variables of a URI. Two passes, each linear: from the end, where each rest of the atoms can match; from the
 * start, the shortest text for each variable that leaves such a rest. Nothing is ever tried twice.
 */
export const matchAtoms = (atoms: readonly Atom[], uri: string): Found | undefined => {
  if (uri.length > MAX_URI || !endsMatch(atoms, uri)) return undefined
  const rests = restsOf(atoms, uri)
  if (rests[0]?.[0] !== 1) return undefined
  const found: Found = new Map()
  let position = 0
  for (const [index, atom] of atoms.entries()) {
    const rest = rests[index + 1]
    if (rest === undefined) return undefined
    const start = position
    if (atom.kind === 'text') position += atom.text.length
    else {
      // A run of named variables may be missing, yet is read where it stands.
      position = rest.indexOf(1, atom.kind === 'capture' || uri.startsWith(atom.first, start) ? start + 1 : start)
      if (position === -1 || (atom.kind === 'named' && !follows(atom, uri, start, position))) position = start
      if (!read(atom, uri.slice(start, position), found)) return undefined
    }
  }
  return found
}

/** Turns away most URIs for the price of a comparison. */
const endsMatch = (atoms: readonly Atom[], uri: string): boolean => {
  const first = atoms[0]
  const last = atoms.at(-1)
  return (first?.kind !== 'text' || uri.startsWith(first.text)) && (last?.kind !== 'text' || uri.endsWith(last.text))
}

const barredBy = (atom: { kind: 'capture'; barred: string } | { kind: 'named'; first: string }): string =>
  atom.kind === 'capture' ? atom.barred : atom.first === ';' ? '/?#' : '#'

const follows = (atom: { kind: 'named'; first: string }, uri: string, from: number, to: number): boolean => {
  for (let index = from; index < to; index += 1) if (barredBy(atom).includes(uri.charAt(index))) return false
  return true
}

const restsOf = (atoms: readonly Atom[], uri: string): Uint8Array[] => {
  const length = uri.length
  let rest = new Uint8Array(length + 1)
  rest[length] = 1
  const rests = [rest]
  for (const atom of atoms.toReversed()) {
    const next = rest
    rest = new Uint8Array(length + 1)
    if (atom.kind === 'text') placeText(atom.text, uri, next, rest)
    else placeRun(atom, uri, next, rest)
    rests.unshift(rest)
  }
  return rests
}

const placeText = (text: string, uri: string, next: Uint8Array, rest: Uint8Array): void => {
  for (let end = next.indexOf(1, text.length); end !== -1; end = next.indexOf(1, end + 1)) {
    if (uri.startsWith(text, end - text.length)) rest[end - text.length] = 1
  }
}

const placeRun = (atom: Exclude<Atom, { kind: 'text' }>, uri: string, next: Uint8Array, rest: Uint8Array): void => {
  const barred = barredBy(atom)
  // Whether a run that began earlier may have reached this far.
  let running = next[uri.length] === 1
  if (atom.kind === 'named' && running) rest[uri.length] = 1
  for (let index = uri.length - 1; index >= 0; index -= 1) {
    const char = uri.charAt(index)
    const taken = running && !barred.includes(char)
    const begins = atom.kind === 'capture' ? taken : running && char === atom.first
    if (begins || (atom.kind === 'named' && next[index] === 1)) rest[index] = 1
    running = taken || next[index] === 1
  }
}

const read = (atom: Exclude<Atom, { kind: 'text' }>, text: string, found: Found): boolean => {
  if (atom.kind === 'capture')
    return keep(atom.variable, atom.variable.explode ? text.split(atom.separator) : [text], found)
  if (text === '') return true
  const values = new Map<Variable, string[]>()
  for (const pair of text.slice(1).split(atom.separator)) {
    const [name = ''] = pair.split('=', 1)
    const variable = atom.variables.get(name)
    if (variable === undefined) return false
    const list = values.get(variable)
    if (list === undefined) values.set(variable, [pair.slice(name.length + 1)])
    else list.push(pair.slice(name.length + 1))
  }
  return [...values].every(([variable, list]) => (variable.explode || list.length === 1) && keep(variable, list, found))
}

const keep = ({ name, explode, prefix }: Variable, encoded: readonly string[], found: Found): boolean => {
  const decoded: string[] = []
  for (const each of encoded) {
    const text = decode(each)
    if (text === undefined || (prefix !== undefined && [...text].length > prefix)) return false
    decoded.push(text)
  }
  const value = explode ? decoded : (decoded[0] ?? '')
  const known = found.get(name)
  found.set(name, value)
  // A variable used twice must have one value.
  return known === undefined || JSON.stringify(known) === JSON.stringify(value)
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
