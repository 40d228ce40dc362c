import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '@parley/server'
import { expect, it } from 'vitest'
import { random } from '../crowd.ts'
import { createMarked } from '../fixtures/marked.ts'
import type { Counts } from '../fixtures/marked.ts'
import { ask, dial, modernCall, rawPost, serve } from '../http-callers.ts'
import type { Asking } from '../http-callers.ts'
import { alive, heap } from '../traces.ts'

const seed = Number(process.env['SOAK_SEED'] ?? 20_261_123)
const calls = 10_000
const together = 50
// Bytes a call: an exchange, a listener or a timer that is left behind weighs more, with what it holds on to.
const mostGrowth = 300

const chance = random(seed)

const asking = (id: number): Asking => {
  const of = [
    (): Asking => modernCall('wait', {}, id),
    (): Asking => modernCall('say', {}, id),
    (): Asking => modernCall('progress', { count: 50 }, id),
    (): Asking => modernCall('work', { mark: `m${id}`, delays: [1, 1, 1] }, id),
    (): Asking => modernCall('nonsense', {}, id),
  ]
  return of[chance(of.length)]?.() ?? modernCall('wait')
}

const leave = ['resetAndDestroy', 'destroy', 'end'] as const

/** Makes one call, and leaves in the middle of it: of what is sent, of what is done, or of what comes back. */
const callAndLeave = async (url: string, id: number, tally: Map<string, number>): Promise<void> => {
  const socket = await dial(url)
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const text = rawPost(url, asking(id))
  const whole = chance(5) > 0
  let heard = 0
  socket.on('data', (chunk) => (heard += chunk.byteLength))
  socket.write(whole ? text : text.slice(0, chance(text.length)))
  const wait = chance(6)
  if (wait > 0) await sleep(wait)
  const way = leave[chance(leave.length)] ?? 'destroy'
  socket[way]()
  // A half-closed connection of a call that waits would last; nothing can be said on it any more, so it is let go.
  if (way === 'end') {
    await sleep(2)
    socket.destroy()
  }
  await gone
  const kind = `${whole ? 'whole' : 'cut short'}, ${heard > 0 ? 'answered' : 'unanswered'}`
  tally.set(kind, (tally.get(kind) ?? 0) + 1)
}

const storm = async (url: string, tally: Map<string, number>): Promise<void> => {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < calls) {
      next += 1
      await callAndLeave(url, next, tally)
    }
  }
  await Promise.all(Array.from({ length: together }, one))
}

const until = async (reached: () => boolean): Promise<void> => {
  const end = performance.now() + 15_000
  while (!reached() && performance.now() < end) await sleep(10)
  expect(reached()).toBe(true)
}

it(`of ${calls} calls whose clients left, nothing is left`, async () => {
  const counts: Counts = { begun: 0, aborted: 0 }
  const server: Server = createMarked(counts)
  // So many may be served at once that not one place can be lost.
  const serving = await serve(server, { maxInFlight: together * 2 })
  const { url } = serving
  // Every place is free: so many can wait in them at once, and no more.
  const allPlaces = async (): Promise<number[]> => {
    // Calls that nobody waits for any more may have yet to arrive.
    for (let seen = -1; seen !== counts.begun; await sleep(1500)) seen = counts.begun
    const before = counts.begun
    const leaving = new AbortController()
    const waiting = Array.from({ length: together * 2 }, (_, id) =>
      ask(url, modernCall('wait', {}, id), leaving.signal).catch(() => undefined),
    )
    await until(() => counts.begun === before + together * 2)
    const beyond = await ask(url, modernCall('say'))
    await beyond.arrayBuffer()
    leaving.abort()
    await Promise.all(waiting)
    await until(() => counts.aborted === counts.begun)
    const within = await ask(url, modernCall('say'))
    await within.arrayBuffer()
    return [beyond.status, within.status]
  }
  const tally = new Map<string, number>()
  await storm(url, tally)
  expect(await allPlaces()).toEqual([429, 200])
  // The clients' own idle connections come and go.
  await sleep(5000)
  const [before, aliveBefore] = [await heap(), await alive()]
  const begun = performance.now()
  tally.clear()
  await storm(url, tally)
  const seconds = (performance.now() - begun) / 1000
  await until(() => counts.aborted === counts.begun)
  expect(await allPlaces()).toEqual([429, 200])
  await sleep(5000)
  const growth = ((await heap()) - before) / calls
  console.log(
    `${calls} calls abandoned, seed ${seed}, ${seconds.toFixed(1)} s: ${JSON.stringify(Object.fromEntries(tally))}; ` +
      `${counts.begun} handlers waited, ${counts.aborted} were aborted; ${growth.toFixed(0)} bytes of heap each; ` +
      `alive before: ${aliveBefore}; after: ${await alive()}`,
  )
  expect(await alive()).toBe(aliveBefore)
  expect(growth).toBeLessThan(mostGrowth)
  await server.close()
  await serving.close()
})
