import { button, el, fill, showDialog } from './dom.ts'

/** The line above everything. */
export interface Head {
  readonly element: HTMLElement
  show(databases: readonly string[]): void
  /** Says how the connection stands. */
  connected(standing: string): void
  /** Shows another database as the chosen one. */
  choose(database: string): void
  /** Says whether the server still tells what happens. */
  readonly heard: (isHeard: boolean) => void
}

const keys = [
  ['Ctrl+Enter', 'runs the statement'],
  ['Ctrl+Space', 'suggests names and keywords; arrows choose, Tab takes'],
  ['Esc', 'cancels what runs'],
  ['F6, Shift+F6', 'goes on to schema, statement, results, log, and back'],
  ['Arrows', 'walk the tree, the cells, the diagram, the log'],
  [
    'Enter',
    'in the tree shows rows or takes a name; on a cell shows it whole; in the log puts a statement into the editor',
  ],
  ['S', 'on a cell sorts by its column'],
  ['Ctrl+C', 'on a cell copies it'],
] as const

/** Shows what the keys do. */
export const keysDialog = (): void => {
  const lines = keys.flatMap(([key, what]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, what)])
  showDialog('Keys', [el('h2', {}, 'Keys'), el('span', { class: 'grow' })], el('dl', { class: 'keys' }, ...lines))
}

/** Makes it; `chosen` hears of another database. */
export const headOf = ({ chosen, keys: show }: { chosen: (database: string) => void; keys: () => void }): Head => {
  const picker = el('select', { 'aria-label': 'Database' })
  picker.addEventListener('change', () => chosen(picker.value))
  const dot = el('span', { class: 'dot connected', 'aria-hidden': 'true' })
  const standing = el('span', { role: 'status', class: 'quiet' })
  const only = el('span', { class: 'badge' }, 'reads only')
  let connected = ''
  return {
    element: el(
      'header',
      { class: 'head' },
      el('h1', {}, 'SQLite Explorer'),
      picker,
      only,
      el('span', { class: 'grow' }),
      el('span', { class: 'standing' }, dot, standing),
      button('Keys', show, { class: 'small' }),
    ),
    show: (databases) => fill(picker, ...databases.map((alias) => el('option', { value: alias }, alias))),
    connected: (now) => {
      connected = now
      standing.textContent = now
    },
    choose: (database) => {
      picker.value = database
    },
    heard: (isHeard) => {
      dot.className = isHeard ? 'dot connected' : 'dot lost'
      standing.textContent = isHeard ? connected : 'The server does not answer; trying again'
    },
  }
}
