import type { LogLine, Snapshot } from './api.ts'
import { announce, button, copy, el, fill } from './dom.ts'
import { clockText, feedOf } from './feed.ts'
import type { Talk } from './talk.ts'

/** The tab with what the server logs, and what its process writes to stderr. */
export interface LogTab {
  readonly panel: HTMLElement
  add(line: LogLine): void
  /** Shows others in the place of all. */
  replace(lines: readonly LogLine[]): void
  /** Shows which level is asked for. */
  update(state: Snapshot): void
}

const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']

const rowOf = ({ at, source, level, logger, text }: LogLine): HTMLElement =>
  el(
    'div',
    { class: 'log-row' },
    el('time', { class: 'quiet' }, clockText(at)),
    el('span', { class: `badge level-${level ?? source}` }, level ?? source),
    el('span', { class: 'log-text' }, logger !== undefined && el('span', { class: 'quiet' }, `${logger}: `), text),
  )

const lineText = ({ at, source, level, logger, text }: LogLine): string =>
  [new Date(at).toISOString(), level ?? source, logger, text].filter((part) => part !== undefined).join(' ')

const levelPicker = (talk: Talk): HTMLSelectElement => {
  const options = levels.map((level) => el('option', { value: level }, `${level} and above`))
  const picker = el(
    'select',
    { 'aria-label': 'Least level to hear' },
    el('option', { value: '', disabled: true }, 'Level of the server’s choice'),
    ...options,
  )
  const choose = async (): Promise<void> => {
    const fault = await talk.send('level', { level: picker.value })
    announce(fault ?? `Asked for ${picker.value} and above.`)
  }
  picker.addEventListener('change', () => void choose())
  return picker
}

/** Makes the tab; `changed` hears how many lines there are. */
export const logTab = (talk: Talk, changed: (count: number) => void): LogTab => {
  const words = el('input', { type: 'search', placeholder: 'Filter lines', 'aria-label': 'Filter lines' })
  const sources = [
    el('option', { value: '' }, 'All sources'),
    el('option', { value: 'log' }, 'Log'),
    el('option', { value: 'stderr' }, 'stderr'),
    el('option', { value: 'inspector' }, 'Inspector'),
  ]
  const source = el('select', { 'aria-label': 'Source' }, ...sources)
  const picker = levelPicker(talk)
  const box = el('div', { class: 'feed', role: 'log', 'aria-label': 'Lines', tabindex: 0 })
  const isShown = (line: LogLine): boolean =>
    (source.value === '' || line.source === source.value) &&
    lineText(line).toLowerCase().includes(words.value.toLowerCase())
  const feed = feedOf<LogLine>(box, (line) => (isShown(line) ? rowOf(line) : undefined), changed)
  for (const control of [words, source]) control.addEventListener('input', feed.redraw)
  const copyAll = button('Copy', () => copy(feed.items.filter(isShown).map(lineText).join('\n'), 'Lines'))
  const clear = button('Clear', () => talk.send('clear', { what: 'lines' }))
  const panel = el('section', { class: 'panel' })
  fill(panel, el('div', { class: 'bar' }, words, source, picker, el('span', { class: 'grow' }), copyAll, clear), box)
  return {
    panel,
    add: feed.add,
    replace: feed.replace,
    update: ({ level, capabilities }) => {
      picker.value = level ?? ''
      picker.disabled = capabilities.logging === undefined
      picker.title = picker.disabled ? 'This server does not log.' : ''
    },
  }
}
