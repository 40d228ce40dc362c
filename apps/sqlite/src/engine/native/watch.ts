// A thread beside the one that runs statements, which hears and sees nothing while it does. This one ends the whole
// process when a statement takes too much memory, when it should long be over, or when nobody is left to answer to.
import { workerData } from 'node:worker_threads'

/** What the watch is started with. */
export type WatchData = {
  /** An Int32Array of one: 1 while a statement runs. */
  readonly busy: SharedArrayBuffer
  /** A Float64Array of one: when the statement should be over, in milliseconds since 1970. */
  readonly deadline: SharedArrayBuffer
  /** Bytes that the process may have resident. */
  readonly most: number
  readonly parent: number
}

const EVERY = 20
const LATE = 2_000

const { busy, deadline, most, parent } = workerData as WatchData
const state = new Int32Array(busy)
const time = new Float64Array(deadline)

const isLost = (): boolean =>
  process.memoryUsage.rss() > most || process.ppid !== parent || Date.now() > (time[0] ?? 0) + LATE

for (;;) {
  Atomics.wait(state, 0, 0)
  while (Atomics.load(state, 0) === 1) {
    if (isLost()) process.kill(process.pid, 'SIGKILL')
    Atomics.wait(state, 0, 1, EVERY)
  }
}
