import { ConnectionClosed } from '@parley/core'
import { Peer } from '@parley/protocol/server'
import type { Link, Responder } from '@parley/protocol/server'
import { subprotocol, WebSocketChannel } from './channel.ts'
import type { WebSocketLimits } from './channel.ts'
import type { WebSocketLike } from './platform.ts'
import type { MakeWire } from './wire.ts'

/** A client's WebSocket that was just made. */
export type Opening = {
  readonly socket: WebSocketLike
  readonly wire: MakeWire
  /** What the upgrade was answered with, where that is known: why it does not open. Lazy, so that nothing is unhandled. */
  readonly refused?: ((reject: (reason: unknown) => void) => void) | undefined
  /** Gives up opening. */
  abandon(): void
}

/** Checks the address of a server. Throws TypeError. */
export const checkedUrl = (url: string | URL): URL => {
  const read = new URL(url)
  if (read.protocol !== 'ws:' && read.protocol !== 'wss:') {
    throw new TypeError(`A server is reached over ws: or wss:, not ${read.protocol}`)
  }
  if (read.username !== '' || read.password !== '') throw new TypeError('Credentials do not belong in a URL')
  read.hash = ''
  return read
}

const opened = (opening: Opening, patience: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const fail = (reason: unknown): void => {
      settle()
      reject(reason)
    }
    const abort = (): void => {
      fail(signal?.reason)
      opening.abandon()
    }
    const timer = setTimeout(() => {
      fail(new ConnectionClosed(`The WebSocket did not open within ${patience} ms`))
      opening.abandon()
    }, patience)
    signal?.addEventListener('abort', abort)
    opening.refused?.(fail)
    const shut = (why: string): void => fail(new ConnectionClosed(`The WebSocket could not be opened${why}`))
    // Some platforms leave it at the error where the standard wants a close to follow; few say what it was.
    opening.socket.addEventListener('error', ({ message = '' }) => shut(message === '' ? '' : `: ${message}`))
    opening.socket.addEventListener('close', ({ code = 1006 }) => shut(` (${code})`))
    opening.socket.addEventListener('open', () => {
      settle()
      resolve()
    })
  })

/** Waits until a WebSocket is open, and puts a peer on it. Whatever fails, nothing is left open. */
export const openLink = async (
  opening: Opening,
  responder: Responder,
  limits: WebSocketLimits & { maxMessage: number; openTimeout: number },
  signal: AbortSignal | undefined,
): Promise<Link> => {
  // Made at once, so that it hears even what comes in the same bytes as the answer to the upgrade.
  const channel = new WebSocketChannel(opening.wire, { ...limits, waits: false })
  await opened(opening, limits.openTimeout, signal)
  if (opening.socket.protocol !== subprotocol) {
    await channel.close(1008, 'The subprotocol is mcp')
    throw new ConnectionClosed('The server does not speak the subprotocol mcp')
  }
  return new Peer(channel, responder, { origin: { road: 'websocket' } })
}
