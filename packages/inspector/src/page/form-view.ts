import type { Json } from '@parley/core'
import { el, mustMark, newId } from './dom.ts'
import { groupView, headOf, listView } from './form-parts.ts'
import type { Field, Option } from './form-model.ts'
import { absent, given, hintOf, readTyped, typedOf } from './form-value.ts'
import type { Reading } from './form-value.ts'

/** One field on the page. */
export interface FieldView {
  /** What stands on the page, label and all. */
  readonly element: HTMLElement
  /** Reads what was filled in, and shows beside the field what is wrong with it. */
  read(): Reading
  /** Fills it in; undefined empties it. */
  show(value: Json | undefined): void
  /** Moves the keyboard to it. */
  focus(): void
}

/** Where a field stands, and what it is called. */
export type Place = { readonly label: string; readonly isRequired: boolean }

/** What a person types or chooses with, without label and hints. */
type Control = {
  readonly element: HTMLElement
  readonly read: () => Reading
  readonly show: (value: Json | undefined) => void
}

const typedControl = (field: Field, isRequired: boolean): Control => {
  const isLong = field.kind === 'text' || field.kind === 'json'
  const type = field.kind === 'number' ? 'number' : field.kind === 'text' && field.format === 'date' ? 'date' : 'text'
  const isPlain = isLong && !(field.kind === 'text' && field.format !== undefined)
  const element = isPlain
    ? el('textarea', { rows: field.kind === 'json' ? 3 : 1, class: field.kind === 'json' ? 'code' : undefined })
    : el('input', { type, step: type === 'number' ? 'any' : undefined, autocomplete: 'off' })
  element.spellcheck = false
  return {
    element,
    read: () => {
      if (element instanceof HTMLInputElement && element.validity.badInput)
        return { kind: 'fault', why: 'Not a number.' }
      return readTyped(field, element.value, isRequired)
    },
    show: (value) => {
      element.value = typedOf(field, value)
    },
  }
}

const isSame = (one: Json | undefined, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Chooses one of several; nothing may be chosen where nothing must be. */
const choiceControl = (options: readonly Option[], isRequired: boolean, initial: Json | undefined): Control => {
  const isEmptyable = !isRequired || initial === undefined
  const element = el('select', {}, isEmptyable && el('option', { value: '' }, isRequired ? 'Choose…' : 'Not set'))
  element.append(...options.map(({ label }, at) => el('option', { value: at }, label)))
  return {
    element,
    read: () => {
      const option = element.value === '' ? undefined : options[Number(element.value)]
      if (option !== undefined) return given(option.value)
      return isRequired ? { kind: 'fault', why: 'Required.' } : absent
    },
    show: (value) => {
      const at = options.findIndex((option) => isSame(value, option.value))
      element.value = at === -1 ? (isEmptyable ? '' : '0') : String(at)
    },
  }
}

const boolean: readonly Option[] = [
  { value: true, label: 'Yes' },
  { value: false, label: 'No' },
]

const checkControl = (): Control => {
  const element = el('input', { type: 'checkbox' })
  return {
    element,
    read: () => given(element.checked),
    show: (value) => {
      element.checked = value === true
    },
  }
}

const controlOf = (field: Field, isRequired: boolean): Control => {
  if (field.kind === 'choice') return choiceControl(field.options, isRequired, field.initial)
  if (field.kind !== 'boolean') return typedControl(field, isRequired)
  // A box is either ticked or not: what may be left out needs a third way.
  return isRequired || field.initial !== undefined ? checkControl() : choiceControl(boolean, false, undefined)
}

/** The label, the hints and the complaint around a control. */
const framed = (field: Field, place: Place, control: Control): FieldView => {
  const [id, noteId, faultId] = [newId(), newId(), newId()]
  const complaint = el('p', { class: 'complaint', id: faultId })
  const nil = field.isNullable === true ? el('input', { type: 'checkbox' }) : undefined
  const { element: input } = control
  input.id = id
  input.setAttribute('aria-describedby', `${noteId} ${faultId}`)
  if (place.isRequired) input.setAttribute('aria-required', 'true')
  const complain = (why: string): void => {
    complaint.textContent = why
    input.setAttribute('aria-invalid', String(why !== ''))
  }
  // A complaint is about what was there when it was read.
  input.addEventListener('input', () => complain(''))
  nil?.addEventListener('change', () => input.toggleAttribute('disabled', nil.checked))
  const element = el(
    'div',
    { class: `field ${input instanceof HTMLInputElement && input.type === 'checkbox' ? 'field-check' : ''}` },
    el(
      'div',
      { class: 'field-head' },
      el('label', { for: id }, field.title ?? place.label, mustMark(place.isRequired)),
      el('span', { class: 'hint' }, hintOf(field)),
      nil !== undefined && el('label', { class: 'nil' }, nil, 'null'),
    ),
    el('p', { class: 'note', id: noteId }, field.description ?? ''),
    input,
    complaint,
  )
  return {
    element,
    read: () => {
      const reading = nil?.checked === true ? given(null) : control.read()
      complain(reading.kind === 'fault' ? reading.why : '')
      return reading
    },
    show: (value) => {
      control.show(value)
      if (nil !== undefined) nil.checked = value === null
      input.toggleAttribute('disabled', value === null)
    },
    focus: () => input.focus(),
  }
}

/** Any of several, each with a box to tick. */
const choicesView = (field: Field & { kind: 'choices' }, place: Place): FieldView => {
  const boxes = field.options.map((option) => ({ option, box: el('input', { type: 'checkbox' }) }))
  const rows = boxes.map(({ option, box }) => el('label', { class: 'tick' }, box, option.label))
  const complaint = el('p', { class: 'complaint' })
  const element = el(
    'fieldset',
    { class: 'field' },
    ...headOf(field, place),
    el('div', { class: 'ticks' }, ...rows),
    complaint,
  )
  const read = (): Reading => {
    const values = boxes.flatMap(({ option, box }) => (box.checked ? [option.value] : []))
    if (values.length === 0 && !place.isRequired) return absent
    if (field.least !== undefined && values.length < field.least)
      return { kind: 'fault', why: `Choose at least ${field.least}.` }
    if (field.most !== undefined && values.length > field.most)
      return { kind: 'fault', why: `Choose at most ${field.most}.` }
    return given(values)
  }
  return {
    element,
    read: () => {
      const reading = read()
      complaint.textContent = reading.kind === 'fault' ? reading.why : ''
      return reading
    },
    show: (value) => {
      for (const { option, box } of boxes) {
        box.checked = Array.isArray(value) && value.some((each) => isSame(each, option.value))
      }
    },
    focus: () => boxes[0]?.box.focus(),
  }
}

/** Puts a field on the page, filled in with its default. */
export const fieldView = (field: Field, place: Place): FieldView => {
  const view = bareView(field, place)
  view.show(field.initial)
  return view
}

const bareView = (field: Field, place: Place): FieldView => {
  switch (field.kind) {
    case 'group':
      return groupView(field, place, fieldView)
    case 'list':
      return listView(field, place, fieldView)
    case 'choices':
      return choicesView(field, place)
    default:
      return framed(field, place, controlOf(field, place.isRequired))
  }
}
