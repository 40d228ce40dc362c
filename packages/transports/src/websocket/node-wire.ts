import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { Sender } from './node-sender.ts'
import type { Sending } from './node-sender.ts'
import { watchAmount } from './wire.ts'
import type { MakeWire } from './wire.ts'

/** How a wire of Node's is made. */
export type NodeWireOptions = {
  /** The socket below, where it may be corked. */
  readonly socket?: Socket | undefined
  /** Hears every sign of life of the far side. */
  readonly onAlive: () => void
}

const bytesOf = (data: Buffer | ArrayBuffer | Buffer[]): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}

// How often is looked for a far side that takes nothing.
const look = 1000

const listen = (ws: WebSocket, ears: Parameters<MakeWire>[0], onAlive: () => void): void => {
  ws.on('message', (data, isBinary) => {
    onAlive()
    if (isBinary) ears.binary()
    else ears.text(bytesOf(data))
  })
  ws.on('pong', onAlive)
  ws.on('ping', onAlive)
  ws.on('error', (error) => ears.broken(error))
  ws.on('close', (code, reason) => ears.closed(code, reason.toString()))
}

/** What hands over one frame, or a part of one; over a socket that is ours, those of one turn as one write. */
const sendingOver = (ws: WebSocket, socket: Socket | undefined): Sending => {
  let corked = false
  const uncork = (): void => {
    corked = false
    socket?.uncork()
  }
  return (piece, fin, done) => {
    if (socket !== undefined && !corked) {
      corked = true
      socket.cork()
      process.nextTick(uncork)
    }
    ws.send(piece, { binary: false, fin }, done)
  }
}

/** Makes a wire of a WebSocket of `ws`, which has checked the UTF-8 and the size of what it gives. */
export const nodeWire =
  (ws: WebSocket, { socket, onAlive }: NodeWireOptions): MakeWire =>
  (ears) => {
    let onTaken: () => void = () => undefined
    const sender = new Sender(ws, sendingOver(ws, socket), () => onTaken())
    listen(ws, ears, onAlive)
    ws.on('close', () => sender.drop())
    return {
      get buffered() {
        return sender.buffered
      },
      send: (text) => sender.send(text),
      close: (code, reason) => sender.end(() => ws.close(code, reason)),
      cut: () => ws.terminate(),
      pause: () => ws.pause(),
      resume: () => ws.resume(),
      watch: (stall, taken, stuck) => {
        onTaken = taken
        const stop = watchAmount(() => sender.gone, Math.min(look, stall / 4), [stall, taken, stuck])
        return () => {
          onTaken = () => undefined
          stop()
        }
      },
    }
  }
