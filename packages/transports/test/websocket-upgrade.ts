import type { JsonObject } from '@parley/core'
import { request } from 'node:http'
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** The answer to an upgrade; 101 where it was let in. */
export type Upgrade = { status: number; header: (name: string) => string | undefined; text: string }

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'mcp',
}

/** Asks for an upgrade by hand, and hangs up once it is answered. An undefined header is left out. */
export const upgrade = (
  url: string,
  headers: { [name: string]: string | string[] | undefined } = {},
  method = 'GET',
): Promise<Upgrade> =>
  new Promise((resolve, reject) => {
    const all = Object.entries({ ...handshake, ...headers }).filter(([, value]) => value !== undefined)
    const asked = request(url.replace('ws:', 'http:'), { method, headers: Object.fromEntries(all), agent: false })
    const seen = (status = 0, found: NodeJS.Dict<string | string[]> = {}, text = ''): void =>
      resolve({ status, header: (name) => found[name]?.toString(), text })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      seen(response.statusCode, response.headers)
    })
    asked.on('response', (response) => {
      const { statusCode, headers: found } = response
      response.toArray().then((chunks) => seen(statusCode, found, Buffer.concat(chunks).toString()), reject)
    })
    asked.on('error', reject)
    asked.end()
  })

/** A client's end that sends what it likes. */
export type Raw = {
  readonly ws: WebSocket
  /** Sends one request, and settles with the message that comes next. */
  ask: (method: string, params?: JsonObject) => Promise<JsonObject>
  /** The next text frame, parsed. */
  next: () => Promise<JsonObject>
  /** The code and the reason that it was closed with. */
  readonly closed: Promise<[number, string]>
}

/** Opens a WebSocket that obeys no rules but those of the protocol. */
export const raw = async (url: string, headers: Record<string, string> = {}): Promise<Raw> => {
  const ws = new WebSocket(url, ['mcp'], { headers })
  const closed = new Promise<[number, string]>((resolve) => {
    ws.on('close', (code, reason) => resolve([code, reason.toString()]))
  })
  ws.on('error', () => undefined)
  const next = async (): Promise<JsonObject> => {
    const [data] = await once(ws, 'message')
    return JSON.parse(String(data)) as JsonObject
  }
  await once(ws, 'open')
  return {
    ws,
    next,
    closed,
    ask: (method, params = {}) => {
      const answer = next()
      ws.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
      return answer
    },
  }
}
