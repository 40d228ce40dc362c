import { HttpFailure } from '@parley/core'
import type { Answer } from './carrier.ts'

const refused = (answer: Answer, why: string): HttpFailure => {
  const { status } = answer
  answer.discard()
  return new HttpFailure(`The server redirects (HTTP ${status}), ${why}`, {
    status,
    body: '',
    headers: answer.headers(),
  })
}

// 303 asks for a GET of something else. The others keep the method here, as RFC 9110 lets a client do: a GET in place of
// a POST would mean something else altogether.
const keepsMethod = (status: number): boolean => status === 301 || status === 302 || status === 307 || status === 308

/**
 * Where a redirect leads; undefined for an answer that is none.
 *
 * Throws `HttpFailure` for one to another origin: the message, and the credentials with it, are meant for this one (T36).
 */
export const redirected = (answer: Answer, from: URL, method: string, another: boolean): URL | undefined => {
  const { status } = answer
  // Browsers hide where a redirect leads from those who do not follow it blindly.
  if (status === 0) throw refused(answer, 'and this platform hides where to: use the final URL')
  if (!keepsMethod(status) && status !== 303) return undefined
  if (status === 303 && method !== 'GET') throw refused(answer, 'and not to a place that takes messages')
  const location = answer.header('location')
  if (location === null || !URL.canParse(location, from)) throw refused(answer, 'and does not say where to')
  const url = new URL(location, from)
  if (url.origin !== from.origin) throw refused(answer, `to another origin, which is never followed: ${url.origin}`)
  if (!another) throw refused(answer, 'again and again')
  return url
}
