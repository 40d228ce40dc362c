import type { JsonObject, Resource } from '@parley/core'
import type { Job, JobOutcome, Snapshot, Template } from './api.ts'
import { benchOf, runOnEnter } from './bench.ts'
import type { Desk } from './bench.ts'
import { completedForm } from './completion.ts'
import { announce, button, el } from './dom.ts'
import type { ListItem } from './list.ts'
import { shelfOf } from './shelf.ts'
import type { Shown } from './shelf.ts'
import { bytesText } from './sizes.ts'

/** The tab with the server's resources and templates. */
export interface ResourcesTab {
  readonly panel: HTMLElement
  /** Shows the resources of a new state. */
  update(state: Snapshot): void
  /** Goes to a resource and reads it, or shows what came of it before. */
  open(uri: string, then: JobOutcome | 'run'): void
  /** Goes to a template with these values. */
  expand(template: string, values: JsonObject, then: JobOutcome | 'run'): void
  /** A watched resource was updated: reads it again where it is shown. */
  updated(uri: string, at: number): void
}

const calm = 300

type ResourceShown = Shown & {
  readonly text: string
  readonly stand?: (state: Snapshot) => void
  readonly note?: (text: string) => void
}

const headOf = (
  { name, title, description }: Resource | Template,
  uri: string,
  ...facts: (string | undefined)[]
): HTMLElement =>
  el(
    'div',
    {},
    el('div', { class: 'detail-head' }, el('h2', {}, title ?? name), el('code', {}, uri)),
    description !== undefined && el('p', { class: 'wrap' }, description),
    el('p', { class: 'badges' }, ...facts.map((fact) => fact !== undefined && el('span', { class: 'badge' }, fact))),
  )

/** The button that watches a resource, and what it says. */
const watchButton = (uri: string, desk: Desk): { element: HTMLElement; stand: (state: Snapshot) => void } => {
  let isWatched = false
  const element = button('Subscribe', async () => {
    const fault = await desk.talk.send('watch', { uri, on: !isWatched })
    element.title = fault ?? ''
    if (fault !== undefined) announce(fault)
  })
  const stand = (state: Snapshot): void => {
    isWatched = state.watched.includes(uri)
    element.textContent = isWatched ? 'Unsubscribe' : 'Subscribe'
    element.setAttribute('aria-pressed', String(isWatched))
    element.hidden = state.capabilities.resources?.subscribe !== true && !isWatched
  }
  return { element, stand }
}

const resourceView = (resource: Resource, text: string, desk: Desk): ResourceShown => {
  const { uri, mimeType, size } = resource
  const watch = watchButton(uri, desk)
  const bench = benchOf(desk, { label: 'Read', job: () => ({ kind: 'read', uri }), more: [watch.element] })
  const news = el('p', { class: 'quiet', role: 'status' })
  const facts = headOf(resource, uri, mimeType, size === undefined ? undefined : bytesText(size))
  const element = el('article', { class: 'detail' }, facts, bench.element, news)
  runOnEnter(element, bench)
  const note = (what: string): void => {
    news.textContent = what
  }
  return { text, element, bench, stand: watch.stand, note }
}

const templateView = (template: Template, text: string, desk: Desk, completes: boolean): ResourceShown => {
  const { uriTemplate, variables, mimeType } = template
  const fields = variables.map((name) => ({ name, label: name, isRequired: false }))
  const form = completedForm(fields, { type: 'ref/resource', uri: uriTemplate }, desk.talk, completes)
  const job = (): Job | undefined => {
    const values = form.read()
    return values === undefined ? undefined : { kind: 'expand', template: uriTemplate, values }
  }
  const bench = benchOf(desk, { label: 'Read', job, hasCommand: false })
  const element = el(
    'article',
    { class: 'detail' },
    headOf(template, uriTemplate, 'template', mimeType),
    form.element,
    bench.element,
  )
  runOnEnter(element, bench)
  return { text, element, bench, fill: form.show }
}

const itemsOf = ({ offers, watched }: Snapshot, visited: readonly string[]): ListItem[] => [
  ...offers.resources.map(({ uri, name, title }) => ({
    key: uri,
    title: title ?? name,
    more: uri,
    section: 'Resources',
    ...(watched.includes(uri) ? { badge: 'subscribed' } : {}),
  })),
  ...offers.templates.map(({ uriTemplate, name, title }) => ({
    key: uriTemplate,
    title: title ?? name,
    more: uriTemplate,
    section: 'Templates',
  })),
  ...visited
    .filter((uri) => !offers.resources.some((resource) => resource.uri === uri))
    .map((uri) => ({ key: uri, title: uri, section: 'Followed links' })),
]

/** What is shown of a resource or a template: the same as before, while nothing about it is new. */
const lookOf = (
  key: string,
  { offers, capabilities }: Snapshot,
  desk: Desk,
  known: ResourceShown | undefined,
  visited: readonly string[],
): ResourceShown | undefined => {
  const link = visited.includes(key) ? { uri: key, name: key } : undefined
  const resource = offers.resources.find(({ uri }) => uri === key) ?? link
  const completes = capabilities.completions !== undefined
  const template = offers.templates.find(({ uriTemplate }) => uriTemplate === key)
  const text = JSON.stringify([template ?? resource, completes])
  if (known?.text === text) return known
  if (template !== undefined) return templateView(template, text, desk, completes)
  return resource === undefined ? undefined : resourceView(resource, text, desk)
}

/** Reads what was updated again, in a while: some servers announce an update whenever something is read. */
const rereader = (read: (uri: string) => void): { readonly add: (uri: string) => void } => {
  const due = new Set<string>()
  const add = (uri: string): void => {
    if (due.has(uri)) return
    due.add(uri)
    setTimeout(() => {
      due.delete(uri)
      read(uri)
    }, calm)
  }
  return { add }
}

/** Makes the tab. */
export const resourcesTab = (desk: Desk): ResourcesTab => {
  const visited: string[] = []
  const shelf = shelfOf<ResourceShown>({
    label: 'Resources',
    items: (state) => itemsOf(state, visited),
    look: (key, state, known) => {
      const view = lookOf(key, state, desk, known, visited)
      view?.stand?.(state)
      return view
    },
    hint: () => 'Choose a resource.',
  })
  const rereading = rereader((uri) => shelf.chosen === uri && shelf.view(uri)?.bench.repeat())
  return {
    panel: shelf.panel,
    update: shelf.update,
    open: (uri, then) => {
      if (!visited.includes(uri)) visited.push(uri)
      shelf.redraw()
      shelf.open(uri, then)
    },
    expand: (template, values, then) => shelf.open(template, then, values),
    updated: (uri, at) => {
      shelf.view(uri)?.note?.(`Updated at ${new Date(at).toLocaleTimeString()}.`)
      rereading.add(uri)
    },
  }
}
