import type { JsonObject } from '@parley/core'
import { el, newId } from './dom.ts'
import { readObject } from './form-value.ts'
import { switchOf } from './switch.ts'

/** Where a person speaks for a model: in words, or as the JSON of any answer, such as one that uses a tool. */
export type SampledEditor = {
  readonly element: HTMLElement
  /** The answer; undefined when it is none, which is then shown. */
  readonly read: () => JsonObject | undefined
}

const reasons = ['endTurn', 'stopSequence', 'maxTokens', 'toolUse']
const nobody = 'a-person'

const labelled = (label: string, control: HTMLElement, ...more: HTMLElement[]): HTMLElement => {
  control.id = newId()
  return el('div', { class: 'field' }, el('label', { for: control.id }, label), control, ...more)
}

/** Makes it. */
export const sampledEditor = (): SampledEditor => {
  const text = el('textarea', { rows: 4 })
  const model = el('input', { type: 'text', value: nobody, autocomplete: 'off' })
  const stop = el('select', {}, ...reasons.map((reason) => el('option', { value: reason }, reason)))
  const json = el('textarea', { rows: 10, class: 'code', spellcheck: 'false' })
  const complaint = el('p', { class: 'complaint' })
  const facts = el('div', { class: 'pair' }, labelled('Model', model), labelled('Stop reason', stop))
  const words = el('div', { class: 'members' }, labelled('Your answer', text), facts)
  const whole = el('div', { class: 'members', hidden: true }, labelled('Answer as JSON', json, complaint))
  const plain = (): JsonObject => ({
    role: 'assistant',
    content: { type: 'text', text: text.value },
    model: model.value === '' ? nobody : model.value,
    stopReason: stop.value,
  })
  const change = (to: string): void => {
    words.hidden = to === 'json'
    whole.hidden = to !== 'json'
    if (to === 'json') json.value = JSON.stringify(plain(), undefined, 2)
  }
  const modes = [
    ['text', 'Text'],
    ['json', 'JSON'],
  ] as const
  const read = (): JsonObject | undefined => {
    if (whole.hidden) return plain()
    return readObject(json.value, complaint)
  }
  const choice = switchOf('How the answer is written', modes, 'text', change)
  return { element: el('div', { class: 'form' }, words, whole, choice), read }
}
