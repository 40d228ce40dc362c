import { serveHttp } from '@parley/transports/http/node'
import { lock } from './protection.ts'
import type { ProtectionFlags } from './protection.ts'
import { createEcho } from './server.ts'

/** Where to listen, as it was said on the command line. */
export type Remote = ProtectionFlags & {
  readonly port?: string | undefined
  readonly host?: string | undefined
  /** The names under which others reach a server that listens beyond this machine. */
  readonly allow?: readonly string[] | undefined
}

const readPort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (port > 65_535) throw new TypeError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`)
  return port
}

/** Settles when the process is asked to end; asked once more, it ends at once. */
const askedToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end)
      resolve()
    }
    process.on('SIGINT', end).on('SIGTERM', end)
  })

/** Serves over HTTP until the process is asked to end. Whoever listens is told that it is over, and calls may finish. */
export const serveRemotely = async ({
  port = '3000',
  host = '127.0.0.1',
  allow,
  ...protection
}: Remote): Promise<void> => {
  if (host !== '127.0.0.1' && host !== 'localhost' && host !== '::1' && allow === undefined) {
    throw new TypeError(`--host ${host} reaches beyond this machine: say with --allow by which names it may be called`)
  }
  const listening = { port: readPort(port), host, allowedHosts: allow }
  const authority = host.includes(':') ? `[${host}]` : host
  const locked = lock(protection, `http://${authority}:${listening.port}/mcp`)
  const server = createEcho()
  const http = await serveHttp(server, { ...listening, authorize: locked?.authorize })
  process.stderr.write(`parley-echo is served at ${http.url}\n`)
  if (locked !== undefined) process.stderr.write(`${locked.notice}\n`)
  await askedToEnd()
  await server.close()
  await http.close()
}
