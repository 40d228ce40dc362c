import { ConnectionClosed } from '@parley/core'
import { Peer } from '@parley/protocol'
import type { Link, Message, Responder } from '@parley/protocol'
import { LineChannel } from './channel.ts'
import type { LineChannelOptions } from './channel.ts'
import { startChild } from './child.ts'
import type { Child } from './child.ts'
import { environment } from './environment.ts'
import { within } from './wait.ts'

export { lineChannel } from './channel.ts'
export type { LineChannelOptions } from './channel.ts'
export { inheritedByDefault } from './environment.ts'
export type { OutboxOptions } from './outbox.ts'

/** How a server is started as a child process and talked to. */
export type StdioOptions = LineChannelOptions & {
  /** Variables that the server gets beside the inherited ones, and before them. */
  env?: Readonly<Record<string, string>>
  /** Names of this process's variables that the server gets. @default inheritedByDefault() */
  inheritEnv?: readonly string[]
  /** The directory that the server starts in. @default this process's own */
  cwd?: string
  /** What becomes of the server's stderr, besides its last 64 KiB being kept. @default 'inherit' */
  stderr?: 'inherit' | 'ignore' | ((chunk: string) => void)
  /** Asked before anything starts, with the exact command; anything but true refuses. Ask a person here. */
  consent?: (command: string, args: readonly string[]) => boolean | Promise<boolean>
  /** Milliseconds the server gets to exit after its input was closed, and again after SIGTERM. @default 2_000 */
  grace?: number
  /** Bytes that one message from the server may have. @default 33_554_432 */
  maxMessage?: number
  /** Hears the first 1,000 characters of each line on the server's stdout that is no message. */
  onStray?: (line: string) => void
  /** Lines in a row that may be no messages before the server is given up. @default 1_000 */
  maxStray?: number
}

/** A link to a server that runs as a child process. */
export type StdioLink = Link & {
  /** The child's process id; its process group has the same one, except on Windows. */
  readonly pid: number
  /** The last 64 KiB that the server wrote to stderr. */
  readonly stderrTail: string
}

/** Starts a server each time it is called. A `Dial`. */
export type StdioDial = (responder: Responder, signal?: AbortSignal) => Promise<StdioLink>

const shownStray = 1000
// A server that closed its output is on its way out; how it went makes the better error.
const goodbye = 500

const isStray = (message: Message): boolean =>
  message.kind === 'batch'
    ? message.messages.every(isStray)
    : message.kind === 'broken' && message.id === undefined && !message.response

const shown = (line: Uint8Array | string | undefined): string => {
  if (line === undefined) return '(a line longer than maxMessage)'
  return typeof line === 'string' ? line.slice(0, shownStray) : new TextDecoder().decode(line.subarray(0, shownStray))
}

const openChannel = (child: Child, options: StdioOptions): LineChannel => {
  const { maxStray = 1000, onStray, maxMessage = 33_554_432 } = options
  let strays = 0
  const channel = new LineChannel(
    child.process.stdout,
    child.process.stdin,
    { ...options, maxMessage },
    {
      // MUST NOT (2026-07-28, basic/transports/stdio): whatever a server prints, it is not answered unless it asked.
      accepts: (message, line) => {
        if (!isStray(message)) {
          strays = 0
          return true
        }
        strays += 1
        onStray?.(shown(line))
        if (strays > maxStray) {
          channel.end(new ConnectionClosed(`The server wrote ${strays} lines in a row that are no messages`))
        }
        return false
      },
      ending: async (cause) => {
        if (cause instanceof ConnectionClosed) return cause
        await within(child.finished, goodbye)
        return child.reason(cause)
      },
      release: () => child.stop(),
    },
  )
  // A descendant may hold stdout open after the child is gone.
  void child.finished.then(() => channel.end())
  return channel
}

/**
 * Reaches a server by starting it as a child process and talking over its stdin and stdout.
 *
 * A command is code: whoever chooses it runs it with your rights. There is no shell, so every argument arrives as it is.
 * The server gets few of your environment variables (`inheritEnv`). When it exits or breaks, what is pending rejects with
 * `ConnectionClosed`, which names the exit code and carries the end of stderr.
 *
 * Closing the link closes the server's stdin, then sends SIGTERM and SIGKILL, `grace` apart, to it and all that it
 * started, and settles when they are gone. When this process exits without closing, they are killed; when it dies of
 * a signal, the end of their stdin is all that they get. The dial rejects with `ConnectionClosed` when the command
 * cannot be started. (2026-07-28, basic/transports/stdio.)
 */
export const stdio =
  (command: string, args: readonly string[] = [], options: StdioOptions = {}): StdioDial =>
  async (responder, signal) => {
    const { cwd, stderr = 'inherit', grace = 2000, consent } = options
    // Whatever the types say: a program without them may answer anything, and only one answer means yes.
    const said: unknown = consent === undefined ? true : await consent(command, args)
    if (said !== true) {
      throw new ConnectionClosed(`Starting ${command} was refused`)
    }
    const env = environment(options.env, options.inheritEnv)
    const child = await startChild(command, args, { env, cwd, stderr, grace }, signal)
    const peer = new Peer(openChannel(child, options), responder, { origin: { road: 'stdio' } })
    return {
      pid: child.pid,
      get stderrTail() {
        return child.stderr
      },
      closed: peer.closed,
      request: (method, params, requestOptions) => peer.request(method, params, requestOptions),
      notify: (method, params) => peer.notify(method, params),
      [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
    }
  }
