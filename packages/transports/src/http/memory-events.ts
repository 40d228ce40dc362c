import { LinkedList } from '@parley/core'
import type { Linked } from '@parley/core'
import type { EventLog, EventScope, Replay } from './events.ts'
import { Recent } from './recent.ts'

/** How much an event log in memory keeps. */
export type MemoryEventLogOptions = {
  /** Events of one stream. @default 1_000 */
  events?: number
  /** Size of one stream in characters; the newest event stays whatever its size. @default 8_388_608 */
  size?: number
  /**
   * Size of all streams together in characters; an event counts for 256 more than it has. Whoever has more than an equal
   * part of it gives way, the longest silent of their streams first: no principal, and without principals no session,
   * takes the part of another. @default 33_554_432
   */
  total?: number
  /** Milliseconds that a stream's events are kept after the newest. @default 900_000 */
  age?: number
}

/** Whose events take up room: a principal, or one session of nobody's. */
type Owner = {
  readonly key: string
  size: number
  /** Its streams that hold events, the longest silent first. */
  readonly bySilence: LinkedList<Stream>
}

type Session = {
  readonly streams: Map<string, Stream>
  /** The key of its owner. */
  readonly owner: string
}

interface Stream extends Linked<Stream> {
  /** As it was named first. */
  readonly scope: EventScope
  readonly session: Session
  readonly name: string
  /** Found anew when the first event comes, and when one comes after all were dropped. */
  owner: Owner
  readonly texts: Recent
  /** When the newest event came. */
  at: number
  ended: boolean
}

// What is left once there was too much, so that the parts need not be worked out again with the next event.
const left = 7 / 8

// What an event takes beside its text, and its part of what the stream takes: of short ones, most of it.
const eventWeight = 256

// Who has grown too old is looked for no more often than in this part of the age: there may be thousands to look at.
const leeway = 1 / 64

const nobody: Owner = { key: '', size: 0, bySilence: new LinkedList() }

const weightOf = ({ size, count }: Recent): number => size + count * eventWeight

/** The most that each may keep for all of them together to keep `total`; `sizes` are in descending order. */
const equalPart = (sizes: readonly number[], total: number): number => {
  let rest = total
  for (let count = sizes.length; count > 0; count -= 1) {
    const smallest = sizes[count - 1] ?? 0
    if (smallest * count >= rest) return rest / count
    rest -= smallest
  }
  return Infinity
}

class MemoryEventLog implements EventLog {
  readonly #limits: Required<MemoryEventLogOptions>
  /** By principal, and then by their own id. */
  readonly #sessions = new Map<string, Map<string, Session>>()
  /** Those that have events. */
  readonly #owners = new Map<string, Owner>()
  #size = 0
  /** When it is looked again who has grown too old. */
  #due = 0
  /** Where the newest event came. */
  #newest: Stream | undefined

  constructor(options: MemoryEventLogOptions) {
    this.#limits = { events: 1_000, size: 8_388_608, total: 33_554_432, age: 900_000, ...options }
  }

  append(scope: EventScope, name: string, text: string): string {
    const stream = this.#stream(scope, name)
    const { texts } = stream
    if (texts.count === 0) stream.owner = this.#owner(stream.session)
    const before = weightOf(texts)
    texts.add(text)
    if (texts.size > this.#limits.size) texts.shrink(this.#limits.size)
    this.#grow(stream.owner, weightOf(texts) - before)
    const now = performance.now()
    stream.at = now
    if (stream !== this.#newest) this.#renew(stream)
    if (now >= this.#due) this.#expire(now)
    if (this.#size > this.#limits.total) this.#makeRoom(stream)
    return `${name}-${texts.next - 1}`
  }

  #renew(stream: Stream): void {
    const { owner } = stream
    owner.bySilence.add(stream)
    this.#owners.set(owner.key, owner)
    this.#newest = stream
  }

  #stream(scope: EventScope, name: string): Stream {
    const known = this.#known(scope, name)
    if (known !== undefined) return known
    const session = this.#session(scope) ?? this.#open(scope)
    const texts = new Recent(this.#limits.events)
    const stream = {
      scope,
      session,
      name,
      owner: nobody,
      texts,
      at: 0,
      ended: false,
      before: undefined,
      after: undefined,
    }
    session.streams.set(name, stream)
    return stream
  }

  #known(scope: EventScope, name: string): Stream | undefined {
    // Events of one stream mostly come one after the other, and a session names itself by the same object each time.
    if (this.#newest?.scope === scope && this.#newest.name === name) return this.#newest
    return this.#session(scope)?.streams.get(name)
  }

  /** The same, unless it has grown too old. */
  #kept(scope: EventScope, name: string): Stream | undefined {
    const stream = this.#known(scope, name)
    if (stream === undefined || performance.now() < stream.at + this.#limits.age) return stream
    this.#empty(stream)
    return this.#known(scope, name)
  }

  #session({ session, principal }: EventScope): Session | undefined {
    return this.#sessions.get(principal)?.get(session)
  }

  #open({ session, principal }: EventScope): Session {
    const owner = principal === '' ? `session ${session}` : `principal ${principal}`
    const opened = { streams: new Map<string, Stream>(), owner }
    const among = this.#sessions.get(principal) ?? new Map<string, Session>()
    this.#sessions.set(principal, among.set(session, opened))
    return opened
  }

  #owner({ owner: key }: Session): Owner {
    return this.#owners.get(key) ?? { key, size: 0, bySilence: new LinkedList() }
  }

