import type { Job, JobOutcome } from './api.ts'
import { button, el, fill } from './dom.ts'
import { clockText } from './feed.ts'
import { timeText } from './sizes.ts'

/** The tab with what was done from this page. */
export interface HistoryTab {
  readonly panel: HTMLElement
  /** Remembers one more. */
  add(job: Job, outcome: JobOutcome): void
}

const mostKept = 100

const nameOf = (job: Job): string => {
  switch (job.kind) {
    case 'tool':
    case 'prompt':
      return job.name
    case 'read':
      return job.uri
    case 'expand':
      return job.template
    default:
      return job.kind
  }
}

const givenOf = (job: Job): string => {
  if (job.kind === 'tool' || job.kind === 'prompt') return JSON.stringify(job.arguments)
  return job.kind === 'expand' ? JSON.stringify(job.values) : ''
}

const standingOf = (outcome: JobOutcome): string => {
  if (!outcome.ok) return outcome.isCancelled ? 'cancelled' : 'refused'
  return outcome.result['isError'] === true ? 'failed' : 'done'
}

type Open = (job: Job, then: JobOutcome | 'run') => void

const rowOf = (job: Job, outcome: JobOutcome, open: Open): HTMLElement => {
  const standing = standingOf(outcome)
  return el(
    'li',
    { class: 'history-row' },
    el('time', { class: 'quiet' }, clockText(Date.now())),
    el('span', { class: `badge standing-${standing}` }, standing),
    el(
      'span',
      { class: 'wire-what' },
      el('span', { class: 'method' }, nameOf(job)),
      el('span', { class: 'quiet' }, ` ${givenOf(job)}`),
    ),
    el('span', { class: 'quiet meta' }, timeText(outcome.milliseconds)),
    button('Show', () => open(job, outcome), { class: 'small' }),
    button('Run again', () => open(job, 'run'), { class: 'small' }),
  )
}

/** Makes the tab; `open` shows something again, or does it again. */
export const historyTab = (open: Open, changed: (count: number) => void): HistoryTab => {
  const rows = el('ol', { class: 'history', 'aria-label': 'History' })
  const empty = el(
    'p',
    { class: 'quiet empty' },
    'What you run, read and get stands here, to be looked at and run again.',
  )
  const panel = el(
    'section',
    { class: 'panel' },
    el(
      'div',
      { class: 'bar' },
      el('span', { class: 'grow' }),
      button('Clear', () => clear()),
    ),
    el('div', { class: 'feed' }, empty, rows),
  )
  const clear = (): void => {
    fill(rows)
    empty.hidden = false
    changed(0)
  }
  return {
    panel,
    add: (job, outcome) => {
      rows.prepend(rowOf(job, outcome, open))
      while (rows.childElementCount > mostKept) rows.lastElementChild?.remove()
      empty.hidden = true
      changed(rows.childElementCount)
    },
  }
}
