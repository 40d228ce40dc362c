import type { Commands, Job, JobOutcome, JobProgress } from './api.ts'
import { announce, button, copyButton, el, fill } from './dom.ts'
import { commandOf } from './quoting.ts'
import { resultView } from './result-view.ts'
import type { Run, Talk } from './talk.ts'

/** What every part of the page that has something done needs. */
export type Desk = {
  readonly talk: Talk
  /** How a shell reaches the same server, as far as it does. */
  readonly commands: () => Commands | undefined
  /** Goes to where a resource is read. */
  readonly read: (uri: string) => void
  /** Remembers what was done. */
  readonly keep: (job: Job, outcome: JobOutcome) => void
}

/** Where one thing is done over and over: the buttons, the progress, and what came of it. */
export interface Bench {
  readonly element: HTMLElement
  /** Does it now; nothing happens while it is under way, or when something is missing. */
  run(): void
  /** Does it now, as nobody's doing: it is not remembered. */
  repeat(): void
  /** Shows an outcome of before. */
  show(outcome: JobOutcome): void
}

/** What a bench does, and what its button says. */
export type BenchOptions = {
  readonly label: string
  /** What is to be done; undefined when something is missing, which is then shown. */
  readonly job: () => Job | undefined
  /** Whether a shell can do the same. @default true */
  readonly hasCommand?: boolean
  /** Buttons that stand beside the first. */
  readonly more?: readonly HTMLElement[]
}

const progressView = ({ progress, total, message }: JobProgress): HTMLElement => {
  const text = total === undefined ? String(progress) : `${progress} of ${total}`
  const bar = el('progress', {
    'aria-label': 'Progress',
    ...(total === undefined ? {} : { max: total, value: progress }),
  })
  return el(
    'div',
    { class: 'progress' },
    bar,
    el('span', { class: 'quiet' }, message === undefined ? text : `${text}: ${message}`),
  )
}

const summaryOf = (outcome: JobOutcome): string => {
  if (!outcome.ok) return outcome.isCancelled ? 'Cancelled.' : `Refused: ${outcome.message}`
  return outcome.result['isError'] === true ? 'The tool failed.' : 'Done.'
}

/** Makes a bench. */
export const benchOf = (desk: Desk, options: BenchOptions): Bench => {
  let under: Run | undefined
  const progress = el('div')
  const results = el('div')
  const cancel = button('Cancel', () => under?.cancel(), { hidden: true })
  const main = button(options.label, () => run(), { class: 'main' })
  const show = (outcome: JobOutcome): void => fill(results, resultView(outcome, { read: desk.read }))
  const stand = (isRunning: boolean): void => {
    const hadFocus = document.activeElement === main || document.activeElement === cancel
    main.disabled = isRunning
    cancel.hidden = !isRunning
    if (hadFocus) (isRunning ? cancel : main).focus()
    fill(progress, isRunning && el('div', { class: 'progress' }, el('progress', { 'aria-label': 'Under way' })))
  }
  const finish = (outcome: JobOutcome): void => {
    under = undefined
    stand(false)
    show(outcome)
    announce(summaryOf(outcome))
  }
  const start = async (isKept: boolean): Promise<void> => {
    const job = under === undefined ? options.job() : undefined
    if (job === undefined) return
    under = desk.talk.run(job, (how) => fill(progress, progressView(how)))
    stand(true)
    const outcome = await under.outcome
    finish(outcome)
    if (isKept) desk.keep(job, outcome)
  }
  const run = (): void => void start(true)
  const command = commandButton(desk, options)
  const bar = el(
    'div',
    { class: 'actions' },
    main,
    cancel,
    ...(options.more ?? []),
    command,
    el('kbd', { class: 'quiet' }, 'Ctrl+Enter'),
  )
  return { element: el('div', { class: 'bench' }, bar, progress, results), run, repeat: () => void start(false), show }
}

const commandButton = (desk: Desk, { job, hasCommand = true }: BenchOptions): HTMLElement | undefined => {
  if (!hasCommand || desk.commands() === undefined) return undefined
  return copyButton('Copy as CLI call', 'Command', () => {
    const asked = job()
    return (asked === undefined ? undefined : commandOf(asked, desk.commands())) ?? ''
  })
}

/** Lets Ctrl+Enter, or Command+Enter, run a bench from anywhere in an element. */
export const runOnEnter = (element: HTMLElement, bench: Bench): void => {
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    bench.run()
  })
}
