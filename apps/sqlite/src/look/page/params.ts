import type { Value } from '../../engine/engine.ts'
import type { Statement } from './desk.ts'
import { el, fill } from './dom.ts'
import type { Parameter } from './tokens.ts'

const kinds = ['auto', 'text', 'number', 'NULL', 'base64'] as const
type KindOfValue = (typeof kinds)[number]

type Field = {
  readonly parameter: Parameter
  readonly element: HTMLElement
  readonly input: HTMLInputElement
  readonly kind: HTMLSelectElement
}

const numberOf = (text: string): Value | undefined => {
  const typed = text.trim()
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(typed)) return undefined
  const number = Number(typed)
  // An integer that a number would round goes as it was typed.
  return /^[+-]?\d+$/.test(typed) && !Number.isSafeInteger(number) ? { $int: typed.replace('+', '') } : number
}

/** What a field holds, as a value of SQL. Throws a TypeError that says what is wrong with it. */
export const valueOf = (text: string, kind: KindOfValue, label: string): Value => {
  if (kind === 'NULL') return null
  if (kind === 'text') return text
  if (kind === 'base64') return { $blob: text.trim() }
  const number = numberOf(text)
  if (kind === 'number' && number === undefined) throw new TypeError(`${label} is no number: ${JSON.stringify(text)}`)
  return number ?? text
}

const textOf = (value: Value): [text: string, kind: KindOfValue] => {
  if (value === null) return ['', 'NULL']
  if (typeof value === 'string') return [value, numberOf(value) === undefined ? 'auto' : 'text']
  if (typeof value !== 'object') return [String(Number(value)), 'auto']
  return '$int' in value ? [value.$int, 'auto'] : [value.$blob, 'base64']
}

const fieldOf = (parameter: Parameter, run: () => void): Field => {
  const { label } = parameter
  const input = el('input', {
    type: 'text',
    'aria-label': `Value of ${label}`,
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const kind = el(
    'select',
    { 'aria-label': `Kind of ${label}` },
    ...kinds.map((each) => el('option', { value: each }, each)),
  )
  kind.addEventListener('change', () => (input.disabled = kind.value === 'NULL'))
  input.addEventListener('keydown', (event) => {
    // With Ctrl it is the page's own key, which would run it twice.
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) run()
  })
  const element = el('div', { class: 'param' }, el('code', { 'aria-hidden': 'true' }, label), input, kind)
  return { parameter, element, input, kind }
}

/** Fields for the values of a statement's parameters. */
export interface Params {
  readonly element: HTMLElement
  /** Shows the fields of these parameters; what was typed for one that stays is kept. */
  show(parameters: readonly Parameter[]): void
  /** What was typed: by name where all have one, else in order. Throws a TypeError that says what is wrong. */
  read(): Pick<Statement, 'params'>
  /** Fills the fields in. */
  write(params: Statement['params']): void
}

/** Makes them; Enter in one of them runs the statement. */
export const paramsOf = (run: () => void): Params => {
  const element = el('div', { class: 'params', role: 'group', 'aria-label': 'Parameters', hidden: true })
  let fields: Field[] = []
  return {
    element,
    show: (parameters) => {
      if (parameters.map(({ label }) => label).join() === fields.map(({ parameter }) => parameter.label).join()) return
      fields = parameters.map(
        (wanted) => fields.find(({ parameter }) => parameter.label === wanted.label) ?? fieldOf(wanted, run),
      )
      fill(element, ...fields.map((field) => field.element))
      element.hidden = fields.length === 0
    },
    read: () => {
      if (fields.length === 0) return {}
      const values = fields.map(({ parameter: { label, place }, input, kind }): [number | string, Value] => {
        const chosen = kinds.find((each) => each === kind.value) ?? 'auto'
        return [place, valueOf(input.value, chosen, label)]
      })
      if (values.every(([place]) => typeof place === 'string')) return { params: Object.fromEntries(values) }
      if (values.some(([place]) => typeof place === 'string')) {
        throw new TypeError('Write all parameters with names, or all as ? and ?1.')
      }
      const list: Value[] = Array.from({ length: Math.max(...values.map(([place]) => Number(place))) }, () => null)
      for (const [place, value] of values) list[Number(place) - 1] = value
      return { params: list }
    },
    write: (params) => {
      for (const { parameter, input, kind } of fields) {
        const { place } = parameter
        const value = Array.isArray(params) ? params[Number(place) - 1] : params?.[String(place)]
        if (value === undefined) continue
        ;[input.value, kind.value] = textOf(value)
        input.disabled = kind.value === 'NULL'
      }
    },
  }
}
