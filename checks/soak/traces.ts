import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Bytes of the heap that are in use once everything that can be freed was. */
export const heap = async (): Promise<number> => {
  for (let round = 0; round < 3; round += 1) {
    await turn()
    collect()
  }
  return process.memoryUsage().heapUsed
}

/** What keeps this process alive, as a count of each kind. */
export const alive = async (): Promise<string> => {
  for (let round = 0; round < 10; round += 1) await turn()
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .map(([kind, count]) => `${kind} ${count}`)
    .toSorted()
    .join(', ')
}
