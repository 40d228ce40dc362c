import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as delay } from 'node:timers/promises'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What a process is asked over its channel. */
export type Question = 'heap' | 'sockets'

/** Bytes that are alive after forced collections. */
const heapUsed = async (): Promise<number> => {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 3; turn++) {
    collect()
    least = Math.min(least, process.memoryUsage().heapUsed)
    // Finalizers and whatever was put off run between two collections.
    await delay(10)
  }
  return least
}

const socketCount = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length

/** Answers each question on the process's channel with a number. */
export const tellHeap = (): void => {
  const answer = async (question: Question): Promise<void> => {
    process.send?.(question === 'heap' ? await heapUsed() : socketCount())
  }
  process.on('message', (question: Question) => void answer(question))
}
