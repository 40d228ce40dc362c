import { button, copyButton, el, fill } from './dom.ts'

const mostShown = 100
const longestText = 20_000

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value)

const leaf = (value: unknown): HTMLElement => {
  const text = JSON.stringify(value) ?? 'undefined'
  const shown = text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text
  return el('span', { class: `json-${kindOf(value)}` }, shown)
}

const brief = (value: object): string => {
  const count = Object.keys(value).length
  return Array.isArray(value) ? `[ ${count} ]` : `{ ${count} }`
}

/** Some of the members of an object or a list, with a button for the next. */
const members = (value: object, depth: number): HTMLElement => {
  const entries = Object.entries(value)
  const list = el('ul', { class: 'json' })
  const more = (from: number): void => {
    const shown = entries.slice(from, from + mostShown)
    list.append(...shown.map(([key, each]) => el('li', {}, node(key, each, depth))))
    const rest = entries.length - from - shown.length
    if (rest <= 0) return
    const last = el(
      'li',
      {},
      button(
        `${rest} more`,
        () => {
          last.remove()
          more(from + mostShown)
        },
        { class: 'small' },
      ),
    )
    list.append(last)
  }
  more(0)
  return list
}

const node = (key: string | undefined, value: unknown, depth: number): HTMLElement => {
  const name = key !== undefined && el('span', { class: 'json-key' }, `${key}: `)
  if (!isNested(value) || Object.keys(value).length === 0) return el('span', { class: 'json-line' }, name, leaf(value))
  const body = el('div')
  const details = el(
    'details',
    { open: depth > 0 },
    el('summary', {}, name, el('span', { class: 'json-brief' }, brief(value))),
    body,
  )
  // What is folded is made when it is unfolded: a result may hold a million members.
  const unfold = (): void => {
    if (details.open && body.childElementCount === 0) fill(body, members(value, depth - 1))
  }
  details.addEventListener('toggle', unfold)
  unfold()
  return details
}

/** A JSON value as a tree that folds; `depth` levels of it are open. */
export const jsonView = (value: unknown, depth = 2): HTMLElement =>
  el('div', { class: 'json-view' }, node(undefined, value, depth))

/** A JSON value behind a line that opens it, with a button that copies it. */
export const foldedJson = (label: string, value: unknown): HTMLElement => {
  const body = el('div')
  const details = el('details', { class: 'folded' }, el('summary', {}, label), body)
  details.addEventListener('toggle', () => {
    if (!details.open || body.childElementCount > 0) return
    fill(
      body,
      copyButton('Copy', label, () => JSON.stringify(value, undefined, 2)),
      jsonView(value, 3),
    )
  })
  return details
}
