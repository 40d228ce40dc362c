import type { JsonObject } from '@parley/core'
import type { Responder } from '@parley/protocol'
import { httpHandler } from '@parley/transports/http/server'
import type { HttpOptions } from '@parley/transports/http/server'
import { serveHttp } from '@parley/transports/http/node'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'

/** One HTTP request of a test. A header with several values stands several times; an undefined one not at all. */
export type Ask = {
  method?: string
  path?: string
  headers?: { [name: string]: string | string[] | undefined }
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** A whole answer. */
export type Answer = { status: number; header: (name: string) => string | undefined; text: string; json: JsonObject }

/** An answer whose head is here, and whose body is still coming. */
export type Live = {
  status: number
  header: (name: string) => string | undefined
  /** The next block of the stream: an event or a comment; undefined at its end. */
  next: () => Promise<string | undefined>
  /** The JSON of the next event, comments left out; undefined at the end. */
  message: () => Promise<JsonObject | undefined>
  hangUp: () => void
}

/** One way into a server over HTTP. */
export type Face = {
  /** The authority that requests name unless told otherwise. */
  readonly host: string
  ask: (ask: Ask) => Promise<Answer>
  open: (ask: Ask) => Promise<Live>
  close: () => Promise<void>
}

export type OpenFace = (server: Responder, options?: HttpOptions) => Promise<Face>

export const version = '2026-07-28'

/** The modern envelope. */
export const envelope = (rest: JsonObject = {}): JsonObject => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientCapabilities': {},
  ...rest,
})

const plain = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}

/** A POST of a JSON value, with the headers that every one has, and others. */
export const posting = (value: unknown, headers: Ask['headers'] = {}): Ask => ({
  headers: { ...plain, ...headers },
  body: typeof value === 'string' ? value : JSON.stringify(value),
})

/** A modern request as it should be; `headers` are added to its own, or take one away. */
export const calling = (
  method: string,
  params: JsonObject = {},
  headers: Ask['headers'] = {},
  id: unknown = 1,
): Ask => {
  const name = params['name'] ?? params['uri'] ?? params['taskId']
  const body = { jsonrpc: '2.0', id, method, params: { _meta: envelope(), ...params } }
  return posting(body, {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name }),
    ...headers,
  })
}

const liveOf = (
  status: number,
  header: Live['header'],
  chunks: AsyncIterator<Uint8Array>,
  hangUp: () => void,
): Live => {
  const decoder = new TextDecoder()
  let waiting = ''
  const next = async (): Promise<string | undefined> => {
    for (let end = waiting.indexOf('\n\n'); ; end = waiting.indexOf('\n\n')) {
      if (end >= 0) {
        const block = waiting.slice(0, end)
        waiting = waiting.slice(end + 2)
        return block
      }
      const chunk = await chunks.next()
      if (chunk.done === true) return undefined
      waiting += decoder.decode(chunk.value, { stream: true })
    }
  }
  const message = async (): Promise<JsonObject | undefined> => {
    for (let block = await next(); block !== undefined; block = await next()) {
      const data = block.split('\n').filter((line) => line.startsWith('data: '))
      const text = data.map((line) => line.slice(6)).join('\n')
      // An event that only marks a place carries nothing.
      if (text !== '') return JSON.parse(text) as JsonObject
    }
    return undefined
  }
  return { status, header, next, message, hangUp }
}

const answerOf = (status: number, header: Answer['header'], text: string): Answer => ({
  status,
  header,
  text,
  json: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {},
})

const streamOf = (source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const chunks = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const chunk = await chunks.next()
      if (chunk.done === true) controller.close()
      else controller.enqueue(chunk.value)
    },
  })
}

const fetchAsk = (host: string, { method = 'POST', path = '/mcp', headers = {}, body }: Ask): Request => {
  const given = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) given.append(name, one)
  }
  const stream = typeof body === 'object' && Symbol.asyncIterator in body ? streamOf(body) : body
  return new Request(`http://${host}${path}`, {
    method,
    headers: given,
    ...(stream !== undefined && { body: stream as string, duplex: 'half' }),
  })
}

/** The web-standard way in: no socket, only `Request` and `Response`. */
export const openFetch: OpenFace = async (server, options) => {
  const handler = httpHandler(server, { path: '/mcp', ...options })
  const host = '127.0.0.1:8080'
  const send = (ask: Ask): Promise<Response> => handler(fetchAsk(host, ask))
  const header =
    ({ headers }: Response) =>
    (name: string): string | undefined =>
      headers.get(name) ?? undefined
  return {
    host,
    ask: async (ask) => {
      const response = await send(ask)
      return answerOf(response.status, header(response), await response.text())
    },
    open: async (ask) => {
      const response = await send(ask)
      const reader = (response.body ?? new ReadableStream()).getReader()
      const chunks = {
        next: (): Promise<IteratorResult<Uint8Array>> => reader.read() as Promise<IteratorResult<Uint8Array>>,
      }
      return liveOf(response.status, header(response), chunks, () => void reader.cancel())
    },
    close: () => handler.close(),
  }
}

const nodeAsk = (host: string, { method = 'POST', path = '/mcp', headers = {}, body }: Ask): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const [hostname, port] = host.split(':')
    const given: { [name: string]: string | string[] } = {}
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) given[name] = value
    const sending = request({ hostname, port, method, path, headers: given, agent: false }, resolve)
    // A refused upload may find its connection closed; the answer came first.
    sending.on('error', reject)
    const send = async (): Promise<void> => {
      if (typeof body === 'string' || body instanceof Uint8Array || body === undefined) return void sending.end(body)
      for await (const chunk of body) {
        if (sending.destroyed) return
        await new Promise((go) => sending.write(chunk, go))
      }
      sending.end()
    }
    send().catch(reject)
  })

/** The way in through a socket of `node:http`. */
export const openNode: OpenFace = async (server, options = {}) => {
  const http = await serveHttp(server, { port: 0, linger: 0, ...options })
  const { host } = new URL(http.url)
  const header =
    ({ headers }: IncomingMessage) =>
    (name: string): string | undefined =>
      headers[name] as string | undefined
  return {
    host,
    ask: async (ask) => {
      const response = await nodeAsk(host, ask)
      const chunks: Uint8Array[] = []
      for await (const chunk of response) chunks.push(chunk as Uint8Array)
      return answerOf(response.statusCode ?? 0, header(response), Buffer.concat(chunks).toString())
    },
    open: async (ask) => {
      const response = await nodeAsk(host, ask)
      response.on('error', () => undefined)
      const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
      return liveOf(response.statusCode ?? 0, header(response), chunks, () => void response.destroy())
    },
    close: () => http.close(),
  }
}

/** Both ways in, for suites that hold on either. */
export const faces: { name: string; open: OpenFace }[] = [
  { name: 'node', open: openNode },
  { name: 'fetch', open: openFetch },
]
