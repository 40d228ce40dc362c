import { errorFrom } from './answers.ts'
import { Closed, TimedOut, TooLarge, Unreadable } from './errors.ts'
import type { Answers, Job, Order, Report } from './jobs.ts'
import { troubles } from './desk/failure.ts'

/** Milliseconds a worker that can stop by itself gets for it, before it is ended. */
const GRACE = 30
/** Milliseconds a worker may take to start. */
const STARTING = 15_000

/** How a worker ended by itself. */
export type End = 'memory' | 'unknown'

/** A thread or a process, as its seat sees it. */
export interface Worker {
  /** It watches its time itself and leaves a statement when asked; one that does not can only be ended. */
  readonly stops: boolean
  send(order: Order): void
  /** Asks it to leave an order. */
  interrupt(id: number): void
  /** Ends it at once; settles when it is gone. */
  end(): Promise<void>
}

/** Starts a worker. What it says and that it is gone comes later, never while this runs. */
export type Launch = (said: (report: Report) => void, gone: (end: End) => void) => Worker

/** What a job may take, and who may end it. */
export type Terms = { readonly timeout: number; readonly signal?: AbortSignal | undefined }

type Running = {
  readonly id: number
  readonly settle: (report: Report) => void
  readonly fail: (error: unknown) => void
}

const goneError = (end: End): Error => (end === 'memory' ? new TooLarge() : new Unreadable('driver', troubles.driver))

const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise
  signal.throwIfAborted()
  let leave = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    const cancel = (): void => reject(signal.reason)
    signal.addEventListener('abort', cancel)
    leave = () => signal.removeEventListener('abort', cancel)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    leave()
  }
}

/** One worker at a time, started when it is needed, and started again after it had to be ended. */
export class Seat {
  readonly #launch: Launch
  #worker: Worker | undefined
  #ready: Promise<Worker> | undefined
  #giveUp: ((error: Error) => void) | undefined
  #running: Running | undefined
  #ending: Promise<void> = Promise.resolve()
  #lastId = 0
  #isReady = false
  #closed = false

  constructor(launch: Launch) {
    this.#launch = launch
  }

  /** How soon a job would run: 0 at once, 1 when the worker has started, 2 when it has been started first. */
  get wait(): 0 | 1 | 2 {
    if (this.#isReady) return 0
    return this.#ready === undefined ? 2 : 1
  }

  /** Runs one job; no other may run before it has settled. Rejects with an error of `errors.ts` or the signal's reason. */
  async run<J extends Job>(job: J, terms: Terms): Promise<Answers[J['kind']]> {
    const worker = await unlessAborted(this.#start(), terms.signal)
    const report = await this.#order(worker, job, terms)
    if (report.kind === 'failed') {
      const error = errorFrom(report.complaint, terms.timeout)
      // What a thread has taken of memory it never gives back.
      if (report.complaint.kind === 'memory') this.#replace(error)
      throw error
    }
    if (report.kind !== 'done') throw goneError('unknown')
    // A worker answers each kind of job with what belongs to it.
    return report.answer as Answers[J['kind']]
  }

  /** Ends the worker and what it runs; settles when it is gone. */
  async close(): Promise<void> {
    this.#closed = true
    this.#end(new Closed())
    await this.#ending
  }

  #start(): Promise<Worker> {
    if (this.#closed) return Promise.reject(new Closed())
    this.#ready ??= this.#begin()
    return this.#ready
  }

  async #begin(): Promise<Worker> {
    // The one before must be gone first, or there would be more of them than were asked for.
    await this.#ending
    if (this.#closed) throw new Closed()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(goneError('unknown')), STARTING)
      const said = (report: Report): void => {
        if (report.kind !== 'ready') {
          this.#hear(report)
          return
        }
        clearTimeout(timer)
        this.#isReady = true
        resolve(worker)
      }
      const gone = (end: End): void => {
        clearTimeout(timer)
        reject(goneError(end))
        if (this.#worker === worker) this.#forget(goneError(end))
      }
      const worker = this.#launch(said, gone)
      this.#worker = worker
      this.#giveUp = (error) => {
        clearTimeout(timer)
        reject(error)
      }
    })
  }

  #order(worker: Worker, job: Job, { timeout, signal }: Terms): Promise<Report> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined
      const stop = (why: unknown): void => {
        if (!worker.stops) {
          this.#replace(why)
          return
        }
        worker.interrupt(id)
        grace ??= setTimeout(() => this.#replace(why), GRACE)
      }
      const cancel = (): void => stop(signal?.reason)
      const timer = setTimeout(() => stop(new TimedOut(timeout)), timeout + (worker.stops ? GRACE / 2 : 0))
      const tidy = (): void => {
        clearTimeout(timer)
        clearTimeout(grace)
        signal?.removeEventListener('abort', cancel)
        this.#running = undefined
      }
      this.#running = {
        id,
        settle: (report) => {
          tidy()
          if (signal?.aborted) reject(signal.reason)
          else resolve(report)
        },
        fail: (error) => {
          tidy()
          reject(error)
        },
      }
      signal?.addEventListener('abort', cancel)
      worker.send({ id, job, timeout })
    })
  }

  #hear(report: Report): void {
    // What a worker says of an order that was given up is nobody's.
    if ('id' in report && report.id === this.#running?.id) this.#running.settle(report)
  }

  #forget(error: unknown): void {
    this.#worker = undefined
    this.#isReady = false
    this.#ready = undefined
    this.#giveUp = undefined
    this.#running?.fail(error)
  }

  #end(error: unknown): void {
    const worker = this.#worker
    if (!worker) return
    this.#giveUp?.(error instanceof Error ? error : goneError('unknown'))
    this.#ending = worker.end()
    this.#forget(error)
  }

  // The next statement should not have to wait for the start of its worker.
  #replace(why: unknown): void {
    this.#end(why)
    this.#start().catch(() => {})
  }
}
