import { HttpFailure } from '@parley/core'

const refused = (response: Response, why: string): HttpFailure =>
  new HttpFailure(`The server redirects (HTTP ${response.status}), ${why}`, {
    status: response.status,
    body: '',
    headers: response.headers,
  })

// 303 asks for a GET of something else. The others keep the method here, as RFC 9110 lets a client do: a GET in place of
// a POST would mean something else altogether.
const keepsMethod = (status: number): boolean => status === 301 || status === 302 || status === 307 || status === 308

/**
 * Where a redirect leads; undefined for an answer that is none.
 *
 * Throws `HttpFailure` for one to another origin: the message, and the credentials with it, are meant for this one (T36).
 */
export const redirected = (response: Response, from: URL, method: string, another: boolean): URL | undefined => {
  // Browsers hide where a redirect leads from those who do not follow it blindly.
  if (response.type === 'opaqueredirect') throw refused(response, 'and this platform hides where to: use the final URL')
  const { status } = response
  if (!keepsMethod(status) && status !== 303) return undefined
  if (status === 303 && method !== 'GET') throw refused(response, 'and not to a place that takes messages')
  const location = response.headers.get('location')
  if (location === null || !URL.canParse(location, from)) throw refused(response, 'and does not say where to')
  const url = new URL(location, from)
  if (url.origin !== from.origin) throw refused(response, `to another origin, which is never followed: ${url.origin}`)
  if (!another) throw refused(response, 'again and again')
  return url
}
