import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const isWindows = process.platform === 'win32'
const open = new Set<number>()

/** Signals a child and all its descendants; on Windows every signal ends them at once. Tells whether any were left. */
export const signalTree = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  if (isWindows) {
    if (signal === 0) return false
    return spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }).status === 0
  }
  try {
    process.kill(-pid, signal)
    return true
  } catch (error) {
    // Anything but "no such group" means that somebody is there whom we may not signal.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Whether anything of a child's process group still runs. */
export const treeRuns = (pid: number): boolean => {
  if (!signalTree(pid, 0)) return false
  // A container's first process often reaps nobody: the dead then stay in their group, and only their state tells.
  return process.platform !== 'linux' || readdirSync('/proc').some((entry) => runsInGroup(entry, pid))
}

const runsInGroup = (entry: string, group: number): boolean => {
  if (!/^\d+$/.test(entry)) return false
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'latin1')
    // The command stands in parentheses and may itself hold any character; after it come state, parent and group.
    const [state, , member] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3)
    return Number(member) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}

const killAll = (): void => {
  for (const pid of open) signalTree(pid, 'SIGKILL')
}

/** Ends a child and its descendants with this process, should it exit before they were closed. */
export const enlist = (pid: number): void => {
  if (open.size === 0) process.on('exit', killAll)
  open.add(pid)
}

/** Takes a child off the list: nothing of it is left, and its id may soon be somebody else's. */
export const discharge = (pid: number): void => {
  open.delete(pid)
  if (open.size === 0) process.off('exit', killAll)
}
