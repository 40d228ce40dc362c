import { invalidRequest } from '@parley/core'
import type { Refusal } from './refusal.ts'
import type { Head } from './wire.ts'

/** Who may reach a server over HTTP. */
export type GateOptions = {
  /**
   * The hosts that a request may name in `Host`: `example.com` with any port, `example.com:8080` with that one. An empty
   * list lets nobody in. @default the loopback names: `localhost`, `127.0.0.1`, `[::1]`
   */
  allowedHosts?: readonly string[] | undefined
  /**
   * The origins, beside the server's own, whose pages may call it: `https://app.example.com`. @default none
   */
  allowedOrigins?: readonly string[] | undefined
  /**
   * Says that only a proxy of yours can reach the server, which answers for `Host`: it is then checked only against
   * `allowedHosts` that are given. Forwarded headers are believed in no case. @default false
   */
  behindProxy?: boolean | undefined
}

/** What the gate found out about where a request comes from. */
export type Admission =
  | { readonly refusal: Refusal }
  | { readonly refusal?: undefined; readonly origin: string | undefined }

// RFC 9110's grammar of Host, without user information: a URL parser would take `evil.com@localhost` for localhost.
const authority = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(\d{1,5}))?$/

type Authority = { readonly host: string; readonly port: string | undefined }

const readAuthority = (text: string): Authority | undefined => {
  const [, host, port] = authority.exec(text.toLowerCase()) ?? []
  return host === undefined ? undefined : { host, port }
}

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const readHosts = (hosts: readonly string[]): readonly Authority[] =>
  hosts.map((text) => {
    const read = readAuthority(text)
    if (read === undefined)
      throw new TypeError(`allowedHosts: ${JSON.stringify(text)} is no host, such as example.com:8080`)
    return read
  })

const readOrigins = (origins: readonly string[]): ReadonlySet<string> => {
  for (const text of origins) {
    if (!/^[a-z][a-z0-9+.-]*:\/\/[^/\s*]+$/i.test(text)) {
      throw new TypeError(`allowedOrigins: ${JSON.stringify(text)} is no origin, such as https://app.example.com`)
    }
  }
  return new Set(origins.map((text) => text.toLowerCase()))
}

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
])

/** Whether a page of this origin came from the server itself; a port that its scheme implies may be left out. */
const isOwn = (origin: string, host: Authority): boolean => {
  const [scheme = '', rest = ''] = origin.split('://', 2)
  const implied = defaultPorts.get(scheme)
  const page = readAuthority(rest)
  if (implied === undefined || page === undefined) return false
  return page.host === host.host && (page.port ?? implied) === (host.port ?? implied)
}

const forbidden = (message: string): Admission => ({ refusal: { status: 403, error: invalidRequest(message) } })

const malformed = (message: string): Admission => ({ refusal: { status: 400, error: invalidRequest(message) } })

// Each decides something, and software in front of this may have looked at another line of the same name.
const single = [
  'host',
  'origin',
  'sec-fetch-site',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
]
const alone = [...single, 'mcp-session-id', 'last-event-id']

/**
 * Makes the check that every request passes first: Host, then Origin and Sec-Fetch-Site (H1).
 *
 * It answers with the refusal, or with the page's origin where the request comes from a listed one and wants CORS
 * headers. With `anyPage`, whatever page sends it is let in, and only Host is checked.
 * @throws TypeError for hosts and origins that are none
 */
export const makeGate = (options: GateOptions): ((head: Head, anyPage?: boolean) => Admission) => {
  const { behindProxy = false, allowedHosts = behindProxy ? undefined : loopback, allowedOrigins = [] } = options
  const hosts = allowedHosts && readHosts(allowedHosts)
  const origins = readOrigins(allowedOrigins)
  const isAllowed = (host: Authority): boolean =>
    hosts?.some((known) => known.host === host.host && (known.port === undefined || known.port === host.port)) ?? true
  const admitPage = (origin: string, host: Authority): Admission => {
    if (origins.has(origin)) return { origin }
    // Behind a proxy that answers for Host, a page could have chosen it, so only listed origins count.
    if (hosts !== undefined && isOwn(origin, host)) return { origin: undefined }
    return forbidden('This Origin is not allowed')
  }
  return (head, anyPage = false) => {
    const twice = alone.find((name) => head.repeated(name))
    if (twice !== undefined) return malformed(`The header ${twice} stands more than once`)
    if (!head.path.startsWith('/') && head.path !== '*') return malformed('The request target must be a path')
    const host = readAuthority(head.header('host') ?? '')
    if (host === undefined || !isAllowed(host)) return forbidden('This Host is not allowed')
    if (anyPage) return { origin: undefined }
    const origin = head.header('origin')
    if (origin !== undefined) return admitPage(origin.toLowerCase(), host)
    // A page may load a URL without sending Origin, in an image or a frame; the browser then says where it stands. Every
    // port of this machine is the same site, so that one counts as another's too.
    const site = head.header('sec-fetch-site')
    if (site === 'cross-site' || site === 'same-site') return forbidden('Requests from other sites are not allowed')
    return { origin: undefined }
  }
}
