import { isLoopback } from './address.ts'
import { checkedFetch } from './checked-fetch.ts'
import { AuthError } from './errors.ts'
import type { SafeFetch } from './metadata-fetch.ts'

/** Whether a host is a full name of the open Internet, as far as its spelling tells: no address, and no name of a network's own. */
const isFullName = (hostname: string): boolean =>
  hostname.includes('.') && !/^\[|\.\d+$|\.$|\.(?:internal|local|lan|home\.arpa)$/.test(hostname)

/**
 * Makes what metadata of a server is fetched with where nothing else is given: here, one that checks what this platform lets it
 * check. The server's own host is the user's choice; a stranger's must not look like one of the network that this runs in.
 */
export const defaultFetch = (server: URL): SafeFetch => {
  const fetch = checkedFetch()
  return async (url, init = {}) => {
    const isChosen = url.hostname === server.hostname || (init.loopback === true && isLoopback(url))
    if (isChosen || isFullName(url.hostname)) return fetch(url, init)
    const compared = { expected: 'a full host name', actual: url.hostname }
    throw new AuthError('address', `${url.origin} is not an address to go to`, compared)
  }
}
