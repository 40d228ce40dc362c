import { every } from '../http/ticker.ts'

/** What hears a WebSocket. */
export type Ears = {
  /** One text frame: its text, or the UTF-8 of it. */
  text(frame: string | Uint8Array): void
  /** A binary frame came. */
  binary(): void
  /** The far side broke the protocol, or the network failed; `closed` follows. */
  broken(cause: unknown): void
  /** Called once, when nothing more will come or can be sent. */
  closed(code: number, reason: string): void
}

/** One WebSocket, whatever implements it. */
export interface Wire {
  /** Bytes that were sent and not yet taken by the system. */
  readonly buffered: number
  /** Sends one text frame. */
  send(text: string): void
  /** Begins the closing handshake, behind what was sent; doing so again does nothing. */
  close(code: number, reason: string): void
  /** Drops the connection at once, as far as the platform can. */
  cut(): void
  /** Asks the far side to wait, where the platform can; until `resume`. */
  pause(): void
  resume(): void
  /**
   * Calls `taken` when some of what waits may have gone, and `stuck` when none has for `stall` milliseconds; until the
   * function that it returns is called.
   */
  watch(stall: number, taken: () => void, stuck: () => void): () => void
}

/** Makes a wire that tells `ears` what it hears. */
export type MakeWire = (ears: Ears) => Wire

/** Calls `taken` at intervals, and `stuck` once an amount that only grows has not grown for `stall` milliseconds. */
export const watchAmount = (
  amount: () => number,
  interval: number,
  [stall, taken, stuck]: Parameters<Wire['watch']>,
): (() => void) => {
  let before = amount()
  let since = performance.now()
  return every(interval, () => {
    const now = amount()
    if (now !== before) since = performance.now()
    before = now
    taken()
    if (performance.now() - since >= stall) stuck()
  })
}

/** Makes a function that sends, and one that tells how much of all that was sent is no longer buffered. */
export const counted = (
  buffered: () => number,
  send: (text: string) => void,
): { send: (text: string) => void; gone: () => number } => {
  let added = 0
  return {
    send: (text) => {
      const before = buffered()
      send(text)
      added += buffered() - before
    },
    gone: () => added - buffered(),
  }
}
