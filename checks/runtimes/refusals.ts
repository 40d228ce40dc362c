import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createEcho } from '@parley/echo/src/server.ts'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer } from '@parley/transports/http/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

type Asked = {
  method?: string
  headers?: Readonly<Record<string, string>>
  /** A body that is announced and does not come is a string of no characters. */
  body?: string
}
type Told = { status: number | undefined; headers: unknown; body: string }

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
const modern = (method: string, params = {}): Asked => ({
  headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
})
const list = modern('tools/list')
const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '']))

/** What is asked, and the status that it gets: where sessions are kept, and where not. */
const rows: readonly [name: string, asked: Asked, status: number, without?: number][] = [
  ['a page of another origin', { ...list, headers: { ...list.headers, origin: 'https://evil.example' } }, 403],
  ['a page without an origin', { ...list, headers: { ...list.headers, origin: 'null' } }, 403],
  ['an image on another site', { method: 'GET', headers: { 'sec-fetch-site': 'cross-site' } }, 403],
  ['another host', { ...list, headers: { ...list.headers, host: 'evil.example' } }, 403],
  ['a host that only begins like ours', { ...list, headers: { ...list.headers, host: '127.0.0.1.evil.example' } }, 403],
  ['a preflight from elsewhere', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }, 403],
  ['another method', { method: 'PUT', body: '{}' }, 405],
  ['a form', { ...list, headers: { ...list.headers, 'content-type': 'text/plain' } }, 415],
  ['a compressed body', { ...list, headers: { ...list.headers, 'content-encoding': 'gzip' } }, 415],
  ['a client that reads no streams', { ...list, headers: { ...list.headers, accept: 'application/json' } }, 406],
  ['broken JSON', { ...list, body: '{"jsonrpc":' }, 400],
  ['a header that is missing', { ...list, headers: without('mcp-protocol-version') }, 400],
  ['a header that says otherwise', { ...list, headers: { ...list.headers, 'mcp-method': 'ping' } }, 400],
  ['a method that there is not', modern('no/such'), 404],
  ['a body of 5 MiB', { headers: { ...list.headers, 'content-length': '5242880' }, body: '' }, 413],
  ['a session that there is not', { method: 'GET', headers: { 'mcp-session-id': 'x' } }, 404, 405],
  ['the end of a session that there is not', { method: 'DELETE', headers: { 'mcp-session-id': 'x' } }, 404, 405],
  ['a request of no session', { body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }, 400, 200],
]

// The platform adds its own: date, server, connection and the like.
const ours = /^(?:content-type|allow|accept-encoding|retry-after|www-authenticate|vary|mcp-.*|access-control-.*)$/

const pick = (headers: IncomingHttpHeaders): unknown =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => ours.test(name)))

/** Asks as it stands, Host included, which `fetch` would not send. */
const ask = (url: string, { method = 'POST', headers, body }: Asked): Promise<Told> =>
  new Promise((resolve, reject) => {
    const media = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const all = Object.entries({ ...(body === undefined ? {} : media), ...headers }).filter(([, value]) => value !== '')
    const asking = request(url, { method, headers: Object.fromEntries(all), agent: false })
    asking.once('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.once('end', () => {
        resolve({ status: answer.statusCode, headers: pick(answer.headers), body: text })
        asking.destroy()
      })
      answer.once('error', reject)
    })
    asking.on('error', reject)
    if (body === '') asking.flushHeaders()
    else asking.end(body)
  })

/** Sees that whatever is refused gets the very bytes that it gets under Node. */
export const compareRefusals = (url: () => string, sessions: boolean): void => {
  describe('asked by', () => {
    let reference: HttpServer | undefined
    beforeAll(async () => {
      reference = await serveHttp(createEcho(), { port: 0, sessions })
    })
    afterAll(() => reference?.close())

    it.each(rows)('%s, and answers as Node does', async (_, asked, status, withoutSessions = status) => {
      const [expected, told] = await Promise.all([ask(reference?.url ?? '', asked), ask(url(), asked)])
      expect(expected.status).toBe(sessions ? status : withoutSessions)
      expect(told).toEqual(expected)
    })
  })
}
