import type { CompletionReference, JsonObject } from '@parley/core'
import { el, mustMark, newId } from './dom.ts'
import type { Talk } from './talk.ts'

const pause = 150

/** A field whose values the server suggests. */
export type CompletedField = {
  readonly name: string
  readonly label: string
  readonly note?: string
  readonly isRequired: boolean
}

/** Fields of text, each with what the server suggests for it. */
export interface CompletedForm {
  readonly element: HTMLElement
  /** What was filled in; undefined when something is missing, which is then shown. */
  read(): { [name: string]: string } | undefined
  /** Fills them in. */
  readonly show: (values: JsonObject) => void
}

type Completed = {
  readonly element: HTMLElement
  readonly input: HTMLInputElement
  readonly complaint: HTMLElement
  readonly field: CompletedField
}

const valuesIn = (result: JsonObject): string[] => {
  const { values } = result
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []
}

/** Asks the server what a half-typed value may become, after a pause; only the last answer counts. */
const suggest = (
  input: HTMLInputElement,
  options: HTMLElement,
  ask: (value: string) => ReturnType<Talk['run']>,
): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let under: ReturnType<Talk['run']> | undefined
  const look = async (): Promise<void> => {
    under?.cancel()
    const run = ask(input.value)
    under = run
    const outcome = await run.outcome
    if (under !== run) return
    options.replaceChildren(...(outcome.ok ? valuesIn(outcome.result) : []).map((value) => el('option', { value })))
  }
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), pause)
  }
  input.addEventListener('input', later)
  input.addEventListener('focus', later)
}

const completed = (field: CompletedField, ask: ((value: string) => ReturnType<Talk['run']>) | undefined): Completed => {
  const [id, listId, noteId] = [newId(), newId(), newId()]
  const options = el('datalist', { id: listId })
  const input = el('input', {
    type: 'text',
    id,
    list: listId,
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': noteId,
    'aria-required': field.isRequired ? 'true' : undefined,
  })
  const complaint = el('p', { class: 'complaint' })
  if (ask !== undefined) suggest(input, options, ask)
  const element = el(
    'div',
    { class: 'field' },
    el('div', { class: 'field-head' }, el('label', { for: id }, field.label, mustMark(field.isRequired))),
    el('p', { class: 'note', id: noteId }, field.note ?? ''),
    input,
    options,
    complaint,
  )
  return { element, input, complaint, field }
}

/** Makes the fields; `isOffered` says whether the server completes at all. */
export const completedForm = (
  fields: readonly CompletedField[],
  ref: CompletionReference,
  talk: Talk,
  isOffered: boolean,
): CompletedForm => {
  const valuesBut = (but?: string): { [name: string]: string } =>
    Object.fromEntries(
      made.flatMap(({ field: { name }, input }) => (name === but || input.value === '' ? [] : [[name, input.value]])),
    )
  const made: Completed[] = fields.map((field) => {
    const { name } = field
    const ask = (value: string): ReturnType<Talk['run']> =>
      talk.run({ kind: 'complete', ref, argument: { name, value }, context: valuesBut(name) })
    return completed(field, isOffered ? ask : undefined)
  })
  const complain = ({ field, input, complaint }: Completed): boolean => {
    const isMissing = field.isRequired && input.value === ''
    complaint.textContent = isMissing ? 'Required.' : ''
    input.setAttribute('aria-invalid', String(isMissing))
    return isMissing
  }
  return {
    element: el('div', { class: 'members' }, ...made.map(({ element }) => element)),
    read: () => {
      const missing = made.filter(complain)
      missing[0]?.input.focus()
      return missing.length > 0 ? undefined : valuesBut()
    },
    show: (values) => {
      for (const { field, input } of made) {
        const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined
        input.value = typeof value === 'string' ? value : ''
      }
    },
  }
}
