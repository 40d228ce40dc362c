import { Access } from './access.ts'
import { isSession } from './authorization-session.ts'
import type { AuthorizationSession } from './authorization-session.ts'
import { AuthError } from './errors.ts'
import { foundationOf } from './foundation.ts'
import type { Wish } from './grantor.ts'
import { checkMetadataUrl } from './identity.ts'
import type { UserLogin } from './login.ts'
import { credentialOf } from './renewal.ts'
import { userGrantor } from './user-grantor.ts'
import type { OAuthOptions } from './user-grantor.ts'

const checkedSession = (session: AuthorizationSession, server: URL, spent: Set<string>): void => {
  if (!isSession(session)) throw new AuthError('state', 'What was kept of the login is no session; log in again')
  if (session.server !== server.href) {
    const compared = { expected: server.href, actual: session.server }
    throw new AuthError('state', 'The session belongs to the login at another server', compared)
  }
  if (spent.has(session.state)) throw new AuthError('state', 'The session was used before; log in again')
  spent.add(session.state)
}

/**
 * Gives access to one protected server on behalf of a user (2025-03-26 and later, basic/authorization).
 *
 * What is sent by its `fetch` shows a token of the server's own authorization server. The first 401 leads through
 * discovery, the choice of a client identity and the login; later ones through renewal. Nothing that fails a check
 * leaves the process: see `AuthError`.
 *
 * @example
 * const login = oauth('https://example.com/mcp', { redirect: loopback() })
 * await login.authorize()
 * const client = await connect(http('https://example.com/mcp', { fetch: login.fetch }), { name: 'me', version: '1.0.0' })
 */
export const oauth = (url: URL | string, options: OAuthOptions): UserLogin => {
  const { identity, redirect, account = '' } = options
  if (identity?.metadataUrl !== undefined) checkMetadataUrl(identity.metadataUrl)
  const base = foundationOf(url, options, account)
  const grantor = userGrantor(base, options)
  const access = new Access({ ...base, grantor })
  // States are random and each is kept for as long as this login is: a second answer to one is a replay (T34).
  const spent = new Set<string>()
  return {
    fetch: (input, init) => access.fetch(input, init),
    authorize: ({ scopes = [], signal } = {}) => access.authorize(scopes, signal),
    forget: () => access.forget(),
    begin: async ({ scopes, signal } = {}) => {
      if (typeof redirect !== 'string') throw new TypeError('begin is for logins with a redirect URI; call authorize')
      const demand = await access.probe(signal)
      const wish: Wish = { ...(await access.plan(demand?.challenge, scopes, signal)), signal }
      return grantor.prepare(wish, redirect)
    },
    finish: async (session, callback) => {
      checkedSession(session, base.server, spent)
      const { granted, clientId, requested, dpopKey } = await grantor.redeem(session, new URL(callback))
      const { metadata, resource, scopes, legacy } = session
      const known = { issuer: metadata.issuer, resource, clientId, scopes, dpopKey, refreshToken: undefined }
      await access.accept(credentialOf(granted, known, base.now()), requested, legacy)
    },
  }
}
