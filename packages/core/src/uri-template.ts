import { parseTemplate, type Operator, type Part, type Variable } from './uri-template-syntax.ts'
import { layOut, matchAtoms, shapeOf, type Atom } from './uri-template-match.ts'

/** What a variable may expand from; `undefined` and `null` leave it out. */
export type TemplateValue =
  | string
  | number
  | boolean
  | readonly string[]
  | { readonly [key: string]: string | number | boolean }
  | null
  | undefined

/**
 * A URI template (RFC 6570): expands at all four levels, and reads variables back out of a URI.
 *
 * It never changes and may be shared.
 */
export class UriTemplate {
  readonly #parts: readonly Part[]
  readonly #atoms: readonly Atom[]
  readonly #template: string
  /** The names, in the order of their first use. */
  readonly variables: readonly string[]
  /** How many characters stand outside the expressions. */
  readonly literalLength: number
  /** Equal for templates that match the same URIs under other variable names. */
  readonly shape: string

  /** @throws TypeError naming the fault and its position */
  constructor(template: string) {
    this.#template = template
    this.#parts = parseTemplate(template)
    this.#atoms = layOut(this.#parts)
    const names = this.#parts.flatMap((part) => (part.kind === 'text' ? [] : part.variables.map(({ name }) => name)))
    this.variables = [...new Set(names)]
    this.literalLength = this.#parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0)
    this.shape = shapeOf(this.#atoms)
  }

  /** The URI for these values; variables without one are left out. */
  expand(values: Readonly<Record<string, TemplateValue>>): string {
    return this.#parts
      .map((part) => (part.kind === 'text' ? encode(part.text, true) : expandPart(part, values)))
      .join('')
  }

  /**
   * The variables of a URI, percent-decoded once, or `undefined` when the template cannot have made it.
   *
   * Simple variables are never empty and never hold `/`, `?` or `#`; `{+path}` may. Named ones (`?`, `&`, `;`) may be
   * missing and stand in any order; unknown names do not match. Exploded ones are lists. Where several readings are
   * possible, earlier variables take as little as they can. The time is linear in the URI, which may be 128 Ki
   * characters long; a longer one does not match.
   */
  match(uri: string): Map<string, string | string[]> | undefined {
    return matchAtoms(this.#atoms, uri)
  }

  /** The template as written. */
  toString(): string {
    return this.#template
  }
}

/** Orders templates for matching, the more specific first: more literal text, then fewer variables that cross `/`, then fewer variables. */
export const compareSpecificity = (a: UriTemplate, b: UriTemplate): number =>
  b.literalLength - a.literalLength || crossing(a) - crossing(b) || a.variables.length - b.variables.length

const crossing = (template: UriTemplate): number => template.shape.split('+').length

/** Whether two templates differ in nothing but the names of variables, so that neither could ever be preferred. */
export const sameShape = (a: UriTemplate, b: UriTemplate): boolean => a.shape === b.shape

const expandPart = (
  { operator, variables }: { operator: Operator; variables: readonly Variable[] },
  values: Readonly<Record<string, TemplateValue>>,
): string => {
  const written = variables.flatMap((variable) =>
    Object.hasOwn(values, variable.name) ? expandVariable(operator, variable, values[variable.name]) : [],
  )
  return written.length === 0 ? '' : operator.first + written.join(operator.separator)
}

const expandVariable = (operator: Operator, { name, explode, prefix }: Variable, value: TemplateValue): string[] => {
  if (value === undefined || value === null) return []
  const write = (text: string): string => encode(text, operator.reserved)
  const assign = (key: string, text: string): string => `${key}${text === '' ? operator.ifEmpty : `=${text}`}`
  if (typeof value !== 'object') {
    const text = write(prefix === undefined ? String(value) : [...String(value)].slice(0, prefix).join(''))
    return [operator.named ? assign(name, text) : text]
  }
  const pairs = isList(value)
    ? value.map((item): [string | undefined, string] => [undefined, write(item)])
    : Object.entries(value).map(([key, item]): [string, string] => [write(key), write(String(item))])
  if (pairs.length === 0) return []
  if (explode) {
    return pairs.map(([key, text]) => {
      if (operator.named) return assign(key ?? name, text)
      return key === undefined ? text : `${key}=${text}`
    })
  }
  const joined = pairs.map(([key, text]) => (key === undefined ? text : `${key},${text}`)).join(',')
  return [operator.named ? assign(name, joined) : joined]
}

const isList = (value: object): value is readonly string[] => Array.isArray(value)

// `encodeURIComponent` leaves these five, which are reserved in a URI.
const encodeAll = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Cs}/gu, '\uFFFD')).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const encode = (text: string, reserved: boolean): string =>
  reserved
    ? text.replace(/%[\dA-Fa-f]{2}|%|[^\w.~:/?#[\]@!$&'()*+,;=%-]+/g, (each) =>
        each.length === 3 && each.startsWith('%') ? each : encodeAll(each),
      )
    : encodeAll(text)
