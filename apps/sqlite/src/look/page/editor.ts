import { announce, el, fill } from './dom.ts'
import type { Suggestion, Suggestions } from './suggest.ts'
import { tokensOf } from './tokens.ts'

/** A field for a statement, coloured, with suggestions. */
export interface Editor {
  readonly element: HTMLElement
  readonly value: string
  /** Puts a statement there, and the keyboard with it. */
  write(sql: string): void
  /** Puts text where the caret is. */
  insert(text: string): void
  /** Marks the place where something is wrong; `undefined` takes the mark away. */
  mark(place: number | undefined): void
  focus(): void
}

/** What the editor asks and tells. */
export type Editing = {
  readonly suggest: (sql: string, caret: number, signal: AbortSignal) => Promise<Suggestions>
  readonly changed: (sql: string) => void
  readonly run: () => void
}

const pause = 120

/** The list below the caret, walked by the keys that the field hands on. */
class Popup {
  readonly element: HTMLElement = el('div', { class: 'popup', role: 'listbox', id: 'suggestions', 'aria-label': 'Suggestions', hidden: true })
  readonly #field: HTMLTextAreaElement
  readonly #take: (suggestion: Suggestion) => void
  #list: readonly Suggestion[] = []
  #at = 0

  constructor(field: HTMLTextAreaElement, take: (suggestion: Suggestion) => void) {
    this.#field = field
    this.#take = take
  }

  get isOpen(): boolean {
    return !this.element.hidden
  }

  show(list: readonly Suggestion[], { left, top }: { left: number; top: number }): void {
    this.#list = list
    const options = list.map(({ text, what, of }, index) =>
      el(
        'div',
        { role: 'option', id: `suggestion-${index}`, class: 'suggestion', onmousedown: (event) => this.#click(event, index) },
        el('code', {}, text),
        el('span', { class: 'quiet' }, of === undefined ? what : `${what} of ${of}`),
      ),
    )
    fill(this.element, ...options)
    this.element.hidden = list.length === 0
    this.element.style.left = `${left}px`
    this.element.style.top = `${top}px`
    if (list.length > 0) announce(`${list.length} suggestions; arrows choose, Tab takes.`)
    this.#choose(0)
  }

  close(): void {
    this.element.hidden = true
    this.#field.removeAttribute('aria-activedescendant')
  }

  /** Whether the key was meant for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.isOpen) return false
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) this.#choose((this.#at + step + this.#list.length) % this.#list.length)
    else if (event.key === 'Escape') this.close()
    else if ((event.key === 'Tab' || event.key === 'Enter') && !event.ctrlKey && !event.metaKey && !event.shiftKey) this.#accept()
    else return false
    return true
  }

  #click(event: Event, index: number): void {
    // The keyboard stays in the field.
    event.preventDefault()
    this.#at = index
    this.#accept()
  }

  #accept(): void {
    const suggestion = this.#list[this.#at]
    this.close()
    if (suggestion !== undefined) this.#take(suggestion)
  }

  #choose(at: number): void {
    this.#at = at
    for (const [index, option] of [...this.element.children].entries()) {
      option.setAttribute('aria-selected', String(index === at))
      if (index !== at) continue
      this.#field.setAttribute('aria-activedescendant', option.id)
      option.scrollIntoView({ block: 'nearest' })
    }
  }
}

/** The statement in colours, as it lies behind the field; `mark` underlines the piece at a place. */
const painted = (sql: string, mark: number | undefined): HTMLElement[] => {
  const end = sql.trimEnd().length
  const place = mark === undefined ? undefined : Math.min(mark, Math.max(end - 1, 0))
  return tokensOf(sql).map(({ kind, text, from, to }) => {
    const isMarked = place !== undefined && place >= from && place < to
    return el('span', { class: isMarked ? `t-${kind} wrong` : `t-${kind}` }, text)
  })
}

/** Makes the editor. */
export const editorOf = ({ suggest, changed, run }: Editing): Editor => {
  const field = el('textarea', {
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
  const paint = el('pre', { class: 'paint', 'aria-hidden': 'true' })
  let marked: number | undefined
  let asking: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let place = { from: 0, to: 0 }

  const draw = (): void => {
    // The last line break would not show without something after it.
    fill(paint, ...painted(field.value, marked), '\n')
    paint.scrollTop = field.scrollTop
    paint.scrollLeft = field.scrollLeft
  }
  const put = (text: string, from: number, to: number): void => {
    field.setRangeText(text, from, to, 'end')
    edited()
    field.focus()
  }
  const popup = new Popup(field, ({ text }) => put(text, place.from, place.to))
  const edited = (): void => {
    marked = undefined
    field.removeAttribute('aria-invalid')
    draw()
    changed(field.value)
  }
  const caretPlace = (from: number): { left: number; top: number } => {
    const range = document.createRange()
    let left = from
    for (const span of paint.children) {
      const { length } = span.textContent
      if (left <= length && span.firstChild !== null) {
        range.setStart(span.firstChild, left)
        break
      }
      left -= length
    }
    const [box, own] = [range.getBoundingClientRect(), paint.getBoundingClientRect()]
    if (range.startContainer === document) return { left: 12, top: 34 }
    return { left: Math.min(box.left - own.left, own.width - 180), top: box.bottom - own.top + 4 }
  }
  const look = async (): Promise<void> => {
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    const caret = field.selectionStart
    try {
      const { from, to, list } = await suggest(field.value, caret, mine.signal)
      if (mine.signal.aborted || field.selectionStart !== caret) return
      place = { from, to }
      popup.show(list, caretPlace(from))
    } catch {
      popup.close()
    }
  }
  const later = (): void => {
    clearTimeout(timer)
    asking?.abort()
    popup.close()
    const before = field.value.slice(0, field.selectionStart)
    if (/[\p{L}\p{N}_"]{2}$|\.$/u.test(before)) timer = setTimeout(() => void look(), pause)
  }
  field.addEventListener('input', () => {
    edited()
    later()
  })
  field.addEventListener('scroll', draw)
  field.addEventListener('blur', () => popup.close())
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      popup.close()
      run()
    } else if (event.key === ' ' && event.ctrlKey) void look()
    else if (!popup.key(event)) return
    event.preventDefault()
    event.stopPropagation()
  })
  draw()
  return {
    element: el('div', { class: 'editor' }, paint, field, popup.element),
    get value() {
      return field.value
    },
    write: (sql) => {
      field.value = sql
      edited()
      popup.close()
    },
    insert: (text) => put(text, field.selectionStart, field.selectionEnd),
    mark: (at) => {
      marked = at
      if (at === undefined) field.removeAttribute('aria-invalid')
      else {
        field.setAttribute('aria-invalid', 'true')
        field.setSelectionRange(at, at)
      }
      draw()
    },
    focus: () => field.focus(),
  }
}
