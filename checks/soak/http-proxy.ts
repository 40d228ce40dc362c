import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** How a connection dies: reset, closed as if it were over, or gone without a word. */
export const cuts = ['RST', 'FIN', 'silence'] as const
export type Cut = (typeof cuts)[number]

/** A proxy between a client and a server that breaks connections when it is told to. */
export type Proxy = {
  readonly port: number
  /** Breaks the next connection that the server sends something on, in the middle of that. */
  cut(kind: Cut): void
  /** Whether that has yet to happen. */
  readonly pending: boolean
  /** How often each kind of break has happened. */
  readonly done: Readonly<Record<Cut, number>>
  close(): Promise<void>
}

const breakUp = (near: Socket, far: Socket, kind: Cut): void => {
  if (kind === 'RST') {
    near.resetAndDestroy()
    far.resetAndDestroy()
  } else if (kind === 'FIN') {
    near.end()
    far.end()
  }
}

/** Starts a proxy in front of a port of this machine. */
export const startProxy = async (port: number): Promise<Proxy> => {
  const done: Record<Cut, number> = { RST: 0, FIN: 0, silence: 0 }
  const sockets = new Set<Socket>()
  let armed: Cut | undefined
  const listener = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let broken = false
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket))
    }
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
    near.on('end', () => far.end())
    far.on('end', () => near.end())
    near.on('data', (chunk) => {
      if (!broken) far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (broken) return
      const kind = armed
      if (kind === undefined) return void near.write(chunk)
      armed = undefined
      broken = true
      done[kind] += 1
      near.write(chunk.subarray(0, chunk.byteLength / 2), () => breakUp(near, far, kind))
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    done,
    get pending() {
      return armed !== undefined
    },
    cut: (kind) => {
      armed = kind
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
