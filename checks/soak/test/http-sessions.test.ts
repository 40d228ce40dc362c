import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@parley/server'
import { expect, it } from 'vitest'
import { dial, legacyCall, newest, opening, serve } from '../http-callers.ts'
import type { Asking } from '../http-callers.ts'
import { alive, heap } from '../traces.ts'

const sessions = 1000
// Half an hour by default.
const idle = 3000
const together = 20
const mebibyte = 1_048_576

const agent = new Agent({ keepAlive: true, maxSockets: together })

const ask = (url: string, method: string, { headers, body }: Asking): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(response))
    })
    sending.on('error', reject).end(body)
  })

/** Opens one session, has a call streamed and answered in it, and leaves it without a word. */
const abandon = async (url: string, index: number): Promise<string> => {
  const opened = await ask(url, 'POST', opening())
  const session = String(opened.headers['mcp-session-id'])
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': newest('legacy') }
  const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
  const said = await ask(url, 'POST', { ...legacyCall(session, 'say'), body: JSON.stringify(initialized) })
  expect(said.statusCode).toBe(202)
  const worked = await ask(url, 'POST', legacyCall(session, 'work'))
  expect(worked.headers['content-type']).toBe('text/event-stream')
  // Every tenth also listened, and vanished in the middle of that.
  if (index % 10 === 0) {
    const socket = await dial(url)
    const lines = Object.entries({ host: new URL(url).host, accept: 'text/event-stream', ...headers })
    socket.write(`GET /mcp HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
  }
  return session
}

const abandonMany = async (url: string, count: number): Promise<string[]> => {
  const ids: string[] = []
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) {
      next += 1
      ids.push(await abandon(url, next))
    }
  }
  await Promise.all(Array.from({ length: together }, one))
  return ids
}

it(`of ${sessions} sessions that were opened and abandoned, none is left after its time (REL-LEAK-1)`, async () => {
  const server = new Server({ name: 'abandoned', version: '1.0.0' })
  server.tool('say', () => 'said')
  server.tool('work', async (_, ctx) => {
    for (let step = 1; step <= 5; step += 1) await ctx.progress(step, 5, 'x'.repeat(200))
    return 'done'
  })
  const serving = await serve(server, { sessionIdle: idle, maxSessions: sessions })
  const gone = async (ids: readonly string[]): Promise<number> => {
    const probe = (id: string): Promise<IncomingMessage> => ask(serving.url, 'POST', legacyCall(id, 'say'))
    let unknown = 0
    for (const id of ids) if ((await probe(id)).statusCode === 404) unknown += 1
    return unknown
  }
  // Twice at least `idle`, and one sweep.
  const wait = 2.5 * idle
  // The first round compiles what there is to compile.
  await abandonMany(serving.url, sessions)
  await sleep(wait)
  agent.destroy()
  const [before, aliveBefore] = [await heap(), await alive()]
  const begun = performance.now()
  const ids = await abandonMany(serving.url, sessions)
  const opened = (performance.now() - begun) / 1000
  expect(new Set(ids).size).toBe(sessions)
  const held = (await heap()) - before
  await sleep(wait)
  expect(await gone(ids)).toBe(sessions)
  agent.destroy()
  const after = await heap()
  console.log(
    `${sessions} sessions opened and abandoned in ${opened.toFixed(1)} s: ${(held / sessions / 1024).toFixed(1)} KiB each ` +
      `while they lasted; heap ${(before / mebibyte).toFixed(1)} MiB before, ${(after / mebibyte).toFixed(1)} MiB after`,
  )
  expect(after).toBeLessThan(before * 1.05 + 10 * mebibyte)
  expect(await alive()).toBe(aliveBefore)
  // There is room for as many again: none of them is counted any more.
  expect(await abandonMany(serving.url, sessions)).toHaveLength(sessions)
  await server.close()
  await serving.close()
  agent.destroy()
})
