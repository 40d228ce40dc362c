import type { LoggingLevel, Root } from '@parley/core'
import { connect } from '@parley/client'
import type { Client, ClientOptions, Connectable } from '@parley/client'
import { revisions } from '@parley/protocol'
import type { Log } from './log.ts'
import { diffOf, nothingOffered, readOffers, reasonOf } from './offers.ts'
import type { InspectorEra, Offers, Snapshot, Status } from './page/api.ts'
import type { Questions } from './questions.ts'
import { Watches } from './watches.ts'

// People read a dialog before they answer it, and a call waits for them.
const patience = { timeout: 600_000, maxTimeout: 3_600_000 }

/** What a connection is made of, and who hears of it. */
export type ConnectionOptions = {
  readonly target: Connectable
  readonly era: InspectorEra
  readonly questions: Questions
  readonly log: Log
  /** Something of the state changed. */
  readonly changed: () => void
  /** The connection that there was is over. */
  readonly ended: () => void
  /** A watched resource was updated. */
  readonly updated: (uri: string) => void
}

const versionsOf = (era: InspectorEra): string[] =>
  revisions.filter((revision) => era === 'auto' || revision.era === era).map(({ version }) => version)

/** The one connection of an inspector: made anew on each reload, with what the page has chosen kept. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #watches: Watches
  #era: InspectorEra
  #status: Status = { kind: 'connecting' }
  #client: Client | undefined
  #offers: Offers = nothingOffered
  #wasListed = false
  #diff: Snapshot['diff']
  #diffs = 0
  #level: LoggingLevel | undefined
  #roots: readonly Root[] = []
  #attempt = new AbortController()
  #turn: Promise<void> = Promise.resolve()
  #listing: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  #isClosed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#era = options.era
    const report = (text: string): void => options.log.note(text)
    this.#watches = new Watches({
      changed: options.changed,
      updated: options.updated,
      listChanged: () => void this.refresh(),
      report,
    })
  }

  /** The client, while there is a connection. */
  get client(): Client | undefined {
    return this.#status.kind === 'connected' ? this.#client : undefined
  }

  /** Everything that the page shows of it. */
  get state(): Omit<Snapshot, 'title' | 'commands'> {
    const { info, capabilities = {}, instructions } = this.#client ?? {}
    return {
      chosen: this.#era,
      status: this.#status,
      ...(info === undefined ? {} : { server: info }),
      capabilities,
      ...(instructions === undefined ? {} : { instructions }),
      offers: this.#offers,
      ...(this.#diff === undefined ? {} : { diff: this.#diff }),
      ...(this.#level === undefined ? {} : { level: this.#level }),
      roots: this.#roots,
      watched: this.#watches.uris,
    }
  }

  /** Connects, after whatever connection there was is closed. Settles when it stands or has failed; never rejects. */
  open(era: InspectorEra = this.#era): Promise<void> {
    this.#era = era
    this.#attempt.abort()
    const attempt = new AbortController()
    this.#attempt = attempt
    this.#set({ kind: 'connecting' })
    this.#turn = this.#turn.then(() => this.#open(attempt.signal))
    return this.#turn
  }

  async #open(signal: AbortSignal): Promise<void> {
    await this.#drop()
    if (signal.aborted || this.#isClosed) return
    try {
      const client = await connect(this.#options.target, this.#clientOptions(signal))
      if (signal.aborted) return await client.close()
      this.#client = client
      void client.closed.then((reason) => this.#ended(client, reason))
      this.#set({ kind: 'connected', version: client.version, era: client.era })
      await this.refresh()
      await this.#watches.start(client)
    } catch (error) {
      if (!signal.aborted) this.#fail({ kind: 'failed', reason: reasonOf(error) })
    }
  }

  #clientOptions(signal: AbortSignal): ClientOptions {
    const { questions, log } = this.#options
    return {
      name: 'parley-inspector',
      title: 'Parley inspector',
      version: '0.0.0',
      ...patience,
      signal,
      // Every action is meant to be seen on the wire, and every answer as it came.
      cache: false,
      validate: 'never',
      versions: versionsOf(this.#era),
      logLevel: this.#level,
      onElicit: (form, context) => questions.form(form, context.signal),
      onElicitUrl: (question, context) => questions.url(question, context.host, context.signal),
      onSample: (params, context) => questions.sampling(params, context.signal),
      sampleTools: true,
      roots: () => this.#roots,
      onLog: (line) => log.log(line),
      onElicitComplete: (id) => log.note(`The server says that what it asked for at a URL is done (${id}).`),
      onError: (error) => log.note(reasonOf(error)),
    }
  }

  #ended(client: Client, reason: unknown): void {
    if (this.#client !== client) return
    this.#options.ended()
    const why = reason === undefined ? 'The server closed the connection.' : reasonOf(reason)
    this.#fail({ kind: 'closed', reason: why })
  }

  /** What is known of a crash says more than that the connection ended. */
  #fail(status: Status): void {
    if (this.#status.kind !== 'crashed') this.#set(status)
  }

  #set(status: Status): void {
    this.#status = status
    this.#options.changed()
  }

  /** Notes that the program is gone, and what it said. */
  crashed(reason: string): void {
    this.#set({ kind: 'crashed', reason })
  }

  /** Reads the lists anew, one reading after another, and tells what became of the tools. Never rejects. */
  refresh(): Promise<void> {
    // One reading at a time, and one that waits: however many changes a server announces meanwhile, it tells of all.
    this.#next ??= this.#listing.then(() => {
      this.#next = undefined
      return this.#refresh()
    })
    this.#listing = this.#next
    return this.#next
  }

  async #refresh(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    const offers = await readOffers(client)
    if (this.#client !== client) return
    const diff = this.#wasListed ? diffOf(this.#offers.tools, offers.tools) : undefined
    if (diff !== undefined) {
      this.#diffs += 1
      this.#diff = { ...diff, number: this.#diffs }
    }
    this.#wasListed ||= offers.faults.length === 0
    this.#offers = offers
    this.#options.changed()
  }

  /** Sets the least severe level to hear, now and on later connections. Rejects when the server refuses. */
  async setLevel(level: LoggingLevel): Promise<void> {
    await this.client?.setLogLevel(level)
    this.#level = level
    this.#options.changed()
  }

  /** Says what the server may work in. Rejects with TypeError for other than `file:` URIs. */
  async setRoots(roots: readonly Root[]): Promise<void> {
    await this.client?.setRoots(roots)
    this.#roots = roots
    this.#options.changed()
  }

  /** Hears of updates of a resource, or no longer. Rejects when the server does not tell of them. */
  async watch(uri: string, isWanted: boolean): Promise<void> {
    await (isWanted ? this.#watches.add(uri, this.client) : this.#watches.remove(uri))
  }

  async #drop(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) this.#options.ended()
    this.#watches.stop()
    await client?.close().catch((error: unknown) => this.#options.log.note(reasonOf(error)))
  }

  /** Closes the connection; settles when it is gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#attempt.abort()
    await this.#turn
    await this.#drop()
  }
}
