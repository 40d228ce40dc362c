import type { JsonObject, Tool, ToolAnnotations } from '@parley/core'
import type { Job, JobOutcome, Snapshot } from './api.ts'
import { benchOf, runOnEnter } from './bench.ts'
import type { Desk } from './bench.ts'
import { button, el, fill } from './dom.ts'
import { formOf } from './form.ts'
import type { Form } from './form.ts'
import { foldedJson } from './json-view.ts'
import type { ListItem } from './list.ts'
import { headOf, shelfOf } from './shelf.ts'
import type { Shown } from './shelf.ts'
import { bytesText, costOf, tokenRule } from './sizes.ts'

/** The tab with the server's tools. */
export interface ToolsTab {
  readonly panel: HTMLElement
  /** Shows the tools of a new state. */
  update(state: Snapshot): void
  /** Goes to a tool with these arguments, shows what came of it before, or calls it. */
  open(name: string, given: JsonObject, then: JobOutcome | 'run'): void
}

type ToolShown = Required<Shown> & Pick<Form, 'peek'> & { readonly text: string }

const hintsOf = (annotations: ToolAnnotations): (readonly [text: string, why: string])[] => {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations
  const changes = readOnlyHint !== true
  const all = [
    [!changes, 'read-only', 'Says that it changes nothing'],
    [changes && destructiveHint === true, 'destructive', 'Says that it may destroy'],
    [changes && destructiveHint === false, 'additive', 'Says that it only adds'],
    [idempotentHint === true, 'idempotent', 'Says that a second call has no further effect'],
    [openWorldHint === true, 'open world', 'Says that it reaches beyond a closed domain'],
    [openWorldHint === false, 'closed world', 'Says that it stays within a closed domain'],
  ] as const
  return all.flatMap(([isSaid, text, why]) => (isSaid ? [[text, why] as const] : []))
}

const toolView = (tool: Tool, desk: Desk): ToolShown => {
  const form = formOf(tool.inputSchema)
  const job = (): Job | undefined => {
    const given = form.read()
    return given === undefined ? undefined : { kind: 'tool', name: tool.name, arguments: given }
  }
  const bench = benchOf(desk, { label: 'Run', job })
  const { tokens, bytes } = costOf([tool])
  const { inputSchema, outputSchema, annotations = {}, title = annotations.title } = tool
  const element = el(
    'article',
    { class: 'detail' },
    ...headOf({ ...tool, title }),
    el(
      'p',
      { class: 'badges' },
      ...hintsOf(annotations).map(([text, why]) => el('span', { class: 'badge', title: why }, text)),
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
  return { text: JSON.stringify(tool), element, bench, fill: form.show, peek: form.peek }
}

/** What is shown of a tool: the same as before while it is the same, and else a new form with what was filled in. */
const renewed = (
  name: string,
  tools: readonly Tool[],
  known: ToolShown | undefined,
  desk: Desk,
): ToolShown | undefined => {
  const tool = tools.find((each) => each.name === name)
  if (tool === undefined) return undefined
  if (known?.text === JSON.stringify(tool)) return known
  const made = toolView(tool, desk)
  const before = known?.peek()
  if (before !== undefined) made.fill(before)
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

const itemsOf = (tools: readonly Tool[], fresh: Snapshot['diff']): ListItem[] => {
  const badgeOf = (name: string): { badge?: string } => {
    if (fresh?.added.includes(name) === true) return { badge: 'new' }
    return fresh?.changed.includes(name) === true ? { badge: 'changed' } : {}
  }
  return tools.map(({ name, description }) => ({
    key: name,
    title: name,
    ...(description === undefined ? {} : { more: description }),
    ...badgeOf(name),
  }))
}

/** Makes the tab. */
export const toolsTab = (desk: Desk): ToolsTab => {
  const news = el('div')
  const cost = el('div')
  let dismissed = 0
  const freshOf = ({ diff }: Snapshot): Snapshot['diff'] =>
    diff !== undefined && diff.number > dismissed ? diff : undefined
  const shelf = shelfOf<ToolShown>({
    label: 'Tools',
    items: (state) => itemsOf(state.offers.tools, freshOf(state)),
    look: (name, { offers }, known) => renewed(name, offers.tools, known, desk),
    hint: ({ offers }) => (offers.tools.length === 0 ? 'This server has no tools.' : 'Choose a tool.'),
    below: [cost],
    above: news,
  })
  const drawNews = (state: Snapshot): void => {
    const fresh = freshOf(state)
    const dismiss = (): void => {
      dismissed = fresh?.number ?? 0
      fill(news)
      shelf.redraw()
    }
    fill(news, fresh !== undefined && diffView(fresh, dismiss))
  }
  return {
    panel: shelf.panel,
    update: (state) => {
      drawNews(state)
      fill(cost, costView(state.offers.tools))
      shelf.update(state)
    },
    open: (name, given, then) => shelf.open(name, then, given),
  }
}
