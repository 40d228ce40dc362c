import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const server = new McpServer({ name: 'bundled', version: '1.0.0' })
server.registerTool('now', {}, () => ({ content: [{ type: 'text', text: new Date().toISOString() }] }))
const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID })
await server.connect(transport)
createServer((request, response) => void transport.handleRequest(request, response)).listen(3000)
