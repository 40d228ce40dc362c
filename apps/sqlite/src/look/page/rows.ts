import type { Cell, Column } from '../../engine/engine.ts'
import { cellText, onOneLine } from '../../show/cells.ts'
import { csvHead, csvRows } from '../../show/csv.ts'
import type { Rows } from './desk.ts'
import { button, copy, el, fill } from './dom.ts'
import { Grid } from './grid.ts'

/** The rows of a result, with what can be done with them. */
export interface RowsPanel {
  readonly panel: HTMLElement
  /** Shows the first page of a result. */
  show(rows: Rows): void
  /** Adds the page that follows. */
  add(rows: Rows): void
  /** Says in the place of the rows what became of the statement; the message is data. */
  say(heading: string, message: string, go?: () => void): void
  /** Says beneath the rows that no more can be had, and why. */
  end(why: string): void
  focus(): void
}

/** What the panel asks for. */
export type RowsEvents = {
  /** The rows that follow are wanted. */
  readonly more: () => void
  /** The whole result is wanted as a file; undefined where that is not offered. */
  readonly save: (() => void) | undefined
}

const wholeOf = (cell: Cell): string =>
  cell !== null && typeof cell === 'object' && '$blob' in cell ? cell.$blob : cellText(cell)

const showCell = (cell: Cell, { name, type }: Column): void => {
  const close = (): void => dialog.close()
  const dialog: HTMLDialogElement = el(
    'dialog',
    { 'aria-label': `Value of ${name}`, onclose: () => dialog.remove() },
    el(
      'div',
      { class: 'dialog-head' },
      el('h2', {}, onOneLine(name)),
      el('span', { class: 'quiet' }, onOneLine(type)),
      el('span', { class: 'grow' }),
      button('Copy', () => copy(wholeOf(cell), 'Value'), { class: 'small' }),
      button('Close', close, { class: 'small' }),
    ),
    el('pre', { class: 'value', tabindex: 0 }, wholeOf(cell)),
  )
  document.body.append(dialog)
  dialog.showModal()
}

/** Makes the panel. */
export const rowsPanel = ({ more, save }: RowsEvents): RowsPanel => {
  const summary = el('span', { role: 'status' })
  let isMore = false
  let elapsed = 0
  let stopped = ''
  const tell = (): void => {
    const count = grid.rows.length
    const rows = count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`
    const rest = stopped !== '' ? `; ${stopped}` : isMore ? ', more follow as you scroll' : ''
    const sorted = grid.isSorted && isMore ? '; sorted among those that are loaded' : ''
    summary.textContent = `${rows}${rest}${sorted}, ${elapsed.toFixed(elapsed < 10 ? 1 : 0)} ms`
  }
  const copyCell = (): void => void copy(wholeOf(grid.current?.cell ?? null), 'Cell')
  const grid = new Grid({ reached: more, opened: showCell, copied: copyCell, sorted: tell })
  const copyRow = (): void => void copy(csvRows(grid.current === undefined ? [] : [grid.current.row]).trimEnd(), 'Row')
  const copyAll = (): void => void copy(csvHead(grid.columns) + csvRows(grid.rows), 'Loaded rows')
  const tools = el(
    'div',
    { class: 'bar tools', role: 'toolbar', 'aria-label': 'Result' },
    summary,
    el('span', { class: 'grow' }),
    button('Copy cell', copyCell, { class: 'small' }),
    button('Copy row', copyRow, { class: 'small' }),
    button('Copy CSV', copyAll, { class: 'small', title: 'The rows that are loaded' }),
    save !== undefined && button('Save all as CSV', save, { class: 'small' }),
  )
  const said = el(
    'div',
    { class: 'said' },
    el('p', { class: 'quiet' }, 'Choose a table on the left, or write a statement and press Ctrl+Enter.'),
  )
  const body = el('div', { class: 'rows-body' }, said)
  return {
    panel: el('section', { class: 'panel' }, body),
    show: (rows) => {
      isMore = rows.nextCursor !== undefined
      elapsed = rows.elapsedMs
      stopped = ''
      fill(body, tools, grid.element)
      grid.show(rows.columns, rows.rows, isMore)
      tell()
    },
    add: (rows) => {
      isMore = rows.nextCursor !== undefined
      grid.add(rows.rows, isMore)
      tell()
    },
    say: (heading, message, go) => {
      fill(
        said,
        el('strong', {}, heading),
        el('pre', { class: 'text', tabindex: 0 }, message),
        go && button('Go to the place', go, { class: 'small' }),
      )
      said.setAttribute('role', 'alert')
      fill(body, said)
    },
    end: (why) => {
      isMore = false
      stopped = why
      grid.add([], false)
      tell()
    },
    focus: () => grid.element.focus(),
  }
}
