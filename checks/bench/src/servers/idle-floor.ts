// Sessions are ids that are known; streams are answers of `node:http` that stay open.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tellHeap } from './idle-heap.ts'
import { bodyOf, listen } from './listening.ts'

const sessions = new Set<string>()

const initializeText = (id: unknown): string => {
  const result = {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'floor', version: '1' },
  }
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

const open = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.flushHeaders()
}

const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
  const session = String(request.headers['mcp-session-id'])
  if (request.method === 'GET') return open(response)
  if (request.method === 'DELETE') return void response.writeHead(sessions.delete(session) ? 200 : 404).end()
  const { id, method } = JSON.parse(body) as { id?: unknown; method: string }
  if (method === 'subscriptions/listen') return open(response)
  if (id === undefined) return void response.writeHead(202).end()
  const opened = randomUUID()
  sessions.add(opened)
  response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': opened }).end(initializeText(id))
}

listen(async (request, response) => answer(request, response, (await bodyOf(request)).toString('utf8')))
tellHeap()
