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

const mostUnread = 10_000

/**
 * Changes that wait to be read, each at most once: two updates of one resource that nobody has read yet are one.
 *
 * One reader at a time.
 */
export class ChangeQueue {
  readonly #unread = new Map<string, Change>()
  #end: { error?: unknown } | undefined
  #wake: (() => void) | undefined

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  /** Adds a change. A reader that is too far behind is cut off, with an error that says so. */
  push(change: Change): void {
    if (this.#end !== undefined) return
    this.#unread.set(change.type === 'resourceUpdated' ? change.uri : ` ${change.type}`, change)
    if (this.#unread.size > mostUnread) this.end({ error: new Error(`More than ${mostUnread} changes are unread`) })
    else this.#wake?.()
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
