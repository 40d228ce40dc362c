import type { Snapshot, Status } from './api.ts'
import { button, el, fill } from './dom.ts'
import type { Talk } from './talk.ts'

/** The line above everything: what is inspected, and how the connection stands. */
export interface Head {
  readonly element: HTMLElement
  update(state: Snapshot): void
  /** Tells whether the page still hears the inspector; a reason says why it does not. */
  readonly heard: (isHeard: boolean, why?: string) => void
}

const statusText = (status: Status): string => {
  switch (status.kind) {
    case 'connecting':
      return 'Connecting…'
    case 'connected':
      return `Connected, revision ${status.version}`
    case 'failed':
      return 'Not connected'
    case 'closed':
      return 'Closed'
    case 'crashed':
      return 'Crashed'
  }
}

const bannerOf = (status: Status): HTMLElement | false => {
  if (status.kind === 'connecting' || status.kind === 'connected') return false
  const titles = { failed: 'The connection failed.', closed: 'The connection ended.', crashed: 'The program crashed.' }
  return el(
    'div',
    { class: 'banner', role: 'alert' },
    el('strong', {}, titles[status.kind]),
    el('pre', { tabindex: 0 }, status.reason),
  )
}

const eras = [
  ['auto', 'Auto'],
  ['modern', 'Modern only'],
  ['legacy', 'Legacy only'],
] as const

const lost =
  'The page has lost the inspector. It comes back by itself when the inspector does; after a restart, open the new URL.'

/** Makes it. */
export const headOf = (talk: Talk): Head => {
  const title = el('h1', {}, 'Inspector')
  const server = el('span', { class: 'quiet' })
  const dot = el('span', { class: 'dot', 'aria-hidden': 'true' })
  const standing = el('span', { role: 'status' }, 'Connecting…')
  const era = el('span', { class: 'badge', hidden: true })
  const choice = el('select', {}, ...eras.map(([value, label]) => el('option', { value }, label)))
  choice.addEventListener('change', () => void talk.send('era', { era: choice.value }))
  const banner = el('div')
  const deaf = el('div', { class: 'banner', role: 'alert', hidden: true })
  const update = (state: Snapshot): void => {
    const { status, server: info } = state
    title.textContent = state.title
    document.title = `${state.title} · Inspector`
    fill(server, info === undefined ? '' : `${info.title ?? info.name} ${info.version}`)
    dot.className = `dot ${status.kind}`
    standing.textContent = statusText(status)
    era.hidden = status.kind !== 'connected'
    if (status.kind === 'connected') {
      era.textContent = status.era
      era.className = `badge era-${status.era}`
    }
    choice.value = state.chosen
    fill(banner, bannerOf(status))
  }
  const again = button('Reconnect', () => talk.send('reconnect'))
  return {
    element: el(
      'header',
      {},
      el(
        'div',
        { class: 'head' },
        el('div', { class: 'who' }, title, server),
        el('div', { class: 'standing' }, dot, standing, era),
        el('span', { class: 'grow' }),
        el('div', { class: 'actions' }, el('label', { class: 'quiet' }, 'Era ', choice), again),
      ),
      deaf,
      banner,
    ),
    update,
    heard: (isHeard, why = lost) => {
      deaf.hidden = isHeard
      deaf.textContent = isHeard ? '' : why
    },
  }
}
