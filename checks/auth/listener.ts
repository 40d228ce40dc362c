import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { overhear } from './overheard.ts'

/** A port of this machine where somebody answers. */
export type Listening = {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string
  /** Gives the port back; connections that are open are cut. */
  close(): Promise<void>
}

/** Answers on a free port of the loopback address; what answers is made once the origin is known. */
export const listen = async (answering: (origin: string) => RequestListener): Promise<Listening> => {
  const http = createServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  // What listens on a port has an address of this kind.
  const { port } = http.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  // Addresses end up in logs.
  http.on('request', ({ url = '' }) => overhear(url))
  http.on('request', answering(origin))
  return {
    origin,
    close: async () => {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}
