import { ConnectionClosed } from '@parley/core'
import type { IncomingMessage } from 'node:http'
import { BodyReader, tooLarge } from './reader.ts'
import { BodyFault } from './refusal.ts'

// A refused body of this size is still taken, so that its sender can read the answer and use the connection again.
const swallowed = 1_048_576
const moment = 1000

/** Reads one body whole. Rejects with `BodyFault` when it is refused, and when the client is gone. */
export const readBody = (request: IncomingMessage, limit: number, patience: number): Promise<Uint8Array> => {
  const expected = Number(request.headers['content-length'] ?? 0)
  if (expected > limit) return Promise.reject(tooLarge(limit))
  if (request.readableEnded) {
    return Promise.reject(new BodyFault(500, 'The body was read before: mount this ahead of body parsers'))
  }
  // A client that left while it was being looked into says so no second time.
  if (request.destroyed) return Promise.reject(new ConnectionClosed('The client is gone'))
  return new Promise<Uint8Array>((resolve, reject) => {
    const quit = (reason: unknown): void => {
      body.stop()
      request.off('data', push)
      request.off('end', finish)
      reject(reason)
    }
    const body = new BodyReader(limit, patience, quit)
    const push = (chunk: Uint8Array): void => body.push(chunk)
    const finish = (): void => resolve(body.finish())
    const gone = (): void => {
      if (!request.complete) quit(new ConnectionClosed('The client is gone'))
    }
    request.on('data', push)
    request.once('end', finish)
    request.once('close', gone)
    // Without a listener an aborted upload would be an uncaught exception.
    request.on('error', quit)
  })
}

/**
 * Takes what remains of a body that nobody reads, up to a limit and for a moment, and then cuts the connection.
 *
 * Closing at once would take the answer away from a client that is still sending.
 */
export const swallow = (request: IncomingMessage): void => {
  if (request.complete) return
  let left = swallowed
  const cut = (): void => void request.socket.destroy()
  const timer = setTimeout(cut, moment)
  timer.unref()
  const stop = (): void => clearTimeout(timer)
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.byteLength
    if (left < 0) cut()
  })
  request.on('error', stop)
  request.once('end', stop)
  request.once('close', stop)
  request.resume()
}
