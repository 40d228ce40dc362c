import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { namedVersion } from '@parley/protocol'
import type { RequestId } from '@parley/protocol'
import type { WireEntry } from './page/api.ts'
import { Ring } from './ring.ts'

const mostEntries = 2000
const mostCharacters = 8_388_608
const longestEntry = 262_144

type Era = 'legacy' | 'modern'

/** What one message was, for whoever records it. */
export type Passing = Pick<WireEntry, 'direction' | 'kind'> & {
  readonly method: string
  readonly about?: string
  readonly id?: RequestId
  readonly era: Era
  readonly milliseconds?: number
  readonly round?: number
  /** The message without `jsonrpc`; undefined members are left out of what is kept. */
  readonly message: JsonObject
}

/** The era of a request: a modern one names its revision, and `server/discover` asks for it. */
export const eraOf = (method: string, params: JsonObject | undefined): Era =>
  method === 'server/discover' || namedVersion(params) !== undefined ? 'modern' : 'legacy'

const written = (message: JsonObject): string => {
  try {
    return JSON.stringify({ jsonrpc: '2.0', ...message })
  } catch (error) {
    return JSON.stringify({ unwritable: String(error) })
  }
}

/** The messages of every connection of one inspector, as they passed: 2,000 of them, or eight million characters. */
export class Transcript {
  readonly #entries = new Ring<WireEntry>(mostEntries, mostCharacters, ({ text }) => text.length)
  readonly #hear: (entry: WireEntry) => void
  // What a server asked to be sent back tells which round a call is in.
  readonly #rounds = new Map<string, number>()
  #count = 0

  constructor(hear: (entry: WireEntry) => void) {
    this.#hear = hear
  }

  /** What is kept, oldest first. */
  get entries(): readonly WireEntry[] {
    return this.#entries.items
  }

  /** Records one message. */
  record({ message, ...passing }: Passing): void {
    const whole = written(message)
    const text = whole.slice(0, longestEntry)
    const cut = text.length < whole.length ? { isCut: true } : {}
    this.#add({ ...this.#head(), ...passing, size: whole.length, text, ...cut })
  }

  /** Records what happened on the wire but was no message of its own. */
  remark(text: string, era: Era, of: Pick<WireEntry, 'method' | 'about' | 'id'> = {}): void {
    this.#add({ ...this.#head(), direction: 'out', kind: 'remark', era, size: 0, text, ...of })
  }

  #head(): { number: number; at: number } {
    this.#count += 1
    return { number: this.#count, at: Date.now() }
  }

  #add(entry: WireEntry): void {
    this.#entries.add(entry)
    this.#hear(entry)
  }

  /** The round that a modern request begins; undefined for one that answers nothing. */
  roundOf(params: JsonObject): number | undefined {
    const { requestState, inputResponses } = params
    if (requestState === undefined && !isObject(inputResponses)) return undefined
    const known = typeof requestState === 'string' ? this.#rounds.get(requestState) : undefined
    return (known ?? 1) + 1
  }

  /** Remembers a result that asks for another round. */
  keepRound(result: JsonObject, round: number): void {
    const { resultType, requestState } = result
    if (resultType !== 'input_required' || typeof requestState !== 'string') return
    this.#rounds.set(requestState, round)
    const [oldest] = this.#rounds.keys()
    if (this.#rounds.size > 100 && oldest !== undefined) this.#rounds.delete(oldest)
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#entries.clear()
  }
}
