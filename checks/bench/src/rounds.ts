import type { Cell, Series, Settings, Subject, Unit } from './measure.ts'

/** One subject that was opened and is ready to be loaded. */
export interface Opened<Load> extends AsyncDisposable {
  /** Takes one sample: every quantity of it by name. */
  run(load: Load): Promise<Readonly<Record<string, number>>>
}

/** A subject that takes part in some cells. */
export type Contender<Load> = { readonly subject: Subject; open(): Promise<Opened<Load>> }

/** What is asked of every contender, once a round. */
export type Step<Load> = { readonly key: string; readonly load: Load }

/** How the rounds go. */
export type Plan<Load> = {
  readonly steps: readonly Step<Load>[]
  readonly rounds: number
  /** Run before anything counts, so that what is measured is compiled. */
  readonly warm: readonly Load[]
}

/** What came out: by step, then by subject, then by quantity, sample by sample; and who could not do a step, and why. */
export type Outcome = {
  readonly samples: Map<string, Map<Subject, Record<string, number[]>>>
  readonly refusals: Map<string, string[]>
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 120)

// No target is about them, and a quick run has little time.
const unhurried = new Set<Subject>(['official v1', 'tmcp'])

// Milliseconds that opening or one sample may take: many times what the slowest needs.
const patience = 180_000

/** Rejects once something has taken too long; nothing that hangs holds up the others. */
const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${patience / 1000} s`)), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What is open only after it was given up is closed at once. */
const openInTime = async <Load>(opening: Promise<Opened<Load>>): Promise<Opened<Load>> => {
  try {
    return await inTime(opening)
  } catch (error) {
    void opening.then(
      (late) => late[Symbol.asyncDispose](),
      () => undefined,
    )
    throw error
  }
}

/** A contender in the middle of its rounds, and the steps that it cannot do. */
type Entry<Load> = { readonly subject: Subject; readonly running: Opened<Load>; readonly cannot: Set<string> }

/** Contenders that are open, and what they came to so far. */
class Contest<Load> implements AsyncDisposable {
  readonly outcome: Outcome = { samples: new Map(), refusals: new Map() }
  readonly #plan: Plan<Load>
  readonly #say: Settings['say']
  readonly #entries: Entry<Load>[] = []

  constructor(plan: Plan<Load>, say: Settings['say']) {
    this.#plan = plan
    this.#say = say
  }

  /** Opens a contender and warms it up. One that fails here takes part in nothing, and every row says so. */
  async enter({ subject, open }: Contender<Load>): Promise<void> {
    const cannot = new Set<string>()
    try {
      const running = await openInTime(open())
      this.#entries.push({ subject, running, cannot })
      for (const load of this.#plan.warm) await inTime(running.run(load))
    } catch (error) {
      for (const { key } of this.#plan.steps) this.#refuse(key, subject, cannot, error)
    }
  }

  /** Takes one sample of each step from each contender. */
  async round(index: number): Promise<void> {
    const { length } = this.#entries
    for (const step of this.#plan.steps) {
      for (let turn = 0; turn < length; turn++) {
        const entry = this.#entries[(turn + index) % length]
        if (entry !== undefined && !entry.cannot.has(step.key)) await this.#take(entry, step)
      }
    }
  }

  async #take({ subject, running, cannot }: Entry<Load>, { key, load }: Step<Load>): Promise<void> {
    try {
      this.#keep(key, subject, await inTime(running.run(load)))
    } catch (error) {
      this.#refuse(key, subject, cannot, error)
    }
  }

  #keep(key: string, subject: Subject, sample: Readonly<Record<string, number>>): void {
    const { samples } = this.outcome
    const subjects = samples.get(key) ?? new Map<Subject, Record<string, number[]>>()
    samples.set(key, subjects)
    const quantities = subjects.get(subject) ?? {}
    subjects.set(subject, quantities)
    for (const [name, value] of Object.entries(sample)) (quantities[name] ??= []).push(value)
  }

  #refuse(key: string, subject: Subject, cannot: Set<string>, error: unknown): void {
    const { refusals } = this.outcome
    const why = `${subject}: ${said(error)}`
    cannot.add(key)
    refusals.set(key, [...(refusals.get(key) ?? []), why])
    this.#say(`  ${key}: ${why}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { running } of this.#entries) await running[Symbol.asyncDispose]()
  }
}

/** Takes samples of all contenders in turn, who begins changing with each round, and ends them all. */
export const interleave = async <Load>(
  contenders: readonly Contender<Load>[],
  plan: Plan<Load>,
  { quick, say }: Settings,
): Promise<Outcome> => {
  await using contest = new Contest(plan, say)
  for (const contender of contenders) {
    if (!quick || !unhurried.has(contender.subject)) await contest.enter(contender)
  }
  for (let index = 0; index < plan.rounds; index++) await contest.round(index)
  return contest.outcome
}

/** How one quantity of one step becomes a row. */
export type Row = { readonly id: string; readonly title: string; readonly unit: Unit; readonly note?: string }

/** Makes a row of one quantity. A step that nobody could do gives an empty one, with the reasons. */
export const cellOf = (outcome: Outcome, key: string, quantity: string, row: Row): Cell => {
  const series: Series[] = [...(outcome.samples.get(key) ?? [])].map(([subject, quantities]) => ({
    subject,
    samples: quantities[quantity] ?? [],
  }))
  const notes = [...(row.note === undefined ? [] : [row.note]), ...(outcome.refusals.get(key) ?? [])]
  return { ...row, series, ...(notes.length > 0 && { note: notes.join('; ') }) }
}
