import { once } from 'node:events'
import { headerOf, HttpConnection, messagesIn, requestText } from './http-connection.ts'
import { callText, checkAnswer, initialize, initialized, legacy, modern, readAnswer } from './messages.ts'
import type { CallPlan, Version } from './messages.ts'
import { ended, peakOf, settledCpuOf, start } from './process.ts'
import type { Subprocess } from './process.ts'
import type { Opened } from './rounds.ts'
import { median, quantile } from './stats.ts'

/** How a server over HTTP is spoken to. */
export type HttpMode = 'modern' | 'stateless' | 'stateful'

/** What a server over HTTP is asked: so many calls over so many connections, one at a time on each. */
export type HttpLoad = {
  readonly calls: number
  readonly connections: number
  plan(index: number): CallPlan
  /** Bytes that are written at once, each after the last was taken; whole requests otherwise. */
  readonly chunk?: number
}

const legacyHeader = `mcp-protocol-version: ${legacy}\r\n`

/** Opens a session over a connection, and gives the headers of what is asked in it. */
export const openSession = async (connection: HttpConnection, port: number): Promise<string> => {
  const { status, head, body } = await connection.ask(requestText(port, 'POST', '', initialize))
  const id = headerOf(head, 'mcp-session-id')
  if (status !== 200 || id === undefined) throw new Error(`initialize was answered with ${status}: ${body}`)
  const headers = `${legacyHeader}mcp-session-id: ${id}\r\n`
  await connection.ask(requestText(port, 'POST', headers, initialized))
  return headers
}

/** One connection and, where the mode has sessions, the session it speaks for. */
class Caller {
  readonly #connection: HttpConnection
  readonly #port: number
  readonly #version: Version
  // Those of every call over it.
  readonly #headers: string

  private constructor(connection: HttpConnection, port: number, version: Version, headers: string) {
    this.#connection = connection
    this.#port = port
    this.#version = version
    this.#headers = headers
  }

  static async open(port: number, mode: HttpMode): Promise<Caller> {
    const connection = await HttpConnection.open(port)
    if (mode === 'modern') return new Caller(connection, port, modern, `mcp-protocol-version: ${modern}\r\n`)
    const headers = mode === 'stateful' ? await openSession(connection, port) : legacyHeader
    return new Caller(connection, port, legacy, headers)
  }

  /** Makes one call and checks its answer. `onData` hears the answer's body as it comes. */
  async call(id: number, plan: CallPlan, chunk?: number, onData?: (text: string) => void): Promise<Heard> {
    const named = this.#version === modern ? `mcp-method: tools/call\r\nmcp-name: ${plan.name}\r\n` : ''
    const request = requestText(this.#port, 'POST', this.#headers + named, callText(this.#version, id, plan))
    const answer = await this.#connection.ask(request, chunk, onData)
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status} ${answer.body.slice(0, 100)}`)
    const messages = messagesIn(answer)
    const last = readAnswer(messages.at(-1) ?? '{}')
    if (last.id !== id) throw new Error(`Call ${id} was answered with ${answer.body.slice(0, 200)}`)
    checkAnswer(last, plan.expected)
    const { notified = 0 } = plan
    if (messages.length - 1 !== notified) throw new Error(`delivered ${messages.length - 1} of ${notified}`)
    return { notifications: messages.length - 1, streamed: answer.head.includes('text/event-stream') }
  }

  close(): void {
    this.#connection.close()
  }
}

type Heard = { readonly notifications: number; readonly streamed: boolean }

/** The port that a program of the bench writes to stdout once it listens. */
export const portOf = async (server: Subprocess): Promise<number> => {
  const [line] = (await Promise.race([once(server.stdout, 'data'), ended(server.child)])) as [Buffer]
  return Number(line.toString('utf8'))
}

/** A server that runs as a child and is talked to in raw HTTP over kept connections. */
export class HttpDriver implements Opened<HttpLoad> {
  readonly #server: Subprocess
  readonly #port: number
  readonly #mode: HttpMode
  #callers: Caller[] = []
  #ids = 1

  private constructor(server: Subprocess, port: number, mode: HttpMode) {
    this.#server = server
    this.#port = port
    this.#mode = mode
  }

  /** Starts a server. Connections are opened when they are first needed, and kept. */
  static async open(node: string, program: string, mode: HttpMode, form: 'json' | 'sse'): Promise<HttpDriver> {
    const server = start(node, program, [mode, form])
    return new HttpDriver(server, await portOf(server), mode)
  }

  async run(load: HttpLoad): Promise<Record<string, number>> {
    while (this.#callers.length < load.connections) this.#callers.push(await Caller.open(this.#port, this.#mode))
    const before = await settledCpuOf(this.#server.pid)
    const counted = await this.#exchange(load)
    const cpu = (await settledCpuOf(this.#server.pid)) - before
    const { latencies, notifications, first, elapsed, streamed } = counted
    return {
      cpu: cpu / load.calls,
      p50: median(latencies),
      p99: quantile(latencies, 0.99),
      rate: (load.calls / elapsed) * 1000,
      notifications,
      each: cpu / Math.max(1, notifications),
      first,
      peak: peakOf(this.#server.pid),
      streamed: streamed ? 1 : 0,
    }
  }

  async #exchange(load: HttpLoad): Promise<Counted> {
    const counted: Counted = { latencies: [], notifications: 0, first: Number.NaN, elapsed: 0, streamed: false }
    let sent = 0
    const began = performance.now()
    const onData = (text: string): void => {
      if (Number.isNaN(counted.first) && text.includes('notifications/progress'))
        counted.first = performance.now() - began
    }
    const work = async (caller: Caller): Promise<void> => {
      while (sent < load.calls) {
        const plan = load.plan(sent)
        sent += 1
        const since = performance.now()
        const heard = await caller.call(this.#ids++, plan, load.chunk, plan.notified !== undefined ? onData : undefined)
        counted.latencies.push((performance.now() - since) * 1000)
        counted.notifications += heard.notifications
        counted.streamed ||= heard.streamed
      }
    }
    try {
      await Promise.all(this.#callers.slice(0, load.connections).map(work))
    } catch (error) {
      // A connection in the middle of an answer is of no use to the next load.
      for (const caller of this.#callers) caller.close()
      this.#callers = []
      throw error
    }
    counted.elapsed = performance.now() - began
    return counted
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers) caller.close()
    await this.#server[Symbol.asyncDispose]()
  }
}

type Counted = { latencies: number[]; notifications: number; first: number; elapsed: number; streamed: boolean }
