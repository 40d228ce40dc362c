import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { CredentialStore } from '../client/store.ts'
import { remove, unlessMissing, withFileLock } from './file-lock.ts'

/** @throws Error for a directory that is somebody else's, or that others can look into; what it holds lets them in everywhere */
const checkDirectory = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32') return
  const { mode, uid } = await stat(directory)
  if (uid !== process.getuid?.()) {
    throw new Error(
      `${directory}, where credentials are kept, belongs to another user, who could read them; use another`,
    )
  }
  if ((mode & 0o077) !== 0) {
    throw new Error(`Others can look into ${directory}, where credentials are kept; give it mode 0700, or use another`)
  }
}

const readValue = async (path: string): Promise<JsonObject | undefined> => {
  const text = await readFile(path, 'utf8').catch(unlessMissing)
  if (text === undefined) return undefined
  try {
    const entry: unknown = JSON.parse(text)
    return isObject(entry) && isObject(entry['value']) ? entry['value'] : undefined
  } catch {
    // Not one of ours, or damaged: as good as not there, and the next login writes it anew.
    return undefined
  }
}

const writeValue = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    try {
      await file.writeFile(text)
      // A refresh token that was rotated exists only here: it has to survive the machine's going down.
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => undefined)
    throw error
  }
}

/**
 * Makes a store in a directory of its own: a file for each key, mode 0600, replaced as a whole. Processes may share it;
 * a lock file keeps their work apart (REL-OAUTH-1).
 *
 * The directory is made with mode 0700. Its calls reject with Error where others can look into it.
 */
export const fileStore = (directory: string): CredentialStore => {
  let checked: Promise<void> | undefined
  const pathOf = async (key: string, ending: string): Promise<string> => {
    checked ??= checkDirectory(directory)
    try {
      await checked
    } catch (error) {
      checked = undefined
      throw error
    }
    // Keys hold URLs; a digest of one is a file name everywhere.
    return join(directory, `${createHash('sha256').update(key).digest('hex')}${ending}`)
  }
  return {
    read: async (key) => readValue(await pathOf(key, '.json')),
    write: async (key, value) => writeValue(await pathOf(key, '.json'), JSON.stringify({ key, value })),
    delete: async (key) => remove(await pathOf(key, '.json')),
    lock: async (key, work, signal) => withFileLock(await pathOf(key, '.lock'), work, { signal }),
  }
}
