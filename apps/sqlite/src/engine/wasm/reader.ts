import { isOnePiece, isSame, stampOf, versionOf } from '../stamp.ts'
import type { Stamp } from '../stamp.ts'
import type { Connection } from '../desk/connection.ts'
import { Failure, troubleWith } from '../desk/failure.ts'

const ATTEMPTS = 6
/** Milliseconds between attempts, and the age from which a file's time of change can be told from the next one. */
const SETTLING = 20
const JOURNAL_ATTEMPTS = 15

/** What a reader is made of. */
export type ReaderParts = {
  readonly path: string
  readonly open: () => Connection
}

/** Reads a file that others may be writing, with no locks to hold them off. */
export interface Reader extends Disposable {
  /**
   * Runs some work on a connection whose view of the file was of one piece all the while. Work that was not is done
   * again, so it must only read. Throws a `Failure` where writers leave no gap, or the file is in no state to be read.
   */
  read<T>(work: (connection: Connection) => T): { readonly value: T; readonly version: string }
}

// Atomics.wait is how a thread that has nothing else to do sleeps.
const sleep = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

const stampNow = (path: string): Stamp => {
  let stamp: Stamp | undefined
  try {
    stamp = stampOf(path)
  } catch {
    throw troubleWith('unreadable')
  }
  if (!stamp) throw troubleWith('missing')
  return stamp
}

// A stamp that the next write would change: clocks of file systems tick some milliseconds at a time.
const settledStamp = (path: string): Stamp => {
  for (let attempt = 0; attempt < JOURNAL_ATTEMPTS; attempt++) {
    const stamp = stampNow(path)
    const fresh = Math.abs(Date.now() - stamp.changedAt) < SETTLING
    if (!stamp.journal && (!fresh || attempt > 0)) return stamp
    sleep(SETTLING)
  }
  throw troubleWith('journal')
}

// A stopped statement is not run again, whatever happened to the file meanwhile.
const isFinal = (error: unknown): boolean => {
  const kind = error instanceof Failure ? error.complaint.kind : undefined
  return kind === 'stopped' || kind === 'timeout' || kind === 'memory'
}

const busy = (): Failure =>
  new Failure({
    kind: 'busy',
    message: 'Another program writes to the database all the time, and it could not be read in between. Try again.',
  })

/** The connection to a file, while it shows what is in it. */
type Kept = {
  /** The connection for what a stamp shows: a new one where the last shows something else. */
  readonly at: (stamp: Stamp) => Connection
  readonly drop: () => void
}

const keeping = (open: () => Connection): Kept => {
  let connection: Connection | undefined
  let seen: Stamp | undefined
  const drop = (): void => {
    connection?.close()
    connection = undefined
  }
  return {
    drop,
    at: (stamp) => {
      // SQLite thinks that it has the file for itself and keeps its pages; after a write they are worth nothing.
      if (connection && seen && !isSame(seen, stamp)) drop()
      seen = stamp
      connection ??= open()
      return connection
    },
  }
}

type Done<T> = { readonly value: T; readonly version: string }

// Undefined where somebody wrote meanwhile, whatever came of the work.
const attempt = <T>(path: string, { at }: Kept, work: (connection: Connection) => T): Done<T> | undefined => {
  const before = settledStamp(path)
  let value: T | undefined
  let thrown: { readonly error: unknown } | undefined
  try {
    value = work(at(before))
  } catch (error) {
    if (isFinal(error)) throw error
    thrown = { error }
  }
  const after = stampNow(path)
  if (!isOnePiece(before, after)) return undefined
  if (thrown) throw thrown.error
  // Assigned wherever nothing was thrown.
  return { value: value as T, version: versionOf(before) }
}

/** Makes a reader of one file. */
export const makeReader = ({ path, open }: ReaderParts): Reader => {
  const kept = keeping(open)
  return {
    read: (work) => {
      try {
        for (let count = 0; count < ATTEMPTS; count++) {
          const done = attempt(path, kept, work)
          if (done) return done
          kept.drop()
          sleep(SETTLING)
        }
        throw busy()
      } catch (error) {
        // What was read of a file in trouble is not kept.
        if (error instanceof Failure && error.complaint.kind === 'unreadable') kept.drop()
        throw error
      }
    },
    [Symbol.dispose]: kept.drop,
  }
}
