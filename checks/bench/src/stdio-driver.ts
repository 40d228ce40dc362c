import { setImmediate as nextTurn } from 'node:timers/promises'
import { callText, checkAnswer, discover, initialize, initialized, legacy, readAnswer } from './messages.ts'
import type { CallPlan, Version } from './messages.ts'
import { ended, peakOf, settledCpuOf, start } from './process.ts'
import type { Subprocess } from './process.ts'
import type { Opened } from './rounds.ts'
import { median } from './stats.ts'

/** What a server over stdio is asked: so many calls, so many of them in flight at once. */
export type StdioLoad = {
  readonly calls: number
  readonly inFlight: number
  plan(index: number): CallPlan
  /** Bytes that are written at once, each after the stream has taken the last; whole requests otherwise. */
  readonly chunk?: number
}

const LF = 0x0a

/** Cuts what arrives into lines. Only new bytes are searched, and a line in pieces is joined once. */
class Lines {
  #parts: Uint8Array[] = []

  push(chunk: Buffer): string[] {
    const last = chunk.lastIndexOf(LF)
    if (last === -1) {
      this.#parts.push(chunk)
      return []
    }
    const text = Buffer.concat([...this.#parts, chunk.subarray(0, last)]).toString('utf8')
    this.#parts = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : []
    return text.split('\n')
  }
}

/** Calls that are under way over one pipe, and what they count. */
class Traffic {
  readonly #server: Subprocess
  readonly #version: Version
  readonly #load: StdioLoad
  readonly #pending = new Map<unknown, { plan: CallPlan; since: number }>()
  readonly latencies: number[] = []
  /** Milliseconds from the start to the first notification. */
  first = Number.NaN
  notifications = 0
  #sent = 0
  #done = 0
  #notifiable = 0
  readonly #since = performance.now()
  readonly #base: number

  constructor(server: Subprocess, version: Version, load: StdioLoad, base: number) {
    this.#server = server
    this.#version = version
    this.#load = load
    this.#base = base
  }

  /** The next call's line; nothing once all were made. */
  next(): string {
    if (this.#sent === this.#load.calls) return ''
    const id = this.#base + this.#sent
    const plan = this.#load.plan(this.#sent)
    this.#sent += 1
    this.#notifiable += plan.notified ?? 0
    this.#pending.set(id, { plan, since: performance.now() })
    return `${callText(this.#version, id, plan)}\n`
  }

  /** Takes a line; whether it was an answer, which makes room for a call. */
  take(line: string): boolean {
    if (line === '') return false
    const answer = readAnswer(line)
    if (answer.method !== undefined) {
      this.notifications += 1
      if (this.notifications === 1) this.first = performance.now() - this.#since
      return false
    }
    const call = this.#pending.get(answer.id)
    if (call === undefined) throw new Error(`Nobody asked for ${line.slice(0, 200)}`)
    this.#pending.delete(answer.id)
    checkAnswer(answer, call.plan.expected)
    this.latencies.push((performance.now() - call.since) * 1000)
    this.#done += 1
    return true
  }

  /** Whether all calls were answered. Throws unless all that had to be notified was. */
  isDone(): boolean {
    if (this.#done < this.#load.calls) return false
    if (this.notifications !== this.#notifiable)
      throw new Error(`delivered ${this.notifications} of ${this.#notifiable}`)
    return true
  }

  async write(text: string): Promise<void> {
    const { stdin } = this.#server
    if (this.#load.chunk === undefined) {
      stdin.write(text)
      return
    }
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += this.#load.chunk) {
      const taken = new Promise((resolve) => stdin.write(bytes.subarray(at, at + (this.#load.chunk ?? 0)), resolve))
      await taken
      await nextTurn()
    }
  }
}

/** A server that runs as a child and is talked to in raw JSON-RPC over its pipes. */
export class StdioDriver implements Opened<StdioLoad> {
  readonly #server: Subprocess
  readonly #version: Version
  readonly #dead: Promise<never>
  #ids = 1

  private constructor(server: Subprocess, version: Version) {
    this.#server = server
    this.#version = version
    this.#dead = ended(server.child)
  }

  /** Starts a server and shakes hands with it. */
  static async open(node: string, program: string, args: readonly string[], version: Version): Promise<StdioDriver> {
    const server = start(node, program, args)
    const driver = new StdioDriver(server, version)
    server.stdin.write(`${version === legacy ? initialize : discover}\n`)
    await driver.#until((line, settle) => {
      const answer = readAnswer(line)
      if (answer.id === 'first') settle(answer.result === undefined ? new Error(`Refused: ${line}`) : undefined)
    })
    if (version === legacy) server.stdin.write(`${initialized}\n`)
    return driver
  }

  async #until(take: (line: string, settle: (error?: Error) => void) => void): Promise<void> {
    const { stdout } = this.#server
    const lines = new Lines()
    const over = new Promise<void>((resolve, reject) => {
      const stop = (error?: Error): void => {
        stdout.off('data', onData)
        if (error === undefined) resolve()
        else reject(error)
      }
      const onData = (chunk: Buffer): void => {
        try {
          for (const line of lines.push(chunk)) take(line, stop)
        } catch (error) {
          stop(error instanceof Error ? error : new Error(String(error)))
        }
      }
      stdout.on('data', onData)
    })
    await Promise.race([over, this.#dead])
  }

  /** Makes the calls, and gives the server's processor time per call, how long calls took, and what was notified. */
  async run(load: StdioLoad): Promise<Record<string, number>> {
    const { pid } = this.#server
    const before = await settledCpuOf(pid)
    const traffic = new Traffic(this.#server, this.#version, load, this.#ids)
    this.#ids += load.calls
    const began = performance.now()
    await this.#exchange(traffic, load)
    const elapsed = performance.now() - began
    const cpu = (await settledCpuOf(pid)) - before
    const { latencies, notifications, first } = traffic
    return {
      cpu: cpu / load.calls,
      p50: median(latencies),
      rate: (load.calls / elapsed) * 1000,
      notifications,
      each: cpu / Math.max(1, notifications),
      first,
      peak: peakOf(pid),
    }
  }

  async #exchange(traffic: Traffic, load: StdioLoad): Promise<void> {
    let owed = 0
    let flushing = false
    const flush = (): void => {
      flushing = false
      let text = ''
      for (; owed > 0; owed--) text += traffic.next()
      if (text !== '') void traffic.write(text)
    }
    const over = this.#until((line, settle) => {
      if (traffic.take(line)) owed += 1
      if (traffic.isDone()) return settle()
      if (flushing || owed === 0) return
      // All that one chunk brought is answered with one write.
      flushing = true
      process.nextTick(flush)
    })
    owed = Math.min(load.inFlight, load.calls)
    flush()
    await over
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }
}
