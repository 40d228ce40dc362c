import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { JsonObject } from '@parley/core'
import type { HttpClientOptions } from '../src/http/client.ts'

/** Every way that the client has to speak HTTP on Node, and the options that choose it. */
export const faces: [name: string, options: HttpClientOptions][] = [
  ['node:http', {}],
  ['fetch', { fetch: (url, init) => fetch(url, init) }],
]

/** A raw server on a port of its own. */
export type Far = AsyncDisposable & {
  url: string
  /** The connections that were made to it, in order. */
  sockets: readonly Socket[]
  connections(): number
}

export const listen = async (listener: RequestListener): Promise<Far> => {
  const sockets: Socket[] = []
  const server = createServer(listener)
  server.on('connection', (socket: Socket) => sockets.push(socket))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    sockets,
    connections: () => sockets.length,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const bodyOf = async (request: IncomingMessage): Promise<JsonObject> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as JsonObject)
}

/** The text of the answer to the request of that id. */
export const result = (id: unknown, rest: JsonObject = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: rest })

/** What a server does once it has read a request's body. */
export type Answer = (body: JsonObject, response: ServerResponse, request: IncomingMessage) => unknown

export const answered = (run: Answer): RequestListener => {
  return (request, response) => {
    const play = async (): Promise<void> => {
      await run(await bodyOf(request), response, request)
    }
    play().catch(() => response.destroy())
  }
}

export const eventStream: Record<string, string> = { 'content-type': 'text/event-stream; charset=utf-8' }
export const jsonBody: Record<string, string> = { 'content-type': 'application/json' }

/** A promise, and what settles it. */
export const gate = (): { open: () => void; opened: Promise<void> } => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

/** Writes the same text again and again, as fast as it is taken, until the connection is closed. */
export const flood = (response: ServerResponse, text: string): void => {
  const write = (): void => {
    while (!response.destroyed && response.write(text));
  }
  response.on('drain', write)
  write()
}
