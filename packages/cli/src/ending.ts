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

/** Calls back once the process that started this one is gone; gives what stops the watch. */
const watchParent = (gone: () => void): (() => void) => {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent || !isAlive(parent)) gone()
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
    if (isWrapped()) undo.push(watchParent(end))
  })
