import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'

/** What the files of a database look like at a moment: enough to tell whether somebody wrote. */
export type Stamp = {
  /** The file itself: device, inode, size, time of change, and the counters of its header. */
  readonly main: string
  /** The beginning of the write-ahead log, which changes when the log begins anew; '' where there is none. */
  readonly wal: string
  readonly walSize: number
  readonly walTime: string
  /** A rollback journal lies there that is not empty. */
  readonly journal: boolean
  /** Milliseconds since 1970, when the file itself last changed. */
  readonly changedAt: number
}

/** The first bytes of a file, and what the system says of it. */
export type Glance = { readonly head: Buffer; readonly stats: BigIntStats }

/** Looks at the beginning of a file that is open. */
const look = (file: number, bytes: number): Glance => {
  const head = Buffer.alloc(bytes)
  const read = readSync(file, head, 0, bytes, 0)
  return { head: head.subarray(0, read), stats: fstatSync(file, { bigint: true }) }
}

/** Looks at the beginning of a file; undefined where there is none. */
export const glance = (path: string, bytes: number): Glance | undefined => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return look(file, bytes)
  } finally {
    closeSync(file)
  }
}

const seen = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev}:${ino}:${size}:${mtimeNs}`

// As long as a header is.
const headerSize = 100

/**
 * The stamp of a database, or undefined where its file is missing. Throws what the system says otherwise.
 *
 * A process that has the database open with SQLite gives a file of its own that stays open, for its locks would be lost
 * with any other file on it that is closed (SQLite, "How To Corrupt An SQLite Database File", 2.2).
 */
export const stampOf = (path: string, file?: number): Stamp | undefined => {
  const main = file === undefined ? glance(path, headerSize) : look(file, headerSize)
  if (!main) return undefined
  const wal = glance(`${path}-wal`, 32)
  const journal = glance(`${path}-journal`, 1)
  return {
    // The change counter, the size in pages, the schema's cookie, and what the counter was when they were right.
    main: `${seen(main.stats)}:${main.head.toString('hex', 24, 44)}:${main.head.toString('hex', 92, 100)}`,
    wal: wal?.head.toString('hex') ?? '',
    walSize: Number(wal?.stats.size ?? 0n),
    walTime: String(wal?.stats.mtimeNs ?? ''),
    // A journal that ends a transaction in place keeps its length and loses its first bytes.
    journal: journal !== undefined && journal.head.length > 0 && journal.head[0] !== 0,
    changedAt: Number(main.stats.mtimeNs / 1_000_000n),
  }
}

/** Whether what was read between two stamps is of one piece: at most, frames were added to the end of the log. */
export const isOnePiece = (before: Stamp, after: Stamp): boolean =>
  !before.journal &&
  !after.journal &&
  before.main === after.main &&
  before.wal === after.wal &&
  before.walSize <= after.walSize

/** Whether two stamps show the very same data. */
export const isSame = (left: Stamp, right: Stamp): boolean => versionOf(left) === versionOf(right)

/** A stamp as a short text that gives nothing away. */
export const versionOf = ({ main, wal, walSize, walTime }: Stamp): string =>
  // A log that was written whole into the file and emptied is as good as none.
  createHash('sha256')
    .update(walSize === 0 ? main : `${main}|${wal}|${walSize}|${walTime}`)
    .digest('base64url')
    .slice(0, 22)
