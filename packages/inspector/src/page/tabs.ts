import { el, fill } from './dom.ts'

/** One page of the page. */
export type Tab = { readonly name: string; readonly label: string; readonly panel: HTMLElement }

/** The row of tabs with their panels. */
export interface Tabs {
  readonly bar: HTMLElement
  readonly panels: HTMLElement
  /** Goes to a tab. */
  open(name: string): void
  /** Shows a number beside a tab's name, or that there is news in it. */
  mark(name: string, count: number | undefined, isNew?: boolean): void
}

const keys: ReadonlyMap<string, (at: number, count: number) => number> = new Map([
  ['ArrowRight', (at: number, count: number) => (at + 1) % count],
  ['ArrowLeft', (at: number, count: number) => (at - 1 + count) % count],
  ['Home', () => 0],
  ['End', (_: number, count: number) => count - 1],
])

type Part = Tab & { readonly handle: HTMLElement; readonly mark: HTMLElement }

const partOf = (tab: Tab, onclick: () => void): Part => {
  const { name, label, panel } = tab
  const mark = el('span', { class: 'count' })
  const facts = { role: 'tab', type: 'button', id: `tab-${name}`, 'aria-controls': `panel-${name}` }
  panel.id = `panel-${name}`
  panel.setAttribute('role', 'tabpanel')
  panel.setAttribute('aria-labelledby', `tab-${name}`)
  return { ...tab, mark, handle: el('button', { ...facts, onclick }, label, mark) }
}

/** Makes tabs that are walked with the arrow keys (WAI-ARIA tabs). */
export const tabsOf = (tabs: readonly Tab[]): Tabs => {
  const parts = tabs.map((tab) => partOf(tab, () => choose(tab.name)))
  const choose = (name: string): void => {
    for (const part of parts) {
      const isChosen = part.name === name
      part.handle.setAttribute('aria-selected', String(isChosen))
      part.handle.tabIndex = isChosen ? 0 : -1
      part.panel.hidden = !isChosen
      if (isChosen) part.handle.classList.remove('news')
    }
  }
  const bar = el(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': 'What the server has' },
    ...parts.map(({ handle }) => handle),
  )
  bar.addEventListener('keydown', (event) => {
    const at = parts.findIndex(({ handle }) => handle === document.activeElement)
    const to = parts[keys.get(event.key)?.(at, parts.length) ?? -1]
    if (to === undefined) return
    event.preventDefault()
    choose(to.name)
    to.handle.focus()
  })
  choose(parts[0]?.name ?? '')
  return {
    bar,
    panels: el('main', { id: 'main', tabindex: -1 }, ...parts.map(({ panel }) => panel)),
    open: choose,
    mark: (name, count, isNew = false) => {
      const part = parts.find((each) => each.name === name)
      if (part === undefined) return
      fill(part.mark, count === undefined ? undefined : String(count))
      if (isNew && part.panel.hidden) part.handle.classList.add('news')
    },
  }
}
