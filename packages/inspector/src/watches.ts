import type { SubscriptionFilter } from '@parley/core'
import type { Client, Subscription } from '@parley/client'
import { reasonOf } from './offers.ts'

/** Who hears of the server's changes. */
export type WatchesOptions = {
  /** The list of what is watched changed. */
  readonly changed: () => void
  readonly updated: (uri: string) => void
  readonly listChanged: () => void
  readonly report: (text: string) => void
}

const listsOf = ({ capabilities: { tools, prompts, resources } }: Client): SubscriptionFilter => ({
  ...(tools?.listChanged === true ? { toolsListChanged: true } : {}),
  ...(prompts?.listChanged === true ? { promptsListChanged: true } : {}),
  ...(resources?.listChanged === true ? { resourcesListChanged: true } : {}),
})

/** What is listened to on a connection: its lists always, and the resources that the page watches. */
export class Watches {
  readonly #options: WatchesOptions
  readonly #resources = new Map<string, Subscription | undefined>()
  #over = new AbortController()

  constructor(options: WatchesOptions) {
    this.#options = options
  }

  /** The URIs that are watched. */
  get uris(): readonly string[] {
    return [...this.#resources.keys()]
  }

  /** Listens on a new connection to its lists, and again to what was watched before. Never rejects. */
  async start(client: Client): Promise<void> {
    const lists = listsOf(client)
    if (Object.keys(lists).length > 0) await this.#quietly(() => this.#listen(client, lists))
    for (const uri of this.uris) {
      this.#resources.delete(uri)
      await this.#quietly(() => this.add(uri, client))
    }
  }

  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#options.report(`Not listening: ${reasonOf(error)}`)
    }
  }

  async #listen(client: Client, filter: SubscriptionFilter): Promise<Subscription> {
    const { signal } = this.#over
    const subscription = await client.listen(filter, { signal })
    void this.#follow(subscription, signal)
    return subscription
  }

  async #follow(subscription: Subscription, signal: AbortSignal): Promise<void> {
    try {
      for await (const change of subscription) {
        if (change.type === 'resourceUpdated') this.#options.updated(change.uri)
        else this.#options.listChanged()
      }
    } catch (error) {
      if (!signal.aborted) this.#options.report(`A subscription ended: ${reasonOf(error)}`)
    }
  }

  /** Watches a resource. Rejects when the server does not tell of its updates. */
  async add(uri: string, client: Client | undefined): Promise<void> {
    if (client === undefined) throw new Error('There is no connection; reconnect first.')
    if (this.#resources.has(uri)) return
    const subscription = await this.#listen(client, { resourceSubscriptions: [uri] })
    this.#resources.set(uri, subscription)
    this.#options.changed()
  }

  /** Stops watching a resource. */
  async remove(uri: string): Promise<void> {
    const subscription = this.#resources.get(uri)
    this.#resources.delete(uri)
    this.#options.changed()
    await subscription?.close()
  }

  /** Ends all listening with the connection; what was watched is remembered for the next. */
  stop(): void {
    this.#over.abort()
    this.#over = new AbortController()
    for (const uri of this.uris) this.#resources.set(uri, undefined)
  }
}
