import { ConnectionClosed } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { decode, encode, Peer } from '@parley/protocol'
import type { Arrival, Channel, Message, Responder } from '@parley/protocol'
import { lineChannel } from '@parley/transports/stdio'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** A message as it came, parsed. */
export type Line = JsonObject & {
  id?: unknown
  method?: string
  result?: JsonObject
  error?: { code: number; message: string; data?: unknown }
}

/** The far end of a road, for one who need not obey its rules. */
export class RawRoad {
  /** All that came, in order. */
  readonly heard: Line[] = []
  /** The text of all that came. */
  text = ''
  /** What the far side wrote to stderr so far, where it has one. */
  readonly complaints: (() => string) | undefined
  readonly #send: (frame: string | Uint8Array) => void
  readonly #close: () => Promise<unknown>
  readonly #waiting = new Set<() => void>()

  constructor(send: (frame: string | Uint8Array) => void, close: () => Promise<unknown>, complaints?: () => string) {
    this.#send = send
    this.#close = close
    this.complaints = complaints
  }

  /** Sends a frame as it is, or an object as JSON. */
  send(frame: string | Uint8Array | JsonObject): void {
    this.#send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame))
  }

  /** Sends bytes as they are, with no end of a line behind them. */
  sendBytes: (bytes: Uint8Array) => void = () => {
    throw new TypeError('This road takes whole frames')
  }

  /** Takes the text of one message. */
  readonly hear = (text: string): void => {
    this.text += `${text}\n`
    this.heard.push(JSON.parse(text) as Line)
    for (const look of this.#waiting) look()
  }

  /** Settles once the condition holds of what was heard. */
  until(holds: (heard: readonly Line[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds(this.heard)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Settles with the first response that has this id. */
  async answer(id: unknown): Promise<Line> {
    const isIt = (line: Line): boolean => line.id === id && line.method === undefined
    await this.until((heard) => heard.some(isIt))
    // The wait has just ended because there is one.
    return this.heard.find(isIt) as Line
  }

  close(): Promise<unknown> {
    return this.#close()
  }
}

/** A channel whose far end puts frames on it as they are. */
export class Frames implements Channel {
  readonly #hear: (text: string) => void
  readonly #in: Arrival[] = []
  #wake: (() => void) | undefined
  #closed = false

  constructor(hear: (text: string) => void) {
    this.#hear = hear
  }

  deliver(frame: string | Uint8Array): void {
    this.#in.push({ message: decode(frame) })
    this.#wake?.()
  }

  async send(message: Message): Promise<void> {
    if (this.#closed) throw new ConnectionClosed('The road was closed')
    this.#hear(encode(message))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Arrival, void, void> {
    while (!this.#closed) {
      const next = this.#in.shift()
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
      else yield next
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#wake?.()
  }
}

const readLines = (stream: Readable, hear: (text: string) => void): void => {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(line)
  })
}

/** Frames handed over in this process. */
export const frames = (server: Responder): RawRoad => {
  const road: RawRoad = new RawRoad(
    (frame) => channel.deliver(frame),
    () => peer[Symbol.asyncDispose](),
  )
  const channel = new Frames(road.hear)
  const peer = new Peer(channel, server, { origin: { road: 'memory' } })
  return road
}

/** Lines over two streams in this process. */
export const lines = (server: Responder): RawRoad => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const road: RawRoad = new RawRoad(
    (frame) => {
      input.write(frame)
      input.write('\n')
    },
    () => peer[Symbol.asyncDispose](),
  )
  road.sendBytes = (bytes) => void input.write(bytes)
  const peer = new Peer(lineChannel(input, output), server, { origin: { road: 'lines' } })
  readLines(output, road.hear)
  return road
}

const main = fileURLToPath(new URL('fixtures/victim-main.mjs', import.meta.url))

/** The command that starts the victim as a process. */
export const victimCommand = (flags: readonly string[] = []): [string, string[]] => [process.execPath, [main, ...flags]]

/** Lines to a process of its own, and all that it writes to stderr. */
export const spawned = (): RawRoad => {
  const child = spawn(...victimCommand(), { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk))
  const road = new RawRoad(
    (frame) => {
      child.stdin.write(frame)
      child.stdin.write('\n')
    },
    async () => {
      const exited = once(child, 'close')
      child.stdin.end()
      const [code] = await exited
      return code
    },
    () => complaints,
  )
  readLines(child.stdout, road.hear)
  return road
}
