import type { Table } from '../../engine/engine.ts'
import { announce, el, fill } from './dom.ts'
import { group, tableItem } from './tree-items.ts'
import type { Item, TreeEvents } from './tree-items.ts'

/** One line of the tree with those beneath it (WAI-ARIA tree). */
const draw = (item: Item, level: number, acts: WeakMap<Element, () => void>): HTMLElement => {
  const beneath = item.items ?? []
  const line = el(
    'div',
    { class: 'line', title: item.hint },
    el('span', { class: 'twist', 'aria-hidden': 'true' }),
    ...item.label,
  )
  line.style.setProperty('--level', String(level))
  const made = el('div', {
    role: 'treeitem',
    class: `item ${item.kind}`,
    tabindex: -1,
    'aria-level': level,
    'aria-expanded': beneath.length === 0 ? undefined : String(item.isOpen === true),
    'data-name': item.name,
  })
  made.append(line)
  if (beneath.length > 0)
    made.append(el('div', { role: 'group' }, ...beneath.map((each) => draw(each, level + 1, acts))))
  if (item.act !== undefined) acts.set(made, item.act)
  return made
}

const itemOf = (node: EventTarget | null): HTMLElement | undefined =>
  (node instanceof Element ? node.closest<HTMLElement>('.item') : undefined) ?? undefined

const isOpen = (item: Element): boolean => item.getAttribute('aria-expanded') === 'true'

const turn = (item: HTMLElement, open: boolean): void => {
  if (item.hasAttribute('aria-expanded')) item.setAttribute('aria-expanded', String(open))
}

/** Tables, views and all that belongs to them. */
export class Tree {
  readonly element: HTMLElement = el('div', { class: 'tree', role: 'tree', 'aria-label': 'Schema' })
  readonly #events: TreeEvents
  #acts = new WeakMap<Element, () => void>()

  constructor(events: TreeEvents) {
    this.#events = events
    this.element.addEventListener('click', (event) => this.#click(event))
    this.element.addEventListener('dblclick', ({ target }) => {
      const item = itemOf(target)
      if (item?.hasAttribute('aria-expanded') === true) this.#acts.get(item)?.()
    })
    this.element.addEventListener('keydown', (event) => this.#key(event))
  }

  /** Shows these tables; what was open stays open. */
  show(tables: readonly Table[]): void {
    const opened = new Set(
      this.#tables()
        .filter(isOpen)
        .map(({ dataset }) => dataset['name']),
    )
    this.#acts = new WeakMap()
    const of = (wanted: readonly Table['kind'][]): Item[] =>
      tables
        .filter(({ kind }) => wanted.includes(kind))
        .map((table) => tableItem(table, this.#events, (name) => this.reveal(name)))
    const groups = [...group('Tables', of(['table', 'virtual'])), ...group('Views', of(['view']))]
    fill(this.element, ...groups.map((item) => draw(item, 1, this.#acts)))
    for (const item of this.#tables()) turn(item, opened.has(item.dataset['name']))
    const first = this.element.querySelector<HTMLElement>('.item')
    if (first === null) fill(this.element, el('p', { class: 'quiet empty' }, 'There is no such table.'))
    else first.tabIndex = 0
  }

  /** Opens a table and goes to it. */
  reveal(name: string): void {
    const item = this.#tables().find(({ dataset }) => dataset['name'] === name)
    if (item === undefined) return announce(`There is no ${name} here.`)
    const parent = itemOf(item.parentElement)
    if (parent !== undefined) turn(parent, true)
    turn(item, true)
    this.#go(item)
    item.firstElementChild?.scrollIntoView({ block: 'nearest' })
  }

  focus(): void {
    this.element.querySelector<HTMLElement>('.item[tabindex="0"]')?.focus()
  }

  #tables(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('.item[aria-level="2"]')]
  }

  #go(item: HTMLElement | undefined): void {
    if (item === undefined) return
    for (const each of this.element.querySelectorAll<HTMLElement>('.item[tabindex="0"]')) each.tabIndex = -1
    item.tabIndex = 0
    item.focus()
  }

  #click({ target }: Event): void {
    const item = itemOf(target)
    if (item === undefined) return
    this.#go(item)
    const act = this.#acts.get(item)
    if (act === undefined || item.hasAttribute('aria-expanded')) turn(item, !isOpen(item))
    else act()
  }

  #key(event: KeyboardEvent): void {
    const item = itemOf(event.target)
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const act = this.#acting(event.key, item)
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  #acting(key: string, item: HTMLElement): (() => void) | undefined {
    const all = [...this.element.querySelectorAll<HTMLElement>('.item')].filter((each) => each.offsetParent !== null)
    const at = all.indexOf(item)
    const canOpen = item.hasAttribute('aria-expanded') && !isOpen(item)
    const keys = new Map<string, () => void>([
      ['ArrowDown', () => this.#go(all[at + 1])],
      ['ArrowUp', () => this.#go(all[at - 1])],
      ['Home', () => this.#go(all[0])],
      ['End', () => this.#go(all.at(-1))],
      ['ArrowRight', () => (canOpen ? turn(item, true) : this.#go(all[at + 1]))],
      ['ArrowLeft', () => (isOpen(item) ? turn(item, false) : this.#go(itemOf(item.parentElement)))],
      [' ', () => turn(item, !isOpen(item))],
      ['Enter', () => (this.#acts.get(item) ?? (() => turn(item, !isOpen(item))))()],
    ])
    return keys.get(key)
  }
}
