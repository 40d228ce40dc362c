import type { JsonObject, Tool, ToolAnnotations } from '@parley/core'
import type { JobOutcome, Snapshot } from './api.ts'
import { benchOf, runOnEnter } from './bench.ts'
import type { Bench, Desk } from './bench.ts'
import { button, el, fill } from './dom.ts'
import { formOf } from './form.ts'
import type { Form } from './form.ts'
import { foldedJson } from './json-view.ts'
import { listOf } from './list.ts'
import { splitOf } from './split.ts'
import type { ListItem } from './list.ts'
import { bytesText, costOf, tokenRule } from './sizes.ts'

/** The tab with the server's tools. */
export interface ToolsTab {
  readonly panel: HTMLElement
  /** Shows the tools of a new state. */
  update(state: Snapshot): void
  /** Goes to a tool with these arguments, shows what came of it before, or calls it. */
  open(name: string, given: JsonObject, then: JobOutcome | 'run'): void
}

type Shown = { readonly text: string; readonly element: HTMLElement; readonly form: Form; readonly bench: Bench }

const hints = ({
  readOnlyHint,
  destructiveHint,
  idempotentHint,
  openWorldHint,
}: ToolAnnotations): [string, string][] => [
  ...(readOnlyHint === true ? [['read-only', 'Says that it changes nothing'] as [string, string]] : []),
  ...(readOnlyHint !== true && destructiveHint === true
    ? [['destructive', 'Says that it may destroy'] as [string, string]]
    : []),
  ...(readOnlyHint !== true && destructiveHint === false
    ? [['additive', 'Says that it only adds'] as [string, string]]
    : []),
  ...(idempotentHint === true
    ? [['idempotent', 'Says that a second call has no further effect'] as [string, string]]
    : []),
  ...(openWorldHint === true
    ? [['open world', 'Says that it reaches beyond a closed domain'] as [string, string]]
    : []),
  ...(openWorldHint === false
    ? [['closed world', 'Says that it stays within a closed domain'] as [string, string]]
    : []),
]

const toolView = (tool: Tool, desk: Desk): Shown => {
  const form = formOf(tool.inputSchema)
  const job = (): ReturnType<Parameters<typeof benchOf>[1]['job']> => {
    const given = form.read()
    return given === undefined ? undefined : { kind: 'tool', name: tool.name, arguments: given }
  }
  const bench = benchOf(desk, { label: 'Run', job })
  const { tokens, bytes } = costOf([tool])
  const { inputSchema, outputSchema, annotations = {}, title = annotations.title } = tool
  const element = el(
    'article',
    { class: 'detail' },
    el(
      'div',
      { class: 'detail-head' },
      el('h2', {}, tool.name),
      title !== undefined && el('span', { class: 'quiet' }, title),
    ),
    tool.description !== undefined && el('p', { class: 'wrap' }, tool.description),
    el(
      'p',
      { class: 'badges' },
      ...hints(annotations).map(([text, why]) => el('span', { class: 'badge', title: why }, text)),
      el('span', { class: 'quiet', title: tokenRule }, `${bytesText(bytes)} · ≈ ${tokens} tokens`),
    ),
    form.element,
    bench.element,
    el(
      'div',
      { class: 'schemas' },
      foldedJson('Input schema', inputSchema),
      outputSchema !== undefined && foldedJson('Output schema', outputSchema),
    ),
  )
  runOnEnter(element, bench)
  return { text: JSON.stringify(tool), element, form, bench }
}

/** What is shown of a tool: the same as before while it is the same, and else a new form with what was filled in. */
const renewed = (tool: Tool, known: Shown | undefined, desk: Desk): Shown => {
  if (known?.text === JSON.stringify(tool)) return known
  const made = toolView(tool, desk)
  const before = known?.form.peek()
  if (before !== undefined) made.form.show(before)
  return made
}

const diffView = ({ added, removed, changed }: NonNullable<Snapshot['diff']>, dismiss: () => void): HTMLElement => {
  const part = (sign: string, names: readonly string[], kind: string): HTMLElement | false =>
    names.length > 0 && el('span', { class: `diff-${kind}` }, `${sign} ${names.join(', ')}`)
  return el(
    'div',
    { class: 'diff', role: 'status' },
    el('strong', {}, 'The tools changed'),
    part('+', added, 'added'),
    part('−', removed, 'removed'),
    part('~', changed, 'changed'),
    button('Dismiss', dismiss, { class: 'small' }),
  )
}

const costView = (tools: readonly Tool[]): HTMLElement => {
  const { bytes, tokens } = costOf(tools)
  return el(
    'details',
    { class: 'cost' },
    el(
      'summary',
      {},
      `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'} · ${bytesText(bytes)} · ≈ ${tokens} tokens`,
    ),
    el('p', {}, tokenRule),
  )
}

const itemsOf = (state: Snapshot, isFresh: boolean): ListItem[] =>
  state.offers.tools.map(({ name, description }) => {
    const badge =
      state.diff?.added.includes(name) === true
        ? 'new'
        : state.diff?.changed.includes(name) === true
          ? 'changed'
          : undefined
    return {
      key: name,
      title: name,
      ...(description === undefined ? {} : { more: description }),
      ...(isFresh && badge !== undefined ? { badge } : {}),
    }
  })

/** Makes the tab. */
export const toolsTab = (desk: Desk): ToolsTab => {
  const views = new Map<string, Shown>()
  const news = el('div')
  const cost = el('div')
  let state: Snapshot | undefined
  let dismissed = 0
  const list = listOf('Tools', (name) => draw(name))
  const split = splitOf([list.element, cost], news)
  const viewOf = (name: string): Shown | undefined => {
    const tool = state?.offers.tools.find((each) => each.name === name)
    if (tool === undefined) return undefined
    const view = renewed(tool, views.get(name), desk)
    views.set(name, view)
    return view
  }
  const draw = (name: string | undefined): void => {
    const view = name === undefined ? undefined : viewOf(name)
    const hint = state?.offers.tools.length === 0 ? 'This server has no tools.' : 'Choose a tool.'
    split.show(view?.element, hint)
  }
  const drawNews = (): void => {
    const { diff } = state ?? {}
    const isFresh = diff !== undefined && diff.number > dismissed
    const dismiss = (): void => {
      dismissed = diff?.number ?? 0
      drawNews()
    }
    fill(news, isFresh && diffView(diff, dismiss))
    if (state !== undefined) list.show(itemsOf(state, isFresh))
  }
  return {
    panel: split.panel,
    update: (now) => {
      state = now
      drawNews()
      fill(cost, costView(now.offers.tools))
      const first = now.offers.tools[0]?.name
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
