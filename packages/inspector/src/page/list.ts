import { el, fill } from './dom.ts'
import type { Child } from './dom.ts'

/** One line of a list. */
export type ListItem = {
  readonly key: string
  readonly title: string
  readonly more?: string
  readonly badge?: string
  /** A heading that stands before the first item of its kind. */
  readonly section?: string
}

/** A list to choose from, with a field that narrows it. */
export interface List {
  readonly element: HTMLElement
  /** Shows other items; what was chosen stays so while it is there. */
  show(items: readonly ListItem[]): void
  /** Chooses an item without telling. */
  choose(key: string): void
  readonly chosen: string | undefined
}

const matches = (item: ListItem, words: string): boolean =>
  `${item.title} ${item.more ?? ''}`.toLowerCase().includes(words.toLowerCase())

/** Makes a list that is walked with the arrow keys; `onChoose` hears of each choice. */
export const listOf = (label: string, onChoose: (key: string) => void): List => {
  let items: readonly ListItem[] = []
  let chosen: string | undefined
  const filter = el('input', {
    type: 'search',
    placeholder: `Filter ${label.toLowerCase()}`,
    'aria-label': `Filter ${label.toLowerCase()}`,
  })
  const box = el('div', { class: 'list', role: 'listbox', 'aria-label': label })
  const choose = (key: string): void => {
    chosen = key
    draw()
    onChoose(key)
  }
  const draw = (): void => {
    const shown = items.filter((item) => matches(item, filter.value))
    fill(box, ...rowsOf(shown, chosen, choose))
    if (shown.length === 0) fill(box, el('p', { class: 'quiet' }, items.length === 0 ? 'None.' : 'None of this name.'))
  }
  filter.addEventListener('input', draw)
  filter.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowDown') optionsIn(box)[0]?.focus()
  })
  box.addEventListener('keydown', (event) => walk(event, box, choose))
  return {
    element: el('div', { class: 'side' }, filter, box),
    show: (others) => {
      items = others
      const focused = box.contains(document.activeElement)
      draw()
      if (focused) box.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
    },
    choose: (key) => {
      chosen = key
      draw()
    },
    get chosen() {
      return chosen
    },
  }
}

/** The items with their headings; one of them can be reached by the Tab key. */
const rowsOf = (items: readonly ListItem[], chosen: string | undefined, choose: (key: string) => void): Child[] => {
  const reachable = items.some(({ key }) => key === chosen) ? chosen : items[0]?.key
  return items.flatMap((item, at) => {
    const isFirst = item.section !== undefined && item.section !== items[at - 1]?.section
    const heading = isFirst && el('div', { class: 'section', role: 'presentation' }, item.section)
    return [heading, optionOf(item, item.key === chosen, item.key === reachable, choose)]
  })
}

const optionsIn = (box: HTMLElement): HTMLElement[] => [...box.querySelectorAll<HTMLElement>('[role="option"]')]

const optionOf = (
  item: ListItem,
  isChosen: boolean,
  isReachable: boolean,
  choose: (key: string) => void,
): HTMLElement =>
  el(
    'div',
    {
      role: 'option',
      class: 'option',
      'data-key': item.key,
      'aria-selected': String(isChosen),
      tabindex: isReachable ? 0 : -1,
      onclick: () => choose(item.key),
    },
    el(
      'span',
      { class: 'option-title' },
      item.title,
      item.badge !== undefined && el('span', { class: 'badge fresh' }, item.badge),
    ),
    item.more !== undefined && el('span', { class: 'option-more' }, item.more),
  )

/** Moves along a list by keys: the choice follows. */
const walk = (event: KeyboardEvent, box: HTMLElement, choose: (key: string) => void): void => {
  const options = optionsIn(box)
  const at = options.findIndex((option) => option === document.activeElement)
  const to = new Map([
    ['ArrowDown', at + 1],
    ['ArrowUp', at - 1],
    ['Home', 0],
    ['End', options.length - 1],
    ['Enter', at],
    [' ', at],
  ]).get(event.key)
  const option = to === undefined ? undefined : options[to]
  const key = option?.dataset['key']
  if (key === undefined) return
  event.preventDefault()
  choose(key)
  optionsIn(box)
    .find((each) => each.dataset['key'] === key)
    ?.focus()
}
