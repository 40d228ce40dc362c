import { el } from './dom.ts'

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
}

/** A tab with what it is chosen by. */
type Part = Tab & { readonly handle: HTMLElement }

const partOf = (tab: Tab, open: (name: string) => void): Part => {
  const { name, label, panel } = tab
  const [id, controls] = [`tab-${name}`, `panel-${name}`]
  panel.id = controls
  panel.setAttribute('role', 'tabpanel')
  panel.setAttribute('aria-labelledby', id)
  const facts = { type: 'button', role: 'tab', id, 'aria-controls': controls }
  return { ...tab, handle: el('button', { ...facts, onclick: () => open(name) }, label) }
}

const choose = (parts: readonly Part[], chosen: string): void => {
  for (const { name, panel, handle } of parts) {
    const isChosen = name === chosen
    handle.setAttribute('aria-selected', String(isChosen))
    handle.tabIndex = isChosen ? 0 : -1
    panel.hidden = !isChosen
  }
}

const walk = (event: KeyboardEvent, parts: readonly Part[], open: (name: string) => void): void => {
  const at = parts.findIndex(({ handle }) => handle === document.activeElement)
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  const to = parts[(at + step + parts.length) % parts.length]
  if (step === 0 || at < 0 || to === undefined) return
  event.preventDefault()
  open(to.name)
  to.handle.focus()
}

/** Makes tabs that are walked with the arrow keys (WAI-ARIA tabs). */
export const tabsOf = (label: string, tabs: readonly Tab[]): Tabs => {
  let chosen = tabs[0]?.name ?? ''
  const open = (name: string): void => {
    chosen = name
    choose(parts, name)
    parts.find((part) => part.name === name)?.shown?.()
  }
  const parts = tabs.map((tab) => partOf(tab, open))
  choose(parts, chosen)
  const bar = el('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...parts.map(({ handle }) => handle))
  bar.addEventListener('keydown', (event) => walk(event, parts, open))
  return {
    bar,
    panels: el('div', { class: 'panels' }, ...parts.map(({ panel }) => panel)),
    get chosen() {
      return chosen
    },
    open,
  }
}
