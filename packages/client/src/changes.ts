import { RpcError } from '@parley/core'
import type { ServerCapabilities, SubscriptionFilter } from '@parley/core'
import type { RpcNotification } from '@parley/protocol'

/** Something of the server's that has changed. */
export type Change =
  | { type: 'toolsListChanged' }
  | { type: 'promptsListChanged' }
  | { type: 'resourcesListChanged' }
  | { type: 'resourceUpdated'; uri: string }

/** The change that a notification tells of; undefined when it tells of none. */
export const readChange = ({ method, params }: RpcNotification): Change | undefined => {
  switch (method) {
    case 'notifications/tools/list_changed':
      return { type: 'toolsListChanged' }
    case 'notifications/prompts/list_changed':
      return { type: 'promptsListChanged' }
    case 'notifications/resources/list_changed':
      return { type: 'resourcesListChanged' }
    case 'notifications/resources/updated': {
      const uri = params?.['uri']
      return typeof uri === 'string' ? { type: 'resourceUpdated', uri } : undefined
    }
    default:
      return undefined
  }
}

/** Whether a URI is another, or stands below it: an update may name a sub-resource (U8). */
const isWithin = (uri: string, watched: string): boolean =>
  uri === watched ||
  (uri.startsWith(watched) && (watched.endsWith('/') || ['/', '?', '#'].includes(uri.charAt(watched.length))))

/** Whether a filter asks for a change (U1). */
export const wants = (filter: SubscriptionFilter, change: Change): boolean =>
  change.type === 'resourceUpdated'
    ? (filter.resourceSubscriptions ?? []).some((watched) => isWithin(change.uri, watched))
    : filter[change.type] === true

/** What a legacy server will tell of a filter, going by its capabilities. */
export const honoured = (filter: SubscriptionFilter, capabilities: ServerCapabilities): SubscriptionFilter => {
  const { tools, prompts, resources } = capabilities
  const kept: SubscriptionFilter = {}
  if (filter.toolsListChanged === true && tools?.listChanged === true) kept.toolsListChanged = true
  if (filter.promptsListChanged === true && prompts?.listChanged === true) kept.promptsListChanged = true
  if (filter.resourcesListChanged === true && resources?.listChanged === true) kept.resourcesListChanged = true
  if (filter.resourceSubscriptions !== undefined && resources?.subscribe === true) {
    kept.resourceSubscriptions = [...new Set(filter.resourceSubscriptions)]
  }
  return kept
}

const flags = new Map([
  ['toolsListChanged', 'tools.listChanged'],
  ['promptsListChanged', 'prompts.listChanged'],
  ['resourcesListChanged', 'resources.listChanged'],
  ['resourceSubscriptions', 'resources.subscribe'],
])

/** What a filter asks for, by its keys. */
const wishes = (filter: SubscriptionFilter): string[] =>
  Object.entries(filter).flatMap(([key, wish]) =>
    wish === true || (Array.isArray(wish) && wish.length > 0) ? [key] : [],
  )

/** Why it is no use to wait for anything that a filter asks for; undefined when some of it is kept, or it asks for nothing. */
export const inVain = (asked: SubscriptionFilter, kept: SubscriptionFilter): RpcError | undefined => {
  const keys = wishes(asked)
  if (keys.length === 0 || wishes(kept).length > 0) return undefined
  const lacks = keys.map((key) => flags.get(key) ?? key).join(', ')
  const message = `The server tells of none of these changes, for it does not advertise ${lacks}; nothing was sent`
  return new RpcError(-32601, message, undefined, 'methodNotFound')
}

const mostUnread = 10_000
// Each may be as long as a message; so many short ones fit.
const mostCharacters = 4_194_304

const nameOf = (change: Change): string => (change.type === 'resourceUpdated' ? change.uri : ` ${change.type}`)

/**
 * Changes that wait to be read, each at most once: two updates of one resource that nobody has read yet are one.
 *
 * One reader at a time.
 */
export class ChangeQueue {
  readonly #unread = new Map<string, Change>()
  #characters = 0
  #end: { error?: unknown } | undefined
  #wake: (() => void) | undefined

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  /** Adds a change. A reader that is too far behind is cut off, with an error that says so. */
  push(change: Change): void {
    if (this.#end !== undefined) return
    const name = nameOf(change)
    if (!this.#unread.has(name)) this.#characters += name.length
    this.#unread.set(name, change)
    if (this.#unread.size > mostUnread) this.#cut(`More than ${mostUnread} changes are unread`)
    else if (this.#characters > mostCharacters) this.#cut(`Unread changes have more than ${mostCharacters} characters`)
    else this.#wake?.()
  }

  #cut(why: string): void {
    this.end({ error: new Error(why) })
  }

  /** Ends the queue once what it holds is read; an error is then thrown to the reader. */
  end(how: { error?: unknown } = {}): void {
    this.#end ??= how
    this.#wake?.()
  }

  /** Takes the next change; undefined at the end. */
  async next(): Promise<Change | undefined> {
    for (;;) {
      const first = this.#unread.entries().next().value
      if (first !== undefined) {
        this.#unread.delete(first[0])
        this.#characters -= first[0].length
        return first[1]
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return undefined
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
