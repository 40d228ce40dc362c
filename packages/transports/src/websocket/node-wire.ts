import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { counted, watchAmount } from './wire.ts'
import type { MakeWire } from './wire.ts'

/** How a wire of Node's is made. */
export type NodeWireOptions = {
  /** The socket below, where this end stops reading while too much waits; its own clock then sees progress inside one large write. */
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

/** Makes a wire of a WebSocket of `ws`, which has checked the UTF-8 and the size of what it gives. */
export const nodeWire =
  (ws: WebSocket, { socket, onAlive }: NodeWireOptions): MakeWire =>
  (ears) => {
    let onTaken: () => void = () => undefined
    let corked = false
    const uncork = (): void => {
      corked = false
      socket?.uncork()
    }
    const sent = (): void => onTaken()
    const sending = counted(
      () => ws.bufferedAmount,
      (text) => ws.send(text, sent),
    )
    listen(ws, ears, onAlive)
    return {
      get buffered() {
        return ws.bufferedAmount
      },
      send: (text) => {
        if (socket !== undefined && !corked) {
          // The frames of one turn go out as one write.
          corked = true
          socket.cork()
          process.nextTick(uncork)
        }
        sending.send(text)
      },
      close: (code, reason) => ws.close(code, reason),
      cut: () => ws.terminate(),
      pause: () => ws.pause(),
      resume: () => ws.resume(),
      watch: (stall, taken, stuck) => {
        onTaken = taken
        const stop =
          socket === undefined ? watchAmount(sending.gone, look, [stall, taken, stuck]) : clock(socket, stall, stuck)
        return () => {
          onTaken = () => undefined
          stop()
        }
      },
    }
  }

const clock = (socket: Socket, stall: number, stuck: () => void): (() => void) => {
  if (stall === Infinity) return () => undefined
  socket.setTimeout(stall, stuck)
  return () => socket.setTimeout(0, stuck)
}
