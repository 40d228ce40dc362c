// Both eras as its guides have them. Its limit on streams that listen is raised from 1,024, for the load of 5,000.
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tellHeap } from './idle-heap.ts'
import { names, schema } from './idle-tools.ts'
import { listen } from './listening.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'idle', version: '1.0.0' })
  for (const name of names) {
    server.registerTool(name, { inputSchema: schema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
  }
  return server
}

const sessions = new Map<string, NodeStreamableHTTPServerTransport>()

const openSession = async (): Promise<NodeStreamableHTTPServerTransport> => {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  await makeServer().connect(transport)
  return transport
}

const handler = toNodeHandler(createMcpHandler(makeServer, { legacy: 'reject', maxSubscriptions: 10_000 }))

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  // Its types know nothing of `undefined` where a property may be missing.
  if (request.headers['mcp-method'] !== undefined) return handler(request as Parameters<typeof handler>[0], response)
  const id = request.headers['mcp-session-id']
  const transport = id === undefined ? await openSession() : sessions.get(String(id))
  if (transport === undefined) return void response.writeHead(404).end()
  return transport.handleRequest(request, response)
}

listen(answer)
tellHeap()
