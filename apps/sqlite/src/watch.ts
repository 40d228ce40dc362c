import type { Middleware, Server } from '@parley/server'
import type { Database } from './engine/engine.ts'
import type { Explorer } from './explorer.ts'

type Call = Parameters<Middleware>[0]
type Session = NonNullable<Call['exchange']['session']>

/** What was last told of a database, and what was last seen of it. */
type State = { told: string; toldSchema: number; seen: string; held: number }

/** Looks after which a change is told of even if the next one is there already. */
const mostHeld = 5

/**
 * Tells whoever subscribed that a database changed. It looks at the databases' versions only while somebody listens, and
 * tells of several changes in quick succession once.
 */
export class Watch {
  readonly #server: Pick<Server, 'resourceUpdated'>
  readonly #explorer: Explorer
  readonly #listens = new Set<readonly string[]>()
  readonly #sessions = new Set<Session>()
  readonly #states = new Map<Database, State>()
  /** It looks now, or will. */
  #isLooking = false

  constructor(server: Pick<Server, 'resourceUpdated'>, explorer: Explorer) {
    this.#server = server
    this.#explorer = explorer
  }

  /** Notices who begins and who ends to listen, in either era. */
  readonly middleware: Middleware = async (call, next) => {
    if (call.method === 'subscriptions/listen') {
      const uris = urisOf(call)
      this.#listens.add(uris)
      try {
        // What changes from now on is told; what was there before is not.
        await this.#begin()
        return await next(call)
      } finally {
        this.#listens.delete(uris)
      }
    }
    const { session } = call.exchange
    if (call.method === 'resources/subscribe' && session !== undefined) {
      if (!this.#sessions.has(session)) session.whenEnded(() => this.#sessions.delete(session))
      this.#sessions.add(session)
      await this.#begin(urisOf(call))
    }
    return next(call)
  }

  get #uris(): string[] {
    const subscribed = [...this.#sessions].flatMap(({ state }) => state.subscriptions)
    return [...new Set([...this.#listens].flat().concat(subscribed))]
  }

  async #begin(more: readonly string[] = []): Promise<void> {
    const uris = [...this.#uris, ...more]
    const watched = this.#explorer.databases.filter((database) => concerning(uris, database).length > 0)
    await Promise.all(watched.map((database) => this.#know(database)))
    if (watched.length > 0 && !this.#isLooking) this.#later()
  }

  async #know(database: Database): Promise<void> {
    if (this.#states.has(database)) return
    // A database that cannot be read now may be readable later; that will then be news.
    const now = await versionsOf(database).catch(() => ({ version: '', schema: -1 }))
    if (!this.#states.has(database)) {
      this.#states.set(database, { told: now.version, toldSchema: now.schema, seen: now.version, held: 0 })
    }
  }

  #later(): void {
    this.#isLooking = true
    const timer = setTimeout(() => void this.#look(), this.#explorer.pollInterval)
    // Listeners hold their own connection open; to look alone keeps no process alive.
    timer.unref()
  }

  async #look(): Promise<void> {
    const uris = this.#uris
    const looks = [...this.#states].map(async ([database, state]) => {
      const own = concerning(uris, database)
      if (own.length === 0) this.#states.delete(database)
      else await this.#compare(database, state, own).catch(() => undefined)
    })
    await Promise.all(looks)
    this.#isLooking = this.#states.size > 0
    if (this.#isLooking) this.#later()
  }

  async #compare(database: Database, state: State, uris: readonly string[]): Promise<void> {
    const version = await database.dataVersion()
    if (version === state.told) return
    const settled = version === state.seen || state.held >= mostHeld
    state.seen = version
    state.held = settled ? 0 : state.held + 1
    if (!settled) return
    const { schema } = await versionsOf(database)
    const changed = uris.filter((uri) => uri.startsWith('table:') || schema !== state.toldSchema)
    state.told = version
    state.toldSchema = schema
    for (const uri of changed) this.#server.resourceUpdated(uri)
  }
}

const versionsOf = async (database: Database): Promise<{ version: string; schema: number }> => {
  const { dataVersion, schemaVersion } = await database.catalogue()
  return { version: dataVersion, schema: schemaVersion }
}

const urisOf = ({ method, params }: Call): readonly string[] => {
  if (method === 'resources/subscribe') return [String(params['uri'])]
  const { resourceSubscriptions = [] } = params['notifications'] as { resourceSubscriptions?: readonly string[] }
  return resourceSubscriptions
}

/** Those of the URIs that are about a database. */
const concerning = (uris: readonly string[], { alias }: Database): string[] => {
  const places = [`schema://${alias}`, `table://${alias}`]
  return uris.filter((uri) => places.some((place) => uri === place || uri.startsWith(`${place}/`)))
}
