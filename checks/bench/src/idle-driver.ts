import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { HttpConnection, requestText } from './http-connection.ts'
import { openSession, portOf } from './http-driver.ts'
import { envelope, modern } from './messages.ts'
import { ended, start } from './process.ts'
import type { Subprocess } from './process.ts'
import type { Opened } from './rounds.ts'
import type { Question } from './servers/idle-heap.ts'

/** How many sessions, or streams, are held open at once. */
export type IdleLoad = { readonly kind: 'session' | 'listen'; readonly count: number }

const listening = JSON.stringify({
  jsonrpc: '2.0',
  id: 'idle',
  method: 'subscriptions/listen',
  params: { notifications: { toolsListChanged: true }, _meta: envelope },
})

const modernHead = `mcp-protocol-version: ${modern}\r\nmcp-method: subscriptions/listen\r\n`

// Requests that are under way at once while many are made.
const abreast = 16

const eachAbreast = async (count: number, work: (index: number) => Promise<void>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
}

/** A server over HTTP whose heap is looked at while nothing happens on many sessions or streams. */
export class IdleDriver implements Opened<IdleLoad> {
  readonly #server: Subprocess
  readonly #port: number
  readonly #dead: Promise<never>

  private constructor(server: Subprocess, port: number) {
    this.#server = server
    this.#port = port
    this.#dead = ended(server.child)
  }

  /** Starts a server with so many tools. */
  static async open(node: string, program: string, tools: number): Promise<IdleDriver> {
    const server = start(node, program, [String(tools)], true)
    return new IdleDriver(server, await portOf(server))
  }

  async #told(question: Question): Promise<number> {
    const told = once(this.#server.child, 'message')
    this.#server.child.send(question)
    const [number] = (await Promise.race([told, this.#dead])) as [number]
    return number
  }

  /** Bytes of heap once no more than so many connections are left. */
  async #heapWith(sockets: number): Promise<number> {
    for (let look = 0; look < 200; look++) {
      if ((await this.#told('sockets')) <= sockets) return this.#told('heap')
      await delay(10)
    }
    throw new Error('Connections that were closed are still held')
  }

  async #asking(count: number, ask: (connection: HttpConnection, index: number) => Promise<void>): Promise<void> {
    const connections: HttpConnection[] = []
    try {
      for (let one = 0; one < abreast; one++) connections.push(await HttpConnection.open(this.#port))
      await eachAbreast(count, async (index) => {
        const connection = connections.pop()
        if (connection === undefined) throw new Error('More work than connections')
        await ask(connection, index)
        connections.push(connection)
      })
    } finally {
      for (const connection of connections) connection.close()
    }
  }

  async #openSessions(count: number): Promise<string[]> {
    const heads: string[] = []
    await this.#asking(count, async (connection) => {
      heads.push(await openSession(connection, this.#port))
    })
    return heads
  }

  #endSessions(heads: readonly string[]): Promise<void> {
    return this.#asking(heads.length, async (connection, index) => {
      const { status } = await connection.ask(requestText(this.#port, 'DELETE', heads[index] ?? ''))
      if (status >= 300) throw new Error(`DELETE was answered with ${status}`)
    })
  }

  async #openStream(request: string): Promise<Socket> {
    const socket = connect({ port: this.#port, host: '127.0.0.1' })
    socket.write(request)
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    const head = bytes.toString('latin1')
    if (!head.startsWith('HTTP/1.1 200') || !head.includes('text/event-stream'))
      throw new Error(`A stream was refused: ${head.slice(0, 80)}`)
    // What comes on it is none of the bench's business, but must not pile up.
    socket.resume()
    return socket
  }

  async #openStreams(requests: readonly string[]): Promise<Socket[]> {
    const sockets: Socket[] = []
    await eachAbreast(
      requests.length,
      async (index) => void sockets.push(await this.#openStream(requests[index] ?? '')),
    )
    return sockets
  }

  /** KiB of heap for each, while they are open, and what is left of each once they have ended. */
  async run({ kind, count }: IdleLoad): Promise<Record<string, number>> {
    const before = await this.#heapWith(0)
    const each = (heap: number): number => (heap - before) / 1024 / count
    if (kind === 'listen') {
      const sockets = await this.#openStreams(
        Array.from({ length: count }, () => requestText(this.#port, 'POST', modernHead, listening)),
      )
      const open = each(await this.#heapWith(count))
      for (const socket of sockets) socket.destroy()
      return { stream: open, left: each(await this.#heapWith(0)) }
    }
    const heads = await this.#openSessions(count)
    const session = each(await this.#heapWith(0))
    const sockets = await this.#openStreams(heads.map((head) => requestText(this.#port, 'GET', head)))
    const stream = each(await this.#heapWith(count)) - session
    for (const socket of sockets) socket.destroy()
    await this.#heapWith(0)
    await this.#endSessions(heads)
    return { session, stream, left: each(await this.#heapWith(0)) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}
