import type { Json } from '@parley/core'
import { announce, button, el, fill, mustMark } from './dom.ts'
import type { Field } from './form-model.ts'
import { absent, given, hintOf, isMembers, readList } from './form-value.ts'
import type { Reading } from './form-value.ts'
import type { FieldView, Place } from './form-view.ts'

type MakeView = (field: Field, place: Place) => FieldView

/** What a field of several parts begins with: its name, a word on what it takes, and its description. */
export const headOf = (field: Field, place: Place, ...more: (Node | false)[]): (Node | false)[] => [
  el(
    'legend',
    {},
    ...more,
    field.title ?? place.label,
    mustMark(place.isRequired),
    el('span', { class: 'hint' }, hintOf(field)),
  ),
  field.description !== undefined && el('p', { class: 'note' }, field.description),
]

/** An object: its members one below the other. One that may be left out has a box that says whether it is not. */
export const groupView = (field: Field & { kind: 'group' }, place: Place, makeView: MakeView): FieldView => {
  const members = field.members.map(({ name, isRequired, field: inner }) => ({
    name,
    view: makeView(inner, { label: name, isRequired }),
  }))
  const isOptional = !place.isRequired
  const box = el('input', { type: 'checkbox', 'aria-label': `Give ${place.label}` })
  const body = el('div', { class: 'members' }, ...members.map(({ view }) => view.element))
  const unfold = (): void => {
    body.hidden = isOptional && !box.checked
  }
  box.addEventListener('change', unfold)
  const element = el('fieldset', { class: 'field group' }, ...headOf(field, place, isOptional && box), body)
  return {
    element,
    read: () => (isOptional && !box.checked ? absent : readMembers(members)),
    show: (value) => {
      box.checked = value !== undefined && value !== null
      // Without a value of its own, each member keeps the default that it began with.
      if (isMembers(value)) for (const { name, view } of members) view.show(value[name])
      unfold()
    },
    focus: () => (isOptional ? box.focus() : members[0]?.view.focus()),
  }
}

/** Reads all members of an object, so that each shows what is wrong with it; the first complaint stands for all. */
export const readMembers = (members: readonly { readonly name: string; readonly view: FieldView }[]): Reading => {
  const entries: [string, Json][] = []
  let fault: Reading | undefined
  for (const { name, view } of members) {
    const reading = view.read()
    if (reading.kind === 'value') entries.push([name, reading.value])
    if (reading.kind === 'fault') fault ??= { kind: 'fault', why: `${name}: ${reading.why}` }
  }
  return fault ?? given(Object.fromEntries(entries))
}

/** The items of a list on the page: they come and go. */
class Items {
  readonly body: HTMLElement = el('ol', { class: 'items' })
  readonly adder: HTMLButtonElement = button('Add an item', () => this.#add(), { class: 'small' })
  readonly #make: (at: number) => FieldView
  #views: FieldView[] = []

  constructor(make: (at: number) => FieldView) {
    this.#make = make
  }

  #add(): void {
    const view = this.#make(this.#views.length + 1)
    this.#views.push(view)
    this.#draw()
    view.focus()
  }

  #remove(view: FieldView): void {
    this.#views = this.#views.filter((each) => each !== view)
    this.#draw()
    this.adder.focus()
    announce('Item removed.')
  }

  #draw(): void {
    const rows = this.#views.map((view, at) => {
      const label = `Remove item ${at + 1}`
      return el(
        'li',
        {},
        view.element,
        button('×', () => this.#remove(view), { class: 'icon', 'aria-label': label }),
      )
    })
    fill(this.body, ...rows)
  }

  show(values: readonly Json[]): void {
    this.#views = values.map((value, at) => {
      const view = this.#make(at + 1)
      view.show(value)
      return view
    })
    this.#draw()
  }

  read(): readonly Reading[] {
    return this.#views.map((view) => view.read())
  }
}

const readItems = (readings: readonly Reading[], field: Field & { kind: 'list' }, isRequired: boolean): Reading => {
  const fault = readings.find(({ kind }) => kind === 'fault')
  const values = readings.flatMap((reading) => (reading.kind === 'value' ? [reading.value] : []))
  return fault ?? readList(values, field, isRequired)
}

/** A list: items come and go by buttons. */
export const listView = (field: Field & { kind: 'list' }, place: Place, makeView: MakeView): FieldView => {
  const items = new Items((at) => makeView(field.item, { label: `Item ${at}`, isRequired: true }))
  const complaint = el('p', { class: 'complaint' })
  return {
    element: el('fieldset', { class: 'field group' }, ...headOf(field, place), items.body, items.adder, complaint),
    read: () => {
      const reading = readItems(items.read(), field, place.isRequired)
      complaint.textContent = reading.kind === 'fault' ? reading.why : ''
      return reading
    },
    show: (value) => items.show(Array.isArray(value) ? value : []),
    focus: () => items.adder.focus(),
  }
}
