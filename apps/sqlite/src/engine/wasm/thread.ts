// The thread in which the WebAssembly build of SQLite runs. It is told what to do by messages, and stopped in the
// middle of a statement through shared memory, since it hears no message while one runs.
import { parentPort, workerData } from 'node:worker_threads'
import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import type { Answers, Job, Order, Report, Setting } from '../jobs.ts'
import { glance } from '../stamp.ts'
import { dated, makeDesk } from '../desk/desk.ts'
import { Failure, troubleWith } from '../desk/failure.ts'
import { openWasm } from './connection.ts'
import { installFiles } from './files.ts'
import { makeReader } from './reader.ts'

/** What the thread is started with. */
export type ThreadData = {
  readonly setting: Setting
  /** Holds the number of the order that is to stop. */
  readonly stop: SharedArrayBuffer
}

const HEADER = 'SQLite format 3\0'
const ENCODING_AT = 56

// SQLite says "file is not a database" of an empty file too late, and of UTF-16 too vaguely.
const headerOf = (path: string): Buffer => {
  let header: Buffer | undefined
  try {
    header = glance(path, 100)?.head
  } catch {}
  if (!header) throw troubleWith('unreadable')
  return header
}

const checkHeader = (path: string): void => {
  const header = headerOf(path)
  // An empty file is an empty database.
  if (header.length === 0) return
  if (header.toString('latin1', 0, 16) !== HEADER) throw troubleWith('not a database')
  if (header.length < 100) throw troubleWith('damaged')
  if (header.readUInt32BE(ENCODING_AT) > 1) {
    throw troubleWith('driver', 'The texts of the database are UTF-16, which can only be read with Node 24 or later.')
  }
}

const { setting, stop } = workerData as ThreadData
const port = parentPort
if (!port) throw new Error('This file runs as a thread of the server.')

// The library would log each error of a statement on stderr, which hosts show to people.
const quiet = (): void => {}
Object.assign(globalThis, { sqlite3ApiConfig: { debug: quiet, log: quiet, warn: quiet, error: quiet } })

const flag = new Int32Array(stop)
const sqlite = await sqlite3InitModule()
const files = installFiles(sqlite)
const desk = makeDesk(setting)
let current = { id: 0, deadline: Infinity }

const isOver = (): boolean => Atomics.load(flag, 0) === current.id || performance.now() > current.deadline
const reader = makeReader({
  path: setting.path,
  open: () => {
    checkHeader(setting.path)
    files.path = setting.path
    return openWasm(sqlite, { policy: desk.policy, maxMemory: setting.maxMemory, isOver })
  },
})

const answer = (job: Job): Answers[keyof Answers] => {
  let began = 0
  const { value, version } = reader.read((connection) => {
    began = performance.now()
    return desk.perform(connection, job)
  })
  return dated(value, performance.now() - began, version)
}

const report = ({ id, job, timeout }: Order): Report => {
  current = { id, deadline: performance.now() + timeout }
  try {
    return { kind: 'done', id, answer: answer(job) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const late = error.complaint.kind === 'stopped' && performance.now() > current.deadline
    return { kind: 'failed', id, complaint: late ? { kind: 'timeout' } : error.complaint }
  }
}

port.on('message', (order: Order) => port.postMessage(report(order)))
port.postMessage({ kind: 'ready' } satisfies Report)
