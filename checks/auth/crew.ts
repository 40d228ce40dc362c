import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What a process answers to a line that it was told. */
export type Told = { readonly verb: string; readonly results: readonly string[]; readonly logins: number }

/** One of several processes that share a file of tokens. */
export type Mate = {
  /** Everything it has written to its stderr. */
  readonly complaints: readonly string[]
  /** Everything it has written to its stdout. */
  readonly said: readonly string[]
  /** Tells it a line, and settles with its answer. */
  tell(line: string): Promise<Told>
  /** Ends it at once, whatever it is doing. */
  kill(): Promise<void>
}

const script = fileURLToPath(new URL('./dist/fixtures/caller.js', import.meta.url))
type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts a process that connects to a server with the tokens of a directory, and waits to be told what to do. */
export const startMate = async (url: string, directory: string, tool: string): Promise<Mate> => {
  const child: Child = spawn(process.execPath, [script, url, directory, tool], { stdio: ['pipe', 'pipe', 'pipe'] })
  const complaints: string[] = []
  const said: string[] = []
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line))
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line)
    waiting.shift()?.(line)
  })
  const answer = (): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push(resolve)
      child.once('exit', () => reject(new Error(`A caller has ended:\n${complaints.join('\n')}`)))
    })
  await answer()
  return {
    complaints,
    said,
    tell: async (line) => {
      const answered = answer()
      child.stdin.write(`${line}\n`)
      return JSON.parse(await answered) as Told
    },
    kill: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
