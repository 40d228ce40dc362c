import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { RunFlags } from './run.ts'
import { exitCodes, usage } from './failure.ts'
import { fileCommand } from './talk/dial.ts'
import type { Target } from './target.ts'
import { watchAround } from './watch/files.ts'
import { readMessages } from './watch/lines.ts'
import { Relay } from './watch/relay.ts'

const grace = 2000

const say = (text: string): void => void process.stderr.write(`parley: ${text}\n`)

/** Starts a server again and again, each time its files change, under one connection. */
class Supervisor {
  readonly #command: string
  readonly #args: readonly string[]
  readonly #relay: Relay
  #child: ChildProcess | undefined
  #turn: Promise<void> = Promise.resolve()
  #over = false

  constructor([command, args]: [command: string, args: readonly string[]]) {
    this.#command = command
    this.#args = args
    this.#relay = new Relay((message) => void process.stdout.write(`${JSON.stringify(message)}\n`))
    readMessages(
      process.stdin,
      (message) => this.#relay.fromHost(message),
      (line) => say(`the host sent what is no message: ${line.slice(0, 200)}`),
    )
  }

  start(): void {
    if (this.#over) return
    const child = spawn(this.#command, this.#args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    child.stdin.on('error', () => undefined)
    readMessages(
      child.stdout,
      (message) => this.#child === child && this.#relay.fromServer(message),
      (line) => say(`the server wrote what is no message: ${line.slice(0, 200)}`),
    )
    child.on('error', (error) => say(error.message))
    child.on('exit', (code, signal) => {
      if (this.#child !== child) return
      this.#child = undefined
      const why = `The server ended with ${signal ?? `code ${code}`}; it starts again when a file changes`
      say(why)
      this.#relay.serverGone(why)
    })
    this.#relay.serverStarted((message) => void child.stdin.write(`${JSON.stringify(message)}\n`))
  }

  /** Starts it anew; one after the other, however fast files change. */
  restart(why: string): void {
    this.#turn = this.#restart(this.#turn, why)
  }

  async #restart(earlier: Promise<void>, why: string): Promise<void> {
    await earlier
    say(`${why} changed; starting anew`)
    await this.#stop('SIGTERM')
    this.start()
  }

  /** Ends the server: after it has answered what it was asked, or with a signal at once; and in any case soon. */
  async #stop(signal?: 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    if (signal !== undefined) {
      this.#child = undefined
      this.#relay.serverGone()
    }
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.stdin?.end()
    if (signal !== undefined) child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), grace)
    await gone
    clearTimeout(timer)
  }

  async end(): Promise<void> {
    this.#over = true
    await this.#turn
    await this.#stop()
  }
}

/** Settles with the exit code once the host is gone, or a signal came. */
const untilOver = (): Promise<number> =>
  new Promise((resolve) => {
    process.stdin.once('end', () => resolve(0)).once('error', () => resolve(exitCodes.failed))
    process.stdout.once('error', () => resolve(0))
    process.once('SIGINT', () => resolve(exitCodes.cancelled)).once('SIGTERM', () => resolve(0))
  })

/** Runs a file over stdio and starts it anew when a file beside it changes, while the host keeps its connection. */
export const reload = async (
  target: Target & { kind: 'file' },
  words: readonly string[],
  flags: RunFlags,
): Promise<void> => {
  if ((flags.transport ?? 'stdio') !== 'stdio') throw usage('--reload goes with --transport stdio.')
  const [command, args] = fileCommand(target, flags)
  const over = untilOver()
  const supervisor = new Supervisor([command, [...args, ...words]])
  supervisor.start()
  await using watching = watchAround(target.path, (path) => supervisor.restart(path))
  await watching.ready
  const code = await over
  await supervisor.end()
  process.exit(code)
}
