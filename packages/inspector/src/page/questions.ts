import type { CreateMessageParams, JsonObject } from '@parley/core'
import type { Question } from './api.ts'
import { announce, button, el, fill, newId } from './dom.ts'
import { formOf } from './form.ts'
import { foldedJson } from './json-view.ts'
import { safeLink } from './media.ts'
import { messageView } from './result-view.ts'
import { sampledEditor } from './sampled.ts'
import type { Talk } from './talk.ts'

/** The dialogs that answer what the server asks, one after another. */
export interface Questions {
  add(question: Question): void
  /** One is answered, here or elsewhere, or nobody waits for it any more. */
  remove(number: number): void
  /** Shows others in the place of all. */
  replace(questions: readonly Question[]): void
}

/** What a dialog shows, and how it is answered; `answer` gives nothing while something is missing. */
type Asked = {
  readonly title: string
  readonly body: HTMLElement
  readonly buttons: readonly HTMLElement[]
  readonly dismissal: JsonObject
}

type Give = (answer: JsonObject) => void

const formAsked = ({ params }: Question & { kind: 'form' }, give: Give): Asked => {
  const form = formOf(params.requestedSchema, { hasJson: false })
  const submit = (): void => {
    const content = form.read()
    if (content !== undefined) give({ action: 'accept', content })
  }
  const body = el(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault()
        submit()
      },
    },
    el('p', { class: 'wrap message-text' }, params.message),
    form.element,
  )
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
  })
  return {
    title: 'The server asks',
    body,
    buttons: [
      button('Send', submit, { class: 'main' }),
      button('Decline', () => give({ action: 'decline' })),
      button('Cancel', () => give({ action: 'cancel' })),
    ],
    dismissal: { action: 'cancel' },
  }
}

const urlAsked = ({ params, host }: Question & { kind: 'url' }, give: Give): Asked => {
  const href = safeLink(params.url)
  const isOdd = href !== undefined && new URL(href).host !== host
  const isPlain = href?.startsWith('http:') === true
  const open = (): void => {
    if (href !== undefined) window.open(href, '_blank', 'noopener,noreferrer')
    give({ action: 'accept' })
  }
  const body = el(
    'div',
    {},
    el('p', { class: 'wrap message-text' }, params.message),
    el('p', { class: 'host' }, host),
    isOdd &&
      el(
        'p',
        { class: 'warning' },
        'This name has letters that look like others. Its real spelling is in the address below.',
      ),
    isPlain && el('p', { class: 'warning' }, 'The address is not encrypted.'),
    el('pre', { class: 'text', tabindex: 0 }, params.url),
    el('p', { class: 'quiet' }, 'Opening is your decision: the server learns only that you agreed.'),
  )
  return {
    title: 'The server asks you to open a page',
    body,
    buttons: [
      button('Agree and open', open, { class: 'main', disabled: href === undefined }),
      button('Agree', () => give({ action: 'accept' })),
      button('Decline', () => give({ action: 'decline' })),
      button('Cancel', () => give({ action: 'cancel' })),
    ],
    dismissal: { action: 'cancel' },
  }
}

const messagesView = ({ messages, systemPrompt }: CreateMessageParams): HTMLElement => {
  const system =
    systemPrompt !== undefined &&
    el(
      'div',
      { class: 'message' },
      el('span', { class: 'role' }, 'system'),
      el('pre', { class: 'text', tabindex: 0 }, systemPrompt),
    )
  return el('div', { class: 'messages' }, system, ...messages.map((message) => messageView(message)))
}

const samplingAsked = ({ params }: Question & { kind: 'sampling' }, give: Give): Asked => {
  const { messages: _, systemPrompt: __, ...settings } = params
  const editor = sampledEditor()
  const send = (): void => {
    const answer = editor.read()
    if (answer !== undefined) give(answer)
  }
  return {
    title: 'The server asks for a model’s answer',
    body: el('div', {}, messagesView(params), foldedJson('Settings', settings), editor.element),
    buttons: [button('Send', send, { class: 'main' }), button('Decline', () => give({ action: 'decline' }))],
    dismissal: { action: 'decline' },
  }
}

const askedOf = (question: Question, give: Give): Asked => {
  switch (question.kind) {
    case 'form':
      return formAsked(question, give)
    case 'url':
      return urlAsked(question, give)
    case 'sampling':
      return samplingAsked(question, give)
  }
}

/** Opens a dialog, with the keyboard where an answer begins. */
const show = (dialog: HTMLDialogElement, { title, buttons }: Asked): void => {
  dialog.showModal()
  const first = dialog.querySelector<HTMLElement>('.field input, .field textarea, .field select') ?? buttons.at(-1)
  first?.focus()
  announce(title)
}

/** Makes the dialogs. `who` is the server's name, as shown. */
export const questionsOf = (talk: Talk, who: () => string): Questions => {
  let open: readonly Question[] = []
  let shown: number | undefined
  const titleId = newId()
  const dialog = el('dialog', { 'aria-labelledby': titleId })
  let dismissal: JsonObject = {}
  document.body.append(dialog)
  // Escape closes a dialog before anybody is asked; it is an answer, too.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    if (shown !== undefined) void give(shown, dismissal)
  })
  const complaint = el('p', { class: 'complaint', role: 'alert' })
  const give = async (number: number, answer: JsonObject): Promise<void> => {
    complaint.textContent = (await talk.send('answer', { number, answer })) ?? ''
  }
  const draw = (): void => {
    const [next] = open
    if (next?.number === shown) return
    shown = next?.number
    if (dialog.open) dialog.close()
    if (next === undefined) return
    const asked = askedOf(next, (answer) => void give(next.number, answer))
    dismissal = asked.dismissal
    complaint.textContent = ''
    const waiting = open.length > 1 && el('span', { class: 'quiet' }, `${open.length - 1} more waiting`)
    const title = el('h2', { id: titleId }, asked.title)
    const head = el('div', { class: 'dialog-head' }, title, el('span', { class: 'badge' }, who()), waiting)
    const body = el('div', { class: 'dialog-body' }, asked.body)
    fill(dialog, head, body, complaint, el('div', { class: 'actions' }, ...asked.buttons))
    show(dialog, asked)
  }
  const set = (questions: readonly Question[]): void => {
    open = questions
    draw()
  }
  return {
    add: (question) => set([...open, question]),
    remove: (number) => set(open.filter((each) => each.number !== number)),
    replace: set,
  }
}
