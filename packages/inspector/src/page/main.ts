import type { Job, JobOutcome, PageEvent, Snapshot } from './api.ts'
import type { Desk } from './bench.ts'
import { el } from './dom.ts'
import { headOf } from './head.ts'
import { historyTab } from './history-tab.ts'
import { logTab } from './log-tab.ts'
import type { LogTab } from './log-tab.ts'
import { promptsTab } from './prompts-tab.ts'
import { questionsOf } from './questions.ts'
import type { Questions } from './questions.ts'
import { resourcesTab } from './resources-tab.ts'
import type { ResourcesTab } from './resources-tab.ts'
import { serverTab } from './server-tab.ts'
import { tabsOf } from './tabs.ts'
import type { Tabs } from './tabs.ts'
import { openTalk } from './talk.ts'
import type { Talk } from './talk.ts'
import { toolsTab } from './tools-tab.ts'
import { wireTab } from './wire-tab.ts'
import type { WireTab } from './wire-tab.ts'

/** Takes part in the conversation: hears what the process tells. */
type Page = { readonly hear: (event: PageEvent) => void; readonly heard: (isHeard: boolean, why?: string) => void }

/** The tabs, as they stand side by side. */
const arranged = (panels: Readonly<Record<string, { readonly panel: HTMLElement }>>): Tabs =>
  tabsOf(
    Object.entries(panels).map(([name, { panel }]) => ({
      name,
      label: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      panel,
    })),
  )

/** Tells each event to the part that it is meant for. */
const hearing = (parts: Parts, update: (state: Snapshot) => void): Page['hear'] => {
  const { wire, log, questions, resources } = parts
  return (event) => {
    switch (event.type) {
      case 'hello':
        update(event.state)
        wire.replace(event.wire)
        log.replace(event.lines)
        return questions.replace(event.questions)
      case 'state':
        return update(event.state)
      case 'wire':
        return wire.add(event.entry)
      case 'line':
        return log.add(event.line)
      case 'question':
        return questions.add(event.question)
      case 'answered':
        return questions.remove(event.number)
      case 'updated':
        return resources.updated(event.uri, event.at)
      case 'cleared':
        return event.what === 'wire' ? wire.replace([]) : log.replace([])
      default:
        return undefined
    }
  }
}

type Parts = {
  readonly wire: WireTab
  readonly log: LogTab
  readonly questions: Questions
  readonly resources: ResourcesTab
}

const build = (talk: Talk): Page => {
  let state: Snapshot | undefined
  const open = (job: Job, then: JobOutcome | 'run'): void => {
    if (job.kind === 'tool') tools.open(job.name, job.arguments, then)
    else if (job.kind === 'prompt') prompts.open(job.name, job.arguments, then)
    else if (job.kind === 'read') resources.open(job.uri, then)
    else if (job.kind === 'expand') resources.expand(job.template, job.values, then)
    tabs.open(job.kind === 'tool' ? 'tools' : job.kind === 'prompt' ? 'prompts' : 'resources')
  }
  const desk: Desk = {
    talk,
    commands: () => state?.commands,
    read: (uri) => open({ kind: 'read', uri }, 'run'),
    keep: (job, outcome) => history.add(job, outcome),
  }
  const head = headOf(talk)
  const [tools, resources, prompts] = [toolsTab(desk), resourcesTab(desk), promptsTab(desk)]
  const wire = wireTab(talk, (count) => tabs.mark('wire', count))
  const log = logTab(talk, (count) => tabs.mark('log', count, count > 0))
  const history = historyTab(open, (count) => tabs.mark('history', count))
  const server = serverTab(talk)
  const tabs = arranged({ tools, resources, prompts, wire, log, history, server })
  const questions = questionsOf(talk, () => state?.server?.name ?? state?.title ?? 'server')
  const update = (now: Snapshot): void => {
    const isNews = state !== undefined && now.diff?.number !== state.diff?.number
    state = now
    for (const part of [head, tools, resources, prompts, log, server]) part.update(now)
    tabs.mark('tools', now.offers.tools.length, isNews)
    tabs.mark('resources', now.offers.resources.length + now.offers.templates.length)
    tabs.mark('prompts', now.offers.prompts.length)
  }
  document.body.prepend(
    el('a', { class: 'skip', href: '#main' }, 'Skip to the content'),
    head.element,
    tabs.bar,
    tabs.panels,
  )
  return { hear: hearing({ wire, log, questions, resources }, update), heard: head.heard }
}

// The conversation needs somebody who hears, and the page somebody to talk to: the first words wait for both.
const early: PageEvent[] = []
let hear = (event: PageEvent): void => void early.push(event)
let standing: [isHeard: boolean, why?: string] = [true]
let heard = (...how: [boolean, string?]): void => void (standing = how)

const talk = await openTalk(
  (event) => hear(event),
  (...how) => heard(...how),
)
const page = build(talk)
hear = page.hear
heard = page.heard
heard(...standing)
for (const event of early) hear(event)
