import { AuthError } from './errors.ts'

// 127.0.0.0/8 as a URL spells it: the parser has made four decimal numbers of whatever was written.
const isLoopbackV4 = (host: string): boolean => /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)

/** Whether a URL names this machine and nothing else. */
export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname.endsWith('.localhost') || isLoopbackV4(hostname)

/**
 * Reads a URL that a peer sent and that is to be gone to: `https:`, or `http:` on loopback where that is allowed (Y1, Y2).
 * @throws AuthError for any other
 */
export const checkAddress = (text: string, what: string, loopback: boolean): URL => {
  if (!URL.canParse(text))
    throw new AuthError('address', `The ${what} is not a URL`, { expected: 'a URL', actual: text })
  const url = new URL(text)
  const { protocol, username, password } = url
  if (username !== '' || password !== '')
    throw new AuthError('address', `The ${what} holds credentials; give it without`)
  if (protocol === 'https:' && (loopback || !isLoopback(url))) return url
  if (protocol === 'http:' && loopback && isLoopback(url)) return url
  const expected = loopback ? 'https:, or http: on loopback' : 'https:, and not on loopback'
  throw new AuthError('address', `The ${what} is not an address to go to`, {
    expected,
    actual: `${protocol}//${url.host}`,
  })
}
