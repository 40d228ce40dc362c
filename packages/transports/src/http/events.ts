/** Whose events are meant: one session of one principal. Every access names both, so that none is unscoped (G13). */
export type EventScope = {
  readonly session: string
  /** The principal's key; the empty string for nobody. */
  readonly principal: string
}

/** One event as it was logged: the id it went out under, and its data. */
export type LoggedEvent = { readonly id: string; readonly text: string }

/** What a client has missed on one stream. */
export type Replay = {
  /** The stream that the last event id belongs to; no event of another one is in `events` (G8). */
  readonly stream: string
  /** The events after that id, in order. */
  readonly events: readonly LoggedEvent[]
  /** Whether none in between has been dropped. */
  readonly complete: boolean
}

/**
 * Keeps what went out on the event streams of legacy sessions, so that a broken one can be resumed.
 *
 * An implementation answers either always at once or always with promises; promises of one stream settle in the order
 * of the calls. A rejected `append` sends its event without an id.
 */
export interface EventLog {
  /** Keeps one event and gives the id it goes out under: unique in the session, and visible ASCII. */
  append(scope: EventScope, stream: string, text: string): string | Promise<string>
  /** What came after an event, or undefined for an id that this session of this principal does not have. */
  replay(scope: EventScope, lastEventId: string): Replay | undefined | Promise<Replay | undefined>
  /** Says that nothing more comes on a stream. What it holds is kept for a while, in case its end was not received. */
  end(scope: EventScope, stream: string): void | Promise<void>
  /** Forgets a session's events. */
  drop(scope: EventScope): void | Promise<void>
}

/** How much an event log in memory keeps. */
export type MemoryEventLogOptions = {
  /** Events of one stream. @default 1_000 */
  events?: number
  /** Size of one stream in characters; the newest event stays whatever its size. @default 8_388_608 */
  size?: number
  /** Size of all streams together in characters; the longest silent give way. @default 33_554_432 */
  total?: number
  /** Milliseconds that a stream's events are kept after the newest. @default 900_000 */
  age?: number
}

type Stream = {
  readonly name: string
  /** The streams of its session. */
  readonly among: Map<string, Stream>
  texts: string[]
  /** The position of the first text that is left: positions go on when texts are dropped, so that no id comes twice. */
  first: number
  size: number
  /** When the newest event came. */
  at: number
  ended: boolean
}

class MemoryEventLog implements EventLog {
  readonly #limits: Required<MemoryEventLogOptions>
  readonly #sessions = new Map<string, Map<string, Stream>>()
  /** Every stream that holds events, the longest silent first. */
  readonly #bySilence = new Set<Stream>()
  #size = 0

  constructor(options: MemoryEventLogOptions) {
    this.#limits = { events: 1_000, size: 8_388_608, total: 33_554_432, age: 900_000, ...options }
  }

  append(scope: EventScope, name: string, text: string): string {
    const stream = this.#stream(scope, name)
    stream.texts.push(text)
    stream.at = performance.now()
    this.#grow(stream, text.length)
    this.#bySilence.delete(stream)
    this.#bySilence.add(stream)
    const { events, size } = this.#limits
    while (stream.texts.length > 1 && (stream.texts.length > events || stream.size > size)) this.#shorten(stream)
    this.#evict()
    return `${name}-${stream.first + stream.texts.length - 1}`
  }

  #stream(scope: EventScope, name: string): Stream {
    const key = keyOf(scope)
    let streams = this.#sessions.get(key)
    if (streams === undefined) this.#sessions.set(key, (streams = new Map()))
    let stream = streams.get(name)
    if (stream === undefined) {
      stream = { name, among: streams, texts: [], first: 1, size: 0, at: 0, ended: false }
      streams.set(name, stream)
    }
    return stream
  }

  #grow(stream: Stream, by: number): void {
    stream.size += by
    this.#size += by
  }

  #shorten(stream: Stream): void {
    this.#grow(stream, -(stream.texts.shift()?.length ?? 0))
    stream.first += 1
  }

  /** Streams that are too old, or that there is no room for, lose all they hold: half of it is no use to anyone. */
  #evict(): void {
    const oldest = performance.now() - this.#limits.age
    for (const stream of this.#bySilence) {
      if (stream.at > oldest && (this.#size <= this.#limits.total || this.#bySilence.size === 1)) break
      this.#empty(stream)
    }
  }

  #empty(stream: Stream): void {
    this.#bySilence.delete(stream)
    this.#size -= stream.size
    stream.size = 0
    stream.first += stream.texts.length
    stream.texts = []
    if (stream.ended) stream.among.delete(stream.name)
  }

  replay(scope: EventScope, lastEventId: string): Replay | undefined {
    this.#evict()
    const dash = lastEventId.lastIndexOf('-')
    const position = Number(lastEventId.slice(dash + 1))
    const stream = this.#sessions.get(keyOf(scope))?.get(lastEventId.slice(0, Math.max(0, dash)))
    // An event has one id in one spelling.
    if (stream === undefined || !Number.isSafeInteger(position) || `${stream.name}-${position}` !== lastEventId)
      return undefined
    const { first, texts, name } = stream
    if (position < 1 || position >= first + texts.length) return undefined
    const from = Math.max(first, position + 1)
    const events = texts.slice(from - first).map((text, index) => ({ id: `${name}-${from + index}`, text }))
    return { stream: name, events, complete: position + 1 >= first }
  }

  end(scope: EventScope, name: string): void {
    const stream = this.#sessions.get(keyOf(scope))?.get(name)
    if (stream === undefined) return
    stream.ended = true
    if (stream.texts.length === 0) stream.among.delete(name)
  }

  drop(scope: EventScope): void {
    const key = keyOf(scope)
    for (const stream of this.#sessions.get(key)?.values() ?? []) this.#empty(stream)
    this.#sessions.delete(key)
  }
}

const keyOf = ({ session, principal }: EventScope): string => JSON.stringify([principal, session])

/** The event log of one process, bounded in every direction. */
export const memoryEventLog = (options: MemoryEventLogOptions = {}): EventLog => new MemoryEventLog(options)