  #grow(owner: Owner, by: number): void {
    owner.size += by
    this.#size += by
  }

  /** Streams that are too old, or that there is no room for, lose all they hold: half of it is no use to anyone. */
  #expire(now: number): void {
    const { age } = this.#limits
    let due = now + age
    for (const { bySilence } of this.#owners.values()) {
      for (let silent = bySilence.first; silent !== undefined && now >= silent.at + age; silent = bySilence.first) {
        this.#empty(silent)
      }
      due = Math.min(due, (bySilence.first?.at ?? now) + age)
    }
    this.#due = Math.max(due, now + age * leeway)
  }

  /** Makes room after something came on one stream, which keeps it. */
  #makeRoom(newest: Stream): void {
    const { total } = this.#limits
    const part = total / this.#owners.size
    this.#shed(newest.owner, newest, ({ size }) => this.#size > total && size > part)
    if (this.#size > total) this.#level(newest)
  }

  #level(newest: Stream): void {
    const owners = [...this.#owners.values()].toSorted((one, other) => other.size - one.size)
    const sizes = owners.map(({ size }) => size)
    const part = equalPart(sizes, this.#limits.total * left)
    for (const owner of owners) this.#shed(owner, newest, ({ size }) => size > part)
  }

  /** Empties the longest silent of one owner's streams for as long as it has too much, the newest of all excepted. */
  #shed(owner: Owner, newest: Stream, hasTooMuch: (owner: Owner) => boolean): void {
    const { bySilence } = owner
    for (let silent = bySilence.first; silent !== undefined && silent !== newest; silent = bySilence.first) {
      if (!hasTooMuch(owner)) return
      this.#empty(silent)
    }
  }

  #empty(stream: Stream): void {
    const { owner, texts, session } = stream
    if (this.#newest === stream) this.#newest = undefined
    if (texts.count > 0) {
      owner.bySilence.delete(stream)
      if (owner.bySilence.first === undefined) this.#owners.delete(owner.key)
      this.#grow(owner, 0 - weightOf(texts))
      texts.clear()
    }
    if (stream.ended) session.streams.delete(stream.name)
  }

  replay(scope: EventScope, lastEventId: string): Replay | undefined {
    const dash = lastEventId.lastIndexOf('-')
    const position = Number(lastEventId.slice(dash + 1))
    const stream = this.#kept(scope, lastEventId.slice(0, Math.max(0, dash)))
    // An event has one id in one spelling.
    if (stream === undefined || !Number.isSafeInteger(position) || `${stream.name}-${position}` !== lastEventId)
      return undefined
    const { texts, name } = stream
    if (position < 1 || position >= texts.next) return undefined
    const events = Array.from(texts.from(position + 1), ({ position: at, text }) => ({ id: `${name}-${at}`, text }))
    return { stream: name, events, complete: position + 1 >= texts.first }
  }

  end(scope: EventScope, name: string): void {
    const stream = this.#known(scope, name)
    if (stream === undefined) return
    stream.ended = true
    if (stream.texts.count === 0) stream.session.streams.delete(name)
  }

  drop(scope: EventScope): void {
    const { session, principal } = scope
    for (const stream of this.#session(scope)?.streams.values() ?? []) this.#empty(stream)
    const among = this.#sessions.get(principal)
    among?.delete(session)
    if (among?.size === 0) this.#sessions.delete(principal)
  }
}

/** The event log of one process, bounded in every direction. */
export const memoryEventLog = (options: MemoryEventLogOptions = {}): EventLog => new MemoryEventLog(options)
