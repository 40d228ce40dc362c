import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is turned away. */
export type Refusal = { readonly status: number; readonly why: string }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether two secrets are the same, in a time that does not tell how far they are. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const newSecret = (): string => randomBytes(32).toString('base64url')

const cookieIn = (header: string | undefined, name: string): string | undefined => {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}

/** Decides who may talk to the inspector: pages that it served itself, opened by whoever was shown its URL. */
export class Gate {
  /** What the URL carries in its fragment, which browsers keep to themselves. */
  readonly token: string = newSecret()
  readonly #pass = newSecret()
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /** The names under which this machine's own browser reaches it. */
  get #hosts(): readonly string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`]
  }

  // Cookies know no ports: without it, two inspectors would take each other's.
  get #cookieName(): string {
    return `parley-inspector-${this.#port}`
  }

  /** The cookie that the token is exchanged for; undefined when it is another's token. */
  exchange(token: unknown): string | undefined {
    if (typeof token !== 'string' || !isSame(token, this.token)) return undefined
    return `${this.#cookieName}=${this.#pass}; HttpOnly; SameSite=Strict; Path=/api`
  }

  /**
   * Why a request must not come in, whoever sent it; undefined when it may.
   *
   * Another name in `Host` is a page that had its own name lead here; another `Origin`, or a fetch from another site, is
   * a page that has no business here.
   */
  refusal({ headers, method, url }: IncomingMessage): Refusal | undefined {
    const { host = '', origin } = headers
    if (!this.#hosts.includes(host)) return { status: 403, why: 'The inspector is not reached by this name.' }
    if (origin !== undefined && origin !== `http://${host}`) return { status: 403, why: 'This origin is not let in.' }
    const site = headers['sec-fetch-site']
    // Opened in a tab of its own, by hand or by a link in a terminal that is a page: it holds no secret, and nobody can
    // look into it.
    const isOpened = method === 'GET' && url === '/' && headers['sec-fetch-dest'] === 'document'
    if (site !== undefined && site !== 'same-origin' && !isOpened) {
      return { status: 403, why: 'Other sites are not let in.' }
    }
    return undefined
  }

  /** Why the interface must not be used; undefined when the request carries the cookie. */
  unknown({ headers }: IncomingMessage): Refusal | undefined {
    const pass = cookieIn(headers.cookie, this.#cookieName)
    if (pass !== undefined && isSame(pass, this.#pass)) return undefined
    return { status: 401, why: 'Open the URL that was printed when the inspector started; it carries the token.' }
  }
}
