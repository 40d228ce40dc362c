/** How one operator of RFC 6570 writes and separates its variables (appendix A). */
export type Operator = {
  readonly first: string
  readonly separator: string
  /** Writes `name=value`. */
  readonly named: boolean
  /** What follows the name of an empty value. */
  readonly ifEmpty: string
  /** Lets reserved characters through unencoded. */
  readonly reserved: boolean
}

/** A variable within an expression. */
export type Variable = { readonly name: string; readonly explode: boolean; readonly prefix: number | undefined }

/** A piece of a template: literal text, or an expression between braces. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly operator: Operator; readonly variables: readonly Variable[] }

const made = (first: string, separator: string, rest: Partial<Operator> = {}): Operator => ({
  first,
  separator,
  named: false,
  ifEmpty: '',
  reserved: false,
  ...rest,
})

const SIMPLE = made('', ',')

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['+', made('', ',', { reserved: true })],
  ['#', made('#', ',', { reserved: true })],
  ['.', made('.', '.')],
  ['/', made('/', '/')],
  [';', made(';', ';', { named: true })],
  ['?', made('?', '&', { named: true, ifEmpty: '=' })],
  ['&', made('&', '&', { named: true, ifEmpty: '=' })],
])

/**
 * Reads a URI template (RFC 6570, section 2).
 * @throws TypeError naming the fault and where it is
 */
export const parseTemplate = (template: string): Part[] => {
  const parts: Part[] = []
  for (let index = 0; index < template.length;) {
    const open = template.indexOf('{', index)
    const literal = template.slice(index, open === -1 ? undefined : open)
    const stray = literal.indexOf('}')
    if (stray !== -1) throw faultAt(template, index + stray, 'a "}" without its "{"')
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    if (open === -1) break
    const close = template.indexOf('}', open)
    if (close === -1) throw faultAt(template, open, 'a "{" without its "}"')
    parts.push(parseExpression(template, open + 1, close))
    index = close + 1
  }
  return parts
}

const faultAt = (template: string, position: number, message: string): TypeError =>
  new TypeError(`Invalid URI template ${JSON.stringify(template)}: ${message} at position ${position}`)

const parseExpression = (template: string, start: number, end: number): Part => {
  const sign = template.charAt(start)
  if ('=,!@|'.includes(sign) && start < end) throw faultAt(template, start, `the operator "${sign}" is reserved`)
  const operator = OPERATORS.get(sign) ?? SIMPLE
  let position = operator === SIMPLE ? start : start + 1
  const variables: Variable[] = []
  for (const spec of template.slice(position, end).split(',')) {
    variables.push(parseVariable(spec) ?? fail(template, position, spec))
    position += spec.length + 1
  }
  return { kind: 'expression', operator, variables }
}

const fail = (template: string, position: number, spec: string): never => {
  throw faultAt(template, position, spec === '' ? 'an empty variable name' : `"${spec}" is not a variable`)
}

const parseVariable = (spec: string): Variable | undefined => {
  const explode = spec.endsWith('*')
  const [name = '', length, ...more] = (explode ? spec.slice(0, -1) : spec).split(':')
  const named = name.split('.').every((label) => /^(?:\w|%[\dA-Fa-f]{2})+$/.test(label))
  const cut = length === undefined || (!explode && /^[1-9]\d{0,3}$/.test(length))
  if (!named || !cut || more.length > 0) return undefined
  return { name, explode, prefix: length === undefined ? undefined : Number(length) }
}
