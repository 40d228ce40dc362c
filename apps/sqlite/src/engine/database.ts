import type {
  Catalogue,
  CallOptions,
  Change,
  ChangeOptions,
  Database,
  Driver,
  Page,
  Params,
  Plan,
  PlanStep,
  QueryOptions,
} from './engine.ts'
import { Closed, Refused, SqlError, Unreadable } from './errors.ts'
import { MAX_ROWS } from './limits.ts'
import type { Pool } from './pool.ts'
import type { Seat, Terms } from './seat.ts'
import { admitRead, admitWrite } from './sql/admission.ts'
import type { Admitted } from './sql/admission.ts'
import { namesNear, placed, refuseHiddenJoins, unknownIn } from './sql/hints.ts'
import { bindingsOf } from './sql/parameters.ts'
import { stampOf, versionOf } from './stamp.ts'
import { troubles } from './desk/failure.ts'

/** What a database is made of. */
export type Parts = {
  readonly alias: string
  readonly driver: Driver
  readonly path: string
  readonly readers: Pool
  /** Undefined where nothing may be written. */
  readonly writer: Seat | undefined
  readonly allowDdl: boolean
  /** The names of hidden columns without their tables, in lower case. */
  readonly hiddenNames: ReadonlySet<string>
  readonly maxRows: number
  readonly timeout: number
}

const warningFor = (detail: string): string | undefined => {
  const table = /^SCAN (\S+)/.exec(detail)?.[1]
  if (table !== undefined && !/ USING | VIRTUAL |CONSTANT ROW/.test(detail)) {
    return `All of ${table} is read. An index, or a condition on an indexed column, would avoid that.`
  }
  const sorts = 'USE TEMP B-TREE FOR '
  return detail.startsWith(sorts) ? `A temporary index is made for ${detail.slice(sorts.length)}.` : undefined
}

const warningsIn = (steps: readonly PlanStep[]): readonly string[] =>
  steps.flatMap(({ detail, steps: inner }) => {
    const warning = warningFor(detail)
    return warning === undefined ? warningsIn(inner) : [warning, ...warningsIn(inner)]
  })

const whole = (value: number, least: number): number => Math.max(least, Math.floor(Number.isFinite(value) ? value : 0))

/** A database over a pool of readers and, where it may be written, one writer. */
export class SqliteDatabase implements Database {
  readonly #parts: Parts
  #known: Catalogue | undefined
  #changing: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get alias(): string {
    return this.#parts.alias
  }

  get driver(): Driver {
    return this.#parts.driver
  }

  get writable(): boolean {
    return this.#parts.writer !== undefined
  }

  async query(sql: string, params?: Params, options: QueryOptions = {}): Promise<Page> {
    const admitted = this.#admit(sql)
    const limit = Math.min(whole(options.limit ?? 100, 1), this.#parts.maxRows, MAX_ROWS)
    const offset = whole(options.offset ?? 0, 0)
    const bindings = bindingsOf(admitted.tokens, params)
    return this.#explained(admitted, () =>
      this.#parts.readers.run({ kind: 'query', sql, bindings, limit, offset }, this.#terms(options)),
    )
  }

  async explain(sql: string, params?: Params, options: CallOptions = {}): Promise<Plan> {
    const admitted = this.#admit(sql)
    if (admitted.explained) throw new Refused('verb', 'Leave out EXPLAIN; the plan comes without it.', 0)
    const bindings = bindingsOf(admitted.tokens, params)
    const steps = await this.#explained(admitted, () =>
      this.#parts.readers.run({ kind: 'plan', sql, bindings }, this.#terms(options)),
    )
    return { steps, warnings: [...new Set(warningsIn(steps))] }
  }

  async catalogue(options: CallOptions = {}): Promise<Catalogue> {
    if (this.#known?.dataVersion === (await this.dataVersion())) return this.#known
    const catalogue = await this.#parts.readers.run({ kind: 'catalogue' }, this.#terms(options))
    this.#known = catalogue
    return catalogue
  }

  // A few small reads of the file, which need no worker.
  async dataVersion(options: CallOptions = {}): Promise<string> {
    options.signal?.throwIfAborted()
    if (this.#closed) throw new Closed()
    const stamp = stampNow(this.#parts.path)
    if (!stamp) throw new Unreadable('missing', troubles.missing)
    return versionOf(stamp)
  }

  async change(sql: string, params: Params | undefined, options: ChangeOptions): Promise<Change> {
    const { writer, allowDdl } = this.#parts
    if (!writer) throw new Refused('write', 'The database is only read here.')
    const admitted = admitWrite(sql, allowDdl)
    refuseHiddenJoins(admitted.tokens, this.#parts.hiddenNames)
    const bindings = bindingsOf(admitted.tokens, params)
    const job = { kind: 'change', sql, bindings, commit: options.commit, expect: options.expect ?? null } as const
    // SQLite has one writer at a time, and so has this: the next begins when the last is done.
    const before = this.#changing
    const mine = before
      .then(() => this.#explained(admitted, () => writer.run(job, this.#terms(options))))
      .catch((error: unknown) => this.#healed(writer, error))
    this.#changing = mine.catch(() => {})
    return mine
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.#parts.readers.close(), this.#parts.writer?.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #terms({ signal, timeout }: CallOptions): Terms {
    return { signal, timeout: Math.min(whole(timeout ?? this.#parts.timeout, 1), this.#parts.timeout) }
  }

  #admit(sql: string): Admitted {
    const admitted = admitRead(sql)
    refuseHiddenJoins(admitted.tokens, this.#parts.hiddenNames)
    return admitted
  }

  // A writer that was ended in the middle may leave a journal, and nobody can read until a writer has rolled it back.
  async #healed(writer: Seat, error: unknown): Promise<never> {
    if (!(error instanceof SqlError || error instanceof Refused || error instanceof Closed)) {
      await writer.run({ kind: 'check' }, { timeout: this.#parts.timeout }).catch(() => {})
    }
    throw error
  }

  /** Adds to an SQL error where it is and which existing names are near. */
  async #explained<T>({ tokens }: Admitted, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      const unknown = unknownIn(error.message)
      // The error itself matters more than what could be said beside it.
      const catalogue = unknown && (await this.catalogue().catch(() => undefined))
      const near = unknown && catalogue ? namesNear(unknown, catalogue) : []
      throw placed(new SqlError(error.message, error.position, near), tokens)
    }
  }
}

const stampNow = (path: string): ReturnType<typeof stampOf> => {
  try {
    return stampOf(path)
  } catch {
    throw new Unreadable('unreadable', troubles.unreadable)
  }
}
