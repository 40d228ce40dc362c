import { countText, onOneLine } from '../../show/cells.ts'
import type { Ran } from '../statements.ts'
import { announce, button, el } from './dom.ts'

const mostShown = 500
/** What this page says it is; all others are somebody else. */
const own = 'parley-sqlite page'

const signs: Readonly<Record<Ran['verdict'], string>> = {
  ok: '✓',
  changed: '✎',
  rehearsed: '○',
  refused: '⊘',
  failed: '✕',
  stopped: '■',
}

const time = (at: string): string => new Date(at).toLocaleTimeString([], { hour12: false })

const sizeOf = ({ rows, ms }: Ran): string =>
  `${rows === null ? '' : `${countText(rows)}, `}${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

const whoOf = ({ client, caller }: Ran): string =>
  client === own ? 'this page' : onOneLine(client ?? caller ?? 'somebody')

const rowOf = (ran: Ran, replay: (ran: Ran) => void): HTMLElement => {
  const { at, verdict, sql, why } = ran
  const isOther = ran.client !== own
  return el(
    'div',
    {
      class: `ran${isOther ? ' other' : ''}`,
      role: 'option',
      tabindex: -1,
      'aria-label': `${time(at)}, ${whoOf(ran)}, ${verdict}, ${sizeOf(ran)}: ${onOneLine(sql)}`,
      title: onOneLine(why ?? sql).slice(0, 1000),
      ondblclick: () => replay(ran),
    },
    el('time', { datetime: at, class: 'quiet' }, time(at)),
    el('span', { class: isOther ? 'who badge model' : 'who badge' }, whoOf(ran)),
    el('span', { class: `verdict v-${verdict}` }, `${signs[verdict]} ${verdict}`),
    el('code', { class: 'sql' }, onOneLine(sql.replaceAll(/\s+/g, ' ').slice(0, 400))),
    el('span', { class: 'quiet size' }, sizeOf(ran)),
    button('Replay', () => replay(ran), {
      class: 'small',
      tabindex: -1,
      'aria-label': `Replay ${onOneLine(sql.slice(0, 60))}`,
    }),
  )
}

const rowAt = (target: EventTarget | null): HTMLElement | undefined =>
  (target instanceof Element ? target.closest<HTMLElement>('.ran') : undefined) ?? undefined

/** What was run by anyone, the newest last. */
export class Log {
  readonly element: HTMLElement
  readonly #replay: (ran: Ran) => void
  readonly #list: HTMLElement
  readonly #empty = el(
    'p',
    { class: 'quiet empty' },
    'Nothing was run yet. What a model runs on this server shows up here, too.',
  )
  readonly #count = el('span', { class: 'count' })
  readonly #toggle = button('Hide', () => this.#turn(this.#list.hidden === true), {
    class: 'small',
    'aria-expanded': 'true',
  })
  readonly #byRow = new WeakMap<Element, Ran>()
  /** The last statement with its row, and how many pages of it there were. */
  #newest: { readonly ran: Ran; readonly row: Element; readonly pages: number } | undefined
  #last = 0

  /** `replay` hears which statement is wanted in the editor. */
  constructor(replay: (ran: Ran) => void) {
    this.#replay = replay
    const label = 'Statements that were run; Enter puts one into the editor'
    this.#list = el('div', { class: 'rans', role: 'listbox', 'aria-label': label }, this.#empty)
    this.#list.addEventListener('keydown', (event) => this.#key(event))
    this.#list.addEventListener('click', ({ target }) => this.#go(rowAt(target)))
    const others = el('input', { type: 'checkbox' })
    others.addEventListener('change', () => {
      this.#list.classList.toggle('only-others', others.checked)
      this.#stand()
    })
    const only = el('label', { class: 'tick quiet' }, others, 'only by others')
    const bar = el(
      'div',
      { class: 'bar' },
      el('h2', {}, 'What was run'),
      this.#count,
      only,
      el('span', { class: 'grow' }),
      this.#toggle,
    )
    this.element = el('section', { class: 'log', 'aria-label': 'Log' }, bar, this.#list)
  }

  /** The number of the last statement that is shown. */
  get last(): number {
    return this.#last
  }

  add(rans: readonly Ran[]): void {
    if (rans.length === 0) return
    this.#empty.remove()
    const { scrollTop, clientHeight, scrollHeight } = this.#list
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - 30
    for (const ran of rans) {
      this.#last = Math.max(this.#last, ran.number)
      if (!this.#joins(ran)) this.#append(ran)
    }
    while (this.#list.childElementCount > mostShown) this.#list.firstElementChild?.remove()
    this.#count.textContent = String(this.#list.childElementCount)
    this.#stand()
    // Whoever reads what was before is left there.
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight
    const newest = rans.findLast(({ client }) => client !== own)
    if (newest !== undefined) announce(`${whoOf(newest)} ran ${onOneLine(newest.sql.slice(0, 80))}`)
  }

  #append(ran: Ran): void {
    const row = rowOf(ran, this.#replay)
    this.#byRow.set(row, ran)
    this.#list.append(row)
    this.#newest = { ran, row, pages: 1 }
  }

  /** Counts a further page of the last statement with it, lest scrolling through rows drive all else out of the log. */
  #joins(ran: Ran): boolean {
    const before = this.#newest
    if (before === undefined || ran.verdict !== 'ok' || before.ran.verdict !== 'ok') return false
    const isSame = (['sql', 'client', 'caller', 'database'] as const).every((key) => ran[key] === before.ran[key])
    if (!isSame) return false
    const sum = { ...ran, rows: (before.ran.rows ?? 0) + (ran.rows ?? 0), ms: before.ran.ms + ran.ms }
    const pages = before.pages + 1
    this.#newest = { ran: sum, row: before.row, pages }
    const size = before.row.querySelector('.size')
    if (size !== null) size.textContent = `${pages}×, ${sizeOf(sum)}`
    return true
  }

  focus(): void {
    this.#list.querySelector<HTMLElement>('.ran[tabindex="0"]')?.focus()
  }

  #turn(open: boolean): void {
    this.#list.hidden = !open
    this.#toggle.textContent = open ? 'Hide' : 'Show'
    this.#toggle.setAttribute('aria-expanded', String(open))
  }

  #inSight(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>('.ran')].filter((row) => row.offsetParent !== null)
  }

  #go(row: HTMLElement | undefined): void {
    if (row === undefined) return
    for (const each of this.#list.querySelectorAll<HTMLElement>('.ran[tabindex="0"]')) {
      each.tabIndex = -1
      each.setAttribute('aria-selected', 'false')
    }
    row.tabIndex = 0
    row.setAttribute('aria-selected', 'true')
    row.focus()
  }

  /** Sees to it that the keyboard can come in. */
  #stand(): void {
    const rows = this.#inSight()
    if (rows.every((row) => row.tabIndex !== 0)) rows.at(-1)?.setAttribute('tabindex', '0')
  }

  #key(event: KeyboardEvent): void {
    const rows = this.#inSight()
    const at = rows.findIndex((row) => row === document.activeElement)
    const row = rows[at]
    const ran = row && this.#byRow.get(row)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to !== undefined) this.#go(rows[to])
    else if (event.key === 'Enter' && ran !== undefined && event.target === row) this.#replay(ran)
    else return
    event.preventDefault()
  }
}
