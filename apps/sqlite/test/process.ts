import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The program as it was built. */
export const main: string = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** What a program said until it ended. */
export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

/** How a program is run. */
export type Running = {
  readonly input?: string
  readonly env?: { readonly [name: string]: string }
  /** @default the Node that runs this */
  readonly node?: string
}

/** Runs the program to its end. */
export const run = (args: readonly string[], { input = '', env = {}, node = process.execPath }: Running = {}): Ended =>
  spawnSync(node, [main, ...args], { encoding: 'utf8', input, env: { ...process.env, ...env } })

/** A program that serves over HTTP. */
export type Served = { readonly child: ChildProcess; readonly url: string; readonly said: () => string }

/** Starts the program on a port of its own; settles with its URL. It is killed when the test is over. */
export const start = async (
  args: readonly string[],
  { env = {}, node = process.execPath }: Omit<Running, 'input'> = {},
): Promise<Served> => {
  const child = spawn(node, [main, ...args, '--http', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    // Asked, not killed: it has a sample to remove.
    child.kill()
    await once(child, 'close')
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const found = /http:\/\/\S+/.exec(said)
      if (found !== null) resolve(found[0])
    })
    child.once('close', () => reject(new Error(said)))
  })
  return { child, url, said: () => said }
}
