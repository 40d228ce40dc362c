import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tellHeap } from './idle-heap.ts'
import { names, shape } from './idle-tools.ts'
import { listen } from './listening.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'idle', version: '1.0.0' })
  for (const name of names) {
    server.registerTool(name, { inputSchema: shape }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
  }
  return server
}

const sessions = new Map<string, StreamableHTTPServerTransport>()

const openSession = async (): Promise<StreamableHTTPServerTransport> => {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  await makeServer().connect(transport)
  return transport
}

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const id = request.headers['mcp-session-id']
  const transport = id === undefined ? await openSession() : sessions.get(String(id))
  if (transport === undefined) return void response.writeHead(404).end()
  return transport.handleRequest(request, response)
}

listen(answer)
tellHeap()
