import { el, newId } from './dom.ts'

/** A choice of one among few, side by side. `onChange` hears what was chosen. */
export const switchOf = (
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
  onChange: (value: string) => void,
): HTMLElement => {
  const name = newId()
  const choices = options.map(([value, text]) =>
    el(
      'label',
      {},
      el('input', { type: 'radio', name, value, checked: value === chosen, onchange: () => onChange(value) }),
      el('span', {}, text),
    ),
  )
  return el('div', { class: 'switch', role: 'radiogroup', 'aria-label': label }, ...choices)
}
