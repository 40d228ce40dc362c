import { Peer } from '@parley/protocol/server'
import type { Responder } from '@parley/protocol/server'
import type { Readable, Writable } from 'node:stream'
import { LineChannel } from './channel.ts'
import type { LineChannelOptions } from './channel.ts'
import { divert } from './guard.ts'
import { within } from './wait.ts'

export { lineChannel } from './channel.ts'
export type { LineChannelOptions } from './channel.ts'
export type { OutboxOptions } from './outbox.ts'

/** How a server is served over stdio. */
export type ServeStdioOptions = LineChannelOptions & {
  /** Where messages come from. @default process.stdin */
  stdin?: Readable
  /** Where messages go, and from when on nothing else does. @default process.stdout */
  stdout?: Writable
  /** Where everything goes that others write to stdout. @default process.stderr */
  stderr?: Writable
  /** Milliseconds that requests in flight get to finish once the client is gone or a signal came. @default 1_000 */
  linger?: number
  /** Milliseconds that the server's own disposal may take. @default 5_000 */
  patience?: number
  /** Requests that may be served at once. @default 1024 */
  maxInFlight?: number
  /**
   * Ends the process once serving is over, even while timers run; false leaves that to you, a function does it instead.
   * @default true
   */
  exit?: boolean | ((code: number) => void)
  /** Whether SIGINT and SIGTERM stop serving. @default true */
  signals?: boolean
}

/** A server that is being served over stdio. Disposing stops serving and waits for `closed`; the process stays. */
export interface StdioServer extends AsyncDisposable {
  /** Settles, never rejects, when serving is over; with `exit` the process ends right after. */
  readonly closed: Promise<void>
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** One server on one pair of streams, from its first message to the end of the process. */
class Serving implements StdioServer {
  readonly #server: Responder & Partial<AsyncDisposable>
  readonly #channel: LineChannel
  readonly #peer: Peer
  readonly #patience: number
  readonly #stderr: Writable
  readonly #undo: (() => void)[] = []
  #exit: ((code: number) => void) | undefined
  #code: number | undefined
  #disposing: Promise<void> | undefined
  readonly closed: Promise<void>

  constructor(server: Responder & Partial<AsyncDisposable>, options: ServeStdioOptions) {
    const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr, exit = true } = options
    this.#server = server
    this.#patience = options.patience ?? 5000
    this.#stderr = stderr
    this.#exit = exit === true ? (code) => process.exit(code) : exit === false ? undefined : exit
    // stdout stays open: once this is over, others may write to it again.
    const release = async (): Promise<void> => void stdin.destroy()
    this.#channel = new LineChannel(stdin, stdout, { waits: true, ...options }, { release })
    this.#undo.push(divert(stdout, stderr))
    if (options.signals ?? true) this.#heed()
    this.#peer = new Peer(this.#channel, server, {
      origin: { road: 'stdio' },
      linger: options.linger ?? 1000,
      maxInFlight: options.maxInFlight ?? 1024,
      beforeClose: () => within(this.#dispose(), this.#patience).then(() => undefined),
    })
    this.closed = this.#end()
  }

  #heed(): void {
    for (const [signal, code] of Object.entries(exitCodes)) {
      const stop = (): void => {
        // The second signal is from someone who will not wait.
        if (this.#code !== undefined) return this.#exit?.(code)
        this.#code = code
        this.#channel.end()
      }
      process.on(signal, stop)
      this.#undo.push(() => process.off(signal, stop))
    }
  }

  async #end(): Promise<void> {
    const reason = await this.#peer.closed
    // A road that broke never got to the moment before its close.
    await within(this.#dispose(), this.#patience)
    for (const undo of this.#undo) undo()
    this.#exit?.(this.#code ?? (reason === undefined ? 0 : 1))
  }

  #dispose(): Promise<void> {
    this.#disposing ??= this.#disposeOnce()
    return this.#disposing
  }

  async #disposeOnce(): Promise<void> {
    try {
      await this.#server[Symbol.asyncDispose]?.()
    } catch (error) {
      this.#stderr.write(`The server could not be closed: ${String(error)}\n`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#exit = undefined
    await this.#peer[Symbol.asyncDispose]()
    await this.closed
  }
}

/**
 * Serves over this process's stdin and stdout; settles once serving has begun.
 *
 * It is over when stdin ends, when SIGINT or SIGTERM comes, or when stdout breaks. Then requests in flight get a second to be
 * answered, the server is disposed of, stdout is written out, and the process exits: with 0 after the end of stdin, 130
 * after SIGINT, 143 after SIGTERM, 1 after a broken pipe. A second signal exits at once. While it runs, whatever others
 * write to stdout, `console.log` included, goes to stderr. An exception that nobody catches ends the process as ever.
 * (2026-07-28, basic/transports/stdio.)
 */
export const serveStdio = async (
  server: Responder & Partial<AsyncDisposable>,
  options: ServeStdioOptions = {},
): Promise<StdioServer> => new Serving(server, options)
