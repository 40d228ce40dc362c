import { readFileSync } from 'node:fs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// What npm starts is often left behind when npm itself is ended, for the shell between them hands no signal on.
const isWrapped = (): boolean => process.env['npm_config_user_agent'] !== undefined

const pace = 300

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The parent of a process, where the system tells it in a file. */
const parentOf = (pid: number): string | undefined => {
  try {
    // The name before it, in parentheses, may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1]
  } catch {
    return undefined
  }
}

/** Calls back once the process that started this one is gone, or the one before; gives what stops the watch. */
const watchParents = (gone: () => void): (() => void) => {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const timer = setInterval(() => {
    if (process.ppid !== parent || !isAlive(parent) || parentOf(parent) !== grandparent) gone()
  }, pace)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Settles when the process is asked to end: by Ctrl-C, by a signal, by its terminal that closes, or by the end of the npm
 * that started it. Asked once more by a signal, it ends at once.
 */
export const askedToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    const undo: (() => void)[] = []
    const end = (): void => {
      for (const each of undo) each()
      resolve()
    }
    for (const signal of signals) {
      process.once(signal, end)
      undo.push(() => process.off(signal, end))
    }
    if (isWrapped()) undo.push(watchParents(end))
  })
