import { orElse } from '@parley/core'
import type { Awaitable, Linked } from '@parley/core'
import type { Deadline, Deadlines } from '@parley/protocol/server'
import type { EventLog, EventScope, LoggedEvent, Replay } from './events.ts'
import type { Beat, Pulse } from './pulse.ts'
import { frame, messageFrame, streamHeaders } from './sse.ts'
import type { EventStream, Reply } from './wire.ts'

/** What every feed of one endpoint goes by. */
export type FeedRules = {
  readonly log: EventLog | undefined
  readonly pulse: Pulse
  readonly deadlines: Deadlines
  /** Milliseconds after which a client is told to come back. */
  readonly retry: number
  /** Milliseconds after which the connection of a primed feed is closed for the client to come back. */
  readonly pollAfter: number
}

/** What one feed is, from the start. */
export type FeedOptions = {
  readonly id: string
  readonly scope: EventScope
  /** Whether the client has been promised an event to come back from at once (G9). */
  readonly primes: boolean
  /** Hears that nobody reads any more, although the feed goes on. */
  readonly onLost: () => void
  /** Hears that nothing more comes. */
  readonly onEnd: () => void
}

/** One event; without text it only marks a place, which older clients would take for a broken message. */
export const eventOf = (id: string | undefined, text: string, retry?: number): string =>
  frame({ data: text, id, retry, event: text === '' ? undefined : 'message' })

/** What was missed, looked at again until there is no more: some may have come since the first look. */
export async function* allMissed(
  log: EventLog | undefined,
  scope: EventScope,
  lastEventId: string,
  missed: Replay,
): AsyncGenerator<LoggedEvent, void, void> {
  let last = lastEventId
  let next: Replay | undefined = missed
  do {
    yield* next.events
    last = next.events.at(-1)?.id ?? last
    next = await log?.replay(scope, last)
  } while (next !== undefined && next.events.length > 0)
}

// A reader who is this many characters behind while it is told what it missed is cut; it can come back once more.
const mostHeld = 4_194_304

// So many events in a row may go to nobody before their sender has to let others have a turn.
const unheard = 64

type Held = { readonly id: string | undefined; readonly text: string }

/**
 * One event stream of a legacy session: it may outlive its connections, and has at most one at a time (G7).
 *
 * What is sent while nobody reads is logged if there is a log and the client could come back, and dropped otherwise.
 */
export class Feed implements Linked<Feed> {
  before: Feed | undefined
  after: Feed | undefined
  readonly #rules: FeedRules
  readonly #options: FeedOptions
  #out: EventStream | undefined
  #beat: Beat | undefined
  /** What was sent while a client that came back is told what it missed. */
  #held: Held[] | undefined
  #heldSize = 0
  #resumed: Promise<void> | undefined
  #appending: Promise<void> | undefined
  #poll: Deadline | undefined
  #lostAt: number | undefined
  #ending = false
  #unread = false
  #unheard = 0

  constructor(rules: FeedRules, options: FeedOptions) {
    this.#rules = rules
    this.#options = options
  }

  get id(): string {
    return this.#options.id
  }

  /** Whether somebody reads now. */
  get connected(): boolean {
    return this.#out !== undefined
  }

