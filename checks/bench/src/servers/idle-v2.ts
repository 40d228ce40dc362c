// Both eras as its guides have them. Its limit on streams that listen is raised from 1,024, for the load of 5,000.
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tellHeap } from './idle-heap.ts'
import { names, schema } from './idle-tools.ts'
import { listen } from './listening.ts'
import { answerSessions } from './sessions.ts'
import type { SessionOptions } from './sessions.ts'

const makeServer = (): McpServer => {
  const server = new McpServer({ name: 'idle', version: '1.0.0' })
  for (const name of names) {
    server.registerTool(name, { inputSchema: schema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
  }
  return server
}

const openSession = async (options: SessionOptions): Promise<NodeStreamableHTTPServerTransport> => {
  const transport = new NodeStreamableHTTPServerTransport(options)
  await makeServer().connect(transport)
  return transport
}

const answerSession = answerSessions(true, openSession)
const handler = toNodeHandler(createMcpHandler(makeServer, { legacy: 'reject', maxSubscriptions: 10_000 }))

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  // Its types know nothing of `undefined` where a property may be missing.
  if (request.headers['mcp-method'] !== undefined) return handler(request as Parameters<typeof handler>[0], response)
  return answerSession(request, response)
}

listen(answer)
tellHeap()
