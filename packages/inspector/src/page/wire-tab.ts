import type { WireEntry } from './api.ts'
import { announce, button, copy, copyButton, el, fill } from './dom.ts'
import { clockText, feedOf } from './feed.ts'
import { parsed } from './json.ts'
import { jsonView } from './json-view.ts'
import { bytesText, timeText } from './sizes.ts'
import type { Talk } from './talk.ts'

/** The tab with every message that passed. */
export interface WireTab {
  readonly panel: HTMLElement
  add(entry: WireEntry): void
  /** Shows others in the place of all. */
  replace(entries: readonly WireEntry[]): void
}

const kinds: readonly (readonly [value: string, label: string])[] = [
  ['', 'All kinds'],
  ['request', 'Requests'],
  ['result', 'Results'],
  ['error', 'Errors'],
  ['notification', 'Notifications'],
]

const matches = (entry: WireEntry, words: string, kind: string, direction: string): boolean => {
  if (kind !== '' && entry.kind !== kind) return false
  if (direction !== '' && entry.direction !== direction) return false
  return words === '' || `${entry.method ?? ''} ${entry.text}`.toLowerCase().includes(words.toLowerCase())
}

const bodyOf = (entry: WireEntry): HTMLElement => {
  const value = entry.isCut === true ? undefined : parsed(entry.text)
  const pretty = value === undefined ? entry.text : JSON.stringify(value, undefined, 2)
  return el(
    'div',
    { class: 'wire-body' },
    copyButton('Copy', 'Message', () => pretty),
    entry.isCut === true &&
      el('span', { class: 'quiet' }, `Only the beginning was kept; the whole had ${entry.size} characters.`),
    value === undefined ? el('pre', { class: 'text', tabindex: 0 }, entry.text) : jsonView(value, 3),
  )
}

const summaryOf = (entry: WireEntry): HTMLElement => {
  const { at, direction, kind, method, about, id, era, milliseconds, round, size } = entry
  const arrow = el(
    'span',
    { class: `arrow ${direction}`, 'aria-label': direction === 'out' ? 'sent' : 'received' },
    direction === 'out' ? '→' : '←',
  )
  return el(
    'summary',
    {},
    el('time', { class: 'quiet' }, clockText(at)),
    kind === 'remark' ? el('span', { class: 'arrow' }, '·') : arrow,
    el(
      'span',
      { class: 'wire-what' },
      el('span', { class: 'method' }, method ?? ''),
      about !== undefined && el('span', { class: 'quiet' }, ` ${about}`),
      kind === 'remark' && el('span', { class: 'quiet' }, ` ${entry.text}`),
    ),
    el('span', { class: `badge kind-${kind}` }, kind),
    round !== undefined &&
      el('span', { class: 'badge round', title: 'Which round of a call that asks for input' }, `round ${round}`),
    el('span', { class: `badge era-${era}` }, era),
    el(
      'span',
      { class: 'quiet meta' },
      [
        id === undefined ? '' : `#${id}`,
        milliseconds === undefined ? '' : timeText(milliseconds),
        size === 0 ? '' : bytesText(size),
      ]
        .filter((part) => part !== '')
        .join(' · '),
    ),
  )
}

const rowOf = (entry: WireEntry): HTMLElement => {
  const details = el('details', { class: 'wire-row' }, summaryOf(entry))
  if (entry.kind === 'remark') return details
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(bodyOf(entry))
  })
  return details
}

const linesOf = (entries: readonly WireEntry[]): string =>
  entries
    .map((entry) => {
      const { text, isCut, kind, ...facts } = entry
      const message = kind === 'remark' || isCut === true ? text : parsed(text)
      return JSON.stringify({ ...facts, kind, message })
    })
    .join('\n')

const save = (text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }))
  el('a', { href: url, download: 'transcript.jsonl' }).click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

/** Moves between the rows with the arrow keys. */
const walk = (event: KeyboardEvent, box: HTMLElement): void => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const rows = [...box.querySelectorAll<HTMLElement>(':scope > details > summary')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const to = at === -1 ? undefined : rows[at + (event.key === 'ArrowDown' ? 1 : -1)]
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}

/** Makes the tab; `changed` hears how many messages there are. */
export const wireTab = (talk: Talk, changed: (count: number) => void): WireTab => {
  const words = el('input', { type: 'search', placeholder: 'Filter messages', 'aria-label': 'Filter messages' })
  const kind = el(
    'select',
    { 'aria-label': 'Kind of message' },
    ...kinds.map(([value, label]) => el('option', { value }, label)),
  )
  const ways = [
    el('option', { value: '' }, 'Both ways'),
    el('option', { value: 'out' }, 'Sent'),
    el('option', { value: 'in' }, 'Received'),
  ]
  const direction = el('select', { 'aria-label': 'Direction' }, ...ways)
  const box = el('div', { class: 'feed', role: 'region', 'aria-label': 'Messages', tabindex: 0 })
  const isShown = (entry: WireEntry): boolean => matches(entry, words.value, kind.value, direction.value)
  const feed = feedOf<WireEntry>(box, (entry) => (isShown(entry) ? rowOf(entry) : undefined), changed)
  for (const control of [words, kind, direction]) control.addEventListener('input', feed.redraw)
  box.addEventListener('keydown', (event) => walk(event, box))
  const shown = (): readonly WireEntry[] => feed.items.filter(isShown)
  const copyAll = button('Copy', () => copy(linesOf(shown()), 'Transcript'))
  const saveAll = button('Export', () => {
    save(linesOf(shown()))
    announce('Transcript saved.')
  })
  const clear = button('Clear', () => talk.send('clear', { what: 'wire' }))
  const panel = el('section', { class: 'panel' })
  fill(
    panel,
    el('div', { class: 'bar' }, words, direction, kind, el('span', { class: 'grow' }), copyAll, saveAll, clear),
    box,
  )
  return { panel, add: feed.add, replace: feed.replace }
}
