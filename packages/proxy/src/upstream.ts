import { ConnectionClosed } from '@parley/core'
import type { Client } from '@parley/client'

/** Hears of each connection that is up; `again` says that one was lost before it. */
export type OnOpen = (client: Client, again: boolean) => void

/** The connection to the server behind: opened when it is first needed, and anew when it is gone. */
export class Upstream implements AsyncDisposable {
  readonly #connect: (signal: AbortSignal) => Promise<Client>
  readonly #onOpen: OnOpen
  readonly #closing = new AbortController()
  #client: Promise<Client> | undefined
  #opened = 0

  constructor(connect: (signal: AbortSignal) => Promise<Client>, onOpen: OnOpen) {
    this.#connect = connect
    this.#onOpen = onOpen
  }

  /** The client of the connection. Rejects with what connecting failed with; the next one to ask tries again. */
  client(): Promise<Client> {
    if (this.#closing.signal.aborted) return Promise.reject(new ConnectionClosed('The proxy was closed'))
    if (this.#client === undefined) {
      const client = this.#open()
      const forget = (): void => {
        if (this.#client === client) this.#client = undefined
      }
      this.#client = client
      client.then(({ closed }) => closed).then(forget, forget)
    }
    return this.#client
  }

  async #open(): Promise<Client> {
    const client = await this.#connect(this.#closing.signal)
    this.#opened += 1
    this.#onOpen(client, this.#opened > 1)
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#client
    this.#closing.abort(new ConnectionClosed('The proxy was closed'))
    // One that was never opened has nothing to close.
    await client?.then(
      (opened) => opened.close(),
      () => undefined,
    )
  }
}
