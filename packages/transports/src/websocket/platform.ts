import { counted, watchAmount } from './wire.ts'
import type { MakeWire } from './wire.ts'

/** What the events of a WebSocket carry, each its part. */
export type WebSocketEvent = {
  readonly type: string
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly message?: string
}

/** A WebSocket as browsers have it, as far as it is used here. */
export interface WebSocketLike {
  readonly protocol: string
  readonly bufferedAmount: number
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: WebSocketEvent) => void): void
}

/** Makes a WebSocket that is about to open. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

// How often is looked whether what waits has gone: the platform has no event for it.
const look = 20

// Programs may not send the protocol's own codes: 1003 goes out as 4003.
const permitted = (code: number): number => (code === 1000 || code >= 3000 ? code : code + 3000)

/** Makes a wire of a WebSocket of the platform's kind. */
export const platformWire =
  (socket: WebSocketLike): MakeWire =>
  (ears) => {
    let closing = false
    const sending = counted(
      () => socket.bufferedAmount,
      (text) => socket.send(text),
    )
    const close = (code: number, reason: string): void => {
      if (closing) return
      closing = true
      socket.close(permitted(code), reason)
    }
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') ears.text(data)
      else ears.binary()
    })
    // It tells nothing but that there was one; what follows has a code.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code = 1006, reason = '' }) => ears.closed(code, reason))
    return {
      get buffered() {
        return socket.bufferedAmount
      },
      send: sending.send,
      close,
      // The platform lets nobody drop a connection; it does so itself when the far side does not answer.
      cut: () => close(1000, ''),
      pause: () => undefined,
      resume: () => undefined,
      watch: (...watching) => watchAmount(sending.gone, look, watching),
    }
  }
