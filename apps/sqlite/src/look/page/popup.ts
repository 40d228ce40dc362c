import { announce, el, fill } from './dom.ts'
import type { Suggestion } from './suggest.ts'

/** The list below the caret, walked by the keys that the field hands on. */
export class Popup {
  readonly element: HTMLElement = el('div', {
    class: 'popup',
    role: 'listbox',
    id: 'suggestions',
    'aria-label': 'Suggestions',
    hidden: true,
  })
  readonly #field: HTMLTextAreaElement
  readonly #take: (suggestion: Suggestion) => void
  #list: readonly Suggestion[] = []
  #at = 0
  /** Whether the person has looked at the list: only then does Enter mean it. */
  #isWalked = false

  constructor(field: HTMLTextAreaElement, take: (suggestion: Suggestion) => void) {
    this.#field = field
    this.#take = take
  }

  show(list: readonly Suggestion[], { left, top }: { left: number; top: number }): void {
    this.#list = list
    const options = list.map(({ text, what, of }, index) =>
      el(
        'div',
        {
          role: 'option',
          id: `suggestion-${index}`,
          class: 'suggestion',
          onmousedown: (event) => this.#click(event, index),
        },
        el('code', {}, text),
        el('span', { class: 'quiet' }, of === undefined ? what : `${what} of ${of}`),
      ),
    )
    fill(this.element, ...options)
    this.element.hidden = list.length === 0
    this.element.style.left = `${left}px`
    this.element.style.top = `${top}px`
    if (list.length > 0) announce(`${list.length} suggestions; arrows choose, Tab takes.`)
    this.#isWalked = false
    this.#choose(0)
  }

  close(): void {
    this.element.hidden = true
    this.#field.removeAttribute('aria-activedescendant')
  }

  /** Whether the key was meant for the list. */
  key(event: KeyboardEvent): boolean {
    if (this.element.hidden) return false
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey
    if (step !== 0) {
      this.#isWalked = true
      this.#choose((this.#at + step + this.#list.length) % this.#list.length)
    } else if (event.key === 'Escape') this.close()
    else if (isPlain && (event.key === 'Tab' || (event.key === 'Enter' && this.#isWalked))) this.#accept()
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
