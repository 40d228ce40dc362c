import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'bundled', version: '1.0.0' })
  server.registerTool('now', {}, () => ({ content: [{ type: 'text', text: new Date().toISOString() }] }))
  return server
}

const handler = toNodeHandler(createMcpHandler(makeServer))
const take = (request: IncomingMessage): Parameters<typeof handler>[0] => request as Parameters<typeof handler>[0]
createServer((request, response) => void handler(take(request), response)).listen(3000)