  /** Whether what is sent now can still reach its reader, now or later. */
  get reachable(): boolean {
    return this.connected || (this.#rules.log !== undefined && !this.#unread)
  }

  /** When the last reader was lost, by `performance.now()`; undefined while there is one. */
  get lostAt(): number | undefined {
    return this.#lostAt
  }

  /** Starts the feed on the reply to the request that it is for. */
  connect(reply: Reply, headers: Readonly<Record<string, string>>): void {
    const out = this.#attach(reply, headers)
    // A client that never saw an event id has nothing to come back with.
    this.#unread = out.lost
    if (out.lost) this.#lose(out)
    else if (this.#options.primes) void this.send('', false, this.#rules.retry)
  }

  #attach(reply: Reply, headers: Readonly<Record<string, string>>): EventStream {
    const out = reply.stream({ ...streamHeaders, ...headers }, () => this.#lose(out))
    this.#out = out
    this.#lostAt = undefined
    this.#beat = this.#rules.pulse.add(out)
    if (this.#options.primes) this.#poll = this.#rules.deadlines.set(this.#rules.pollAfter, () => this.#pause(out))
    return out
  }

  #detach(): void {
    this.#beat?.end()
    this.#beat = undefined
    this.#poll?.clear()
    this.#out = undefined
  }

  #lose(out: EventStream): void {
    if (this.#out !== out) return
    this.#detach()
    this.#lostAt = performance.now()
    if (!this.#ending) this.#options.onLost()
  }

  /** SHOULD (2025-11-25, basic/transports): says when to come back before it closes early (G9). */
  #pause(out: EventStream): void {
    if (this.#out !== out || this.#held !== undefined || this.#ending) return
    void orElse(
      () => out.write(frame({ retry: this.#rules.retry })),
      () => undefined,
    )
    out.end()
    this.#lose(out)
  }

  /** Sends one message. The promise is backpressure and never rejects. An answer is `owed`: no limit keeps it out. */
  send(text: string, owed = false, retry?: number): Awaitable<void> {
    const { log } = this.#rules
    if (log === undefined || !this.reachable) return this.#put(undefined, text, owed, retry)
    const id = log.append(this.#options.scope, this.id, text)
    if (typeof id === 'string') return this.#put(id, text, owed, retry)
    // The log comes before the wire: an event that was read can be come back from.
    const put = (known: string | undefined): void => {
      void this.#put(known, text, owed, retry)
    }
    this.#appending = id.then(put, () => put(undefined))
    return this.#appending
  }

  #put(id: string | undefined, text: string, owed: boolean, retry?: number): Awaitable<void> {
    if (this.#held !== undefined) {
      this.#held.push({ id, text })
      this.#heldSize += text.length
      if (this.#heldSize > mostHeld) this.#cut()
      return this.#resumed ?? Promise.resolve()
    }
    const out = this.#out
    if (out === undefined) return this.#passed()
    this.#beat?.touch()
    // An answer may hold JSON that a server made itself; in what is written here line breaks are escaped.
    const event = owed || retry !== undefined ? eventOf(id, text, retry) : messageFrame(text, id)
    const room = out.write(event, owed)
    return room instanceof Promise ? room.catch(() => this.#lose(out)) : undefined
  }

  /** A sender in a loop would never wait for a client that is gone, and keep everybody else waiting for ever. */
  #passed(): Awaitable<void> {
    this.#unheard += 1
    if (this.#unheard % unheard === 0) return new Promise((resolve) => setTimeout(resolve))
  }

  #cut(): void {
    const out = this.#out
    this.#held = undefined
    if (out === undefined) return
    this.#lose(out)
    out.end()
  }

  /** Ends the feed after what was sent. */
  end(): void {
    if (this.#ending) return
    this.#ending = true
    const isBehind = this.#appending !== undefined || this.#held !== undefined
    void orElse(
      () => (isBehind ? this.#caughtUp().then(() => this.#finish()) : this.#finish()),
      () => undefined,
    )
  }

  async #caughtUp(): Promise<void> {
    if (this.#appending !== undefined) await this.#appending
    // A client that is being told what it missed hears the rest, too.
    while (this.#held !== undefined) await this.#resumed
  }

  #finish(): Awaitable<void> {
    const out = this.#out
    this.#detach()
    out?.end()
    this.#options.onEnd()
    return this.#rules.log?.end(this.#options.scope, this.id)
  }

  /**
   * Goes on with a client that came back: first what it missed, then whatever comes.
   *
   * A reader that is still there gives way, for a connection may be dead long before anyone notices. Settles when the
   * client has caught up or is gone again.
   */
  resume(reply: Reply, lastEventId: string, missed: Replay): Promise<void> {
    const before = this.#out
    this.#detach()
    before?.end()
    this.#held = []
    this.#heldSize = 0
    const out = this.#attach(reply, {})
    if (out.lost) this.#lose(out)
    this.#resumed = this.#catchUp(out, lastEventId, missed).catch(() => this.#lose(out))
    return this.#resumed
  }

  async #catchUp(out: EventStream, lastEventId: string, missed: Replay): Promise<void> {
    const sent = new Set<string>()
    try {
      // Whatever is on its way to the log may be older than what the client saw there; it will be found there, too.
      if (this.#appending !== undefined) await this.#appending
      if (this.#out === out) this.#held = this.#held?.filter(({ id }) => id === undefined)
      for await (const { id, text } of allMissed(this.#rules.log, this.#options.scope, lastEventId, missed)) {
        // From here on, everything is held.
        if (this.#holds(id)) break
        sent.add(id)
        await out.write(eventOf(id, text))
      }
      // A slow log may have shown events that have yet to get here; they come to be held, and are told from new ones.
      if (this.#appending !== undefined) await this.#appending
      for (let held = this.#take(out); held.length > 0; held = this.#take(out)) {
        for (const { id, text } of held) if (id === undefined || !sent.has(id)) await out.write(eventOf(id, text))
      }
    } finally {
      if (this.#out === out || this.#out === undefined) this.#held = undefined
    }
  }

  #holds(id: string): boolean {
    return this.#held?.some((held) => held.id === id) === true
  }

  #take(out: EventStream): Held[] {
    if (this.#out !== out || this.#held === undefined) return []
    this.#heldSize = 0
    return this.#held.splice(0)
  }
}
