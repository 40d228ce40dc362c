import {
  constants,
  copyFileSync,
  existsSync,
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf, sentenceOf, usage } from '../failure.ts'

/** The text of a file; empty where there is none. @throws Failure for a folder, or a file that may not be read */
export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw usage(`${path} cannot be read: ${sentenceOf(error)}`)
  }
}

const stampOf = (now: Date): string => now.toISOString().replaceAll(/[:.]/g, '-')

/** A name that no backup has: two may be made in one millisecond. */
const backupOf = (target: string, now: Date): string => {
  const name = `${target}.${stampOf(now)}`
  for (let count = 1; ; count++) {
    const backup = count === 1 ? `${name}.bak` : `${name}-${count}.bak`
    if (!existsSync(backup)) return backup
  }
}

const writeWhole = (path: string, text: string, mode: number): void => {
  const file = openSync(path, 'wx', mode)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  // The process's umask may have taken bits that the file had.
  chmodSync(path, mode)
}

/** How a file is replaced. */
export type ReplaceOptions = {
  /** Whether nobody but the user may read it, nor its backup. @default false */
  readonly secret?: boolean
  /** What the backup is named after. @default now */
  readonly now?: Date
}

/**
 * Replaces a file's text in one step, so that whoever reads it finds the old one or the new one; gives the path of the
 * backup, if there was anything to keep.
 *
 * A link is followed and stays a link. The mode is kept, or narrowed where there are secrets. It is read again at the end.
 * @throws Failure for a file that is read-only, or cannot be written; it is then as it was
 */
export const replaceText = (path: string, text: string, options: ReplaceOptions = {}): string | undefined => {
  const { secret = false, now = new Date() } = options
  const target = existsSync(path) ? realpathSync(path) : path
  const folder = dirname(target)
  const before = existsSync(target) ? statSync(target).mode & 0o777 : undefined
  // Whoever made a file read-only meant it, even where the folder would allow it to be replaced.
  if (before !== undefined && (before & 0o222) === 0) throw usage(`${path} is read-only, and is left as it is.`)
  const mode = secret ? 0o600 : (before ?? 0o644)
  const backup = before === undefined ? undefined : backupOf(target, now)
  const temporary = join(folder, `.${basename(target)}.${process.pid}.tmp`)
  try {
    mkdirSync(folder, { recursive: true })
    if (backup !== undefined) {
      copyFileSync(target, backup, constants.COPYFILE_EXCL)
      chmodSync(backup, mode)
    }
    writeWhole(temporary, text, mode)
    renameSync(temporary, target)
  } catch (error) {
    throw usage(`${path} cannot be written, and is left as it is: ${sentenceOf(error)}`)
  } finally {
    rmSync(temporary, { force: true })
  }
  if (readFileSync(target, 'utf8') !== text) throw usage(`${path} is not what was written: something else changes it.`)
  return backup
}
