import type { AuthorizationSession } from './authorization-session.ts'

/** How to log in ahead. */
export type AuthorizeOptions = {
  /** Scopes that the token must have, beside those that the server asks for. @default [] */
  readonly scopes?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Access to one protected server: a `fetch` that shows a token, and gets, renews and widens it as the server asks.
 *
 * It takes requests to that server's origin and refuses all others. Calls may run concurrently: they share one login.
 * What fails is an `AuthError`; whatever the underlying `fetch` rejects with passes through.
 */
export type Login = {
  /**
   * Sends a request with the token. At 401 it logs in and sends the request again, at 403 for want of scopes it asks for
   * more, three times at the most. A request whose body is a stream is sent once.
   *
   * A login takes as long as the user does: an `init.signal` that aborts meanwhile gives the login up, unless others wait
   * for it too. Requests of a client have deadlines, its first one of ten seconds; so call `authorize` before `connect`.
   */
  readonly fetch: (url: URL | string, init?: RequestInit) => Promise<Response>
  /**
   * Gets a token now, unless one is held that will do, or the server neither asks for one nor says where there are any.
   * @throws AuthError
   */
  authorize(options?: AuthorizeOptions): Promise<void>
  /**
   * Forgets the token of this server, and tells the authorization server so where it can be told (RFC 7009). A login that is
   * under way is given up, and whoever waits for it rejects with `AuthError`.
   */
  forget(): Promise<void>
}

/** Access for a user, who logs in with a browser. */
export type UserLogin = Login & {
  /**
   * Makes the URL to send the user to, and the session to keep meanwhile, for programs that redirect by themselves.
   * @throws AuthError; TypeError without a redirect URI
   */
  begin(options?: AuthorizeOptions): Promise<{ authorizationUrl: URL; session: AuthorizationSession }>
  /**
   * Checks the answer that the browser came back with, redeems its code and stores the token.
   * @throws AuthError when the answer is not to this session, and when the session was used before
   */
  finish(session: AuthorizationSession, callback: URL | string): Promise<void>
}
