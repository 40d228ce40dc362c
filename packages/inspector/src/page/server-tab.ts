import type { Snapshot } from './api.ts'
import { button, el, fill, newId } from './dom.ts'
import { jsonView } from './json-view.ts'
import { safeLink } from './media.ts'
import { timeText } from './sizes.ts'
import type { Talk } from './talk.ts'

/** The tab with what the server says of itself, and what it is told of us. */
export interface ServerTab {
  readonly panel: HTMLElement
  update(state: Snapshot): void
}

type Row = readonly [name: string, value: Node | string | undefined]

const rowsOf = ({ server, status, chosen }: Snapshot): readonly Row[] => {
  const { version: revision, era } = status.kind === 'connected' ? status : {}
  const spoken: readonly Row[] = [
    ['Revision', revision],
    ['Era', era],
  ]
  if (server === undefined) return spoken
  const { name, title, version, description, websiteUrl } = server
  const href = websiteUrl === undefined ? undefined : safeLink(websiteUrl)
  return [
    ['Name', title === undefined ? name : `${title} (${name})`],
    ['Version', version],
    ['Description', description],
    ['Website', href && el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, href)],
    ...spoken,
    ['Chosen era', chosen],
  ]
}

/** A line of the facts; nothing where a value is missing. */
const lineOf = ([name, value]: Row): Node[] => (value === undefined ? [] : [el('dt', {}, name), el('dd', {}, value)])

/** Where the roots are written, one a line. */
const rootsEditor = (talk: Talk): { element: HTMLElement; update: (state: Snapshot) => void } => {
  const [id, faultId] = [newId(), newId()]
  const area = el('textarea', {
    id,
    rows: 3,
    class: 'code',
    placeholder: 'file:///home/me/project',
    'aria-describedby': faultId,
    spellcheck: 'false',
  })
  const complaint = el('p', { class: 'complaint', id: faultId, role: 'status' })
  const save = async (): Promise<void> => {
    const roots = area.value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ uri: line.trim() }]))
    complaint.textContent = (await talk.send('roots', { roots })) ?? 'Saved.'
  }
  const label = el('label', { for: id }, 'Roots')
  const note = el('p', { class: 'note' }, 'What a server that asks is told it may work in: one file: URI a line.')
  let last: string | undefined
  return {
    element: el(
      'div',
      { class: 'field' },
      label,
      note,
      area,
      el('div', { class: 'actions' }, button('Save roots', save)),
      complaint,
    ),
    update: ({ roots }) => {
      const text = roots.map(({ uri }) => uri).join('\n')
      if (text !== last) area.value = text
      last = text
    },
  }
}

/** Makes the tab. */
export const serverTab = (talk: Talk): ServerTab => {
  const facts = el('dl', { class: 'facts' })
  const instructions = el('div')
  const faults = el('div')
  const capabilities = el('div')
  const pong = el('span', { class: 'quiet', role: 'status' })
  const ping = button('Ping', async () => {
    const outcome = await talk.run({ kind: 'ping' }).outcome
    pong.textContent = outcome.ok ? `Answered in ${timeText(outcome.milliseconds)}.` : outcome.message
  })
  const again = button('List again', () => talk.send('refresh'))
  const roots = rootsEditor(talk)
  const panel = el(
    'section',
    { class: 'panel' },
    el(
      'div',
      { class: 'pane' },
      el(
        'article',
        { class: 'detail' },
        el('h2', {}, 'Server'),
        facts,
        faults,
        instructions,
        el('div', { class: 'actions' }, ping, again, pong),
        el('h3', {}, 'Capabilities'),
        capabilities,
        el('h3', {}, 'What it is told'),
        roots.element,
      ),
    ),
  )
  return {
    panel,
    update: (state) => {
      fill(facts, ...rowsOf(state).flatMap(lineOf))
      fill(faults, ...state.offers.faults.map((fault) => el('p', { class: 'warning' }, fault)))
      const { instructions: text } = state
      fill(
        instructions,
        ...(text === undefined ? [] : [el('h3', {}, 'Instructions'), el('p', { class: 'wrap instructions' }, text)]),
      )
      fill(capabilities, jsonView(state.capabilities, 3))
      roots.update(state)
    },
  }
}
