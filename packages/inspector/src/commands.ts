import { isObject, loggingLevels } from '@parley/core'
import type { CompletionReference, JsonObject, LoggingLevel, Root } from '@parley/core'
import type { Connection } from './connection.ts'
import type { Jobs } from './jobs.ts'
import { isObjectOf } from './members.ts'
import { reasonOf } from './offers.ts'
import type { InspectorEra, Job } from './page/api.ts'
import type { Questions } from './questions.ts'

/** What the page's commands work on. */
export type Commanded = {
  readonly connection: Connection
  readonly jobs: Jobs
  readonly questions: Questions
  readonly clear: (what: 'wire' | 'lines') => void
}

/** Does what the page asks; settles with undefined, or with the sentence that says why not. */
export type Command = (body: JsonObject, on: Commanded) => Promise<string | undefined> | string | undefined

const eras: readonly InspectorEra[] = ['auto', 'legacy', 'modern']

const isText = (value: unknown): value is string => typeof value === 'string'

const textsIn = (value: unknown): { [name: string]: string } | undefined =>
  isObjectOf(value, isText) ? value : undefined

const readReference = (value: unknown): CompletionReference | undefined => {
  if (!isObject(value)) return undefined
  const { type, name, uri } = value
  if (type === 'ref/prompt' && typeof name === 'string') return { type, name }
  return type === 'ref/resource' && typeof uri === 'string' ? { type, uri } : undefined
}

const readCompletion = (job: JsonObject): Job | undefined => {
  const ref = readReference(job['ref'])
  const argument = textsIn(job['argument'])
  const context = textsIn(job['context'] ?? {})
  const { name, value } = argument ?? {}
  if (ref === undefined || name === undefined || value === undefined || context === undefined) return undefined
  return { kind: 'complete', ref, argument: { name, value }, context }
}

const readExpansion = ({ template, values }: JsonObject): Job | undefined => {
  const texts = textsIn(values)
  return typeof template === 'string' && texts !== undefined ? { kind: 'expand', template, values: texts } : undefined
}

/** Reads what is to be done; undefined when it is nothing that can be. */
const readJob = (job: unknown): Job | undefined => {
  if (!isObject(job)) return undefined
  const { kind, name, uri } = job
  if (kind === 'ping') return { kind }
  if (kind === 'read') return typeof uri === 'string' ? { kind, uri } : undefined
  if (kind === 'expand') return readExpansion(job)
  if (kind === 'complete') return readCompletion(job)
  if (typeof name !== 'string') return undefined
  if (kind === 'tool') {
    const given = job['arguments'] ?? {}
    return isObject(given) ? { kind, name, arguments: given } : undefined
  }
  const texts = textsIn(job['arguments'] ?? {})
  return kind === 'prompt' && texts !== undefined ? { kind, name, arguments: texts } : undefined
}

const readRoots = (value: unknown): Root[] | undefined => {
  if (!Array.isArray(value)) return undefined
  const roots: Root[] = []
  for (const each of value) {
    if (!isObject(each) || typeof each['uri'] !== 'string') return undefined
    const { uri, name } = each
    roots.push(typeof name === 'string' && name !== '' ? { uri, name } : { uri })
  }
  return roots
}

const attempted = async (work: () => Promise<void>): Promise<string | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

const levelNamed = (value: unknown): LoggingLevel | undefined => loggingLevels.find((level) => level === value)

/**
 * Everything that a page can have done, by name.
 *
 * None of them takes a command to start, or an address to reach: what is inspected was chosen where the inspector was
 * started, and nowhere else.
 */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'run',
    ({ id, job }, { jobs }) => {
      const read = readJob(job)
      if (typeof id !== 'string' || id === '' || id.length > 100) return 'A job has an id of up to 100 characters.'
      return read === undefined ? 'That is no job.' : jobs.start(id, read)
    },
  ],
  [
    'cancel',
    ({ id }, { jobs }) => {
      if (typeof id !== 'string') return 'A job has an id.'
      jobs.cancel(id)
      return undefined
    },
  ],
  [
    'answer',
    ({ number, answer }, { questions }) =>
      typeof number === 'number' && isObject(answer) ? questions.answer(number, answer) : 'That is no answer.',
  ],
  [
    'level',
    ({ level }, { connection }) => {
      const named = levelNamed(level)
      return named === undefined ? 'There is no such level.' : attempted(() => connection.setLevel(named))
    },
  ],
  [
    'era',
    ({ era }, { connection }) => {
      const chosen = eras.find((each) => each === era)
      if (chosen === undefined) return 'The era is auto, legacy or modern.'
      void connection.open(chosen)
      return undefined
    },
  ],
  [
    'reconnect',
    (_, { connection }) => {
      void connection.open()
      return undefined
    },
  ],
  ['refresh', (_, { connection }) => attempted(() => connection.refresh())],
  [
    'roots',
    ({ roots }, { connection }) => {
      const read = readRoots(roots)
      return read === undefined ? 'Roots are a list of URIs.' : attempted(() => connection.setRoots(read))
    },
  ],
  [
    'watch',
    ({ uri, on }, { connection }) =>
      typeof uri === 'string' ? attempted(() => connection.watch(uri, on === true)) : 'A resource has a URI.',
  ],
  [
    'clear',
    ({ what }, { clear }) => {
      if (what !== 'wire' && what !== 'lines') return 'There is no such list.'
      clear(what)
      return undefined
    },
  ],
])
