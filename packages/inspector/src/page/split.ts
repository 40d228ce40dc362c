import { el, fill } from './dom.ts'

/** A list at the side, and what was chosen of it. */
export type Split = {
  readonly panel: HTMLElement
  /** Shows something beside the list; nothing happens when it is shown already. */
  readonly show: (chosen: HTMLElement | undefined, hint: string) => void
}

/** Makes the two halves, with what stands above both. */
export const splitOf = (side: readonly HTMLElement[], above?: HTMLElement): Split => {
  const pane = el('div', { class: 'pane' })
  const halves = el('div', { class: 'split' }, el('div', { class: 'column' }, ...side), pane)
  return {
    panel: el('section', { class: 'panel' }, above, halves),
    show: (chosen, hint) => {
      const shown = chosen ?? el('p', { class: 'quiet empty' }, hint)
      if (pane.firstChild !== shown) fill(pane, shown)
    },
  }
}
