import { el, fill } from './dom.ts'

/** One of several panels, of which one is shown. */
export type Tab = {
  readonly name: string
  readonly label: string
  readonly panel: HTMLElement
  readonly shown?: () => void
}

/** The row of tabs with their panels. */
export interface Tabs {
  readonly bar: HTMLElement
  readonly panels: HTMLElement
  /** The one that is shown. */
  readonly chosen: string
  open(name: string): void
  /** Says something beside the name of a tab. */
  mark(name: string, text: string): void
}

/** Makes tabs that are walked with the arrow keys (WAI-ARIA tabs). */
export const tabsOf = (label: string, tabs: readonly Tab[]): Tabs => {
  let chosen = tabs[0]?.name ?? ''
  const parts = tabs.map(({ name, label: text, panel, shown }) => {
    const mark = el('span', { class: 'count' })
    const handle = el(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}`, onclick: () => open(name) },
      text,
      mark,
    )
    panel.id = `panel-${name}`
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', `tab-${name}`)
    return { name, panel, shown, mark, handle }
  })
  const open = (name: string): void => {
    chosen = name
    for (const part of parts) {
      const isChosen = part.name === name
      part.handle.setAttribute('aria-selected', String(isChosen))
      part.handle.tabIndex = isChosen ? 0 : -1
      part.panel.hidden = !isChosen
      if (isChosen) part.shown?.()
    }
  }
  const bar = el('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...parts.map(({ handle }) => handle))
  bar.addEventListener('keydown', (event) => {
    const at = parts.findIndex(({ handle }) => handle === document.activeElement)
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const to = parts[(at + step + parts.length) % parts.length]
    if (step === 0 || at < 0 || to === undefined) return
    event.preventDefault()
    open(to.name)
    to.handle.focus()
  })
  for (const { panel, name } of parts) panel.hidden = name !== chosen
  for (const { handle, name } of parts) {
    handle.setAttribute('aria-selected', String(name === chosen))
    handle.tabIndex = name === chosen ? 0 : -1
  }
  return {
    bar,
    panels: el('div', { class: 'panels' }, ...parts.map(({ panel }) => panel)),
    get chosen() {
      return chosen
    },
    open,
    mark: (name, text) => {
      const part = parts.find((each) => each.name === name)
      if (part !== undefined) fill(part.mark, text)
    },
  }
}
