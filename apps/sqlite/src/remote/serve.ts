import type { Server } from '@parley/server'
import { serveHttp, toNodeHandler } from '@parley/transports/http/node'
import type { HttpOptions } from '@parley/transports/http/server'
import type { Journal } from '../journal.ts'
import { servePage } from '../look/serve.ts'
import type { Wish } from '../options.ts'
import { bearer } from './bearer.ts'
import { askedToEnd } from './ending.ts'

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

/** A token that is shorter could be guessed. */
const shortestToken = 16

/** What must be known before anything is opened: whether these databases may be served there. Throws a TypeError if not. */
export const checkRemote = ({ write, http }: Wish, token: string | undefined): void => {
  if (http === undefined) return
  const { host, allow } = http
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError('PARLEY_SQLITE_TOKEN has characters that no header can carry')
  if (token !== undefined && token.length < shortestToken) {
    throw new TypeError(`PARLEY_SQLITE_TOKEN is too short: take ${shortestToken} random characters or more`)
  }
  if (token === undefined && !loopback.has(host)) {
    throw new TypeError(`--host ${host} reaches beyond this machine: put a token into PARLEY_SQLITE_TOKEN`)
  }
  if (token === undefined && write !== 'nothing') {
    throw new TypeError('--allow-write over HTTP needs a token in PARLEY_SQLITE_TOKEN')
  }
  if (!loopback.has(host) && allow.length === 0) {
    throw new TypeError(`--host ${host} reaches beyond this machine: say with --allow by which names it may be called`)
  }
}

/**
 * Serves over HTTP until the process is asked to end. Calls under way may finish. On this machine a page is beside it,
 * unless a token is asked for: the page's own would stand in the log of a service that is protected.
 */
export const serveRemotely = async (
  server: Server,
  journal: Journal,
  { port, host, allow }: NonNullable<Wish['http']>,
  token: string | undefined,
): Promise<void> => {
  const options = {
    ...(allow.length > 0 && { allowedHosts: allow }),
    ...(token !== undefined && { authorize: bearer(token) }),
    // Two statements run at once, and a queue holds a few dozen: one caller must not fill it.
    maxInFlight: 64,
    maxInFlightPerPrincipal: 32,
  }
  const http =
    loopback.has(host) && token === undefined
      ? await withPage(server, journal, { port, host, options })
      : await serveHttp(server, { port, host, ...options })
  const page = 'page' in http ? `A person can look along at ${http.page}\n` : ''
  process.stderr.write(`parley-sqlite is served at ${http.url}\n${page}`)
  await askedToEnd()
  await server.close()
  await http.close()
}

type Beside = { readonly port: number; readonly host: string; readonly options: HttpOptions }

const withPage = async (server: Server, journal: Journal, { port, host, options }: Beside) => {
  const models = toNodeHandler(server, { ...options, path: '/mcp' })
  const served = await servePage(server, journal, { port, host, models })
  return { url: served.models, page: served.url, close: () => served.close() }
}
