import { serveStdio } from '@parley/transports/stdio/server'
import { basename } from 'node:path'
import { askedToEnd } from './ending.ts'
import { givenVariables } from './env.ts'
import { codeOf, exitCodes, Failure, usage } from './failure.ts'
import { installWanted, readExtras } from './load/extras.ts'
import type { Served } from './load/find.ts'
import type { Extras } from './load/loader.ts'
import { loadServer } from './load/server-file.ts'
import type { ServerFlags } from './options.ts'
import { readPort } from './port.ts'
import { readTarget } from './target.ts'
import type { Target } from './target.ts'

/** What the command line says of how to run. */
export type RunFlags = ServerFlags & {
  readonly transport?: string
  readonly port?: string
  readonly host?: string
  readonly allow?: readonly string[]
  readonly extras?: string
  readonly reload?: boolean
}

/** The packages that a run is to have beside the project's, installed if need be. */
const extrasFor = async (flags: RunFlags): Promise<Extras | undefined> => {
  const folder = flags.extras ?? (await installWanted(flags))
  return folder === undefined ? undefined : readExtras(folder)
}

const refusedPort = (error: unknown, port: number): unknown => {
  const code = codeOf(error)
  if (code === 'EADDRINUSE')
    return usage(`Port ${port} is in use: choose another with --port, or 0 for any that is free.`)
  if (code === 'EACCES')
    return usage(`Port ${port} may not be used by this account: choose one above 1023 with --port.`)
  return error
}

type Listening = { readonly url: string; close(): Promise<void> }

const serveOn = async (server: Served, flags: RunFlags): Promise<Listening> => {
  const { port: portText = '3000', host = '127.0.0.1', allow: allowedHosts } = flags
  const port = readPort(portText)
  const options = { port, host, ...(allowedHosts === undefined ? {} : { allowedHosts }) }
  const isLocal = host === '127.0.0.1' || host === 'localhost' || host === '::1'
  if (!isLocal && allowedHosts === undefined) {
    throw usage(`--host ${host} reaches beyond this machine: say with --allow by which names it may be called.`)
  }
  try {
    if (flags.transport === 'ws') {
      const { serveWebSocket } = await import('@parley/transports/websocket/node')
      return await serveWebSocket(server, options)
    }
    const { serveHttp } = await import('@parley/transports/http/node')
    return await serveHttp(server, options)
  } catch (error) {
    throw refusedPort(error, port)
  }
}

const serveRemotely = async (server: Served, flags: RunFlags, shown: string): Promise<void> => {
  const listening = await serveOn(server, flags)
  const over = askedToEnd()
  process.stderr.write(`${shown} is served at ${listening.url} (Ctrl-C ends it)\n`)
  await over
  await server[Symbol.asyncDispose]?.()
  await listening.close()
  process.exit(0)
}

/** Serves a server on the road that the command line names. */
export const serve = async (server: Served, flags: RunFlags, shown: string): Promise<void> => {
  const { transport = 'stdio' } = flags
  if (transport !== 'stdio') return serveRemotely(server, flags, shown)
  if (process.stdin.isTTY) process.stderr.write(`${shown} waits for a host to speak; try parley list or parley dev\n`)
  await serveStdio(server)
}

const expectToServe = (shown: string): void => {
  process.once('beforeExit', () => {
    process.stderr.write(`parley: ${shown} exports nothing and serves nothing: add \`export default server\`.\n`)
    process.exitCode = exitCodes.failed
  })
}

const runFile = async (target: Target & { kind: 'file' }, flags: RunFlags): Promise<void> => {
  const shown = basename(target.path)
  const loaded = await loadServer(target.path, target.exportName, await extrasFor(flags))
  if (loaded.server !== undefined) return serve(loaded.server, flags, shown)
  const { transport = 'stdio' } = flags
  if (transport !== 'stdio') {
    throw new Failure(`${shown} starts itself, so --transport ${transport} cannot be had: export the server instead.`)
  }
  if (!loaded.serves) expectToServe(shown)
}

const transports = new Set(['stdio', 'http', 'ws'])

const checkFlags = (flags: RunFlags): void => {
  const { transport = 'stdio', port, host, allow } = flags
  if (!transports.has(transport)) throw usage(`--transport takes stdio, http or ws, not ${JSON.stringify(transport)}.`)
  if (port !== undefined) readPort(port)
  if (transport === 'stdio' && (port ?? host ?? allow) !== undefined) {
    throw usage('--port, --host and --allow go with --transport http or ws.')
  }
}

/** Runs a target: a file's server, or one that is elsewhere, which is then reached through this process. */
export const run = async (text: string, words: readonly string[], flags: RunFlags): Promise<void> => {
  checkFlags(flags)
  const target = readTarget(text)
  Object.assign(process.env, givenVariables(flags.envFile, flags.env))
  if (target.kind !== 'file') {
    const { bridge } = await import('./bridge.ts')
    return bridge(target, flags)
  }
  if (flags.reload === true) {
    const { reload } = await import('./reload.ts')
    return reload(target, words, flags)
  }
  // What the file reads as its own arguments.
  process.argv.splice(2, process.argv.length, ...words)
  await runFile(target, flags)
}
