/** A place that a browser can be sent back to. Whoever opened it closes it. */
export interface RedirectPlace extends AsyncDisposable {
  readonly redirectUri: string
  /**
   * Sends the user to the authorization server, and settles with the URL that the browser was sent back to, parameters and
   * all. Rejects with the signal's reason when it aborts.
   */
  visit(authorizationUrl: URL, signal?: AbortSignal): Promise<URL>
}

/** How a user is sent to an authorization server and comes back. */
export interface RedirectFlow {
  /**
   * Opens a place to come back to: one of `preferred`, which the client has been registered with, where that can be.
   */
  open(preferred: readonly string[], signal?: AbortSignal): Promise<RedirectPlace>
}

/** Makes a flow with one fixed redirect URI, from what takes the user there and back. */
export const redirectBy = (redirectUri: string, visit: RedirectPlace['visit']): RedirectFlow => ({
  open: async () => ({ redirectUri, visit, [Symbol.asyncDispose]: async () => undefined }),
})
