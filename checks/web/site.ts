import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bundle } from './bundle.ts'

/** A web site, on a port of this machine. */
export interface Site extends AsyncDisposable {
  readonly port: number
  /** Its origin, under one of the names that this machine has. */
  origin(host: string): string
}

/** A page that does nothing but run a bundle. */
export const pageOf = (files: Bundle): string => {
  const [entry = ''] = files.keys()
  return `<!doctype html><title>A page</title><link rel="icon" href="data:,"><script type="module" src="/${entry}"></script>`
}

/** Serves a page that runs a bundle, to whoever asks for it under whatever name. */
export const serveSite = async (files: Bundle): Promise<Site> => {
  const site = createServer(({ url = '/' }, response) => {
    const code = files.get(url.slice(1))
    if (code !== undefined) return response.writeHead(200, { 'content-type': 'text/javascript' }).end(code)
    if (url !== '/') return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pageOf(files))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  // It listens on a port, so that it is no name of a pipe.
  const { port } = site.address() as AddressInfo
  return {
    port,
    origin: (host) => `http://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      site.closeAllConnections()
      await new Promise((resolve) => site.close(resolve))
    },
  }
}
