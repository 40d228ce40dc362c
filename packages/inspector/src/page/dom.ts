/** What an element holds: text is text, whatever is in it, and never markup. */
export type Child = Node | string | undefined | false

/** An attribute, or what hears an event where its name begins with `on`. */
export type Attribute = string | number | boolean | undefined | ((event: Event) => unknown)

/** Makes an element. Functions become listeners, `true` an empty attribute; `false` and undefined leave it out. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...present(children))
  return element
}

const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child) => child !== undefined && child !== false)

/** Puts children in the place of those that an element has. */
export const fill = (element: Element, ...children: readonly Child[]): void => {
  element.replaceChildren(...present(children))
}

/** Makes a plain button. */
export const button = (
  label: string,
  onclick: () => unknown,
  attributes: Readonly<Record<string, Attribute>> = {},
): HTMLButtonElement => el('button', { type: 'button', onclick, ...attributes }, label)

/** The star beside the name of what must be given; false beside any other. */
export const mustMark = (isRequired: boolean): Node | false =>
  isRequired && el('span', { class: 'must', title: 'Required' }, ' *')

let ids = 0

/** An id that no other element has. */
export const newId = (): string => {
  ids += 1
  return `i${ids}`
}

let announcer: HTMLElement | undefined

/** Says something to those who do not see the page; nothing is shown. */
export const announce = (text: string): void => {
  announcer ??= document.body.appendChild(el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' }))
  announcer.textContent = text
}

/** Copies a text, and says so. */
export const copy = async (text: string, what: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
    announce(`${what} copied.`)
  } catch {
    announce('The browser did not let the page copy.')
  }
}

/** A button that copies, and says on itself that it did. */
export const copyButton = (label: string, what: string, text: () => string): HTMLButtonElement => {
  const made = button(label, async () => {
    const copied = text()
    if (copied === '') return
    await copy(copied, what)
    made.textContent = 'Copied'
    setTimeout(() => (made.textContent = label), 1200)
  })
  return made
}
