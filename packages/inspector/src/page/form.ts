import type { Json, JsonObject } from '@parley/core'
import { el, newId } from './dom.ts'
import { fieldOf } from './form-model.ts'
import type { Field } from './form-model.ts'
import { readMembers } from './form-parts.ts'
import { isMembers, readObject } from './form-value.ts'
import type { Members } from './form-value.ts'
import { fieldView } from './form-view.ts'
import type { FieldView } from './form-view.ts'
import { switchOf } from './switch.ts'

/** A form for an object of any JSON Schema, which can also be written as JSON. */
export interface Form {
  readonly element: HTMLElement
  /** What was filled in; undefined when something is wrong, which is then shown and has the keyboard. */
  read(): Members | undefined
  /** What was filled in, as far as it can be told without a complaint. */
  readonly peek: () => Members | undefined
  /** Fills it in. */
  readonly show: (value: JsonObject) => void
  /** Moves the keyboard to the first field. */
  focus(): void
}

// What came over the wire, or from the page itself, is JSON.
const asJson = (value: unknown): Json | undefined =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value))

/** A textarea that holds one JSON object. */
const jsonEditor = (): Form => {
  const [id, faultId] = [newId(), newId()]
  const area = el('textarea', { id, rows: 8, class: 'code', 'aria-describedby': faultId, spellcheck: 'false' })
  const complaint = el('p', { class: 'complaint', id: faultId })
  const read = (): Members | undefined => readObject(area.value.trim() === '' ? '{}' : area.value, complaint)
  return {
    element: el('div', { class: 'field' }, el('label', { for: id }, 'Arguments as JSON'), area, complaint),
    read,
    peek: read,
    show: (value) => {
      area.value = JSON.stringify(value, undefined, 2)
    },
    focus: () => area.focus(),
  }
}

/** The fields of an object, one below the other. */
const fieldsOf = (field: Field): Form => {
  const members = field.kind === 'group' ? field.members : []
  const views = members.map(({ name, isRequired, field: inner }) => ({
    name,
    view: fieldView(inner, { label: name, isRequired }),
  }))
  const element = el('div', { class: 'members' }, ...views.map(({ view }) => view.element))
  if (views.length === 0) element.append(el('p', { class: 'quiet' }, 'It takes no arguments.'))
  return {
    element,
    read: () => {
      const reading = readMembers(views)
      return reading.kind === 'value' && isMembers(reading.value) ? reading.value : undefined
    },
    peek: () => partOf(views),
    show: (value) => {
      for (const { name, view } of views) view.show(asJson(Object.hasOwn(value, name) ? value[name] : undefined))
    },
    focus: () => views[0]?.view.focus(),
  }
}

/** Makes the form of a schema. `hasJson` says whether it can be written as JSON, too. */
export const formOf = (schema: JsonObject, { hasJson = true }: { readonly hasJson?: boolean } = {}): Form => {
  const field = fieldOf(schema)
  const fields = fieldsOf(field)
  if (!hasJson) return { ...fields, read: () => readOrFocus(fields) }
  const json = jsonEditor()
  // What is neither named nor forbidden can only be written by hand.
  let shown = field.kind === 'group' ? fields : json
  const draw = (): void => {
    for (const each of [fields, json]) each.element.hidden = each !== shown
  }
  const change = (wanted: string): void => {
    const value = shown.peek()
    shown = wanted === 'json' ? json : fields
    if (value !== undefined) shown.show(value)
    draw()
  }
  const modes = [
    ['form', 'Form'],
    ['json', 'JSON'],
  ] as const
  const choice = switchOf('How the arguments are written', modes, shown === json ? 'json' : 'form', change)
  draw()
  return {
    element: el('div', { class: 'form' }, choice, fields.element, json.element),
    read: () => readOrFocus(shown),
    peek: () => shown.peek(),
    show: (value) => {
      json.show(value)
      fields.show(value)
    },
    focus: () => shown.focus(),
  }
}

const readOrFocus = (form: Form): Members | undefined => {
  const value = form.read()
  if (value === undefined) focusFault(form.element)
  return value
}

/** What the fields hold that is right; the others are as they begin. */
const partOf = (views: readonly { readonly name: string; readonly view: FieldView }[]): Members =>
  Object.fromEntries(
    views.flatMap(({ name, view }) => {
      const reading = view.read()
      return reading.kind === 'value' ? [[name, reading.value]] : []
    }),
  )

const focusFault = (within: HTMLElement): void => {
  const invalid = within.querySelector('[aria-invalid="true"]') ?? within.querySelector('textarea')
  if (invalid instanceof HTMLElement) invalid.focus()
}
