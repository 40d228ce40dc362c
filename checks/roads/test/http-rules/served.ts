import type { AuthHead, JsonObject, Principal } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import type { Server } from '@parley/server'
import { serveHttp } from '@parley/transports/http/node'
import type { HttpServer, ServeHttpOptions } from '@parley/transports/http/node'
import { onTestFinished } from 'vitest'

/** The modern revision. */
export const modern: string = revisions.find(({ era }) => era === 'modern')?.version ?? ''
/** The newest legacy revision. */
export const legacy: string = revisions.find(({ era }) => era === 'legacy')?.version ?? ''

/** Serves over HTTP until the test is over. */
export const serve = async (server: Server, options: ServeHttpOptions = {}): Promise<HttpServer> => {
  const serving = await serveHttp(server, { port: 0, linger: 0, ...options })
  onTestFinished(async () => {
    await server.close()
    await serving.close()
  })
  return serving
}

/** Takes a bearer token for the name of whoever holds it, and nobody without one. */
export const byName = async (head: AuthHead): Promise<Principal | { status: 401 }> => {
  const subject = /^Bearer (\w+)$/.exec(head.header('authorization') ?? '')?.[1]
  return subject === undefined ? { status: 401 } : { issuer: 'https://issuer.example', subject, scopes: [] }
}

/** What came back for one POST. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: JsonObject }

/** Posts one message, with headers beside the usual ones. */
export const post = async (url: string, message: JsonObject, headers: Record<string, string> = {}): Promise<Answer> => {
  const usual = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  const body = JSON.stringify({ jsonrpc: '2.0', ...message })
  const answer = await fetch(url, { method: 'POST', headers: { ...usual, ...headers }, body })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : (JSON.parse(text) as JsonObject) }
}

/** Calls a tool in the modern era. */
export const call = (
  url: string,
  name: string,
  params: JsonObject = {},
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const _meta = {
    [metaKeys.protocolVersion]: modern,
    [metaKeys.clientInfo]: { name: 'test', version: '1.0.0' },
    [metaKeys.clientCapabilities]: { elicitation: {} },
  }
  const own = { 'mcp-protocol-version': modern, 'mcp-method': 'tools/call', 'mcp-name': name }
  const message = { id: 1, method: 'tools/call', params: { name, arguments: {}, ...params, _meta } }
  return post(url, message, { ...own, ...headers })
}
