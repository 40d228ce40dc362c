import type { Desk, Rows, Statement } from './desk.ts'
import { Failed, messageOf } from './desk.ts'

/** What is told of a statement while it runs, and when it has. */
export type WorkEvents = {
  /** Something runs now; undefined when nothing does any more. */
  readonly running: (what: string | undefined) => void
  readonly first: (rows: Rows) => void
  readonly next: (rows: Rows) => void
  /** A tool said what is wrong, and where; or the server did not answer as it should. */
  readonly failed: (message: string, place: number | undefined, isSaid: boolean) => void
  readonly cancelled: () => void
  /** The rows that follow cannot be had. */
  readonly ended: (why: string) => void
  /** How far it has come, in the server's words. */
  readonly progress: (text: string) => void
}

const firstPage = 200

/** The place that a message of the server's names, in a statement; undefined where it names none. */
export const placeIn = (message: string, sql: string): number | undefined => {
  const [, line, character] = /^At line (\d+), character (\d+):$/m.exec(message) ?? []
  if (line === undefined || character === undefined) return undefined
  const before = sql.split('\n').slice(0, Number(line) - 1)
  return Math.min(before.reduce((sum, each) => sum + each.length + 1, 0) + Number(character) - 1, sql.length)
}

/** Runs statements, one at a time: a new one ends the one before. */
export class Work {
  readonly #desk: Desk
  readonly #events: WorkEvents
  #running: AbortController | undefined
  #statement: Statement | undefined
  #cursor: string | undefined

  constructor(desk: Desk, events: WorkEvents) {
    this.#desk = desk
    this.#events = events
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Ends what runs; the server stops the statement. */
  cancel(): void {
    this.#running?.abort()
  }

  /** Runs a statement for its first page. */
  async run(statement: Statement): Promise<void> {
    this.#statement = statement
    this.#cursor = undefined
    const limit = Math.min(firstPage, this.#desk.most)
    await this.#do('Running', statement, async (signal) => {
      const rows = await this.#desk.rows(statement, limit, undefined, signal)
      this.#cursor = rows.nextCursor
      this.#events.first(rows)
    })
  }

  /** Fetches the page that follows, unless something runs. */
  async more(): Promise<void> {
    const [statement, cursor] = [this.#statement, this.#cursor]
    if (statement === undefined || cursor === undefined || this.isRunning) return
    this.#cursor = undefined
    const mine = this.#begin('Fetching rows')
    let end: string | undefined
    try {
      const rows = await this.#desk.rows(statement, this.#desk.most, cursor, mine.signal)
      if (this.#running !== mine) return
      this.#cursor = rows.nextCursor
      this.#finish(mine)
      this.#events.next(rows)
    } catch (error) {
      end = mine.signal.aborted ? 'stopped' : messageOf(error)
    }
    if (end !== undefined && this.#finish(mine)) this.#events.ended(end)
  }

  /** Does something else with a statement, as to explain it; what goes wrong is told as for rows. */
  async also(what: string, statement: Statement, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    await this.#do(what, statement, work)
  }

  /** Fetches the whole result of a statement as CSV; undefined when that failed. */
  async csv(statement: Statement): Promise<string | undefined> {
    let csv: string | undefined
    await this.#do('Exporting', statement, async (signal) => {
      const onProgress = ({ message }: { message?: string }): void => this.#events.progress(message ?? '')
      csv = await this.#desk.csv(statement, { signal, onProgress })
    })
    return csv
  }

  #begin(what: string): AbortController {
    this.#running?.abort()
    const mine = new AbortController()
    this.#running = mine
    this.#events.running(what)
    return mine
  }

  /** Whether it was this that ran, and nothing that came after it. */
  #finish(mine: AbortController): boolean {
    if (this.#running !== mine) return false
    this.#running = undefined
    this.#events.running(undefined)
    return true
  }

  async #do(what: string, { sql }: Statement, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const mine = this.#begin(what)
    try {
      await work(mine.signal)
      this.#finish(mine)
    } catch (error) {
      if (!this.#finish(mine)) return
      if (mine.signal.aborted) this.#events.cancelled()
      else if (error instanceof Failed) this.#events.failed(error.message, placeIn(error.message, sql), true)
      else this.#events.failed(messageOf(error), undefined, false)
    }
  }
}
