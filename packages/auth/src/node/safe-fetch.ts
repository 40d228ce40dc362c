import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { checkAddress, isLoopback } from '../client/address.ts'
import { AuthError, bareCause } from '../client/errors.ts'
import type { SafeFetch } from '../client/metadata-fetch.ts'
import { orAbort } from '../client/store.ts'
import { requestPinned } from './pinned-request.ts'
import { isGlobalAddress, isLoopbackAddress } from './ranges.ts'

/** Finds all the IP addresses of a host. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

/** Limits of a safe fetch. */
export type SafeFetchOptions = {
  /** @default the system's own resolver */
  readonly resolve?: Resolve | undefined
  /** Bytes that an answer may have. @default 262_144 */
  readonly maxBytes?: number | undefined
  /** Milliseconds that all of it may take, names included. @default 5_000 */
  readonly timeout?: number | undefined
}

const resolveWithSystem: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

/** The host as an address is written; a URL keeps brackets around IPv6. */
const bare = ({ hostname }: URL): string => (hostname.startsWith('[') ? hostname.slice(1, -1) : hostname)

const refused = (url: URL, expected: string, actual: string): AuthError =>
  new AuthError('address', `${url.origin} is not an address to go to`, { expected, actual })

const strayed = (url: URL, expected: string, actual: string): AuthError => {
  const message = `${url.origin} is not an address to go to; where a private network is meant, give a fetch of your own for safeFetch`
  return new AuthError('address', message, { expected, actual })
}

/** What can be told of a URL before anything is asked about it. */
const checkUrl = (url: URL, loopback: boolean): void => {
  checkAddress(url.href, 'address', loopback)
  if (loopback && isLoopback(url)) return
  // Services that speak first, or that take anything for a command, are on these.
  if (url.port !== '' && Number(url.port) < 1024) throw refused(url, 'port 443, or one above 1023', `port ${url.port}`)
  if (isIP(bare(url)) !== 0) return
  // Without a dot it is a name of this network, and with one at the end a name that no certificate has.
  if (!url.hostname.includes('.') || url.hostname.endsWith('.')) throw refused(url, 'a full host name', url.hostname)
}

/** Asks once what a name stands for, and takes it only if all of that is where one may go. */
const addressOf = async (url: URL, loopback: boolean, resolve: Resolve): Promise<string> => {
  const host = bare(url)
  const local = loopback && isLoopback(url)
  const addresses = isIP(host) === 0 ? await resolve(host) : [host]
  const stray = addresses.find((each) => !(local ? isLoopbackAddress(each) : isGlobalAddress(each)))
  if (stray !== undefined) throw strayed(url, local ? 'a loopback address' : 'a global unicast address', stray)
  const [first] = addresses
  if (first === undefined) throw refused(url, 'an address', 'none')
  return first
}

/**
 * Makes a fetch that a stranger may point anywhere without its getting anywhere but the open Internet (Y2, T30).
 *
 * `https:` only; `http:` and this machine only where the user named a server of this machine. The name is resolved once,
 * every address of it must be global unicast, and the connection goes to the one that was checked, while certificate and
 * Host stay those of the name. Nothing is followed, decompressed or kept open. No proxy is used, whatever the environment says.
 */
export const safeFetch = (options: SafeFetchOptions = {}): SafeFetch => {
  const { resolve = resolveWithSystem, maxBytes = 262_144, timeout = 5000 } = options
  return async (given, init = {}) => {
    const { signal, loopback = false } = init
    // A copy, for between the check and the connection its owner could change it.
    const url = new URL(given)
    checkUrl(url, loopback)
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), timeout)
    const until = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal])
    try {
      const address = await orAbort(addressOf(url, loopback, resolve), until)
      return await requestPinned(url, { address, maxBytes, signal: until, init })
    } catch (error) {
      if (error instanceof AuthError) throw error
      signal?.throwIfAborted()
      const why = limit.signal.aborted ? `did not answer within ${timeout} ms` : 'could not be reached'
      throw new AuthError('document', `${url.origin} ${why}`, { cause: bareCause(error) })
    } finally {
      clearTimeout(timer)
    }
  }
}
