import { randomUUID } from 'node:crypto'
import { readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject } from '@parley/core'

/** How long a lock counts without a sign of life. */
export type FileLockOptions = {
  /** Milliseconds without a sign of life after which a lock is taken for left behind. @default 30_000 */
  readonly stale?: number | undefined
}

const shortest = 15
const longest = 250

const isCode = (error: unknown, code: string): boolean => isObject(error) && error['code'] === code

const unlessMissing = (error: unknown): undefined => {
  if (isCode(error, 'ENOENT')) return undefined
  throw error
}

/** Creates a file that must not be there yet; false when it is. */
const create = async (path: string, content: string): Promise<boolean> => {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

const remove = (path: string): Promise<void | undefined> => unlink(path).catch(unlessMissing)

/** Whether the process that wrote a lock is certainly gone; of other machines' processes nothing is known. */
const isOrphaned = (content: string): boolean => {
  const [host, pid] = content.split(' ')
  if (host !== hostname() || pid === undefined || !/^\d+$/.test(pid)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}

const isAged = async (path: string, stale: number): Promise<boolean> => {
  const found = await stat(path).catch(unlessMissing)
  return found !== undefined && Date.now() - found.mtimeMs > stale
}

const isLeftBehind = async (path: string, stale: number): Promise<boolean> => {
  const content = await readFile(path, 'utf8').catch(unlessMissing)
  if (content === undefined) return false
  return isOrphaned(content) || isAged(path, stale)
}

/**
 * Removes a lock that was left behind. Two who found it so at once must not both do it: the second would remove the lock
 * that a third has taken meanwhile. So it is done under a lock of its own, after another look.
 */
const clear = async (path: string, mark: string, stale: number): Promise<void> => {
  const guard = `${path}.clearing`
  if (!(await create(guard, mark))) {
    if (await isAged(guard, stale)) await remove(guard)
    return
  }
  try {
    if (await isLeftBehind(path, stale)) await remove(path)
  } finally {
    await remove(guard)
  }
}

const acquire = async (path: string, mark: string, stale: number, signal: AbortSignal | undefined): Promise<void> => {
  for (let wait = shortest; ; wait = Math.min(wait * 1.5, longest)) {
    signal?.throwIfAborted()
    if (await create(path, mark)) return
    if (await isLeftBehind(path, stale)) {
      await clear(path, mark, stale)
      wait = shortest
    }
    await pause(wait * (0.5 + Math.random()), undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

/**
 * Does work while the file at a path exists and is this caller's: nobody else who asks for the same path does any.
 *
 * The file shows signs of life while the work goes on. One that a dead process left behind is taken over: at once on the
 * same machine, else when it has aged. Rejects with the signal's reason when it aborts before the work begins.
 */
export const withFileLock = async <T>(
  path: string,
  work: () => Promise<T>,
  options: FileLockOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> => {
  const { stale = 30_000, signal } = options
  const mark = `${hostname()} ${process.pid} ${randomUUID()}`
  await acquire(path, mark, stale, signal)
  const beat = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, stale / 5)
  beat.unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    // After a long sleep of this machine it may be somebody else's by now.
    const content = await readFile(path, 'utf8').catch(unlessMissing)
    if (content === mark) await remove(path)
  }
}
