import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'

/** The built command. */
export const main: string = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'dist', 'main.js')

/** What a run of the command came to. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Where a command runs. */
export type Place = { readonly cwd: string; readonly env?: Record<string, string>; readonly input?: string }

/** The environment of every `parley` here: its folders lie in the test's own. */
export const environment = (cwd: string, env: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: join(cwd, 'home'),
  XDG_CACHE_HOME: join(cwd, 'cache'),
  XDG_CONFIG_HOME: join(cwd, 'config'),
  NO_COLOR: '1',
  ...env,
})

/** Starts `parley` with nothing of this process's environment but PATH. */
export const startParley = (args: readonly string[], { cwd, env }: Place): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [main, ...args], { cwd, env: environment(cwd, env) })

/** Settles with all that a process came to, once it is gone. */
export const outcome = (child: ChildProcessWithoutNullStreams): Promise<Ran> =>
  new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

/** Runs `parley` to its end. */
export const parley = (args: readonly string[], place: Place): Promise<Ran> => {
  const child = startParley(args, place)
  child.stdin.on('error', () => undefined)
  child.stdin.end(place.input ?? '')
  return outcome(child)
}

/** Settles with the first text on a stream that a pattern finds; rejects when the stream ends without. */
export const heard = (stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    const hear = (chunk: Buffer): void => {
      text += chunk.toString()
      const found = pattern.exec(text)
      if (found === null) return
      stream.off('data', hear)
      resolve(found[1] ?? found[0])
    }
    stream.on('data', hear)
    stream.once('close', () => reject(new Error(`${String(pattern)} was not heard in: ${text}`)))
  })

/** Settles with the exit code of a process. */
export const ended = (child: ChildProcessWithoutNullStreams): Promise<number | null> =>
  child.exitCode === null
    ? new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    : Promise.resolve(child.exitCode)
