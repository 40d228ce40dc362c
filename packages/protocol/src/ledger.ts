import { canonical, internalError, InvalidResult, isObject } from '@parley/core'
import type { Json, JsonObject, RpcError } from '@parley/core'
import { answerFits } from './answers.ts'
import { InputRequired } from './call.ts'
import { callIsOver, Unanswered } from './input.ts'
import type { AskOptions, Input, Memory, Question } from './input.ts'

/** What a ledger starts from. */
export type LedgerOptions = {
  /** Says why the caller cannot be asked this, or nothing. */
  refusal: (question: Question) => RpcError | undefined
  /** The answers that came with this retry. */
  given?: ReadonlyMap<string, JsonObject> | undefined
  /** What the round before left behind. */
  memory?: Memory | undefined
  /** Hears that this run asked something else in place of what was answered, as a handler does that cannot repeat. */
  onDrift?: (() => void) | undefined
  /** Puts open questions live; given in the legacy era, where a replayed call is pursued on the spot. */
  pursue?: ((required: InputRequired, memory: Memory) => Promise<Input>) | undefined
}

const mostDrifts = 3

/** A 64-bit digest of a text in hex: names questions, and guards nothing. */
const digestOf = (text: string): string => {
  let low = 0x811c9dc5
  let high = 0x9dc5811c
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ (unit + index), 0x85ebca6b)
  }
  const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
  return hex(low) + hex(high)
}

// An `elicitationId` names one putting of the question; a handler that makes one up asks the same thing again each run.
const textOf = ({ method, params }: Question): string => {
  if (params?.['elicitationId'] === undefined) return canonical({ method, params })
  const { elicitationId: _, ...asked } = params
  return canonical({ method, params: asked })
}

const shortNames = {
  'elicitation/create': 'elicit',
  'sampling/createMessage': 'sample',
  'roots/list': 'roots',
} as const

// A refusal beside an open question must be what a `Promise.all` of both rejects with (B13), in whatever order they were
// put and however many promises are wrapped around either; so an open one lets a few turns pass.
const unanswered = async (): Promise<never> => {
  const error = new Unanswered()
  for (let turn = 0; turn < 16; turn++) await Promise.resolve()
  throw error
}

type Entry = { digest: string; question: Question; answer: Promise<JsonObject> }

/** What one run of a handler asked and did, each by its key. */
type Books = {
  asked: Map<string, Entry>
  open: Map<string, Question>
  answered: Map<string, { digest: string; answer: JsonObject }>
  repeats: Map<string, number>
  once: Map<string, Promise<Json | undefined>>
  onceResults: Map<string, Json>
}

const nothingGiven: ReadonlyMap<string, JsonObject> = new Map()

/**
 * Input that is replayed: an answer is found under a key made of the question itself, or the question is left open.
 *
 * One ledger serves one run of a handler.
 */
