import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import type { Server } from '@parley/server'
import { toNodeHandler } from '@parley/transports/http/node'
import type { NodeHandler } from '@parley/transports/http/node'
import type { Journal } from '../journal.ts'
import { bearer } from '../remote/bearer.ts'
import { answerPage } from './site.ts'
import { addStatements } from './statements.ts'

/** How the page is served. */
export type PageOptions = {
  /** 0 takes any free one. @default 0 */
  readonly port?: number
  /** An address of this machine. @default '127.0.0.1' */
  readonly host?: string
  /** Answers whatever is asked for at `/mcp`, for models. @default nothing is there */
  readonly models?: NodeHandler
}

/** A page that is served, until it is closed: after the `Server`. */
export interface ServedPage {
  /** Where it is, with this launch's token in the fragment, which browsers keep to themselves. */
  readonly url: string
  /** Where models are answered, if they are. */
  readonly models: string
  /** Lets calls under way finish, ends every stream, and settles when the port is free. */
  close(): Promise<void>
}

/** Where the page itself calls, as a client of the server like any other. */
const road = '/page/mcp'
const person = 'person at the page'

const listen = (http: HttpServer, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      const address = http.address()
      // It listens on a port, so its address is no name of a pipe.
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const shut = async (http: HttpServer, handlers: readonly NodeHandler[]): Promise<void> => {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  await Promise.all(handlers.map((handler) => handler.close()))
  http.closeAllConnections()
  await closed
}

/**
 * Serves a page that looks at the databases through the server that models talk to, and so sees what they do.
 *
 * The page is three files. All else it does is MCP over Streamable HTTP, with a token that is made anew at each launch;
 * who holds it may call what a model may, and read what was run. Rejects with the system's error for a port that is taken.
 */
export const servePage = async (
  server: Server,
  journal: Journal,
  { port = 0, host = '127.0.0.1', models }: PageOptions = {},
): Promise<ServedPage> => {
  const http = createServer()
  const taken = await listen(http, port, host)
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${taken}`)
  const token = randomBytes(32).toString('base64url')
  const authorize = bearer(token, person)
  const own = toNodeHandler(server, { path: road, allowedHosts: hosts, authorize, maxInFlightPerPrincipal: 64 })
  const statements = addStatements(server, journal, (principal) => principal?.subject === person)
  http.on('request', (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]
    if (path === road) own(request, response)
    else if (path === '/mcp' && models !== undefined) models(request, response)
    else void answerPage(request, response, hosts)
  })
  const name = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
  return {
    url: `${name}/#token=${token}`,
    models: `${name}/mcp`,
    close: () => {
      statements[Symbol.dispose]()
      return shut(http, models === undefined ? [own] : [own, models])
    },
  }
}
