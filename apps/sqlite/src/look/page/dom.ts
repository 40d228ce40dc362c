/** What an element holds: text is text, whatever is in it, and never markup. */
export type Child = Node | string | undefined | false

/** An attribute, or what hears an event where its name begins with `on`. */
export type Attribute = string | number | boolean | undefined | ((event: Event) => unknown)

/** Attributes by name; functions become listeners, `true` an empty attribute; `false` and undefined leave it out. */
export type Attributes = Readonly<Record<string, Attribute>>

const present = (children: readonly Child[]): (Node | string)[] =>
  children.filter((child) => child !== undefined && child !== false)

const dress = <E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...present(children))
  return element
}

/** Makes an element. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => dress(document.createElement(tag), attributes, children)

/** Makes an element of a drawing. */
export const svg = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] => dress(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children)

/** Puts children in the place of those that an element has. */
export const fill = (element: Element, ...children: readonly Child[]): void =>
  element.replaceChildren(...present(children))

/** Makes a plain button. */
export const button = (label: string, onclick: () => unknown, attributes: Attributes = {}): HTMLButtonElement =>
  el('button', { type: 'button', onclick, ...attributes }, label)

/** Shows a dialog until it is closed; what stands in its head is followed by the button for that. */
export const showDialog = (label: string, head: readonly Child[], content: Child): void => {
  const dialog: HTMLDialogElement = el(
    'dialog',
    { 'aria-label': label, onclose: () => dialog.remove() },
    el(
      'div',
      { class: 'dialog-head' },
      ...head,
      button('Close', () => dialog.close(), { class: 'small' }),
    ),
    content,
  )
  document.body.append(dialog)
  dialog.showModal()
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

/** Hands a text to the browser as a file. */
export const save = (text: string, name: string, type: string): void => {
  const href = URL.createObjectURL(new Blob([text], { type }))
  el('a', { href, download: name }).click()
  URL.revokeObjectURL(href)
}