export class Ledger implements Input {
  readonly #options: LedgerOptions
  readonly #given: ReadonlyMap<string, JsonObject>
  // Most calls ask nothing, so the books are opened by the first question.
  #written: Books | undefined
  #over = false

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#given = options.given ?? nothingGiven
  }

  get #books(): Books {
    this.#written ??= {
      asked: new Map(),
      open: new Map(),
      answered: new Map(),
      repeats: new Map(),
      once: new Map(),
      onceResults: new Map(Object.entries(this.#options.memory?.once ?? {})),
    }
    return this.#written
  }

  get answers(): ReadonlyMap<string, JsonObject> {
    return this.#given
  }

  get state(): Json | undefined {
    return this.#options.memory?.state
  }

  ask(question: Question, options: AskOptions = {}): Promise<JsonObject> {
    const answer = this.#answer(question, options)
    // A handler may start a question, do something slow, and only then await it; until then nobody handles the
    // rejection, and an unhandled one would end the process.
    answer.catch(() => undefined)
    return answer
  }

  #answer(question: Question, options: AskOptions): Promise<JsonObject> {
    if (this.#over) return Promise.reject(callIsOver())
    const refusal = this.#options.refusal(question)
    if (refusal !== undefined) return Promise.reject(refusal)
    const digest = digestOf(textOf(question))
    const key = options.key ?? this.#keyOf(question, digest)
    const before = this.#books.asked.get(key)
    if (before !== undefined) {
      if (before.digest === digest) return before.answer
      return Promise.reject(new TypeError(`Two different questions share the key "${key}"`))
    }
    const answer = this.#look(key, digest, question, options)
    this.#books.asked.set(key, { digest, question, answer })
    return answer
  }

  #keyOf(question: Question, digest: string): string {
    const name = `${shortNames[question.method]}-${digest}`
    const repeat = (this.#books.repeats.get(name) ?? 0) + 1
    this.#books.repeats.set(name, repeat)
    return repeat === 1 ? name : `${name}-${repeat}`
  }

  async #look(key: string, digest: string, question: Question, options: AskOptions): Promise<JsonObject> {
    const found = this.#found(key, digest)
    // Open until proven answered, synchronously: a handler that never awaits must not outrun this.
    this.#books.open.set(key, question)
    if (found === undefined || !(await answerFits(question, found))) return unanswered()
    if (options.accepts !== undefined) {
      const accepted = options.accepts(found)
      if (!(typeof accepted === 'boolean' ? accepted : await accepted)) return unanswered()
    }
    this.#books.open.delete(key)
    this.#books.answered.set(key, { digest, answer: found })
    return found
  }

  #found(key: string, digest: string): JsonObject | undefined {
    const given = this.#given.get(key)
    if (given !== undefined) return given
    const remembered = this.#options.memory?.answers
    const entry = remembered !== undefined && Object.hasOwn(remembered, key) ? remembered[key] : undefined
    return entry?.digest === digest ? entry.answer : undefined
  }

  once<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T> {
    if (this.#over) return Promise.reject(callIsOver())
    const running = this.#books.once.get(key)
    if (running !== undefined) return running as Promise<T>
    const result = this.#runOnce(key, work)
    result.catch(() => undefined)
    this.#books.once.set(key, result)
    return result
  }

  async #runOnce<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T> {
    if (this.#books.onceResults.has(key)) return this.#books.onceResults.get(key) as T
    const value = await work()
    this.#books.onceResults.set(key, value ?? null)
    return value
  }

  close(): Promise<InputRequired | undefined> | undefined {
    this.#over = true
    return this.#written === undefined ? undefined : this.#settle()
  }

  async #settle(): Promise<InputRequired | undefined> {
    const { asked, once, open } = this.#books
    await Promise.allSettled([...once.values(), ...[...asked.values()].map((entry) => entry.answer)])
    if (open.size === 0) return undefined
    const drift = this.#drift()
    if (drift > (this.#options.memory?.drift ?? 0)) this.#options.onDrift?.()
    if (drift >= mostDrifts) {
      throw internalError('The handler asks something else each time it is run, so it can never be answered')
    }
    return new InputRequired({ requests: Object.fromEntries(open) })
  }

  memory(state: Json | undefined): Memory | undefined {
    const answers = { ...this.#options.memory?.answers, ...Object.fromEntries(this.#books.answered) }
    const memory: Memory = {
      answers,
      once: Object.fromEntries(this.#books.onceResults),
      round: (this.#options.memory?.round ?? 0) + 1,
      drift: this.#drift(),
      asked: [...this.#books.open.keys()],
    }
    if (state !== undefined) memory.state = state
    const empty = state === undefined && this.#given.size === 0 && this.#books.onceResults.size === 0
    return empty && this.#options.memory === undefined ? undefined : memory
  }

  /** An answer came to a question that is no longer put, while another is: the mark of a handler that does not repeat. */
  #drift(): number {
    const before = this.#options.memory?.asked ?? []
    const stray = before.some((key) => this.#given.has(key) && !this.#books.asked.has(key))
    const fresh = [...this.#books.open.keys()].some((key) => !this.#given.has(key))
    return (this.#options.memory?.drift ?? 0) + (stray && fresh ? 1 : 0)
  }

  pursue(required: InputRequired): Promise<Input> | undefined {
    const memory = this.memory(required.state) ?? { answers: {}, once: {}, asked: [], round: 1, drift: 0 }
    return this.#options.pursue?.(required, memory)
  }
}

/** Reads what a sealed state held. Throws `InvalidResult` for what this process could not have sealed. */
export const readMemory = (text: string): Memory => {
  const value: unknown = JSON.parse(text)
  if (isObject(value) && isObject(value['answers']) && isObject(value['once'])) return value as Memory
  throw new InvalidResult('requestState', 'the sealed state is not one of ours')
}
