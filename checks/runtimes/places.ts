import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { inject } from 'vitest'
import { versionOf } from '../../scripts/toolbox.mjs'
import type { Runtime } from '../../scripts/toolbox.mjs'
import { command } from './page.ts'
import type { Found } from './prepare.ts'

/** Where programs run: a runtime that was fetched, or the one that runs the tests. */
export type Place = {
  readonly title: string
  /** The executable; undefined where there is none, and then the title says why. */
  readonly path: string | undefined
  /** The command on the page that serves over HTTP there. */
  readonly serve: 'node' | 'bun' | 'deno' | 'workerd'
}

/** The folder of the programs. */
export const folder: string = join(import.meta.dirname, 'dist')

const place = (name: string, runtime: Runtime, serve: Place['serve']): Place => {
  const found: Found = inject('runtimes')[runtime]
  const title = `${name} ${versionOf(runtime)}`
  return 'path' in found
    ? { title, path: found.path, serve }
    : { title: `${title}: not run, for ${found.why.split('\n', 1)[0]}`, path: undefined, serve }
}

const own: Place = { title: `Node ${process.versions.node}`, path: process.execPath, serve: 'node' }
const bun = place('Bun', 'bun', 'bun')
const deno = place('Deno', 'deno', 'deno')

/** Where there are processes with standard input and output. */
export const hosts: readonly Place[] = [
  own,
  place('Node', 'node22', 'node'),
  place('Node', 'node24', 'node'),
  bun,
  deno,
]

/** Where there is HTTP. */
export const places: readonly Place[] = [...hosts, place('workerd', 'workerd', 'workerd')]

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A program of the page that serves over HTTP. */
export type Served = {
  readonly url: string
  /** What it has said, but for where it is served. */
  readonly said: readonly string[]
  close(): Promise<void>
}

// workerd does not print its port; it tells those who ask on a descriptor of their own.
const readPort = (line: string): string | undefined =>
  /^\{"event":"listen".*"port":(\d+)/.exec(line)?.[1] ?? /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]

const listeningAt = (child: ChildProcess, said: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const listen = (stream: Readable): void => {
      createInterface({ input: stream }).on('line', (line) => {
        const port = readPort(line)
        if (port === undefined) said.push(line)
        else resolve(`http://127.0.0.1:${port}/mcp`)
      })
    }
    // All but the first are pipes that are read.
    for (const stream of child.stdio.slice(1)) if (stream !== null && stream !== undefined) listen(stream as Readable)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said.join('\n')}`)))
  })

/** Runs the command of the page that serves over HTTP; settles when it listens. */
export const serve = async ({ path, serve: name }: Place): Promise<Served> => {
  const { args } = command(name)
  const control = name === 'workerd' ? ['--control-fd=3'] : []
  const child = spawn(path ?? '', [...args, ...control], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  running.add(child)
  const gone = once(child, 'exit')
  const said: string[] = []
  const url = await listeningAt(child, said)
  return {
    url,
    said,
    close: async () => {
      // Asked kindly, workerd waits for connections that are only kept.
      child.kill(name === 'workerd' ? 'SIGKILL' : 'SIGTERM')
      await gone
      running.delete(child)
    },
  }
}
