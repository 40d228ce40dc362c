import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('./dist/marked-main.js', import.meta.url))

/** A response line, as far as it is looked at here. */
export type Line = {
  id?: number | string
  method?: string
  result?: { content?: { text?: string }[] }
  error?: { code?: number }
}

/** The marked server as a process of its own, talked to in bare lines. */
export type Flooded = {
  /** Writes a text, waiting for room in the pipe. */
  write(text: string): Promise<void>
  /** Settles with the line that answers an id. */
  answer(id: number | string): Promise<Line>
  /** Lines by their method, their error's code, or `result`. */
  readonly counts: ReadonlyMap<string, number>
  /** Stops reading; what the server writes stays in the pipe. */
  pause(): void
  resume(): void
  /** The most memory the process has been seen to use, in MiB. */
  peak(): number
  readonly exited: Promise<number | null>
  close(): Promise<number | null>
}

const kindOf = (line: Line): string => line.method ?? (line.error === undefined ? 'result' : String(line.error.code))

const resident = async (child: ChildProcessWithoutNullStreams): Promise<number> => {
  // There is no portable way to ask for another process's memory; elsewhere the server's own `memory` tool must do.
  const { readFile } = await import('node:fs/promises')
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** Starts the marked server. */
export const startFlooded = (): Flooded => {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  child.stderr.resume()
  child.stdin.on('error', () => undefined)
  const counts = new Map<string, number>()
  const waiting = new Map<number | string, (line: Line) => void>()
  let peak = 0
  let rest = ''
  const take = (text: string): void => {
    const line = JSON.parse(text) as Line
    const kind = kindOf(line)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (line.id !== undefined && line.method === undefined) waiting.get(line.id)?.(line)
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  const watch = setInterval(() => {
    void resident(child).then((mebibytes) => (peak = Math.max(peak, mebibytes)))
  }, 50)
  void exited.then(() => clearInterval(watch))
  return {
    counts,
    exited,
    async write(text) {
      if (!child.stdin.write(text)) await Promise.race([once(child.stdin, 'drain'), exited])
    },
    answer: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    peak: () => Math.round(peak),
    async close() {
      child.stdin.end()
      return exited
    },
  }
}
