import type { Cell, Column } from '../../engine/engine.ts'
import { cellText, onOneLine } from '../../show/cells.ts'
import { csvHead, csvRows } from '../../show/csv.ts'
import type { Rows } from './desk.ts'
import { button, copy, el, fill, showDialog } from './dom.ts'
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

const showCell = (cell: Cell, { name, type }: Column): void =>
  showDialog(
    `Value of ${name}`,
    [
      el('h2', {}, onOneLine(name)),
      el('span', { class: 'quiet' }, onOneLine(type)),
      el('span', { class: 'grow' }),
      button('Copy', () => copy(wholeOf(cell), 'Value'), { class: 'small' }),
    ],
    el('pre', { class: 'value', tabindex: 0 }, wholeOf(cell)),
  )

const copyCell = ({ current }: Grid): void => void copy(wholeOf(current?.cell ?? null), 'Cell')

const copyRow = ({ current }: Grid): void =>
  void copy(csvRows(current === undefined ? [] : [current.row]).trimEnd(), 'Row')

const copyAll = ({ columns, rows }: Grid): void => void copy(csvHead(columns) + csvRows(rows), 'Loaded rows')

/** What is known of the result beside the rows that are loaded. */
type Known = { readonly isMore: boolean; readonly elapsedMs: number; readonly stopped?: string }

const summaryOf = ({ rows, isSorted }: Grid, { isMore, elapsedMs, stopped }: Known): string => {
  const count = rows.length === 1 ? '1 row' : `${rows.length.toLocaleString('en')} rows`
  const rest = stopped !== undefined ? `; ${stopped}` : isMore ? ', more follow as you scroll' : ''
  const sorted = isSorted && isMore ? '; sorted among those that are loaded' : ''
  return `${count}${rest}${sorted}, ${elapsedMs.toFixed(elapsedMs < 10 ? 1 : 0)} ms`
}

const toolsFor = (grid: Grid, summary: HTMLElement, save: RowsEvents['save']): HTMLElement =>
  el(
    'div',
    { class: 'bar tools', role: 'toolbar', 'aria-label': 'Result' },
    summary,
    el('span', { class: 'grow' }),
    button('Copy cell', () => copyCell(grid), { class: 'small' }),
    button('Copy row', () => copyRow(grid), { class: 'small' }),
    button('Copy CSV', () => copyAll(grid), { class: 'small', title: 'The rows that are loaded' }),
    save !== undefined && button('Save all as CSV', save, { class: 'small' }),
  )

const sayIn = (said: Element, heading: string, message: string, go?: () => void): void => {
  fill(
    said,
    el('strong', {}, heading),
    el('pre', { class: 'text', tabindex: 0 }, message),
    go && button('Go to the place', go, { class: 'small' }),
  )
  said.setAttribute('role', 'alert')
}

/** Makes the panel. */
export const rowsPanel = ({ more, save }: RowsEvents): RowsPanel => {
  let known: Known = { isMore: false, elapsedMs: 0 }
  const summary = el('span', { role: 'status' })
  const tell = (): void => {
    summary.textContent = summaryOf(grid, known)
  }
  const grid: Grid = new Grid({ reached: more, opened: showCell, copied: () => copyCell(grid), sorted: tell })
  const tools = toolsFor(grid, summary, save)
  const invitation = 'Choose a table on the left, or write a statement and press Ctrl+Enter.'
  const said = el('div', { class: 'said' }, el('p', { class: 'quiet' }, invitation))
  const body = el('div', { class: 'rows-body' }, said)
  const extend = (rows: Rows['rows'], now: Known): void => {
    known = now
    grid.add(rows, now.isMore)
    tell()
  }
  return {
    panel: el('section', { class: 'panel' }, body),
    show: ({ columns, rows, nextCursor, elapsedMs }) => {
      known = { isMore: nextCursor !== undefined, elapsedMs }
      fill(body, tools, grid.element)
      grid.show(columns, rows, known.isMore)
      tell()
    },
    add: ({ rows, nextCursor }) => extend(rows, { ...known, isMore: nextCursor !== undefined }),
    say: (heading, message, go) => {
      sayIn(said, heading, message, go)
      fill(body, said)
    },
    end: (why) => extend([], { ...known, isMore: false, stopped: why }),
    focus: () => grid.element.focus(),
  }
}
