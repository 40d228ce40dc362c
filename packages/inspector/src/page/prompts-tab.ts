import type { JsonObject, Prompt } from '@parley/core'
import type { Job, JobOutcome, Snapshot } from './api.ts'
import { benchOf, runOnEnter } from './bench.ts'
import type { Desk } from './bench.ts'
import { completedForm } from './completion.ts'
import { el } from './dom.ts'
import type { ListItem } from './list.ts'
import { headOf, shelfOf } from './shelf.ts'
import type { Shown } from './shelf.ts'

/** The tab with the server's prompts. */
export interface PromptsTab {
  readonly panel: HTMLElement
  /** Shows the prompts of a new state. */
  update(state: Snapshot): void
  /** Goes to a prompt with these arguments, shows what came of it before, or gets it. */
  open(name: string, given: JsonObject, then: JobOutcome | 'run'): void
}

type PromptShown = Shown & { readonly text: string }

const promptView = (prompt: Prompt, text: string, desk: Desk, completes: boolean): PromptShown => {
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
    ...headOf(prompt),
    fields.length === 0 ? el('p', { class: 'quiet' }, 'It takes no arguments.') : form.element,
    bench.element,
  )
  runOnEnter(element, bench)
  return { text, element, bench, fill: form.show }
}

const itemsOf = ({ offers }: Snapshot): ListItem[] =>
  offers.prompts.map(({ name, description }) => ({
    key: name,
    title: name,
    ...(description === undefined ? {} : { more: description }),
  }))

/** What is shown of a prompt: the same as before, while nothing about it is new. */
const lookOf = (
  name: string,
  { offers, capabilities }: Snapshot,
  desk: Desk,
  known: PromptShown | undefined,
): PromptShown | undefined => {
  const prompt = offers.prompts.find((each) => each.name === name)
  if (prompt === undefined) return undefined
  const completes = capabilities.completions !== undefined
  const text = JSON.stringify([prompt, completes])
  return known?.text === text ? known : promptView(prompt, text, desk, completes)
}

/** Makes the tab. */
export const promptsTab = (desk: Desk): PromptsTab => {
  const { panel, update, open } = shelfOf<PromptShown>({
    label: 'Prompts',
    items: itemsOf,
    look: (name, state, known) => lookOf(name, state, desk, known),
    hint: ({ offers }) => (offers.prompts.length === 0 ? 'This server has no prompts.' : 'Choose a prompt.'),
  })
  return { panel, update, open: (name, given, then) => open(name, then, given) }
}
