import { ConnectionClosed } from '@parley/core'
import type { NodeRequest } from './node-reply.ts'
import { BodyReader, tooLarge } from './reader.ts'
import type { BodyLimits } from './reader.ts'
import { BodyFault } from './refusal.ts'

// A refused body of this size is still taken, so that its sender can read the answer and use the connection again.
const swallowed = 1_048_576
const moment = 1000

const ignore = (): void => undefined

/** Reads one body whole, of which so many bytes are announced. Rejects with `BodyFault` when it is refused, and when the client is gone. */
export const readBody = (request: NodeRequest, expected: number, limits: BodyLimits): Promise<Uint8Array> => {
  if (expected > limits.size) return Promise.reject(tooLarge(limits.size))
  if (request.readableEnded) {
    return Promise.reject(new BodyFault(500, 'The body was read before: mount this ahead of body parsers'))
  }
  // A client that left while it was being looked into says so no second time.
  if (request.destroyed) return Promise.reject(new ConnectionClosed('The client is gone'))
  return new Promise<Uint8Array>((resolve, reject) => {
    let over = false
    const quit = (reason: unknown): void => {
      over = true
      body.stop()
      request.off('data', push)
      request.off('end', finish)
      reject(reason)
    }
    const body = new BodyReader(limits, quit)
    const push = (chunk: Uint8Array): void => body.push(chunk)
    const finish = (): void => {
      over = true
      // A request lives as long as its answer, which may be a stream.
      request.off('data', push)
      request.off('close', gone)
      resolve(body.finish())
    }
    const gone = (): void => {
      if (!over) quit(new ConnectionClosed('The client is gone'))
    }
    request.on('data', push)
    request.once('end', finish)
    request.on('close', gone)
    // Without a listener an aborted upload would be an uncaught exception; that it is over, `close` tells.
    request.on('error', ignore)
    // What came along with the head is read by then; that nothing more comes, Node says only later. Over HTTP/2 the end is
    // the client's to send.
    process.nextTick(() => {
      const announced = expected > 0 && !('stream' in request) && body.size >= expected
      if (!announced && !request.complete && !over) body.watch()
    })
  })
}

/**
 * Takes what remains of a body that nobody reads, up to a limit and for a moment, and then cuts the connection.
 *
 * Closing at once would take the answer away from a client that is still sending.
 */
export const swallow = (request: NodeRequest): void => {
  if (request.complete) return
  let left = swallowed
  // Over HTTP/2 others go by the same connection.
  const cut = (): void => void ('stream' in request ? request.stream.close() : request.socket.destroy())
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
