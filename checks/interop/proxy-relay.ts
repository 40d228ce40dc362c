import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** An address that stays, while the servers behind it come and go. */
export type Relay = {
  url: string
  /** Leads whoever comes to that server from now on, or to none, and cuts every connection that there is. */
  lead: (to: string | undefined) => void
  close: () => Promise<void>
}

/** Opens a relay that leads nowhere yet. */
export const openRelay = async (): Promise<Relay> => {
  const sockets = new Set<Socket>()
  let target: URL | undefined
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    // What is cut says so; nobody is to hear of it here.
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((near) => {
    keep(near)
    if (target === undefined) return void near.destroy()
    const far = connect(Number(target.port), target.hostname)
    keep(far)
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    lead(to) {
      target = to === undefined ? undefined : new URL(to)
      cut()
    },
    async close() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
