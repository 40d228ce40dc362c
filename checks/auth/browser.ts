/** How the person at the browser behaves. */
export type BrowserOptions = {
  /** Who logs in. @default 'ada' */
  readonly user?: string
  /** Whether consent is given. @default true */
  readonly consents?: boolean
}

type Cookie = { readonly value: string; readonly path: string }

const unescaped = (match: RegExpExecArray | null): string | undefined => match?.[1]?.replaceAll('&amp;', '&')

/** The fields of a form with what they hold; those that stand empty get what the person types. */
const filled = (page: string, typed: Readonly<Record<string, string>>): URLSearchParams => {
  const inputs = [...page.matchAll(/<input [^>]*>/g)].map(([tag]) => tag)
  const fields = inputs.map((tag): [string, string] => {
    const name = unescaped(/\bname="([^"]*)"/.exec(tag)) ?? ''
    return [name, unescaped(/\bvalue="([^"]*)"/.exec(tag)) ?? typed[name] ?? '']
  })
  return new URLSearchParams(fields)
}

/**
 * A person at a browser: keeps cookies, follows redirects within one origin, logs in and consents on the development
 * pages of `oidc-provider`.
 */
export class Browser {
  readonly #user: string
  readonly #consents: boolean
  readonly #cookies = new Map<string, Cookie>()

  constructor({ user = 'ada', consents = true }: BrowserOptions = {}) {
    this.#user = user
    this.#consents = consents
  }

  /**
   * Opens an authorization URL and goes where it leads, until that is another origin.
   *
   * Settles with that address, which is not opened: it is the redirect URI with its answer. Rejects when the road ends on a
   * page that has nothing to submit.
   */
  async authorize(url: URL | string): Promise<URL> {
    const { origin } = new URL(url)
    let next = new URL(url)
    let form: URLSearchParams | undefined
    while (next.origin === origin) {
      const response = await this.#open(next, form)
      const location = response.headers.get('location')
      const page = await response.text()
      ;({ next, form } =
        location === null ? this.#submit(next, page) : { next: new URL(location, next), form: undefined })
    }
    return next
  }

  #submit(at: URL, page: string): { next: URL; form: URLSearchParams | undefined } {
    const action = unescaped(/<form [^>]*action="([^"]*)"/.exec(page))
    if (action === undefined)
      throw new Error(`Nothing leads on from ${at.origin}${at.pathname}: ${page.slice(0, 2000)}`)
    const form = filled(page, { login: this.#user, password: 'any' })
    const abort = /href="([^"]*\/abort)"/.exec(page)?.[1]
    if (form.get('prompt') === 'consent' && !this.#consents && abort !== undefined) {
      return { next: new URL(abort, at), form: undefined }
    }
    return { next: new URL(action, at), form }
  }

  async #open(url: URL, body: URLSearchParams | undefined): Promise<Response> {
    const cookie = this.#cookiesFor(url)
    const headers = { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) }
    const init = body === undefined ? { method: 'GET' } : { method: 'POST', body }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) this.#keep(set, url)
    return response
  }

  #cookiesFor({ pathname, host }: URL): string {
    const fitting = [...this.#cookies].filter(
      ([key, { path }]) => key.startsWith(`${host} `) && pathname.startsWith(path),
    )
    return fitting.map(([key, { value }]) => `${key.slice(key.lastIndexOf(' ') + 1)}=${value}`).join('; ')
  }

  #keep(cookie: string, { host }: URL): void {
    const [pair = '', ...attributes] = cookie.split(/; */)
    const cut = pair.indexOf('=')
    const path = attributes.find((one) => /^path=/i.test(one))?.slice('path='.length) ?? '/'
    const key = `${host} ${path} ${pair.slice(0, cut)}`
    const value = pair.slice(cut + 1)
    if (value === '') this.#cookies.delete(key)
    else this.#cookies.set(key, { value, path })
  }
}
