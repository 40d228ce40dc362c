import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { scripts } from './scripts.ts'
import type { Address } from './visitors/visitor.ts'

/** A server that can be visited, until it is closed. */
export type Served = { address: Address; close: () => Promise<void> }

/** How a server is started. */
export type Serve = () => Promise<Served>

/** A server that each visitor starts for itself. */
export const overStdio = (script: string, ...args: readonly string[]): Serve => {
  const address = { command: process.execPath, args: [script, ...args] }
  return () => Promise.resolve({ address, close: () => Promise.resolve() })
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a process that ends with this one, and reads of what it says the first line that tells something. */
const start = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  read: (line: string) => string | undefined,
): Promise<{ told: string; child: ChildProcess }> => {
  const child = spawn(process.execPath, ['--import', scripts.leash, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const heard: string[] = []
  const told = await new Promise<string>((resolve, reject) => {
    const listen = (stream: Readable): void => {
      createInterface({ input: stream }).on('line', (line) => {
        heard.push(line)
        const telling = read(line)
        if (telling !== undefined) resolve(telling)
      })
    }
    listen(child.stdout)
    listen(child.stderr)
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended:\n${heard.join('\n')}`)))
  })
  return { told, child }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.stdin?.end()
  await gone
}

/** A server that says its URL first of all. */
export const overHttp =
  (script: string, ...args: readonly string[]): Serve =>
  async () => {
    const { told, child } = await start([script, ...args], {}, (line) => (URL.canParse(line) ? line : undefined))
    return { address: { url: told }, close: () => stop(child) }
  }

/** A process that serves, until it is closed. */
export type Serving = { readonly url: string; close(): Promise<void> }

/** Starts `apps/echo` over HTTP, as it is installed. */
export const startEcho = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> => {
  const served = (line: string): string | undefined => /served at (\S+)/.exec(line)?.[1]
  const { told, child } = await start([scripts.echo, '--http', ...args], env, served)
  return { url: told, close: () => stop(child) }
}

/** A port that was free a moment ago, for a server that must know its own before it listens. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  // What listens on a port has an address of this kind.
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** A server that takes its port from the environment, and says in the given words that it listens. */
export const onPort =
  (script: string, mode: string, path: string, words: string): Serve =>
  async () => {
    const port = await freePort()
    const ready = (line: string): string | undefined => (line.includes(words) ? line : undefined)
    const { child } = await start([script, mode], { PORT: String(port) }, ready)
    return { address: { url: `http://127.0.0.1:${port}${path}` }, close: () => stop(child) }
  }
