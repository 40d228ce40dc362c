import type { Socket } from 'node:net'
import { Server } from '@parley/server'
import type { HttpServer } from '@parley/transports/http/node'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, dial, modernCall, quantile, rawPost, serve } from '../http-callers.ts'

const slow = 200
const idle = 1000
const patience = 12_000
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1)

describe('with the limits as they are', () => {
  let server: Server
  let serving: HttpServer
  const sockets: Socket[] = []
  beforeEach(async () => {
    server = new Server({ name: 'patient', version: '1.0.0' })
    server.tool('say', () => 'said')
    serving = await serve(server)
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await server.close()
    await serving.close()
  })

  /** Opens a connection that sends `first` at once and then a character each second; settles with how long it lasted. */
  const drip = async (first: string, rest: string): Promise<number> => {
    const socket = await dial(serving.url)
    sockets.push(socket)
    const begun = performance.now()
    socket.write(first)
    let sent = 0
    const timer = setInterval(() => {
      const next = rest[sent % rest.length]
      if (next !== undefined && !socket.destroyed) socket.write(next)
      sent += 1
    }, 1000)
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(timer)
    return performance.now() - begun
  }

  /** Makes good calls, one after another, until told to stop; settles with how long each took. */
  const goodCalls = async (over: Promise<unknown>): Promise<number[]> => {
    const latencies: number[] = []
    const stopping = new AbortController()
    const stop = (): void => stopping.abort()
    over.then(stop, stop)
    while (!stopping.signal.aborted) {
      const begun = performance.now()
      const response = await ask(serving.url, modernCall('say'))
      expect(response.status).toBe(200)
      await response.arrayBuffer()
      latencies.push(performance.now() - begun)
      await sleep(5)
    }
    return latencies
  }

  const call = (): { head: string; body: string } => {
    const [head = '', body = ''] = rawPost(serving.url, modernCall('say')).split('\r\n\r\n')
    return { head, body }
  }

  it.each<[string, () => [string, string]]>([
    ['heads', () => [call().head.slice(0, 40), 'x-slow: and slower ']],
    ['bodies of a known size', () => [`${call().head}\r\n\r\n${call().body.slice(0, 20)}`, ' ']],
    [
      'bodies of no known size',
      () => [`${call().head.replace(/content-length: \d+/, 'transfer-encoding: chunked')}\r\n\r\n`, '1\r\n \r\n'],
    ],
    [
      'bodies that are refused',
      () => [`${call().head.replace('application/json', 'text/plain')}\r\n\r\n${call().body.slice(0, 20)}`, ' '],
    ],
    ['first words, which never come', () => ['', '']],
  ])(`closes ${slow} connections with slow %s, and answers others meanwhile`, async (what, make) => {
    const [first, rest] = make()
    const dripping = Promise.all(Array.from({ length: slow }, () => drip(first, rest)))
    const latencies = await goodCalls(dripping)
    const lasted = await dripping
    console.log(
      `${slow} slow ${what}: closed after ${seconds(Math.min(...lasted))} to ${seconds(Math.max(...lasted))} s; ` +
        `${latencies.length} good calls meanwhile, p99 ${quantile(latencies, 0.99).toFixed(0)} ms`,
    )
    expect(Math.max(...lasted)).toBeLessThan(patience)
    expect(quantile(latencies, 0.99)).toBeLessThan(50)
  })

  it(`keeps ${idle} connections that idle between calls, answers others, and then them again`, async () => {
    const ready: Socket[] = []
    const answer = (socket: Socket): Promise<string> => {
      socket.write(rawPost(serving.url, modernCall('say')))
      return new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString('latin1'))))
    }
    for (let count = 0; count < idle; count += 1) {
      const socket = await dial(serving.url)
      sockets.push(socket)
      expect(await answer(socket)).toMatch(/^HTTP\/1\.1 200 /)
      ready.push(socket)
    }
    const latencies = await goodCalls(sleep(3000))
    for (const socket of ready) expect(await answer(socket)).toMatch(/^HTTP\/1\.1 200 /)
    console.log(
      `${idle} idle connections: ${latencies.length} good calls meanwhile, p99 ${quantile(latencies, 0.99).toFixed(0)} ms; ` +
        `all of them answered again`,
    )
    expect(quantile(latencies, 0.99)).toBeLessThan(50)
  })
})

it(`lets go of ${idle} connections that idle for too long`, async () => {
  // More than a minute by default.
  const keepAliveTimeout = 1000
  const server = new Server({ name: 'brief', version: '1.0.0' })
  server.tool('say', () => 'said')
  const serving = await serve(server, { keepAliveTimeout })
  const begun = performance.now()
  const closed = await Promise.all(
    Array.from({ length: idle }, async () => {
      const socket = await dial(serving.url)
      socket.write(rawPost(serving.url, modernCall('say')))
      socket.resume()
      await new Promise((resolve) => socket.once('close', resolve))
      return performance.now() - begun
    }),
  )
  console.log(
    `${idle} idle connections: closed after ${seconds(Math.min(...closed))} to ${seconds(Math.max(...closed))} s`,
  )
  expect(Math.max(...closed)).toBeLessThan(patience)
  await server.close()
  await serving.close()
})
