import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { cpuOf, end, ended, peakOf, programPath } from './process.ts'

/** One message out, one line back. */
export type Ask = (text: string) => Promise<string>

/** What a fresh process took to its first answer, and what `after` asked it then, in milliseconds and KiB. */
export type Start = { readonly wall: number; readonly cpu: number; readonly peak: number }

/** Starts a file anew, asks it `first`, and says what passed until the answer came. The process is ended before it settles. */
export const timeStart = async (
  node: string,
  file: string,
  first: string,
  after: (ask: Ask, firstAnswer: string) => Promise<void>,
  args: readonly string[] = [],
): Promise<Start> => {
  const began = performance.now()
  const child = spawn(node, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const { pid = 0 } = child
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const dead = ended(child)
    const ask: Ask = async (text) => {
      child.stdin.write(`${text}\n`)
      const { value } = await Promise.race([lines.next(), dead])
      return String(value)
    }
    const answer = await ask(first)
    const start = { wall: performance.now() - began, cpu: cpuOf(pid) / 1000, peak: peakOf(pid) }
    await after(ask, answer)
    return start
  } finally {
    await end(child, 'SIGKILL')
  }
}

/** A file that a process loaded, with the length of its text. */
export type Loaded = readonly [url: string, characters: number]

/** The files that a fresh process has loaded by the time of its first line; `first` is what it is sent for that. */
export const loadedBy = async (
  node: string,
  file: string,
  args: readonly string[],
  first?: string,
): Promise<Loaded[]> => {
  const counter = programPath('servers/cold-modules')
  const child = spawn(node, ['--import', counter, file, ...args], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  try {
    // Pipes, all three, and what is read of them is on this side.
    const [stdin, stdout, , count] = child.stdio as [Writable, Readable, null, Readable, ...unknown[]]
    const dead = ended(child)
    if (first !== undefined) stdin.write(`${first}\n`)
    await Promise.race([once(stdout, 'data'), dead])
    child.kill('SIGUSR2')
    const told = createInterface({ input: count })
    const [line] = (await Promise.race([once(told, 'line'), dead])) as [string]
    return JSON.parse(line) as Loaded[]
  } finally {
    await end(child, 'SIGKILL')
  }
}
