import type { Table } from '../../engine/engine.ts'
import { button, el, fill } from './dom.ts'
import { drawAll } from './drawing.ts'
import { layOut } from './layout.ts'
import type { Picture } from './layout.ts'

/** Below that, names cannot be read: the sheet scrolls instead. */
const smallest = 0.6

/** A picture of the tables and of how they refer to one another. */
export class Diagram {
  readonly panel: HTMLElement
  readonly #open: (name: string) => void
  readonly #sheet = el('div', { class: 'sheet' })
  readonly #note = el('span', { class: 'quiet' })
  #picture: Picture = layOut([])
  #drawing: SVGSVGElement | undefined
  #tables: readonly Table[] = []
  #isStale = true
  /** Undefined fits the picture into the sheet. */
  #zoom: number | undefined

  /** `open` hears which table was chosen in it. */
  constructor(open: (name: string) => void) {
    this.#open = open
    const fit = (): void => this.#scale(undefined)
    const controls = [
      button('−', () => this.#scale(this.#now / 1.25), { class: 'small', 'aria-label': 'Smaller' }),
      button('+', () => this.#scale(this.#now * 1.25), { class: 'small', 'aria-label': 'Larger' }),
      button('Fit', fit, { class: 'small' }),
    ]
    const legend = el('span', { class: 'quiet' }, 'An arrow leads from a foreign key to what it refers to.')
    const bar = el('div', { class: 'bar' }, ...controls, this.#note, el('span', { class: 'grow' }), legend)
    this.panel = el('section', { class: 'panel' }, bar, this.#sheet)
    new ResizeObserver(() => this.#scale(this.#zoom)).observe(this.#sheet)
  }

  /** Takes other tables; they are drawn when there is somebody to see them. */
  show(tables: readonly Table[]): void {
    this.#tables = tables
    this.#isStale = true
    if (!this.panel.hidden) this.draw()
  }

  /** Draws what is not drawn yet. */
  draw(): void {
    if (this.#isStale) {
      this.#picture = layOut(this.#tables)
      this.#drawing = drawAll(this.#picture, this.#open)
      fill(
        this.#sheet,
        this.#tables.length === 0 ? el('p', { class: 'quiet empty' }, 'There is nothing to draw.') : this.#drawing,
      )
      this.#isStale = false
    }
    this.#scale(this.#zoom)
  }

  get #now(): number {
    const { width, height } = this.#picture
    const fitting = Math.min((this.#sheet.clientWidth - 4) / width, (this.#sheet.clientHeight - 4) / height)
    return this.#zoom ?? Math.max(smallest, Math.min(fitting, 1))
  }

  #scale(to: number | undefined): void {
    this.#zoom = to === undefined ? undefined : Math.max(0.2, Math.min(to, 2))
    const now = this.#now
    if (this.#drawing === undefined) return
    this.#drawing.style.width = `${this.#picture.width * now}px`
    this.#drawing.style.height = `${this.#picture.height * now}px`
    this.#note.textContent = `${Math.round(now * 100)} %`
  }
}
