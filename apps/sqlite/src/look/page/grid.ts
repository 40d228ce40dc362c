import type { Cell, Column } from '../../engine/engine.ts'
import { cellText, isNumber, onOneLine } from '../../show/cells.ts'
import { announce, el, fill } from './dom.ts'
import { comparing } from './order.ts'

/** A row of a result. */
export type Row = readonly Cell[]

/** What the grid tells. */
export type GridEvents = {
  /** The last rows are in sight. */
  readonly reached: () => void
  /** A cell is to be shown whole. */
  readonly opened: (cell: Cell, column: Column) => void
  /** The keyboard asked for the cell that has it. */
  readonly copied: () => void
  readonly sorted: () => void
}

const rowHeight = 26
const overscan = 12
const sampled = 60

type Sort = { readonly column: number; readonly falls: boolean }

const cellClass = (cell: Cell): string => {
  if (cell === null) return 'cell null'
  return isNumber(cell) ? 'cell number' : 'cell'
}

const lengthOf = (cell: Cell | undefined): number => (cell === undefined ? 0 : Math.min(cellText(cell).length, 44))

/** How wide the columns are, by their names and the first rows. */
const widths = (columns: readonly Column[], rows: readonly Row[]): string => {
  const tracks = columns.map(({ name }, index) => {
    const longest = Math.max(name.length + 2, ...rows.slice(0, sampled).map((row) => lengthOf(row[index])))
    return `minmax(${Math.max(6, Math.min(longest, 44)) + 3}ch, ${Math.max(longest, 6) + 3}fr)`
  })
  return `6ch ${tracks.join(' ')}`
}

/**
 * Rows of a result, of which only those in sight are in the document. The keyboard walks the cells; the head is the row
 * above the first (WAI-ARIA grid).
 */
export class Grid {
  readonly element: HTMLElement
  readonly #events: GridEvents
  readonly #head: HTMLElement = el('div', { class: 'grid-head', role: 'row', 'aria-rowindex': 1 })
  readonly #body: HTMLElement = el('div', { class: 'grid-body', role: 'rowgroup' })
  #columns: readonly Column[] = []
  #rows: Row[] = []
  #order: readonly number[] = []
  #sort: Sort | undefined
  /** Where the keyboard is; row -1 is the head. */
  #at = { row: 0, column: 0 }
  #isMore = false

