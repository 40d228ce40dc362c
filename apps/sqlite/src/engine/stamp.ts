import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
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

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

const statOf = (path: string): BigIntStats | undefined => {
  try {
    return statSync(path, { bigint: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The first bytes of a file as hexadecimal, and what the system says of it; undefined where there is no file. */
const glance = (path: string, bytes: number): { readonly head: Buffer; readonly stats: BigIntStats } | undefined => {
  if (!statOf(path)) return undefined
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const head = Buffer.alloc(bytes)
    const read = readSync(file, head, 0, bytes, 0)
    return { head: head.subarray(0, read), stats: fstatSync(file, { bigint: true }) }
  } finally {
    closeSync(file)
  }
}

const seen = ({ dev, ino, size, mtimeNs }: BigIntStats): string => `${dev}:${ino}:${size}:${mtimeNs}`

/** The stamp of a database, or undefined where its file is missing. Throws what the system says otherwise. */
export const stampOf = (path: string): Stamp | undefined => {
  const main = glance(path, 100)
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
