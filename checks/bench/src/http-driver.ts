import { once } from 'node:events'
import { headerOf, HttpConnection } from './http-connection.ts'
import type { HttpAnswer } from './http-connection.ts'
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

const eventData = (body: string): string[] =>
  body.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    const text = data.join('\n')
    return text === '' ? [] : [text]
  })

/** The messages in an answer, whichever way they came. */
export const messagesIn = ({ head, body }: HttpAnswer): string[] => {
  if (headerOf(head, 'content-type')?.startsWith('text/event-stream') === true) return eventData(body)
  return body === '' ? [] : [body]
}

/** One connection and, where the mode has sessions, the session it speaks for. */
class Caller {
  readonly #connection: HttpConnection
  readonly #port: number
  readonly #mode: HttpMode
  #session = ''

  private constructor(connection: HttpConnection, port: number, mode: HttpMode) {
    this.#connection = connection
    this.#port = port
    this.#mode = mode
  }

  static async open(port: number, mode: HttpMode): Promise<Caller> {
    const caller = new Caller(await HttpConnection.open(port), port, mode)
    if (mode === 'stateful') await caller.#initialize()
    return caller
  }

  async #initialize(): Promise<void> {
    const { status, head, body } = await this.#connection.ask(this.#request(initialize))
    const id = headerOf(head, 'mcp-session-id')
    if (status !== 200 || id === undefined) throw new Error(`initialize was answered with ${status}: ${body}`)
    this.#session = `mcp-session-id: ${id}\r\n`
    await this.#connection.ask(this.#request(initialized, legacyHeader))
  }

  #request(body: string, headers = ''): string {
    return (
      `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\ncontent-type: application/json\r\n` +
      `accept: application/json, text/event-stream\r\n${headers}${this.#session}` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    )
  }

  /** Makes one call and checks its answer. `onData` hears the answer's body as it comes. */
  async call(id: number, plan: CallPlan, chunk?: number, onData?: (text: string) => void): Promise<Heard> {
    const version: Version = this.#mode === 'modern' ? modern : legacy
    const named = `mcp-protocol-version: ${modern}\r\nmcp-method: tools/call\r\nmcp-name: ${plan.name}\r\n`
    const request = this.#request(callText(version, id, plan), version === modern ? named : legacyHeader)
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

const legacyHeader = `mcp-protocol-version: ${legacy}\r\n`

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
