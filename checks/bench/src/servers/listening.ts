import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the driver speaks, and in which form an SDK that has the choice is to answer; from the command line. */
export const mode: string | undefined = process.argv[2]
export const form: string | undefined = process.argv[3]

/** Listens on any free port of loopback, and writes it to stdout. */
export const listen = (answer: (request: IncomingMessage, response: ServerResponse) => unknown): Server => {
  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1', () => {
    // What listens on a port has an address of this kind.
    const { port } = server.address() as AddressInfo
    process.stdout.write(`${port}\n`)
  })
  return server
}

/** The whole body of a request. */
export const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

/** Answers a request of `node:http` by a web-standard handler, with as little as that takes. */
export const answerWeb = async (
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> => {
  const { method = 'GET', url = '/', headers, rawHeaders } = request
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) pairs.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  const body = method === 'POST' ? { body: new Uint8Array(await bodyOf(request)) } : {}
  const answer = await handle(new Request(`http://${headers.host}${url}`, { method, headers: pairs, ...body }))
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body !== null) for await (const chunk of answer.body) response.write(chunk)
  response.end()
}
