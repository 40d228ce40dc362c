import { oauth, redirectBy } from '@parley/auth/client'
import type { OAuthOptions, UserLogin } from '@parley/auth/client'
import { connect } from '@parley/client'
import type { Client, ClientOptions } from '@parley/client'
import { http } from '@parley/transports/http/client'
import { Browser } from './browser.ts'
import type { BrowserOptions } from './browser.ts'

/** The redirect URI that nobody listens at: the test reads what would have gone there. */
export const redirectUri = 'http://127.0.0.1:9/callback'

/** Somebody with our client, at a browser of their own. */
export type Visitor = {
  readonly login: UserLogin
  /** Every authorization URL that was opened. */
  readonly opened: readonly URL[]
}

/** How a visitor differs from one who says yes to everything. */
export type VisitorOptions = Partial<OAuthOptions> & {
  readonly person?: BrowserOptions
  /** Changes what the browser brings back. */
  readonly returns?: (back: URL) => URL
}

/** Makes a login for a server, by a browser that goes where it is sent. */
export const visitor = (url: string, options: VisitorOptions = {}): Visitor => {
  const { person, returns = (back) => back, ...rest } = options
  const browser = new Browser(person)
  const opened: URL[] = []
  const redirect = redirectBy(redirectUri, async (authorizationUrl) => {
    opened.push(authorizationUrl)
    return returns(await browser.authorize(authorizationUrl))
  })
  return { login: oauth(url, { redirect, ...rest }), opened }
}

/** Connects by a login. */
export const connectBy = (url: string, { login }: Visitor, options: Partial<ClientOptions> = {}): Promise<Client> =>
  connect(http(url, { fetch: login.fetch, listen: false }), { name: 'visitor', version: '1.0.0', ...options })
