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

const checkSession = (session: AuthorizationSession, server: URL): void => {
  if (!isSession(session)) throw new AuthError('state', 'What was kept of the login is no session; log in again')
  if (session.server === server.href) return
  const compared = { expected: server.href, actual: session.server }
  throw new AuthError('state', 'The session belongs to the login at another server', compared)
}

/** Where the browser came back to; a server knows of it no more than path and query. */
const callbackOf = (callback: URL | string, { redirectUri }: AuthorizationSession): URL => {
  const text = String(callback)
  if (URL.canParse(text, redirectUri)) return new URL(text, redirectUri)
  // Without showing it, as the parser's own error would: a code may be in it.
  throw new AuthError('state', 'The callback is no URL; give the one that the browser came back with')
}

/** Lets a session be used once. */
class Spent {
  // When each can be let go of: after that, it is too late for it anyway.
  readonly #states = new Map<string, number>()

  /** @throws AuthError for a session that was used before (T34) */
  use({ state, expiresAt }: AuthorizationSession, now: number): void {
    if (this.#states.has(state)) throw new AuthError('state', 'The session was used before; log in again')
    for (const [old, end] of this.#states) if (end < now) this.#states.delete(old)
    this.#states.set(state, expiresAt)
  }
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
  const spent = new Spent()
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
      checkSession(session, base.server)
      const answer = callbackOf(callback, session)
      spent.use(session, base.now())
      const { granted, clientId, requested, dpopKey } = await grantor.redeem(session, answer)
      const { metadata, resource, scopes, legacy } = session
      const known = { issuer: metadata.issuer, resource, clientId, scopes, dpopKey, refreshToken: undefined }
      await access.accept(credentialOf(granted, known, base.now()), requested, legacy)
    },
  }
}
