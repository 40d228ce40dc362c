import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@parley/server'
import type { HttpServer } from '@parley/transports/http/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, dial, legacyCall, modernCall, opening, quantile, rawPost, serve } from '../http-callers.ts'
import type { Asking } from '../http-callers.ts'
import { heap } from '../traces.ts'

const mebibyte = 1_048_576
const readers = 10
const healthy = 4
const produced = 256 * mebibyte
const piece = 16_384
// Half a minute by default.
const stall = 4000
const line = 'x'.repeat(piece)

const size = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] } as const

/** Everything that this process holds, in its heap and beside it. */
const held = async (): Promise<number> => {
  const used = await heap()
  return used + process.memoryUsage().external
}

/** What producers were told of their readers. */
type Told = { poured: number; aborted: number; offered: number }

const createPouring = (told: Told): Server => {
  const server = new Server({ name: 'pouring', version: '1.0.0' }, { onError: () => undefined })
  server.tool('say', () => 'said')
  server.tool('pour', { input: size }, async ({ size: wanted }, ctx) => {
    let step = 0
    ctx.signal.addEventListener('abort', () => (told.aborted += 1), { once: true })
    for (let left = wanted; left > 0 && !ctx.signal.aborted; left -= piece) {
      step += 1
      await ctx.progress(step, undefined, line)
      told.poured += piece
    }
    return 'done'
  })
  // Waits for nobody, and says the most that it can.
  server.tool('flood', { input: size }, async ({ size: wanted }, ctx) => {
    let step = 0
    ctx.signal.addEventListener('abort', () => (told.aborted += 1), { once: true })
    for (let left = wanted; left > 0 && !ctx.signal.aborted; left -= piece) {
      step += 1
      void ctx.progress(step, undefined, line)
      told.offered += piece
      if (step % 100 === 0) await sleep(1)
    }
    return 'done'
  })
  return server
}

/** Reads a stream to its end as fast as it comes; settles with its size. */
const drink = async (response: Response): Promise<number> => {
  let read = 0
  for await (const chunk of response.body ?? []) read += chunk.byteLength
  return read
}

const open = async (url: string): Promise<string> => {
  const response = await ask(url, opening())
  await response.arrayBuffer()
  return response.headers.get('mcp-session-id') ?? ''
}

const callIn = async (url: string, era: 'modern' | 'legacy', name: string, args: object): Promise<Asking> =>
  era === 'modern' ? modernCall(name, args) : legacyCall(await open(url), name, args)

describe.each(['modern', 'legacy'] as const)(`${readers} %s readers that never read`, (era) => {
  let told: Told
  let server: Server
  let serving: HttpServer
  const sockets: Socket[] = []
  beforeEach(async () => {
    told = { poured: 0, aborted: 0, offered: 0 }
    server = createPouring(told)
    serving = await serve(server, { stall })
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await server.close()
    await serving.close()
  })

  /** A connection whose client asks and then reads nothing; settles with how long it lasted. */
  const stuck = async (name: string, wanted: number): Promise<{ socket: Socket; cut: Promise<number> }> => {
    const socket = await dial(serving.url)
    sockets.push(socket)
    socket.pause()
    const begun = performance.now()
    socket.write(rawPost(serving.url, await callIn(serving.url, era, name, { size: wanted })))
    const cut = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now() - begun)))
    return { socket, cut }
  }

  /** Has a few clients read so much in all, and settles with their MiB/s and what small calls took meanwhile. */
  const drinkAll = async (wanted: number): Promise<{ pace: number; latencies: number[] }> => {
    const begun = performance.now()
    const each = wanted / healthy
    const over = new AbortController()
    const drinking = Array.from({ length: healthy }, async () =>
      drink(await ask(serving.url, await callIn(serving.url, era, 'pour', { size: each }))),
    )
    const latencies: number[] = []
    const small = (async () => {
      const calling = await callIn(serving.url, era, 'say', {})
      while (!over.signal.aborted) {
        const start = performance.now()
        await (await ask(serving.url, calling)).arrayBuffer()
        latencies.push(performance.now() - start)
      }
    })()
    for (const read of await Promise.all(drinking)) expect(read).toBeGreaterThan(each)
    over.abort()
    await small
    return { pace: wanted / mebibyte / ((performance.now() - begun) / 1000), latencies }
  }

  it.each(['pour', 'flood'])(`cost 1 MiB each at most while 256 MiB are made by %s, and are cut off`, async (name) => {
    const alone = await drinkAll(produced / 8)
    const before = await held()
    const cutBy = sleep(2 * stall)
    const all = await Promise.all(Array.from({ length: readers }, () => stuck(name, produced)))
    // By then each has taken all that it will.
    await sleep(stall / 4)
    const growth = (await held()) - before
    const crowded = await drinkAll(produced)
    await cutBy
    const after = (await held()) - before
    // A paused socket hears of its end only when it is read.
    for (const { socket } of all) socket.resume()
    const lasted = await Promise.all(all.map(({ cut }) => cut))
    const read = all.map(({ socket }) => socket.bytesRead)
    const [fast, slow] = [quantile(alone.latencies, 0.99), quantile(crowded.latencies, 0.99)]
    console.log(
      `${era}, ${readers} stuck in ${name}: ${(growth / mebibyte).toFixed(1)} MiB more while they were stuck, ` +
        `${(after / mebibyte).toFixed(1)} MiB after; ${(told.offered / mebibyte).toFixed(0)} MiB offered without waiting; ` +
        `healthy readers got ${alone.pace.toFixed(1)} MiB/s alone and ${crowded.pace.toFixed(1)} MiB/s beside them, ` +
        `small calls p99 ${fast.toFixed(0)} and ${slow.toFixed(0)} ms; each stuck one had taken ` +
        `${(Math.max(...read) / mebibyte).toFixed(1)} MiB when it was cut off`,
    )
    expect(growth).toBeLessThan((readers + 64) * mebibyte)
    expect(after).toBeLessThan(64 * mebibyte)
    expect(crowded.pace).toBeGreaterThan(alone.pace / 2)
    expect(slow).toBeLessThan(2 * fast + 250)
    expect(Math.max(...read)).toBeLessThan(produced / 16)
    expect(Math.max(...lasted)).toBeLessThan(60_000)
    // In the legacy era a client that is gone cancels nothing.
    if (era === 'modern') expect(told.aborted).toBe(readers)
  })
})
