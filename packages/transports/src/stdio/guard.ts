import type { Writable } from 'node:stream'

/**
 * Sends what anybody else writes to `stream` to `instead`, and returns what undoes it.
 *
 * MUST NOT (2026-07-28, basic/transports/stdio): nothing but MCP messages stands on stdout. `console.log` and its kin
 * look the stream's `write` up each time, so this covers them as well. Writes to the descriptor itself, and those of
 * child processes that inherit it, are out of reach.
 */
export const divert = (stream: Writable, instead: Writable): (() => void) => {
  const own = Object.getOwnPropertyDescriptor(stream, 'write')
  // Nobody reads our stderr any more when the client let go of it; a log line is no reason to die.
  const ignore = (): void => undefined
  instead.on('error', ignore)
  const diverted = instead.write.bind(instead)
  stream.write = diverted
  return () => {
    instead.off('error', ignore)
    // Whoever wrapped it since then keeps what they wrapped.
    if (stream.write !== diverted) return
    Reflect.deleteProperty(stream, 'write')
    if (own !== undefined) Object.defineProperty(stream, 'write', own)
  }
}
