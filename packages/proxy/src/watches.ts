import type { Client, Subscription } from '@parley/client'
import type { Change } from '@parley/server'

type Watch = { readers: number; readonly ready: Promise<void>; stop: () => Promise<void> }

/** Listens to the server behind for what the proxy's own callers listen for, once for all of them. */
export class Watches {
  readonly #client: () => Promise<Client>
  readonly #publish: (change: Change) => void
  readonly #onError: (error: unknown) => void
  readonly #byUri = new Map<string, Watch>()

  constructor(client: () => Promise<Client>, publish: (change: Change) => void, onError: (error: unknown) => void) {
    this.#client = client
    this.#publish = publish
    this.#onError = onError
  }

  /** Follows the lists that the server behind tells of, for as long as this connection lasts. */
  followLists(client: Client): void {
    const { tools, prompts, resources } = client.capabilities
    const filter = {
      ...(tools?.listChanged === true ? { toolsListChanged: true } : {}),
      ...(prompts?.listChanged === true ? { promptsListChanged: true } : {}),
      ...(resources?.listChanged === true ? { resourcesListChanged: true } : {}),
    }
    if (Object.keys(filter).length > 0) client.listen(filter).then((heard) => this.#read(heard), this.#onError)
  }

  /** Tells every reader to look again, and listens anew: a connection was lost, and with it whatever changed meanwhile. */
  renew(): void {
    for (const list of ['tools', 'prompts', 'resources'] as const) this.#publish({ list })
    for (const [uri, watch] of this.#byUri) {
      this.#publish({ updated: uri })
      const { ready, stop } = this.#open(uri)
      watch.stop = stop
      ready.catch(this.#onError)
    }
  }

  /** Listens for updates of one resource; settles, with what ends it, once the server behind has agreed. */
  async watch(uri: string): Promise<() => void> {
    const watch = this.#byUri.get(uri) ?? { readers: 0, ...this.#open(uri) }
    this.#byUri.set(uri, watch)
    watch.readers += 1
    let reading = true
    const leave = (): void => {
      if (!reading) return
      reading = false
      watch.readers -= 1
      if (watch.readers > 0) return
      this.#byUri.delete(uri)
      watch.stop().catch(this.#onError)
    }
    try {
      await watch.ready
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  #open(uri: string): Pick<Watch, 'ready' | 'stop'> {
    const opening = this.#client().then((client) => client.listen({ resourceSubscriptions: [uri] }))
    const stop = async (): Promise<void> => {
      // What never opened is told to whoever waits for `ready`.
      const opened = await opening.catch(() => undefined)
      await opened?.close()
    }
    return { ready: opening.then((heard) => this.#read(heard)), stop }
  }

  #read(heard: Subscription): void {
    const read = async (): Promise<void> => {
      for await (const change of heard) {
        if (change.type === 'resourceUpdated') this.#publish({ updated: change.uri })
        else if (change.type === 'toolsListChanged') this.#publish({ list: 'tools' })
        else if (change.type === 'promptsListChanged') this.#publish({ list: 'prompts' })
        else this.#publish({ list: 'resources' })
      }
    }
    // A connection that drops ends the reading; the next one renews it.
    read().catch(() => undefined)
  }
}