  constructor(events: GridEvents) {
    this.#events = events
    this.element = el(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Rows',
        'aria-readonly': 'true',
        onscroll: () => this.#draw(),
      },
      this.#head,
      this.#body,
    )
    this.element.addEventListener('keydown', (event) => this.#key(event))
    this.element.addEventListener('click', (event) => this.#click(event))
    this.element.addEventListener('dblclick', () => this.#open())
    new ResizeObserver(() => this.#draw()).observe(this.element)
  }

  get rows(): readonly Row[] {
    return this.#order.map((index) => this.#rows[index] ?? [])
  }

  get columns(): readonly Column[] {
    return this.#columns
  }

  /** Whether the rows are in an order of the person's. */
  get isSorted(): boolean {
    return this.#sort !== undefined
  }

  /** The cell that the keyboard is at, and its row. */
  get current(): { readonly cell: Cell; readonly row: Row } | undefined {
    const row = this.rows[Math.max(this.#at.row, 0)]
    const cell = row?.[this.#at.column]
    return row === undefined || cell === undefined ? undefined : { cell, row }
  }

  /** Shows another result. */
  show(columns: readonly Column[], rows: readonly Row[], isMore: boolean): void {
    this.#columns = columns
    this.#rows = [...rows]
    this.#sort = undefined
    this.#at = { row: 0, column: 0 }
    this.element.style.setProperty('--columns', widths(columns, rows))
    this.element.scrollTo(0, 0)
    this.#update(isMore)
  }

  /** Adds rows that follow. */
  add(rows: readonly Row[], isMore: boolean): void {
    for (const row of rows) this.#rows.push(row)
    this.#update(isMore)
  }

  #update(isMore: boolean): void {
    this.#isMore = isMore
    this.#arrange()
    this.element.setAttribute('aria-colcount', String(this.#columns.length + 1))
    // -1 says that nobody knows how many there are.
    this.element.setAttribute('aria-rowcount', String(isMore ? -1 : this.#rows.length + 1))
    this.#body.style.height = `${this.#rows.length * rowHeight}px`
    this.#drawHead()
    this.#draw()
  }

  #arrange(): void {
    const order = this.#rows.map((_, index) => index)
    const sort = this.#sort
    if (sort !== undefined) {
      const compare = comparing(sort.falls)
      order.sort(
        (one, other) =>
          compare(this.#rows[one]?.[sort.column] ?? null, this.#rows[other]?.[sort.column] ?? null) || one - other,
      )
    }
    this.#order = order
  }

  /** Sorts what is loaded by a column: rising, then falling, then as it came. */
  #sortBy(column: number): void {
    const isSame = this.#sort?.column === column
    this.#sort = !isSame ? { column, falls: false } : this.#sort?.falls === false ? { column, falls: true } : undefined
    const name = this.#columns[column]?.name ?? ''
    const how =
      this.#sort === undefined ? 'in the order of the result' : `by ${name}, ${this.#sort.falls ? 'falling' : 'rising'}`
    announce(`Sorted ${how}.`)
    this.#arrange()
    this.#drawHead()
    this.#draw()
    this.#events.sorted()
  }

  #drawHead(): void {
    const heads = this.#columns.map(({ name, type, table }, column) => {
      const sort = this.#sort?.column === column ? this.#sort : undefined
      const from = table === undefined ? '' : `, from ${table}`
      return el(
        'div',
        {
          class: this.#at.row === -1 && this.#at.column === column ? 'cell at' : 'cell',
          role: 'columnheader',
          id: `cell-head-${column}`,
          'aria-colindex': column + 2,
          'aria-sort': sort === undefined ? 'none' : sort.falls ? 'descending' : 'ascending',
          'data-column': column,
          'data-row': -1,
          title: `${onOneLine(name)}${type === '' ? '' : ` ${onOneLine(type)}`}${onOneLine(from)}. Sorts the rows that are loaded.`,
        },
        el('span', {}, onOneLine(name)),
        el('span', { class: 'sort', 'aria-hidden': 'true' }, sort === undefined ? '' : sort.falls ? '▼' : '▲'),
      )
    })
    fill(this.#head, el('div', { class: 'cell count', role: 'columnheader', 'aria-colindex': 1 }, '#'), ...heads)
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan)
    const last = Math.min(this.#order.length, Math.ceil((scrollTop + clientHeight) / rowHeight) + overscan)
    const shown: HTMLElement[] = []
    for (let index = first; index < last; index++) shown.push(this.#drawRow(index))
    fill(this.#body, ...shown)
    const { row, column } = this.#at
    this.element.setAttribute('aria-activedescendant', row === -1 ? `cell-head-${column}` : `cell-${row}-${column}`)
    if (this.#isMore && clientHeight > 0 && last >= this.#order.length - overscan) this.#events.reached()
  }

  #drawRow(index: number): HTMLElement {
    const row = this.#rows[this.#order[index] ?? -1] ?? []
    const cells = row.map((cell, column) => {
      const isAt = this.#at.row === index && this.#at.column === column
      const facts = {
        role: 'gridcell',
        id: `cell-${index}-${column}`,
        'aria-colindex': column + 2,
        'data-row': index,
        'data-column': column,
      }
      return el('div', { class: isAt ? `${cellClass(cell)} at` : cellClass(cell), ...facts }, onOneLine(cellText(cell)))
    })
    const made = el(
      'div',
      { class: 'grid-row', role: 'row', 'aria-rowindex': index + 2 },
      el('div', { class: 'cell count', role: 'rowheader' }, String(index + 1)),
      ...cells,
    )
    made.style.top = `${index * rowHeight}px`
    return made
  }

  #click(event: MouseEvent): void {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]') : null
    if (cell === null) return
    const { row, column } = cell.dataset
    this.#at = { row: Number(row), column: Number(column) }
    if (this.#at.row === -1) this.#sortBy(this.#at.column)
    else this.#move(this.#at)
  }

  #open(): void {
    const { current } = this
    const column = this.#columns[this.#at.column]
    if (current !== undefined && column !== undefined && this.#at.row >= 0) this.#events.opened(current.cell, column)
  }

  #move(to: { row: number; column: number }): void {
    const row = Math.max(-1, Math.min(to.row, this.#order.length - 1))
    const column = Math.max(0, Math.min(to.column, this.#columns.length - 1))
    this.#at = { row, column }
    const { element } = this
    const top = row * rowHeight
    const inSight = element.clientHeight - rowHeight * 2
    if (top < element.scrollTop) element.scrollTop = Math.max(top, 0)
    else if (top > element.scrollTop + inSight) element.scrollTop = top - inSight
    this.#drawHead()
    this.#draw()
    const active = document.querySelector(row === -1 ? `#cell-head-${column}` : `#cell-${row}-${column}`)
    active?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  #key(event: KeyboardEvent): void {
    const { row, column } = this.#at
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2)
    const whole = event.ctrlKey || event.metaKey
    const moves: Readonly<Record<string, () => { row: number; column: number }>> = {
      ArrowDown: () => ({ row: row + 1, column }),
      ArrowUp: () => ({ row: row - 1, column }),
      ArrowRight: () => ({ row, column: column + 1 }),
      ArrowLeft: () => ({ row, column: column - 1 }),
      PageDown: () => ({ row: row + page, column }),
      PageUp: () => ({ row: Math.max(0, row - page), column }),
      Home: () => ({ row: whole ? 0 : row, column: 0 }),
      End: () => ({ row: whole ? this.#order.length - 1 : row, column: this.#columns.length - 1 }),
    }
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined
    if (move !== undefined) this.#move(move())
    else if (event.key === 'Enter' && row === -1) this.#sortBy(column)
    else if (event.key === 'Enter' && !whole) this.#open()
    else if (event.key === 's' && !whole) this.#sortBy(column)
    else if (event.key === 'c' && whole && getSelection()?.isCollapsed !== false) this.#events.copied()
    else return
    event.preventDefault()
  }
}
