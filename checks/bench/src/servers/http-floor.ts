// The least that a server on `node:http` can do: gather the body, parse, dispatch, write out. Sessions are an id that is looked up.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerText, notificationsOf, notificationText } from './floor.ts'
import type { Incoming } from './floor.ts'
import { listen, mode } from './listening.ts'

const full = 65_536
const sessions = new Set<string>()

const headersOf = (message: Incoming): Record<string, string> => {
  if (mode !== 'stateful' || message.method !== 'initialize') return {}
  const id = randomUUID()
  sessions.add(id)
  return { 'mcp-session-id': id }
}

const stream = async (response: ServerResponse, message: Incoming): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const count = notificationsOf(message)
  let out = ''
  for (let progress = 1; progress <= count; progress++) {
    out += `event: message\ndata: ${notificationText(message, progress)}\n\n`
    // The first goes out at once, as whoever waits for it would like.
    if (out.length < full && progress > 1) continue
    if (!response.write(out)) await once(response, 'drain')
    out = ''
  }
  response.end(`${out}event: message\ndata: ${answerText(message)}\n\n`)
}

const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
  const message = JSON.parse(body) as Incoming
  const session = request.headers['mcp-session-id']
  if (session !== undefined && !sessions.has(String(session))) {
    response.writeHead(404).end()
  } else if (message.id === undefined) {
    response.writeHead(202).end()
  } else if (message.method === 'tools/call' && notificationsOf(message) > 0) {
    void stream(response, message)
  } else {
    const text = answerText(message)
    const length = Buffer.byteLength(text)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length, ...headersOf(message) })
    response.end(text)
  }
}

listen((request, response) => {
  // What a client of the legacy era asks when it looks for a stream.
  if (request.method !== 'POST') return void response.writeHead(405).end()
  const chunks: Uint8Array[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')))
})
