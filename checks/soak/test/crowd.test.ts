import { rm } from 'node:fs/promises'
import { connect as connectSocket, createServer } from 'node:net'
import type { Server as SocketServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Peer } from '@parley/protocol'
import type { Dial, Responder } from '@parley/protocol'
import { memory } from '@parley/transports/memory'
import { lineChannel, stdio } from '@parley/transports/stdio'
import { describe, expect, it } from 'vitest'
import { join, random, tally } from '../crowd.ts'
import type { Heard, Member } from '../crowd.ts'
import { createMarked } from '../fixtures/marked.ts'

const seed = Number(process.env['SOAK_SEED'] ?? 20_261_123)
const crowd = 200
const wave = 10

const members = (): Member[] =>
  Array.from({ length: crowd }, (_, index) => ({ name: `client-${index}`, index, random: random(seed + index) }))

const report = (road: string, begun: number, all: readonly Heard[]): void =>
  console.log(`${road}, seed ${seed}, ${((performance.now() - begun) / 1000).toFixed(1)} s: ${tally(all)}`)

/** Serves over a Unix socket (a named pipe on Windows), one peer for each connection. */
const listen = async (server: Responder): Promise<{ path: string; listener: SocketServer }> => {
  const name = `parley-soak-${process.pid}`
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : joinPath(tmpdir(), `${name}.sock`)
  await rm(path, { force: true })
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    void new Peer(lineChannel(socket, socket), server, { origin: { road: 'socket' } })
  })
  listener.listen({ path, backlog: crowd })
  await once(listener, 'listening')
  return { path, listener }
}

const socketDial =
  (path: string): Dial =>
  async (responder) => {
    const socket: Socket = connectSocket(path)
    await once(socket, 'connect')
    return new Peer(lineChannel(socket, socket), responder, { origin: { road: 'socket' } })
  }

describe(`${crowd} clients with equal ids get each their own`, () => {
  it('in memory, all at once, both eras on one server', async () => {
    const begun = performance.now()
    const server = createMarked()
    const dial = memory(server)
    report('memory', begun, await Promise.all(members().map((member) => join(dial, member))))
    await server.close()
  })

  it('over byte streams, all at once, both eras on one server', async () => {
    const begun = performance.now()
    const server = createMarked()
    const { path, listener } = await listen(server)
    report('byte streams', begun, await Promise.all(members().map((member) => join(socketDial(path), member))))
    listener.close()
    await once(listener, 'close')
    await server.close()
  })

  it(`over stdio, a process each, ${wave} at a time`, async () => {
    const begun = performance.now()
    const main = fileURLToPath(new URL('../dist/marked-main.js', import.meta.url))
    const all: Heard[] = []
    for (let first = 0; first < crowd; first += wave) {
      const some = members().slice(first, first + wave)
      all.push(...(await Promise.all(some.map((member) => join(stdio(process.execPath, [main]), member)))))
    }
    expect(all).toHaveLength(crowd)
    report('stdio', begun, all)
  })
})
