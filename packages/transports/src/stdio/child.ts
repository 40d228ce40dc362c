import { ConnectionClosed } from '@parley/core'
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { launchable } from './command.ts'
import { discharge, enlist, signalTree, treeRuns } from './groups.ts'
import { Tail } from './tail.ts'
import { within } from './wait.ts'

/** How a child process is started and ended. */
export type ChildOptions = {
  readonly env: Record<string, string>
  readonly cwd: string | undefined
  readonly stderr: 'inherit' | 'ignore' | ((chunk: string) => void)
  readonly grace: number
}

const keptStderr = 65_536
// What of it an error message shows.
const shownStderr = 2000
// How long a dead child's pipes must be silent before they count as read, should a descendant hold them open.
const silence = 50
const poll = 20

/** A child process with its descendants: ended as one, whatever they do. */
export class Child {
  readonly process: ChildProcessWithoutNullStreams
  readonly pid: number
  readonly #command: string
  readonly #grace: number
  readonly #tail = new Tail(keptStderr)
  readonly #exited: Promise<void>
  /** Settles when the child itself is gone and what it wrote was read. */
  readonly finished: Promise<void>
  #stopping: Promise<void> | undefined

  constructor(command: string, child: ChildProcessWithoutNullStreams, pid: number, options: ChildOptions) {
    this.#command = command
    this.#grace = options.grace
    this.process = child
    this.pid = pid
    enlist(pid)
    // After its start, a child reports only signals that could not be delivered; its exit tells all there is to know.
    child.on('error', () => undefined)
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve())
    })
    this.finished = this.#finish(new Promise((resolve) => child.once('close', () => resolve())))
    this.#hear(options.stderr)
  }

  /** The last 64 KiB that the child wrote to stderr. */
  get stderr(): string {
    return this.#tail.text
  }

  #hear(stderr: ChildOptions['stderr']): void {
    // The pipe is emptied always: a child whose stderr is full stands still.
    const decoder = new TextDecoder()
    this.process.stderr.on('error', () => undefined)
    this.process.stderr.on('data', (chunk: Buffer) => {
      this.#tail.push(chunk)
      if (stderr === 'inherit') process.stderr.write(chunk)
      else if (stderr !== 'ignore') stderr(decoder.decode(chunk, { stream: true }))
    })
  }

  async #finish(closed: Promise<void>): Promise<void> {
    await this.#exited
    for (let read = -1; read !== this.#read;) {
      read = this.#read
      if (await within(closed, silence)) return
    }
  }

  get #read(): number {
    const { stdout, stderr } = this.process
    return [stdout, stderr].reduce((sum, stream) => sum + (stream instanceof Socket ? stream.bytesRead : 0), 0)
  }

  /** Why nothing comes from the child any more, with its last words. */
  reason(cause: unknown): ConnectionClosed {
    const { exitCode, signalCode } = this.process
    let end = 'closed its output'
    if (signalCode !== null) end = `was ended by ${signalCode}`
    else if (exitCode !== null) end = `exited with code ${exitCode}`
    const { stderr } = this
    const words = printable(stderr.slice(-shownStderr)).trim()
    const message = `${this.#command} ${end}${words === '' ? '' : `; the last it wrote to stderr:\n${words}`}`
    return new ConnectionClosed(message, { cause, stderr })
  }

  /**
   * Ends the child and its descendants; settles when they are gone.
   *
   * SHOULD (2026-07-28, basic/transports/stdio#shutdown): its input is closed first, and force comes last. Descendants
   * that outlive the child get SIGTERM and then SIGKILL as well.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop(['SIGTERM', 'SIGKILL'])
    return this.#stopping
  }

  /** Ends the child and its descendants at once; settles when they are gone. */
  kill(): Promise<void> {
    signalTree(this.pid, 'SIGKILL')
    return this.stop()
  }

  async #stop(signals: readonly NodeJS.Signals[]): Promise<void> {
    const { stdin, stdout, stderr } = this.process
    stdin.on('error', () => undefined)
    stdin.end()
    for (const signal of signals) {
      if (await within(this.#exited, this.#grace)) break
      signalTree(this.pid, signal)
    }
    await this.#exited
    await this.#sweep(signals)
    discharge(this.pid)
    await this.finished
    // A descendant in a group of its own may hold the other ends; it must not keep this process alive.
    for (const stream of [stdin, stdout, stderr]) stream.destroy()
  }

  async #sweep(signals: readonly NodeJS.Signals[]): Promise<void> {
    for (const signal of signals) {
      if (!treeRuns(this.pid)) return
      signalTree(this.pid, signal)
      // Bounded even after SIGKILL, which a process deep in the kernel may be slow to take.
      for (const end = performance.now() + this.#grace; performance.now() < end; await sleep(poll)) {
        if (!treeRuns(this.pid)) return
      }
    }
  }
}

// Terminal escapes of a stranger have no place in an error message.
const printable = (text: string): string =>
  Array.from(text)
    .filter((character) => character === '\n' || character === '\t' || !/\p{Cc}/u.test(character))
    .join('')

const failed = (command: string, cwd: string | undefined, error: unknown): ConnectionClosed => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  let why = error instanceof Error ? error.message : String(error)
  if (cwd !== undefined && !existsSync(cwd)) why = `there is no directory ${cwd}`
  else if (code === 'ENOENT') why = 'there is no such command'
  return new ConnectionClosed(`Could not start ${command}: ${why}`, { cause: error })
}

/** Starts a child process in a group of its own. Rejects with ConnectionClosed when it cannot be started. */
export const startChild = async (
  command: string,
  args: readonly string[],
  options: ChildOptions,
  signal?: AbortSignal,
): Promise<Child> => {
  signal?.throwIfAborted()
  const [program, programArgs] = launchable(command, args)
  let child: ChildProcessWithoutNullStreams
  try {
    child = spawn(program, programArgs, {
      cwd: options.cwd,
      env: options.env,
      shell: false,
      windowsHide: true,
      // On Windows this would open a console window; there the tree is ended by the parents' ids.
      detached: process.platform !== 'win32',
    })
    await once(child, 'spawn')
  } catch (error) {
    throw failed(command, options.cwd, error)
  }
  const { pid } = child
  if (pid === undefined) throw failed(command, options.cwd, new Error('it has no process id'))
  const started = new Child(command, child, pid, options)
  if (signal?.aborted === true) {
    await started.kill()
    throw signal.reason
  }
  return started
}
