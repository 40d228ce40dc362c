import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isLoopback } from '../client/address.ts'
import { AuthError } from '../client/errors.ts'
import type { RedirectFlow, RedirectPlace } from '../client/redirect-flow.ts'
import { orAbort } from '../client/store.ts'
import { openBrowser } from './browser.ts'

/** How a user at this machine logs in. */
export type LoopbackOptions = {
  /** Shows the URL to open. @default writes it to stderr */
  readonly show?: ((url: URL) => void) | undefined
  /** Opens the URL in a browser. @default the user's own, without a shell */
  readonly open?: ((url: URL) => void) | undefined
  /** Where to listen; for clients that were registered with one redirect URI. @default any free port */
  readonly port?: number | undefined
  /** How the redirect URI names this machine. @default '127.0.0.1' */
  readonly hostname?: '127.0.0.1' | 'localhost' | undefined
  /** Path of the redirect URI. @default '/callback' */
  readonly path?: string | undefined
  /** Milliseconds to wait for the browser to come back. @default 300_000 */
  readonly timeout?: number | undefined
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Login</title>
<p>The login was handed over. You can close this window and go back to the program.</p></html>`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/** The ports of those redirect URIs that this flow could have made. */
const portsOf = (preferred: readonly string[], hostname: string, path: string): number[] =>
  preferred.flatMap((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    const isOurs = url !== undefined && isLoopback(url) && url.hostname === hostname && url.pathname === path
    return isOurs && url.port !== '' ? [Number(url.port)] : []
  })

/** Listens on the first of some ports that is free. */
const listenOnOne = async (server: Server, ports: readonly number[]): Promise<number> => {
  let failure: unknown
  for (const port of ports) {
    try {
      return await listen(server, port)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

type Answer = (callback: URL) => void

/** The login that an answer is waited for: none until the user is sent off. */
type Asked = { state?: string | undefined }

/** Whether an answer is by somebody who knows the login: any page, and any program here, can send a request. */
const isTo = ({ searchParams }: URL, { state }: Asked): boolean => {
  const [said, ...more] = searchParams.getAll('state')
  return state !== undefined && more.length === 0 && said === state
}

/** Takes the one request that the browser is sent back with; whatever else comes is not there. */
const handlerOf =
  (redirectUri: URL, asked: Asked, answer: Answer) =>
  ({ method, url = '', headers: { host } }: IncomingMessage, response: ServerResponse): void => {
    // A page that points a name of its own at this machine is not the authorization server's redirect.
    const isMeant = host === redirectUri.host && method === 'GET' && URL.canParse(url, redirectUri)
    const callback = isMeant ? new URL(url, redirectUri) : undefined
    const isPlace = callback?.origin === redirectUri.origin && callback.pathname === redirectUri.pathname
    if (!isPlace || !isTo(callback, asked)) {
      response.writeHead(404, headers).end()
      return
    }
    response.writeHead(200, headers).end(page)
    answer(callback)
  }

const tooLate = (timeout: number): AuthError =>
  new AuthError('authorization', `The browser did not come back within ${timeout / 1000} seconds; log in again`)

const tell = (url: URL): void => void process.stderr.write(`To log in, open this page in a browser:\n${url.href}\n`)

/**
 * Makes a flow for programs at a terminal: it shows the URL, opens the user's browser, and listens on 127.0.0.1 for the one
 * request that brings the answer (RFC 8252, section 7.3).
 */
export const loopback = (options: LoopbackOptions = {}): RedirectFlow => {
  const { show = tell, open = openBrowser, hostname = '127.0.0.1', path = '/callback', timeout = 300_000 } = options
  return {
    open: async (preferred, signal): Promise<RedirectPlace> => {
      signal?.throwIfAborted()
      const server = createServer({ maxHeaderSize: 32_768, requestTimeout: 10_000 })
      const ports = options.port === undefined ? [...portsOf(preferred, hostname, path), 0] : [options.port]
      const port = await listenOnOne(server, ports)
      const redirectUri = new URL(path, `http://${hostname}:${port}`)
      let answer: Answer = () => undefined
      const answered = new Promise<URL>((resolve) => {
        answer = resolve
      })
      const asked: Asked = {}
      const close = (): void => {
        server.close()
        server.closeIdleConnections()
      }
      let isOver = false
      server.on(
        'request',
        handlerOf(redirectUri, asked, (callback) => {
          if (isOver) return
          isOver = true
          close()
          answer(callback)
        }),
      )
      return {
        redirectUri: redirectUri.href,
        visit: async (authorizationUrl, until) => {
          asked.state = authorizationUrl.searchParams.get('state') ?? undefined
          show(authorizationUrl)
          open(authorizationUrl)
          const limit = AbortSignal.timeout(timeout)
          try {
            return await orAbort(answered, until === undefined ? limit : AbortSignal.any([until, limit]))
          } catch (error) {
            throw limit.aborted && until?.aborted !== true ? tooLate(timeout) : error
          }
        },
        [Symbol.asyncDispose]: async () => {
          close()
          // What is still being said is not for us any more; the page itself has a moment to arrive.
          setTimeout(() => server.closeAllConnections(), 500).unref()
        },
      }
    },
  }
}
