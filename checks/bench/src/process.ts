import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * Microseconds of processor time that a process has spent, all of its threads together, in user space and in the kernel.
 *
 * The kernel's own count in nanoseconds, and the process under test spends nothing on being asked. Linux only.
 */
export const cpuOf = (pid: number): number => {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [spent] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')
    nanoseconds += Number(spent)
  }
  return nanoseconds / 1000
}

/** KiB of memory that a process held at most since it began. */
export const peakOf = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN)
}

/** The same count once the process has come to rest: what it does after its last answer belongs to its calls too. */
export const settledCpuOf = async (pid: number): Promise<number> => {
  let last = cpuOf(pid)
  for (let look = 0; look < 50; look++) {
    await delay(2)
    const now = cpuOf(pid)
    if (now - last < 15) return now
    last = now
  }
  return last
}

const busyShare = async (ms: number): Promise<number> => {
  const count = (): { idle: number; all: number } => {
    const times = cpus().map((cpu) => cpu.times)
    const idle = times.reduce((sum, time) => sum + time.idle, 0)
    return { idle, all: times.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.irq + time.idle, 0) }
  }
  const before = count()
  await delay(ms)
  const after = count()
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all)
}

/** Waits until the machine has little else to do, for `patience` milliseconds at most. */
export const quietMachine = async (patience: number): Promise<void> => {
  const until = performance.now() + patience
  while (performance.now() < until && (await busyShare(250)) > 0.15);
}

/** A program of the bench that runs in a process of its own. Disposing ends it. */
export interface Subprocess extends AsyncDisposable {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly child: ChildProcess
}

/** Where a compiled program of the bench lies, by its path in `src` without extension. */
export const programPath = (program: string): string => fileURLToPath(new URL(`./${program}.js`, import.meta.url))

// A folder, where every program is to leave a profile of its processor time.
const profiles = process.env['BENCH_PROFILES']

const profiling = (program: string): string[] => {
  if (profiles === undefined) return []
  const folder = `${profiles}/${program.replaceAll('/', '-')}`
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--import', programPath('leave')]
}

const living = new Set<ChildProcess>()

/** What is still there when the bench ends, by itself or because it was interrupted, ends with it. */
const watch = (child: ChildProcess): void => {
  if (process.listenerCount('SIGINT') === 0) {
    process.on('SIGINT', () => process.exit(130))
    process.on('SIGTERM', () => process.exit(143))
    process.on('exit', () => {
      for (const each of living) each.kill('SIGKILL')
    })
  }
  living.add(child)
  child.once('exit', () => living.delete(child))
}

/** Ends a process by a signal, unless it has ended. Settles when it is gone. */
export const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** Starts a compiled program of the bench on the Node that is measured; `ipc` opens a channel for messages to it. */
export const start = (node: string, program: string, args: readonly string[] = [], ipc = false): Subprocess => {
  const child = spawn(node, [...profiling(program), programPath(program), ...args], {
    stdio: ['pipe', 'pipe', 'inherit', ...(ipc ? (['ipc'] as const) : [])],
    // Clients of the official SDKs give all requests one signal, and Node warns of each of its listeners past 1500.
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  const { pid, stdin, stdout } = child
  if (pid === undefined || stdin === null || stdout === null) throw new Error(`${program} could not be started`)
  watch(child)
  // A write to a process that has just ended is told by its exit.
  stdin.on('error', () => undefined)
  // A profile is written by a process that leaves by itself, as `leave` makes it.
  const signal = profiles === undefined ? 'SIGKILL' : 'SIGUSR2'
  return { pid, stdin, stdout, child, [Symbol.asyncDispose]: () => end(child, signal) }
}

const ends = new WeakMap<ChildProcess, Promise<never>>()

/** Rejects when a process ends before its time, so that no wait for it is for ever. */
export const ended = (child: ChildProcess): Promise<never> => {
  const known = ends.get(child)
  if (known !== undefined) return known
  const over = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`It ended with ${code ?? signal}`)))
  })
  // Who waits for something else by now has no use for it.
  over.catch(() => undefined)
  ends.set(child, over)
  return over
}
