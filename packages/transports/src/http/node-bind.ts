import type { Server } from 'node:http'
import { isIP } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { GateOptions } from './gate.ts'

// Whatever is spelled otherwise, even where a system takes it for loopback, counts as reaching further.
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const isGuarded = ({ allowedHosts, behindProxy }: GateOptions): boolean =>
  allowedHosts !== undefined || behindProxy === true

const checkReach = (host: string, asked: string, options: GateOptions): void => {
  if (isLoopback(host) || isGuarded(options)) return
  throw new TypeError(
    `Listening on ${JSON.stringify(asked)} reaches beyond this machine: say which hosts may be asked for in allowedHosts, ` +
      'or behindProxy: true when only a proxy of yours can reach it',
  )
}

const listening = (http: Server, port: number, host: string): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      // A server that listens on a port has an address of this kind.
      resolve(http.address() as AddressInfo)
    })
  })

/** An address as it stands in a URL: one of IPv6 in brackets. */
export const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

/** The names under which this machine reaches a port of its own; browsers and others leave 80 out. */
const ownHosts = (host: string, { port }: AddressInfo): string[] => {
  const names = [...new Set(['localhost', '127.0.0.1', '[::1]', bracketed(host)])]
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
}

/** Throws a TypeError where a host reaches beyond this machine and no word says who may call. Call it before `bind`. */
export const checkHost = (host: string, options: GateOptions): void => checkReach(host, host, options)

/**
 * Listens, and settles with the port that was taken and with the hosts that requests may name.
 *
 * Rejects with the system's error when the port cannot be had, and with a TypeError, the port freed again, when the host
 * turned out to reach beyond this machine.
 */
export const bind = async (
  http: Server,
  port: number,
  host: string,
  options: GateOptions,
): Promise<{ port: number; hosts: Pick<GateOptions, 'allowedHosts'> }> => {
  const address = await listening(http, port, host)
  try {
    checkReach(address.address, host, options)
  } catch (error) {
    http.close()
    throw error
  }
  return { port: address.port, hosts: isGuarded(options) ? {} : { allowedHosts: ownHosts(host, address) } }
}
