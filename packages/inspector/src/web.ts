import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject, parseJson } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { commands } from './commands.ts'
import type { Commanded } from './commands.ts'
import type { Gate, Refusal } from './gate.ts'

const longestBody = 4_194_304

/** What the web server stands before. */
export type Served = Commanded & {
  readonly gate: Gate
  /** Begins a stream of events; false when there are too many. */
  readonly follow: (page: ServerResponse) => boolean
}

// Whatever a server sends is shown as text, and this holds should a mistake be made there: no script but our own, no
// markup from strings, nothing fetched from anywhere.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data: blob:',
  'media-src data: blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const standing: ReadonlyMap<string, string> = new Map([
  ['content-security-policy', policy],
  ['cache-control', 'no-store'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
])

// From `src` and from `dist` alike. The script is built; the other two are shipped as they are.
const files: ReadonlyMap<string, readonly [path: string, type: string]> = new Map([
  ['/', ['../src/page/index.html', 'text/html; charset=utf-8']],
  ['/page.css', ['../src/page/page.css', 'text/css; charset=utf-8']],
  ['/page.js', ['../dist/page/main.js', 'text/javascript; charset=utf-8']],
])

const refuse = (response: ServerResponse, { status, why }: Refusal): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

const tell = (response: ServerResponse, status: number, body: JsonObject): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const serveFile = async (path: string, type: string, response: ServerResponse): Promise<void> => {
  try {
    const content = await readFile(new URL(path, import.meta.url))
    response.writeHead(200, { 'content-type': type }).end(content)
  } catch {
    refuse(response, { status: 500, why: `The inspector's page is not built: ${path} is missing. Build the package.` })
  }
}

const readBody = async (request: IncomingMessage): Promise<JsonObject | Refusal> => {
  // A form of another page cannot have this type without asking first, and is never allowed to.
  if ((request.headers['content-type'] ?? '').split(';')[0]?.trim() !== 'application/json') {
    return { status: 415, why: 'Commands are application/json.' }
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    length += chunk.length
    if (length > longestBody) return { status: 413, why: `A command has at most ${longestBody} bytes.` }
    chunks.push(chunk)
  }
  try {
    const body = parseJson(Buffer.concat(chunks))
    if (isObject(body)) return body
  } catch {
    // What cannot be read is refused like what is no object.
  }
  return { status: 400, why: 'A command is a JSON object.' }
}

const isRefusal = (body: JsonObject | Refusal): body is Refusal => 'why' in body && 'status' in body

const exchange = (body: JsonObject, response: ServerResponse, gate: Gate): void => {
  const cookie = gate.exchange(body['token'])
  if (cookie === undefined) return refuse(response, { status: 401, why: 'This is not the token of this inspector.' })
  response.writeHead(204, { 'set-cookie': cookie }).end()
}

const obey = async (name: string, body: JsonObject, response: ServerResponse, served: Served): Promise<void> => {
  const command = commands.get(name)
  if (command === undefined) return refuse(response, { status: 404, why: 'There is no such command.' })
  const fault = await command(body, served)
  if (fault === undefined) response.writeHead(204).end()
  else tell(response, 422, { error: fault })
}

const answerApi = async (
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
): Promise<void> => {
  const isExchange = path === '/api/session'
  const unknown = isExchange ? undefined : served.gate.unknown(request)
  if (unknown !== undefined) return refuse(response, unknown)
  if (path === '/api/events') {
    if (request.method !== 'GET') return refuse(response, { status: 405, why: 'Events are read with GET.' })
    if (!served.follow(response)) refuse(response, { status: 503, why: 'Too many pages are open; close some.' })
    return
  }
  if (request.method !== 'POST') return refuse(response, { status: 405, why: 'Commands are sent with POST.' })
  const body = await readBody(request)
  if (isRefusal(body)) return refuse(response, body)
  if (isExchange) exchange(body, response, served.gate)
  else await obey(path.slice('/api/'.length), body, response, served)
}

/** Answers one HTTP request: the page's three files, the token's exchange, the events and the commands. Never rejects. */
export const answerWeb = async (request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> => {
  for (const [name, value] of standing) response.setHeader(name, value)
  const { url: path = '/', method } = request
  try {
    const refusal = served.gate.refusal(request)
    if (refusal !== undefined) return refuse(response, refusal)
    if (path.startsWith('/api/')) return await answerApi(path, request, response, served)
    const file = files.get(path)
    if (file === undefined) return refuse(response, { status: 404, why: 'There is nothing here.' })
    if (method !== 'GET') return refuse(response, { status: 405, why: 'Pages are read with GET.' })
    await serveFile(...file, response)
  } catch {
    // The browser went away in the middle, or sent no HTTP.
    response.destroy()
  }
}
