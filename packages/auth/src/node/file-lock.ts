import { randomUUID } from 'node:crypto'
import { readFile, readlink, stat, unlink, utimes, writeFile } from 'node:fs/promises'
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

/** What to make of a file that could not be had: nothing, where there is none. @throws the error, where it is another */
export const unlessMissing = (error: unknown): undefined => {
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

/** Removes a file, if it is there. */
export const remove = (path: string): Promise<void | undefined> => unlink(path).catch(unlessMissing)

let named: Promise<string> | undefined

/** What tells this machine, and the container on it, from all others: in another one, the same number is another process. */
const thisMachine = (): Promise<string> => {
  const ignored = (): string => ''
  named ??= Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(ignored),
    readlink('/proc/self/ns/pid').catch(ignored),
  ]).then(([boot, space]) => [hostname(), boot.trim(), space].join('/').replaceAll(' ', '-'))
  return named
}

/** Whether the process that wrote a lock is certainly gone; of other machines' processes nothing is known. */
const isOrphaned = (content: string, machine: string): boolean => {
  const [host, pid] = content.split(' ')
  if (host !== machine || pid === undefined || !/^\d+$/.test(pid)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}

/** A lock as it was found, and since when it has been so, by a clock that nobody sets. */
type Sight = { readonly content: string; readonly touched: number; readonly since: number }

const look = async (path: string): Promise<Sight | undefined> => {
  const [found, content] = await Promise.all([
    stat(path).catch(unlessMissing),
    readFile(path, 'utf8').catch(unlessMissing),
  ])
  if (found === undefined || content === undefined) return undefined
  return { content, touched: found.mtimeMs, since: performance.now() }
}

const isSame = (one: Sight, other: Sight | undefined): boolean =>
  one.content === other?.content && one.touched === other.touched

// A time to come is as wrong: the clock has been set back since.
const isFarFromNow = (time: number, stale: number): boolean => Math.abs(Date.now() - time) > stale

/**
 * Whether nobody keeps a lock any more. Age alone does not say so: a clock may have been set, or be another machine's. It
 * has to stay without a sign of life for longer than one takes to come.
 */
const isLeftBehind = ({ content, touched, since }: Sight, stale: number, machine: string): boolean =>
  isOrphaned(content, machine) || (isFarFromNow(touched, stale) && performance.now() - since > stale / 3)

const removeAged = async (path: string, stale: number): Promise<void> => {
  const found = await stat(path).catch(unlessMissing)
  if (found !== undefined && isFarFromNow(found.mtimeMs, stale)) await remove(path)
}

/**
 * Removes a lock that was left behind. Two who found it so at once must not both do it: the second would remove the lock
 * that a third has taken meanwhile. So it is done under a lock of its own, after another look.
 */
const clear = async (path: string, seen: Sight, mark: string, stale: number): Promise<void> => {
  const guard = `${path}.clearing`
  if (!(await create(guard, mark))) return removeAged(guard, stale)
  try {
    if (isSame(seen, await look(path))) await remove(path)
  } finally {
    await remove(guard)
  }
}

type Wanted = { readonly path: string; readonly mark: string; readonly stale: number; readonly machine: string }

const acquire = async ({ path, mark, stale, machine }: Wanted, signal: AbortSignal | undefined): Promise<void> => {
  let seen: Sight | undefined
  for (let wait = shortest; ; wait = Math.min(wait * 1.5, longest)) {
    signal?.throwIfAborted()
    if (await create(path, mark)) return
    const found = await look(path)
    if (found === undefined || !isSame(found, seen)) seen = found
    if (seen !== undefined && isLeftBehind(seen, stale, machine)) {
      await clear(path, seen, mark, stale)
      wait = shortest
    }
    await pause(wait * (0.5 + Math.random()), undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

/**
 * Does work while the file at a path exists and is this caller's: nobody else who asks for the same path does any.
 *
 * The file shows signs of life while the work goes on. One that a dead process left behind is taken over: at once on the
 * same machine, else when it has aged and shows no life while it is looked at. Rejects with the signal's reason when it
 * aborts before the work begins.
 */
export const withFileLock = async <T>(
  path: string,
  work: () => Promise<T>,
  options: FileLockOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> => {
  const { stale = 30_000, signal } = options
  const machine = await thisMachine()
  const mark = `${machine} ${process.pid} ${randomUUID()}`
  await acquire({ path, mark, stale, machine }, signal)
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
