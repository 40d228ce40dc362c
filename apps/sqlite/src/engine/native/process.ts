// The process in which Node's own SQLite runs. A statement cannot be interrupted there, so whoever started the process
// ends it, and starts another.
import { closeSync, openSync, statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Answers, Job, Order, Report, Setting } from '../jobs.ts'
import { stampOf, versionOf } from '../stamp.ts'
import type { Connection } from '../desk/connection.ts'
import { dated, makeDesk } from '../desk/desk.ts'
import type { Desk } from '../desk/desk.ts'
import { Failure, troubleWith } from '../desk/failure.ts'
import { backUp } from './backup.ts'
import { openNative } from './connection.ts'
import { loadSqlite } from './node-sqlite.ts'
import type { NodeSqlite } from './node-sqlite.ts'

type Open = {
  readonly connection: Connection
  /** Which file it is, whatever stands at its path by now. */
  readonly identity: string
  /** Stamps are read from it; it is closed after the connection, whose locks would go with it. */
  readonly file: number
}

/** Where jobs come in and reports go out. */
class Clerk {
  readonly #setting: Setting
  readonly #sqlite: NodeSqlite
  readonly #desk: Desk
  readonly #busy = new Int32Array(new SharedArrayBuffer(4))
  readonly #deadline = new Float64Array(new SharedArrayBuffer(8))
  #open: Open | undefined
  #isBackedUp = false

  constructor(setting: Setting, sqlite: NodeSqlite) {
    this.#setting = setting
    this.#sqlite = sqlite
    this.#desk = makeDesk(setting)
    const most = process.memoryUsage.rss() + setting.maxMemory
    const watch = { busy: this.#busy.buffer, deadline: this.#deadline.buffer, most, parent: process.ppid }
    new Worker(new URL('./watch.js', import.meta.url), { workerData: watch }).unref()
  }

  report({ id, job, timeout }: Order): Report {
    this.#deadline[0] = Date.now() + timeout
    this.#watch(1)
    try {
      return { kind: 'done', id, answer: this.#answer(job) }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.complaint.kind === 'unreadable') this.#drop()
      return { kind: 'failed', id, complaint: error.complaint }
    } finally {
      this.#watch(0)
    }
  }

  #watch(busy: 0 | 1): void {
    Atomics.store(this.#busy, 0, busy)
    Atomics.notify(this.#busy, 0)
  }

  #answer(job: Job): Answers[keyof Answers] {
    const connection = this.#connection()
    this.#backUpBefore(job)
    const before = this.#version()
    const began = performance.now()
    const bare = this.#desk.perform(connection, job)
    // What was read may be newer than the version says, never older: at worst, a page is asked for again.
    const dataVersion = job.kind === 'change' ? this.#version() : before
    return dated(bare, performance.now() - began, dataVersion)
  }

  #backUpBefore(job: Job): void {
    const { backup, path } = this.#setting
    if (job.kind !== 'change' || !job.commit || backup === null || this.#isBackedUp) return
    backUp(this.#sqlite, path, backup)
    this.#isBackedUp = true
  }

  #version(): string {
    const stamp = stampOf(this.#setting.path, this.#open?.file)
    if (!stamp) throw troubleWith('missing')
    return versionOf(stamp)
  }

  // A connection holds on to its file, also when another one has taken its place.
  #connection(): Connection {
    const { path, write } = this.#setting
    const identity = identityAt(path)
    if (this.#open?.identity === identity) return this.#open.connection
    this.#drop()
    const connection = openNative(this.#sqlite, { path, write, policy: this.#desk.policy })
    try {
      this.#open = { connection, identity, file: openSync(path, 'r') }
    } catch {
      connection.close()
      throw troubleWith('missing')
    }
    return connection
  }

  #drop(): void {
    if (this.#open === undefined) return
    const { connection, file } = this.#open
    this.#open = undefined
    connection.close()
    closeSync(file)
  }
}

const identityAt = (path: string): string => {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch {
    throw troubleWith('missing')
  }
}

const serve = (setting: Setting): void => {
  const sqlite = loadSqlite()
  if (!sqlite) process.exit(1)
  const clerk = new Clerk(setting, sqlite)
  process.on('message', (order: Order) => process.send?.(clerk.report(order)))
  process.send?.({ kind: 'ready' } satisfies Report)
}

process.once('message', serve)
process.once('disconnect', () => process.exit())
