import type { JsonObject, Prompt } from '@parley/core'
import type { Job, JobOutcome, Snapshot } from './api.ts'
import { benchOf, runOnEnter } from './bench.ts'
import type { Bench, Desk } from './bench.ts'
import { completedForm } from './completion.ts'
import type { CompletedForm } from './completion.ts'
import { el } from './dom.ts'
import { listOf } from './list.ts'
import { splitOf } from './split.ts'

/** The tab with the server's prompts. */
export interface PromptsTab {
  readonly panel: HTMLElement
  /** Shows the prompts of a new state. */
  update(state: Snapshot): void
  /** Goes to a prompt with these arguments, shows what came of it before, or gets it. */
  open(name: string, given: JsonObject, then: JobOutcome | 'run'): void
}

type Shown = {
  readonly text: string
  readonly element: HTMLElement
  readonly form: CompletedForm
  readonly bench: Bench
}

const promptView = (prompt: Prompt, text: string, desk: Desk, completes: boolean): Shown => {
  const fields = (prompt.arguments ?? []).map(({ name, title, description, required = false }) => ({
    name,
    label: title ?? name,
    isRequired: required,
    ...(description === undefined ? {} : { note: description }),
  }))
  const form = completedForm(fields, { type: 'ref/prompt', name: prompt.name }, desk.talk, completes)
  const job = (): Job | undefined => {
    const given = form.read()
    return given === undefined ? undefined : { kind: 'prompt', name: prompt.name, arguments: given }
  }
  const bench = benchOf(desk, { label: 'Get', job })
  const element = el(
    'article',
    { class: 'detail' },
    el(
      'div',
      { class: 'detail-head' },
      el('h2', {}, prompt.name),
      prompt.title !== undefined && el('span', { class: 'quiet' }, prompt.title),
    ),
    prompt.description !== undefined && el('p', { class: 'wrap' }, prompt.description),
    fields.length === 0 ? el('p', { class: 'quiet' }, 'It takes no arguments.') : form.element,
    bench.element,
  )
  runOnEnter(element, bench)
  return { text, element, form, bench }
}

/** Makes the tab. */
export const promptsTab = (desk: Desk): PromptsTab => {
  const views = new Map<string, Shown>()
  let state: Snapshot | undefined
  const list = listOf('Prompts', (name) => draw(name))
  const split = splitOf([list.element])
  const viewOf = (name: string): Shown | undefined => {
    const prompt = state?.offers.prompts.find((each) => each.name === name)
    if (prompt === undefined) return undefined
    const completes = state?.capabilities.completions !== undefined
    const text = JSON.stringify([prompt, completes])
    const known = views.get(name)
    if (known?.text === text) return known
    const made = promptView(prompt, text, desk, completes)
    views.set(name, made)
    return made
  }
  const draw = (name: string | undefined): void => {
    const hint = state?.offers.prompts.length === 0 ? 'This server has no prompts.' : 'Choose a prompt.'
    split.show(name === undefined ? undefined : viewOf(name)?.element, hint)
  }
  return {
    panel: split.panel,
    update: (now) => {
      state = now
      list.show(
        now.offers.prompts.map(({ name, description }) => ({
          key: name,
          title: name,
          ...(description === undefined ? {} : { more: description }),
        })),
      )
      const first = now.offers.prompts[0]?.name
      if (list.chosen === undefined && first !== undefined) list.choose(first)
      draw(list.chosen)
    },
    open: (name, given, then) => {
      list.choose(name)
      draw(name)
      const view = viewOf(name)
      view?.form.show(given)
      if (then === 'run') view?.bench.run()
      else view?.bench.show(then)
    },
  }
}
