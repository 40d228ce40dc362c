import { el, fill } from './dom.ts'
import { Popup } from './popup.ts'
import type { Suggestions } from './suggest.ts'
import { tokensOf } from './tokens.ts'

/** What the editor asks and tells. */
export type Editing = {
  readonly suggest: (sql: string, caret: number, signal: AbortSignal) => Promise<Suggestions>
  readonly changed: (sql: string) => void
  readonly run: () => void
}

const pause = 120
/** Characters beyond which a statement has no colours, so that typing stays quick. */
const longest = 20_000

/** The statement in colours, as it lies behind the field; `mark` underlines the piece at a place. */
const painted = (sql: string, mark: number | undefined): HTMLElement[] => {
  if (sql.length > longest) return [el('span', {}, sql)]
  const end = sql.trimEnd().length
  const place = mark === undefined ? undefined : Math.min(mark, Math.max(end - 1, 0))
  return tokensOf(sql).map(({ kind, text, from, to }) => {
    const isMarked = place !== undefined && place >= from && place < to
    return el('span', { class: isMarked ? `t-${kind} wrong` : `t-${kind}` }, text)
  })
}

const fieldOf = (): HTMLTextAreaElement =>
  el('textarea', {
    id: 'sql',
    'aria-label': 'Statement',
    'aria-describedby': 'sql-keys',
    'aria-autocomplete': 'list',
    'aria-controls': 'suggestions',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'SELECT …',
  })

/** A field for a statement, with its colours behind it and suggestions below the caret. */
export class Editor {
  readonly element: HTMLElement
  readonly #editing: Editing
  readonly #field: HTMLTextAreaElement = fieldOf()
  readonly #paint: HTMLElement = el('pre', { class: 'paint', 'aria-hidden': 'true' })
  readonly #popup: Popup
  #marked: number | undefined
  #asking: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What a suggestion takes the place of. */
  #place = { from: 0, to: 0 }

  constructor(editing: Editing) {
    this.#editing = editing
    this.#popup = new Popup(this.#field, ({ text }) => this.#put(text, this.#place.from, this.#place.to))
    this.element = el('div', { class: 'editor' }, this.#paint, this.#field, this.#popup.element)
    this.#field.addEventListener('input', () => this.#typed())
    this.#field.addEventListener('scroll', () => this.#scroll())
    this.#field.addEventListener('blur', () => this.#hush())
    this.#field.addEventListener('keydown', (event) => this.#key(event))
    this.#draw()
  }

  get value(): string {
    return this.#field.value
  }

  /** Puts a statement there. */
  write(sql: string): void {
    this.#field.value = sql
    this.#edited()
    this.#hush()
  }

  /** Puts text where the caret is. */
  insert(text: string): void {
    this.#put(text, this.#field.selectionStart, this.#field.selectionEnd)
  }

  /** Marks the place where something is wrong, and puts the caret there; `undefined` takes the mark away. */
  mark(at: number | undefined): void {
    this.#marked = at
    if (at === undefined) this.#field.removeAttribute('aria-invalid')
    else {
      this.#field.setAttribute('aria-invalid', 'true')
      this.#field.setSelectionRange(at, at)
    }
    this.#draw()
  }

  focus(): void {
    this.#field.focus()
  }

  #draw(): void {
    // The last line break would not show without something after it.
    fill(this.#paint, ...painted(this.#field.value, this.#marked), '\n')
    this.#scroll()
  }

  #scroll(): void {
    this.#paint.scrollTop = this.#field.scrollTop
    this.#paint.scrollLeft = this.#field.scrollLeft
  }

  #put(text: string, from: number, to: number): void {
    this.#field.setRangeText(text, from, to, 'end')
    this.#edited()
    this.#field.focus()
  }

  #edited(): void {
    this.mark(undefined)
    this.#editing.changed(this.#field.value)
  }

  #typed(): void {
    this.#edited()
    this.#hush()
    const before = this.#field.value.slice(0, this.#field.selectionStart)
    if (/[\p{L}\p{N}_"]{2}$|\.$/u.test(before)) this.#timer = setTimeout(() => void this.#look(), pause)
  }

  /** Ends suggesting. */
  #hush(): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
    this.#popup.close()
  }

  async #look(): Promise<void> {
    this.#hush()
    const mine = new AbortController()
    this.#asking = mine
    const caret = this.#field.selectionStart
    try {
      const { from, to, list } = await this.#editing.suggest(this.#field.value, caret, mine.signal)
      if (mine.signal.aborted || this.#field.selectionStart !== caret) return
      this.#place = { from, to }
      this.#popup.show(list, this.#placeOf(from))
    } catch {
      this.#popup.close()
    }
  }

  /** Where a character stands, by what is painted behind the field. */
  #placeOf(at: number): { left: number; top: number } {
    const range = document.createRange()
    let left = at
    for (const { firstChild, textContent } of this.#paint.children) {
      if (left <= textContent.length && firstChild !== null) {
        range.setStart(firstChild, left)
        break
      }
      left -= textContent.length
    }
    if (range.startContainer === document) return { left: 12, top: 34 }
    const [box, own] = [range.getBoundingClientRect(), this.#paint.getBoundingClientRect()]
    return { left: Math.min(box.left - own.left, own.width - 180), top: box.bottom - own.top + 4 }
  }

  #key(event: KeyboardEvent): void {
    const isWhole = event.ctrlKey || event.metaKey
    if (event.key === 'Enter' && isWhole) {
      this.#hush()
      this.#editing.run()
    } else if (event.key === ' ' && event.ctrlKey) void this.#look()
    else if (!this.#popup.key(event)) return
    event.preventDefault()
    event.stopPropagation()
  }
}
